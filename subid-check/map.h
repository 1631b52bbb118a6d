/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include "style.h"
#include "survey.h"

/*
 * map_print: the ID space from 0 to 2^32-1, a row for each stretch of it, with
 * bars as long as the logarithm of its size.
 */
void map_print(const struct survey *survey, const struct style *style);
