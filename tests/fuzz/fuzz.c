/* SPDX-License-Identifier: BSD-3-Clause */
#include "fuzz.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fuzz_fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	printf("# %s: ", fuzz_target);
	vprintf(format, args);
	printf("\n");
	va_end(args);
	(void)fflush(stdout);
	abort();
}

char *fuzz_copy(const void *bytes, size_t len)
{
	char *copy = malloc(len > 0 ? len : 1);

	if (!copy)
		fuzz_fail("out of memory");
	if (len > 0)
		memcpy(copy, bytes, len);
	return copy;
}
