/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Runs a fuzz target on each input of its corpus, as a test, so that a bug that fuzzing found does
 * not come back. Each input has a process of its own, because a target that fails aborts.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "archive.h"
#include "fuzz.h"

static void run(const struct content *input)
{
	/* In a block of the input's size, AddressSanitizer notices a read past the end. */
	char *copy = fuzz_copy(input->bytes, input->len);

	(void)LLVMFuzzerTestOneInput((const uint8_t *)copy, input->len);
	free(copy);
}

static bool passes(const struct content *input)
{
	int status = -1;
	pid_t child;

	(void)fflush(stdout);
	child = fork();
	if (child == 0) {
		run(input);
		exit(0);
	}
	return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

int main(void)
{
	const char *top = getenv("abs_top_srcdir");
	struct archive corpus;
	char path[4096];
	int n = 0, failures = 0;

	(void)snprintf(path, sizeof(path), "%s/tests/fuzz/corpus/%s", top ? top : ".", fuzz_corpus);
	archive_open(&corpus, path);
	while (archive_next(&corpus)) {
		bool passed = passes(&corpus.content);

		printf("%sok %d - %s\n", passed ? "" : "not ", ++n, corpus.name);
		failures += !passed;
	}
	archive_close(&corpus);
	printf("1..%d\n", n);
	return failures > 0;
}
