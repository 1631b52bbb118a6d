/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#define O_RDONLY 00
#define O_NOCTTY 0400
#define O_NONBLOCK 04000
#define O_CLOEXEC 02000000
#define AT_FDCWD (-100)
#define AT_EMPTY_PATH 0x1000
