/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A program around an NSS module, which looks up users as any program may.
 *
 *   bystander by-name NAME     getpwnam(NAME), and prints the UID
 *   bystander static UID       prints whom an earlier getpwnam("root") points
 *                              at after getpwuid_r(UID)
 *   bystander libraries UID    prints how many libraries there are after it
 *   bystander futex            prints the number of that system call
 */
#include <link.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

static int count_library(struct dl_phdr_info *info, size_t size, void *count)
{
	(void)info;
	(void)size;
	++*(int *)count;
	return 0;
}

static int look_up(const char *uid)
{
	struct passwd pwd, *found = NULL;
	char buffer[4096];

	getpwuid_r((uid_t)strtoul(uid, NULL, 10), &pwd, buffer, sizeof(buffer), &found);
	return found ? 0 : -1;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	const char *key = argc > 2 ? argv[2] : "";
	struct passwd *pwd;
	int count = 0;

	if (strcmp(what, "futex") == 0) {
		printf("%d\n", SYS_futex);
	} else if (strcmp(what, "by-name") == 0) {
		pwd = getpwnam(key);
		printf("%ld\n", pwd ? (long)pwd->pw_uid : -1L);
	} else if (strcmp(what, "static") == 0) {
		pwd = getpwnam("root");
		if (!pwd || look_up(key) < 0)
			return 1;
		puts(pwd->pw_name);
	} else if (strcmp(what, "libraries") == 0) {
		if (look_up(key) < 0)
			return 1;
		dl_iterate_phdr(count_library, &count);
		printf("%d\n", count);
	} else {
		return 2;
	}
	return 0;
}
