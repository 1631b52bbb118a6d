/* SPDX-License-Identifier: BSD-3-Clause */
#include "privileges.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A system call: no header of glibc declares capset(2), and libcap would be one library more. */
static int set_permitted(uint32_t capabilities)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct now[_LINUX_CAPABILITY_U32S_3] = { { 0 } };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { { 0 } };

	if (syscall(SYS_capget, &header, now) < 0)
		return -errno;
	data[0].permitted = now[0].permitted & capabilities;
	return syscall(SYS_capset, &header, data) < 0 ? -errno : 0;
}

/* Without no_new_privs, execve(2) would give the user root its capabilities back. */
static int drop_for_good(void)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0 ? -errno : 0;
}

int privileges_drop(void)
{
	int r = drop_for_good();

	return r < 0 ? r : set_permitted(0);
}

int privileges_lay_down(void)
{
	return set_permitted(UINT32_C(1) << CAP_SYS_PTRACE);
}
