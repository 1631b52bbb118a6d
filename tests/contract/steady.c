/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lookups of a process that has made them before, for programs that count its work.
 *
 *   steady SERVICES FUNCTION ANSWER KEY [FUNCTION ANSWER KEY]...
 *
 * For each FUNCTION, which is getpwuid_r and the like, asks for KEY 40 times, calls mark(), asks
 * 20 times more, and calls mark() again: callgrind can count from one call of mark() to the next
 * one, and strace(1) sees its getppid(2). ANSWER is "found" or "absent". Another answer ends
 * the program with status 1.
 */
#include <errno.h>
#include <grp.h>
#include <nss.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* By the fortieth lookup, a process has all that it keeps between lookups. */
#define WARM_CALLS 40
#define COUNTED_CALLS 20

static char buffer[1 << 16];

__attribute__((noinline)) static void mark(void)
{
	(void)getppid();
}

static bool ask(const char *function, unsigned int id, const char *name)
{
	bool user = function[3] == 'p', by_id = function[6] == 'i';
	struct passwd pwd, *found_user = NULL;
	struct group grp, *found_group = NULL;
	int r;

	if (user && by_id)
		r = getpwuid_r(id, &pwd, buffer, sizeof(buffer), &found_user);
	else if (user)
		r = getpwnam_r(name, &pwd, buffer, sizeof(buffer), &found_user);
	else if (by_id)
		r = getgrgid_r(id, &grp, buffer, sizeof(buffer), &found_group);
	else
		r = getgrnam_r(name, &grp, buffer, sizeof(buffer), &found_group);
	if (r != 0 && r != ENOENT) {
		fprintf(stderr, "steady: %s: %s\n", name, strerror(r));
		exit(1);
	}
	return found_user || found_group;
}

int main(int argc, char **argv)
{
	if (argc < 5 || argc % 3 != 2 || __nss_configure_lookup("passwd", argv[1]) != 0 ||
	    __nss_configure_lookup("group", argv[1]) != 0)
		return 2;
	for (int i = 2; i < argc; i += 3) {
		unsigned int id = (unsigned int)strtoul(argv[i + 2], NULL, 10);
		bool found = strcmp(argv[i + 1], "found") == 0;

		for (int n = 0; n < WARM_CALLS + COUNTED_CALLS; n++) {
			if (n == WARM_CALLS)
				mark();
			if (ask(argv[i], id, argv[i + 2]) != found) {
				fprintf(stderr, "steady: %s is not %s\n", argv[i + 2], argv[i + 1]);
				return 1;
			}
		}
		mark();
	}
	return 0;
}
