/* SPDX-License-Identifier: BSD-3-Clause */
#include "scratch.h"

#include <ftw.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "check.h"

static char directory[256];

int scratch_setup(void **state)
{
	const char *parent = getenv("TMPDIR");
	int len;

	(void)state;
	len = snprintf(directory, sizeof(directory), "%s/nss_subid.XXXXXX",
		       parent ? parent : "/tmp");
	if (len < 0 || (size_t)len >= sizeof(directory) || !mkdtemp(directory))
		return -1;
	return chdir(directory);
}

/* Every ID is there, as in the first user namespace. */
static bool has_every_id(void)
{
	unsigned int inside = 1, outside = 1, count = 0;
	FILE *file = fopen("/proc/self/uid_map", "re");

	if (!file)
		return false;
	if (fscanf(file, "%u %u %u", &inside, &outside, &count) != 3)
		count = 0;
	(void)fclose(file);
	return inside == 0 && outside == 0 && count == UINT32_MAX;
}

bool scratch_has_roots_powers(void)
{
	static const int needed[] = { CAP_CHOWN,   CAP_DAC_OVERRIDE, CAP_FOWNER, CAP_FSETID,
				      CAP_SETFCAP, CAP_SETGID,	     CAP_SETUID, CAP_SYS_ADMIN,
				      CAP_KILL,	   CAP_SYS_PTRACE };
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { { 0 } };

	if (geteuid() != 0 || syscall(SYS_capget, &header, data) < 0)
		return false;
	for (size_t i = 0; i < COUNT_OF(needed); i++)
		if ((data[0].effective & UINT32_C(1) << needed[i]) == 0)
			return false;
	return has_every_id();
}

static int remove_one(const char *path, const struct stat *stamp, int type, struct FTW *ftw)
{
	(void)stamp;
	(void)type;
	(void)ftw;
	return remove(path);
}

int scratch_remove(const char *path)
{
	return nftw(path, remove_one, 4, FTW_DEPTH | FTW_PHYS);
}

int scratch_teardown(void **state)
{
	(void)state;
	if (chdir("/") < 0)
		return -1;
	return scratch_remove(directory);
}

static void put(const char *name, const char *mode, size_t offset, const void *bytes, size_t len)
{
	FILE *file = fopen(name, mode);

	assert_non_null(file);
	assert_int_equal(fseek(file, (long)offset, SEEK_SET), 0);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

void scratch_write_bytes(const char *name, const void *bytes, size_t len)
{
	put(name, "w", 0, bytes, len);
}

void scratch_write(const char *name, const char *text)
{
	scratch_write_bytes(name, text, strlen(text));
}

static void stamp_of(const char *name, struct stat *ret)
{
	assert_int_equal(stat(name, ret), 0);
}

static bool stamp_changed(const struct stat *before, const char *name)
{
	struct stat now;

	stamp_of(name, &now);
	return now.st_ctim.tv_sec != before->st_ctim.tv_sec ||
	       now.st_ctim.tv_nsec != before->st_ctim.tv_nsec;
}

void scratch_overwrite(const char *name, size_t offset, const char *text)
{
	struct stat before;

	stamp_of(name, &before);
	do
		put(name, "r+", offset, text, strlen(text));
	while (!stamp_changed(&before, name));
}

void scratch_append(const char *name, const char *text)
{
	struct stat before;

	stamp_of(name, &before);
	scratch_overwrite(name, (size_t)before.st_size, text);
}

void scratch_chmod(const char *name, mode_t mode)
{
	struct stat before;

	stamp_of(name, &before);
	do
		assert_int_equal(chmod(name, mode), 0);
	while (!stamp_changed(&before, name));
}

void scratch_replace(const char *name, const char *text)
{
	scratch_write("replacement", text);
	assert_int_equal(rename("replacement", name), 0);
}

const char *scratch_padding(size_t bytes)
{
	static char padding[16384];

	assert_in_range(bytes, 100, sizeof(padding) - 1);
	for (size_t i = 0; i < bytes; i++)
		padding[i] = i % 100 == 0 ? '#' : '.';
	for (size_t i = 99; i < bytes; i += 100)
		padding[i] = '\n';
	/* The last comment may be shorter. It still ends with a newline. */
	padding[bytes - 1] = '\n';
	padding[bytes] = '\0';
	return padding;
}
