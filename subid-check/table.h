/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include "style.h"
#include "survey.h"

/* table_print: the owners, what they have, and how much of it is used. */
void table_print(const struct survey *survey, const struct style *style);
