/* SPDX-License-Identifier: BSD-3-Clause */
#include "storage.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "holdings.h"
#include "model.h"
#include "root.h"
#include "scratch.h"

static const struct model host = {
	.subuid = "alice:100000:65536\nbob:165536:65536\n",
	.subgid = "alice:100000:65536\nbob:165536:65536\n",
	.users = "root 0 alice 1000 bob 1001",
};

void own_file(const char *path, uid_t uid, gid_t gid, mode_t mode)
{
	assert_int_equal(lchown(path, uid, gid), 0);
	assert_int_equal(chmod(path, mode), 0);
}

void make_directory(const char *path, uid_t uid)
{
	assert_int_equal(mkdir(path, 0755), 0);
	own_file(path, uid, uid, 0755);
}

void make_file(const char *path, uid_t uid, gid_t gid, mode_t mode)
{
	scratch_write(path, "");
	own_file(path, uid, gid, mode);
}

int storage_setup(void **state)
{
	char text[5001];

	(void)umask(022);
	if (scratch_setup(state) < 0 || chmod(".", 0755) < 0)
		return -1;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	make_directory("home", 0);
	make_directory("home/alice", 1000);
	make_directory("home/bob", 1001);
	make_directory("home/alice/storage", 100000);
	scratch_write("home/alice/storage/0", text);
	own_file("home/alice/storage/0", 100999, 100007, 0644);
	make_file("home/alice/storage/1", 100000, 100000, 0644);
	assert_int_equal(symlink("/nowhere", "home/alice/storage/link"), 0);
	assert_int_equal(lchown("home/alice/storage/link", 100005, 1000), 0);
	make_file("home/bob/x", 165536, 1001, 0644);
	return 0;
}

uint64_t bytes_of(const char *path)
{
	struct stat stat;

	assert_int_equal(lstat(path, &stat), 0);
	return (uint64_t)stat.st_blocks * 512;
}

int try_to_look_below(const char *const *directories, size_t n, struct survey *ret)
{
	struct holdings_request request = { .directories = (const char **)(uintptr_t)directories,
					    .n = n };
	const char *failed = NULL;
	struct root root;
	int r;

	model_survey(&host, ret);
	assert_int_equal(root_set(&root, NULL), 0);
	r = holdings_read(&root, &request, ret, &ret->holdings, &failed);
	root_close(&root);
	return r;
}

void look_below(const char *const *directories, size_t n, struct survey *ret)
{
	assert_int_equal(try_to_look_below(directories, n, ret), 0);
}
