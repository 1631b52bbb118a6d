/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdio.h>

#include "survey.h"

/*
 * svg_print: the ID space from 0 to 2^32-1 as a picture, UIDs beside GIDs; the
 * heights are as the logarithms of the sizes. The same for the same host.
 */
void svg_print(const struct survey *survey, FILE *stream);
