/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lookups COUNT KEY...: asks for every KEY (a UID, or else a name) COUNT times
 * in turn, and prints each answer: a line of passwd, "absent", or "fault: "
 * with the error, which getent(1) keeps to itself.
 */
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void ask(const char *key)
{
	struct passwd *pwd;
	char *end;
	uid_t uid = (uid_t)strtoul(key, &end, 10);

	errno = 0;
	pwd = *end == '\0' ? getpwuid(uid) : getpwnam(key);
	if (pwd)
		printf("%s:%s:%lu:%lu:%s:%s:%s\n", pwd->pw_name, pwd->pw_passwd,
		       (unsigned long)pwd->pw_uid, (unsigned long)pwd->pw_gid, pwd->pw_gecos,
		       pwd->pw_dir, pwd->pw_shell);
	else if (errno == 0)
		puts("absent");
	else
		printf("fault: %s\n", strerror(errno));
}

int main(int argc, char **argv)
{
	long count = argc > 2 ? strtol(argv[1], NULL, 10) : 0;

	if (count <= 0)
		return 2;
	for (; count > 0; count--)
		for (int i = 2; i < argc; i++)
			ask(argv[i]);
	return fflush(stdout) == 0 ? 0 : 1;
}
