/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ask: a process that lives on while the services behind its lookups come and
 * go. For each user, by name or UID, on standard input it prints a line: the
 * milliseconds it took and, after a tab, UID and GID, "absent", or "fault: "
 * with the error, which getent(1) keeps to itself.
 */
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

int main(void)
{
	char key[256], buf[4096], *end;
	struct passwd pwd, *found;

	setlinebuf(stdout);
	while (fgets(key, sizeof(key), stdin)) {
		double begin;
		uid_t uid;
		int r;

		key[strcspn(key, "\n")] = '\0';
		uid = (uid_t)strtoul(key, &end, 10);
		begin = now_ms();
		r = *end == '\0' ? getpwuid_r(uid, &pwd, buf, sizeof(buf), &found)
				 : getpwnam_r(key, &pwd, buf, sizeof(buf), &found);
		printf("%.2f\t", now_ms() - begin);
		if (found)
			printf("%lu:%lu\n", (unsigned long)pwd.pw_uid, (unsigned long)pwd.pw_gid);
		else if (r == 0)
			printf("absent\n");
		else
			printf("fault: %s\n", strerror(r));
	}
	return 0;
}
