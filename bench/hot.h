/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

/* hot: the mode of that name. Returns the status of the program. */
int hot(int argc, char **argv);
