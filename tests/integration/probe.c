/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * probe [--closed] UID: the user's name by UID, its UID by that name, and which
 * of the descriptors 0 to 2 are open afterwards, in the hands of a program that
 * may be setuid. The answer goes to descriptor 3.
 */
#include <fcntl.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	bool closed = argc == 3 && strcmp(argv[1], "--closed") == 0;
	uid_t uid = (uid_t)strtoul(argv[argc - 1], NULL, 10);
	char name[256] = "nobody known", open_fds[4] = "";
	struct passwd *pwd;
	long found = -1;

	/* Not by the shell: glibc fills the gaps when a setuid program starts. */
	for (int fd = 0; closed && fd < 3; fd++)
		close(fd);

	pwd = getpwuid(uid);
	if (pwd) {
		snprintf(name, sizeof(name), "%s", pwd->pw_name);
		pwd = getpwnam(name);
		found = pwd ? (long)pwd->pw_uid : -1;
	}

	for (int fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			strcat(open_fds, (const char[]){ (char)('0' + fd), '\0' });

	dprintf(3, "%s is %ld, euid %lu, open: %s\n", name, found, (unsigned long)geteuid(),
		open_fds);
	return 0;
}
