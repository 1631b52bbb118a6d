/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include_next <time.h>

#define CLOCK_REALTIME_COARSE 5
