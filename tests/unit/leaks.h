/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

/*
 * check_loses_no_memory: fail if more memory is allocated after @work has been called a third time
 * than after the second one. The first time, the libraries allocate what they keep.
 */
void check_loses_no_memory(void (*work)(void));
