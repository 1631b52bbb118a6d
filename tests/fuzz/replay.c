/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A fuzz target over its corpus, as a test: what fuzzing has found once stays
 * found. Each input has a process of its own, because a target that fails aborts.
 */
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzz.h"

#define INPUT_MAX_BYTES (1 << 20)

static void run(const char *path)
{
	static uint8_t input[INPUT_MAX_BYTES];
	FILE *file = fopen(path, "rb");
	size_t len;

	if (!file)
		fuzz_fail("%s cannot be read", path);
	len = fread(input, 1, sizeof(input), file);
	(void)fclose(file);
	(void)LLVMFuzzerTestOneInput(input, len);
}

static bool passes(const char *path)
{
	int status = -1;
	pid_t child;

	(void)fflush(stdout);
	child = fork();
	if (child == 0) {
		run(path);
		exit(0);
	}
	return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

int main(void)
{
	const char *top = getenv("abs_top_srcdir");
	char directory[4096], path[8192];
	struct dirent **entries = NULL;
	int n, failures = 0;

	(void)snprintf(directory, sizeof(directory), "%s/tests/fuzz/corpus/%s", top ? top : ".",
		       fuzz_target);
	n = scandir(directory, &entries, is_visible, alphasort);
	if (n <= 0) {
		printf("Bail out! no corpus in %s\n", directory);
		return 1;
	}
	for (int i = 0; i < n; i++) {
		bool passed;

		(void)snprintf(path, sizeof(path), "%s/%s", directory, entries[i]->d_name);
		passed = passes(path);
		printf("%sok %d - %s\n", passed ? "" : "not ", i + 1, entries[i]->d_name);
		failures += !passed;
		free(entries[i]);
	}
	free(entries);
	printf("1..%d\n", n);
	return failures > 0;
}
