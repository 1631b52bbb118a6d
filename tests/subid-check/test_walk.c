/* SPDX-License-Identifier: BSD-3-Clause */
/* A walk: who has how many files, deep trees, long paths; and that no memory is lost. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "findings.h"
#include "holdings.h"
#include "leaks.h"
#include "scratch.h"
#include "storage.h"

#define DEPTH 200
#define LONG_NAMES 100
#define LONG_NAME_BYTES 200

static void files_are_counted_for_their_owners(void **state)
{
	static const char *const directories[] = { "home/alice", "home/bob" };
	struct survey survey;
	const struct holdings_use *uses;

	(void)state;
	look_below(directories, 2, &survey);
	assert_int_equal(survey.holdings.n, 7);
	assert_int_equal(survey.holdings.mounts, 0);
	assert_int_equal(survey.holdings.n_directories, 2);
	assert_int_equal(survey.holdings.n_uses[SUBID_UID], 2);
	uses = survey.holdings.uses[SUBID_UID];
	check_text("alice's", uses[0].owner->name, "alice");
	assert_int_equal(uses[0].ids.first, 100000);
	assert_int_equal(uses[0].ids.last, 100999);
	assert_int_equal(uses[0].files, 4);
	assert_int_equal(uses[0].bytes, bytes_of("home/alice/storage") +
						bytes_of("home/alice/storage/0") +
						bytes_of("home/alice/storage/1") +
						bytes_of("home/alice/storage/link"));
	check_text("bob's", uses[1].owner->name, "bob");
	assert_int_equal(uses[1].ids.first, 165536);
	assert_int_equal(uses[1].ids.last, 165536);
	assert_int_equal(uses[1].files, 1);
	assert_int_equal(survey.holdings.n_uses[SUBID_GID], 1);
	uses = survey.holdings.uses[SUBID_GID];
	assert_int_equal(uses[0].ids.first, 100000);
	assert_int_equal(uses[0].ids.last, 100007);
	assert_int_equal(uses[0].files, 3);
	assert_int_equal(survey.holdings.n_strays[SUBID_UID], 0);
	assert_int_equal(survey.holdings.n_marks, 0);
	survey_free(&survey);
}

/* Looks with one worker, as on a host with one processor: it enters every directory itself. */
static void look_alone(const char *directory, struct survey *ret)
{
	cpu_set_t before, one;
	int processor = 0;

	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	while (!CPU_ISSET(processor, &before))
		processor++;
	CPU_ZERO(&one);
	CPU_SET(processor, &one);
	assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
	look_below(&directory, 1, ret);
	assert_int_equal(sched_setaffinity(0, sizeof(before), &before), 0);
}

/* Names differ from level to level, because deep levels share a buffer. */
static const char *name_at(char what, unsigned int level)
{
	static char name[16];

	(void)snprintf(name, sizeof(name), "%c%u", what, level);
	return name;
}

/* Deeper than there are buffers, with files behind each directory. */
static void a_deep_tree_is_walked_to_its_end(void **state)
{
	int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct survey survey;

	(void)state;
	assert_true(here >= 0);
	make_directory("deep", 0);
	assert_int_equal(chdir("deep"), 0);
	for (unsigned int i = 0; i < DEPTH; i++) {
		make_file(name_at('a', i), 100000 + i, 0, 0644);
		make_directory(name_at('f', i), 0);
		make_file(name_at('e', i), 165536 + i, 0, 0644);
		make_directory(name_at('d', i), 0);
		assert_int_equal(chdir(name_at('d', i)), 0);
	}
	assert_int_equal(fchdir(here), 0);
	assert_int_equal(close(here), 0);
	look_alone("deep", &survey);
	assert_int_equal(survey.holdings.n, 1 + 4 * DEPTH);
	assert_int_equal(survey.holdings.n_uses[SUBID_UID], 2);
	for (size_t i = 0; i < 2; i++) {
		const struct holdings_use *use = &survey.holdings.uses[SUBID_UID][i];

		assert_int_equal(use->files, DEPTH);
		assert_int_equal(use->ids.last - use->ids.first, DEPTH - 1);
	}
	survey_free(&survey);
}

/* nftw(3) cannot remove what is behind so long a path. */
static void remove_long(const char *name)
{
	for (size_t i = 0; i < LONG_NAMES; i++)
		assert_int_equal(chdir(name), 0);
	assert_int_equal(unlink("kept"), 0);
	for (size_t i = 0; i < LONG_NAMES; i++) {
		assert_int_equal(chdir(".."), 0);
		assert_int_equal(rmdir(name), 0);
	}
}

static void a_path_leaves_out_what_is_too_long(void **state)
{
	int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char name[LONG_NAME_BYTES + 1], want[32768] = "home/alice";
	const char *directory = "home/alice", *path;
	struct survey survey;
	size_t len = strlen(want);

	(void)state;
	memset(name, 'n', LONG_NAME_BYTES);
	name[LONG_NAME_BYTES] = '\0';
	assert_int_equal(chdir("home/alice"), 0);
	for (size_t i = 0; i < LONG_NAMES; i++) {
		make_directory(name, 1000);
		assert_int_equal(chdir(name), 0);
	}
	make_file("kept", 165536, 0, 04755);
	assert_int_equal(fchdir(here), 0);
	look_below(&directory, 1, &survey);
	/* A path has room for 16 KiB, with what stands for the rest. */
	while (len + 1 + LONG_NAME_BYTES + sizeof("/...") <= 16384)
		len += (size_t)sprintf(want + len, "/%s", name);
	(void)sprintf(want + len, "/.../kept");
	assert_int_equal(survey.holdings.n_marks, 1);
	path = survey.holdings.marks[0].path;
	check_text("the path", path, want);
	survey_free(&survey);
	assert_int_equal(chdir("home/alice"), 0);
	remove_long(name);
	assert_int_equal(fchdir(here), 0);
	assert_int_equal(close(here), 0);
}

/* --- attributes -------------------------------------------------------------------------- */

/* The error of the next calls for this attribute, or of the lists if it is "". */
static const char *failing;
static int failing_errno;

ssize_t __real_lgetxattr(const char *path, const char *name, void *value, size_t size);
ssize_t __wrap_lgetxattr(const char *path, const char *name, void *value, size_t size);
ssize_t __wrap_lgetxattr(const char *path, const char *name, void *value, size_t size)
{
	if (!failing || strcmp(failing, name) != 0)
		return __real_lgetxattr(path, name, value, size);
	errno = failing_errno;
	return -1;
}

ssize_t __wrap_llistxattr(const char *path, char *list, size_t size);
ssize_t __real_llistxattr(const char *path, char *list, size_t size);
ssize_t __wrap_llistxattr(const char *path, char *list, size_t size)
{
	/* Too long a list says that each attribute may be there. */
	if (!failing)
		return __real_llistxattr(path, list, size);
	errno = failing[0] == '\0' ? failing_errno : ERANGE;
	return -1;
}

/* How many files are noted because an attribute could not be read. */
static size_t unread(const char *attribute, int error)
{
	const char *directory = "unread";
	struct survey survey;
	size_t n = 0;

	failing = attribute;
	failing_errno = error;
	look_below(&directory, 1, &survey);
	failing = NULL;
	for (size_t i = 0; i < survey.holdings.n_marks; i++) {
		const struct holdings_mark *mark = &survey.holdings.marks[i];

		assert_int_equal(mark->what, HOLDINGS_UNREAD);
		assert_true(mark->attributes);
		assert_int_equal(mark->error, error);
		n++;
	}
	survey_free(&survey);
	return n;
}

static void an_attribute_that_cannot_be_read_is_noted(void **state)
{
	enum { PROGRAMS = 20 };
	static const int harmless[] = { ENODATA, ENOTSUP, ENOENT, EOVERFLOW };

	(void)state;
	make_directory("unread", 0);
	make_file("unread/data", 0, 0, 0644);
	for (unsigned int i = 0; i < PROGRAMS; i++) {
		char path[32];

		(void)snprintf(path, sizeof(path), "unread/%u", i);
		make_file(path, 0, 0, 0755);
	}
	assert_int_equal(unread("security.capability", EIO), PROGRAMS);
	assert_int_equal(unread("system.posix_acl_access", EIO), PROGRAMS + 2);
	assert_int_equal(unread("system.posix_acl_default", EIO), 1);
	assert_int_equal(unread("", ENOMEM), PROGRAMS + 2);
	for (size_t i = 0; i < COUNT_OF(harmless); i++)
		assert_int_equal(unread("security.capability", harmless[i]), 0);
}

/* --- the kernel ------------------------------------------------------------------------- */

static bool kernel_is_old;

int __real_statx(int fd, const char *path, int flags, unsigned int mask, struct statx *ret);
int __wrap_statx(int fd, const char *path, int flags, unsigned int mask, struct statx *ret);
int __wrap_statx(int fd, const char *path, int flags, unsigned int mask, struct statx *ret)
{
	int r = __real_statx(fd, path, flags, mask, ret);

	if (kernel_is_old) {
		ret->stx_mask &= ~STATX_MNT_ID;
		ret->stx_mnt_id = 0;
	}
	return r;
}

/* Linux before 5.8 does not tell what is mounted where, but which file system a file is on. */
static void directories_are_entered_on_a_kernel_without_ids_of_mounts(void **state)
{
	const char *directory = "home";
	struct survey survey;

	(void)state;
	kernel_is_old = true;
	look_below(&directory, 1, &survey);
	kernel_is_old = false;
	assert_int_equal(survey.holdings.n, 8);
	assert_int_equal(survey.holdings.mounts, 0);
	survey_free(&survey);
}

/* If it is not NULL, no directory with this name can be entered. */
static const char *forbidden;

int __real_fchdir(int fd);
int __wrap_fchdir(int fd);
int __wrap_fchdir(int fd)
{
	char link[64], path[4096];
	ssize_t len;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = forbidden ? readlink(link, path, sizeof(path) - 1) : 0;
	path[len > 0 ? len : 0] = '\0';
	if (len > 0 && strcmp(strrchr(path, '/') + 1, forbidden) == 0) {
		errno = EACCES;
		return -1;
	}
	len = __real_fchdir(fd);
	/* POSIX allows a call that succeeds to change it. */
	errno = EPERM;
	return (int)len;
}

static unsigned int count_descriptors(void)
{
	unsigned int n = 0;

	for (int fd = 0; fd < 65536; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void a_walk_closes_what_it_has_opened(void **state)
{
	const char *directory = "home";
	unsigned int before = count_descriptors();
	struct survey survey;

	(void)state;
	look_below(&directory, 1, &survey);
	survey_free(&survey);
	assert_int_equal(count_descriptors(), before);
}

static void a_directory_that_cannot_be_entered_is_noted(void **state)
{
	const char *directory = "home";
	struct findings findings;
	struct survey survey;
	size_t n = 0;

	(void)state;
	forbidden = "storage";
	look_below(&directory, 1, &survey);
	forbidden = NULL;
	/* Without the three files in it. */
	assert_int_equal(survey.holdings.n, 5);
	assert_int_equal(survey.holdings.n_marks, 1);
	assert_int_equal(survey.holdings.marks[0].what, HOLDINGS_UNREAD);
	assert_int_equal(survey.holdings.marks[0].error, EACCES);
	check_text("path", survey.holdings.marks[0].path, "home/alice/storage");
	findings_of(&survey, &findings);
	for (size_t i = 0; i < findings.n; i++)
		n += strcmp(findings.items[i].code, "unread-directory") == 0 &&
		     strcmp(findings.items[i].file, "home/alice/storage") == 0;
	assert_int_equal(n, 1);
	findings_free(&findings);
	survey_free(&survey);
}

/* --- several workers ------------------------------------------------------------------- */

static void what_several_workers_find_is_added(void **state)
{
	enum { DIRECTORIES = 400 };
	const char *directory = "shared";
	struct survey survey;

	(void)state;
	make_directory("shared", 0);
	for (unsigned int i = 0; i < DIRECTORIES; i++) {
		char path[32];

		(void)snprintf(path, sizeof(path), "shared/%u", i);
		make_directory(path, 0);
		(void)snprintf(path, sizeof(path), "shared/%u/x", i);
		make_file(path, 4242, 100005, 0644);
	}
	look_below(&directory, 1, &survey);
	assert_int_equal(survey.holdings.n, 1 + 2 * DIRECTORIES);
	assert_int_equal(survey.holdings.n_strays[SUBID_UID], 1);
	assert_int_equal(survey.holdings.strays[SUBID_UID][0].files, DIRECTORIES);
	assert_int_equal(survey.holdings.strays[SUBID_UID][0].orphans, DIRECTORIES);
	assert_int_equal(survey.holdings.n_uses[SUBID_GID], 1);
	assert_int_equal(survey.holdings.uses[SUBID_GID][0].files, DIRECTORIES);
	survey_free(&survey);
}

/* How many more threads there may be, if that is limited. */
static unsigned int threads_left = UINT_MAX;

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*run)(void *),
			  void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*run)(void *),
			  void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*run)(void *),
			  void *argument)
{
	if (threads_left == 0)
		return EAGAIN;
	threads_left -= threads_left < UINT_MAX;
	return __real_pthread_create(thread, attr, run, argument);
}

/* Of the directory that the test above has made. */
static void a_walk_with_fewer_threads_than_wanted_finds_as_much(void **state)
{
	const char *directory = "shared";
	struct survey survey;
	uint64_t files;

	(void)state;
	look_below(&directory, 1, &survey);
	files = survey.holdings.n;
	survey_free(&survey);
	threads_left = 1;
	look_below(&directory, 1, &survey);
	assert_int_equal(survey.holdings.n, files);
	survey_free(&survey);
	threads_left = 0;
	assert_int_equal(try_to_look_below(&directory, 1, &survey), -EAGAIN);
	threads_left = UINT_MAX;
	survey_free(&survey);
}

/* --- memory -------------------------------------------------------------------------------- */

static void look_everywhere(void)
{
	static const char *const directories[] = { "home", "deep" };
	struct findings findings;
	struct survey survey;

	look_below(directories, COUNT_OF(directories), &survey);
	findings_of(&survey, &findings);
	findings_free(&findings);
	survey_free(&survey);
}

static void looking_loses_no_memory(void **state)
{
	(void)state;
	check_loses_no_memory(look_everywhere);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_counted_for_their_owners),
		cmocka_unit_test(a_deep_tree_is_walked_to_its_end),
		cmocka_unit_test(a_path_leaves_out_what_is_too_long),
		cmocka_unit_test(an_attribute_that_cannot_be_read_is_noted),
		cmocka_unit_test(directories_are_entered_on_a_kernel_without_ids_of_mounts),
		cmocka_unit_test(a_directory_that_cannot_be_entered_is_noted),
		cmocka_unit_test(a_walk_closes_what_it_has_opened),
		cmocka_unit_test(what_several_workers_find_is_added),
		cmocka_unit_test(a_walk_with_fewer_threads_than_wanted_finds_as_much),
		cmocka_unit_test(looking_loses_no_memory),
	};

	if (!scratch_has_roots_powers()) {
		(void)printf("1..0 # SKIP only root can give files away\n");
		return 0;
	}
	return cmocka_run_group_tests(tests, storage_setup, scratch_teardown);
}
