/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * A fuzz target: its name, the name of its corpus in tests/fuzz/corpus, and what it
 * does with an input. libFuzzer calls it, or replay.c, which needs no clang.
 */
extern const char fuzz_target[];
extern const char fuzz_corpus[];
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* fuzz_fail: a property does not hold; says what and ends the program. */
__attribute__((format(printf, 1, 2), noreturn)) void fuzz_fail(const char *format, ...);

/*
 * fuzz_copy: in memory of just that size, so that AddressSanitizer sees a byte
 * too many. Ownership: free(3).
 */
char *fuzz_copy(const void *bytes, size_t len);
