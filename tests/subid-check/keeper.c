/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Runs its arguments as a command. If this program is set-user-ID, the command's real, effective
 * and saved UIDs are all the file owner's.
 */
#include <unistd.h>

int main(int argc, char **argv)
{
	uid_t uid = geteuid();

	if (argc < 2 || setresuid(uid, uid, uid) < 0)
		return 1;
	(void)execvp(argv[1], argv + 1);
	return 127;
}
