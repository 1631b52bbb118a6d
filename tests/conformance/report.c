/* SPDX-License-Identifier: BSD-3-Clause */
#include "report.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned int tests, failures;
static char kept[8192];

void report_result(bool passed, const char *what, const char *name)
{
	printf("%sok %u - %s%s\n", passed ? "" : "not ", ++tests, what, name);
	(void)fflush(stdout);
	failures += !passed;
}

int report_end(void)
{
	printf("1..%u\n", tests);
	return failures > 0;
}

void report_bail_out(const char *what)
{
	printf("Bail out! %s: %s\n", what, strerror(errno));
	exit(1);
}

bool disagree(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(kept, sizeof(kept), format, args);
	va_end(args);
	return false;
}

const char *disagreement(void)
{
	return kept;
}
