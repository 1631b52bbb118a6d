/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include "findings.h"
#include "style.h"

/*
 * report_print: the findings, one paragraph each, and how many there are.
 *
 * Of one code it prints the first ten and says how many more there are, unless
 * the style wants all.
 */
void report_print(const struct findings *findings, const struct style *style);
