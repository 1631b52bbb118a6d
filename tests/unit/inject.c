/* SPDX-License-Identifier: BSD-3-Clause */
#include "inject.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdint.h>
#include <strings.h>
#include <sys/types.h>
#include <unistd.h>

#include "check.h"

/* The errno that a successful call leaves behind. No wrapped call fails with it on its own. */
#define NOISE EXDEV

#define PATHS 4
#define ACCOUNTS 4
#define DESCRIPTORS 1024

struct plan {
	unsigned int calls;
	unsigned int fail_nth;
	int fault;
	bool has_failed;
	bool interrupt;
	bool interrupted;
	unsigned int hook_nth;
	void (*hook)(void);
};

/* The plan of the running test, and what has happened so far. */
static struct {
	struct plan plan[INJECT_CALLS];
	size_t short_bytes;
	unsigned int stamp_nth;
	void (*stamp_edit)(struct stat *stamp);
	time_t clock;
	struct {
		const char *path, *instead;
	} paths[PATHS];
	struct {
		const char *name;
		unsigned int uid;
	} accounts[ACCOUNTS];
	bool ignore_case;
	size_t account_bytes;
	bool open[DESCRIPTORS];
	bool read[DESCRIPTORS]; /* has it been read since it was opened? */
	int open_flags;
} now;

int inject_reset(void **state)
{
	(void)state;
	memset(&now, 0, sizeof(now));
	now.clock = 60;
	return 0;
}

void inject_fail(enum inject_call call, unsigned int nth, int fault)
{
	now.plan[call].fail_nth = nth;
	now.plan[call].fault = fault;
}

bool inject_has_failed(enum inject_call call)
{
	return now.plan[call].has_failed;
}

void inject_interrupt(enum inject_call call)
{
	now.plan[call].interrupt = true;
}

void inject_before(enum inject_call call, unsigned int nth, void (*hook)(void))
{
	now.plan[call].hook_nth = nth;
	now.plan[call].hook = hook;
}

void inject_short_reads(size_t bytes)
{
	now.short_bytes = bytes;
}

void inject_stamp(unsigned int nth, void (*edit)(struct stat *stamp))
{
	now.stamp_nth = nth;
	now.stamp_edit = edit;
}

void inject_clock(time_t seconds)
{
	now.clock = seconds;
}

void inject_path(const char *path, const char *instead)
{
	size_t i = 0;

	while (i < PATHS && now.paths[i].path && strcmp(now.paths[i].path, path) != 0)
		i++;
	assert_in_range(i, 0, PATHS - 1);
	now.paths[i].path = path;
	now.paths[i].instead = instead;
}

void inject_account(const char *name, unsigned int uid)
{
	size_t i = 0;

	while (i < ACCOUNTS && now.accounts[i].name)
		i++;
	assert_in_range(i, 0, ACCOUNTS - 1);
	now.accounts[i].name = name;
	now.accounts[i].uid = uid;
}

void inject_account_bytes(size_t bytes)
{
	now.account_bytes = bytes;
}

void inject_ignore_case(void)
{
	now.ignore_case = true;
}

static bool names_differ(const char *a, const char *b)
{
	return now.ignore_case ? strcasecmp(a, b) != 0 : strcmp(a, b) != 0;
}

unsigned int inject_calls(enum inject_call call)
{
	return now.plan[call].calls;
}

unsigned int inject_open_files(void)
{
	unsigned int count = 0;

	for (size_t fd = 0; fd < DESCRIPTORS; fd++)
		count += now.open[fd];
	return count;
}

int inject_open_flags(void)
{
	return now.open_flags;
}

static bool is_nth(unsigned int nth, unsigned int calls)
{
	return nth == INJECT_EVERY || nth == calls;
}

int inject_begin(enum inject_call call)
{
	struct plan *plan = &now.plan[call];

	plan->calls++;
	if (plan->hook && is_nth(plan->hook_nth, plan->calls))
		plan->hook();

	if (plan->interrupt) {
		plan->interrupted = !plan->interrupted;
		if (plan->interrupted)
			return EINTR;
	}
	if (plan->fault != 0 && is_nth(plan->fail_nth, plan->calls)) {
		plan->has_failed = true;
		return plan->fault;
	}
	return 0;
}

void inject_end(int fault)
{
	errno = fault != 0 ? fault : NOISE;
}

static const char *path_seen(const char *path)
{
	for (size_t i = 0; i < PATHS && now.paths[i].path; i++)
		if (strcmp(path, now.paths[i].path) == 0)
			return now.paths[i].instead;
	return path;
}

static int wrap_open(int (*real)(const char *, int, ...), const char *path, int flags)
{
	int fault = inject_begin(INJECT_OPEN), fd = -1;

	now.open_flags = flags;
	if (fault == 0) {
		fd = real(path_seen(path), flags);
		if (fd < 0)
			return fd;
		assert_in_range(fd, 0, DESCRIPTORS - 1);
		now.open[fd] = true;
		now.read[fd] = false;
	}
	inject_end(fault);
	return fd;
}

static int wrap_fstatat(int (*real)(int, const char *, struct stat *, int), int fd,
			const char *path, struct stat *stamp, int flags)
{
	enum inject_call call = *path ? INJECT_STAT : INJECT_FSTAT;
	int fault = inject_begin(call);

	if (fault == 0 && real(fd, path_seen(path), stamp, flags) < 0)
		return -1;
	if (fault == 0 && call == INJECT_FSTAT && now.stamp_edit &&
	    is_nth(now.stamp_nth, now.plan[INJECT_FSTAT].calls))
		now.stamp_edit(stamp);
	inject_end(fault);
	return fault == 0 ? 0 : -1;
}

static ssize_t wrap_pread(ssize_t (*real)(int, void *, size_t, off64_t), int fd, void *buf,
			  size_t len, off64_t offset)
{
	int fault = offset == 0 && now.read[fd] ? inject_begin(INJECT_REREAD) : 0;
	ssize_t n = -1;

	if (fault == 0)
		fault = inject_begin(INJECT_READ);
	if (now.short_bytes > 0 && now.short_bytes < len)
		len = now.short_bytes;
	if (fault == 0) {
		n = real(fd, buf, len, offset);
		if (n < 0)
			return n;
		now.read[fd] = true;
	}
	inject_end(fault);
	return n;
}

static int wrap_account(enum inject_call call, const char *name, unsigned int uid,
			struct passwd *pwd, char *buf, size_t len, struct passwd **ret)
{
	int fault = inject_begin(call);
	size_t i = 0;

	errno = NOISE;
	*ret = NULL;
	if (fault != 0)
		return fault;

	while (i < ACCOUNTS && now.accounts[i].name &&
	       (name ? names_differ(name, now.accounts[i].name) : uid != now.accounts[i].uid))
		i++;
	if (i == ACCOUNTS || !now.accounts[i].name)
		return 0;
	if (strlen(now.accounts[i].name) >= len || now.account_bytes > len)
		return ERANGE;

	memset(pwd, 0, sizeof(*pwd));
	if (now.accounts[i].name[0] != '\0')
		pwd->pw_name = strcpy(buf, now.accounts[i].name);
	pwd->pw_uid = now.accounts[i].uid;
	*ret = pwd;
	return 0;
}

/*
 * A call has one of two names, depending on _FILE_OFFSET_BITS. With _FORTIFY_SOURCE, pread(2)
 * has one of two others. With _TIME_BITS=64 on a 32-bit host, a call that tells the time has a
 * third, which no other host has, so that the symbol must be weak.
 */
int __real_open(const char *path, int flags, ...);
int __real_open64(const char *path, int flags, ...);
int __real_fstatat(int fd, const char *path, struct stat *stamp, int flags);
int __real_fstatat64(int fd, const char *path, struct stat *stamp, int flags);
int __real___fstatat64_time64(int fd, const char *path, struct stat *stamp, int flags)
	__attribute__((weak));
ssize_t __real_pread(int fd, void *buf, size_t len, off_t offset);
ssize_t __real_pread64(int fd, void *buf, size_t len, off64_t offset);
int __real_close(int fd);
int __real_clock_gettime(clockid_t clock, struct timespec *ret);
int __real___clock_gettime64(clockid_t clock, struct timespec *ret) __attribute__((weak));

int __wrap_open(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...);
int __wrap_fstatat(int fd, const char *path, struct stat *stamp, int flags);
int __wrap_fstatat64(int fd, const char *path, struct stat *stamp, int flags);
int __wrap___fstatat64_time64(int fd, const char *path, struct stat *stamp, int flags);
ssize_t __wrap_pread(int fd, void *buf, size_t len, off_t offset);
ssize_t __wrap_pread64(int fd, void *buf, size_t len, off64_t offset);
ssize_t __wrap___pread_chk(int fd, void *buf, size_t len, off_t offset, size_t buf_size);
ssize_t __wrap___pread64_chk(int fd, void *buf, size_t len, off64_t offset, size_t buf_size);
int __wrap_close(int fd);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ret);
int __wrap___clock_gettime64(clockid_t clock, struct timespec *ret);
int __wrap_getpwuid_r(uid_t uid, struct passwd *pwd, char *buf, size_t len, struct passwd **ret);
int __wrap_getpwnam_r(const char *name, struct passwd *pwd, char *buf, size_t len,
		      struct passwd **ret);

/*
 * The mode of a file that is created. The code under test creates none, but gcov's runtime does
 * to write its counts.
 */
static mode_t mode_of(int flags, va_list args)
{
	return flags & O_CREAT ? va_arg(args, mode_t) : 0;
}

int __wrap_fstatat(int fd, const char *path, struct stat *stamp, int flags)
{
	return wrap_fstatat(__real_fstatat, fd, path, stamp, flags);
}

int __wrap_fstatat64(int fd, const char *path, struct stat *stamp, int flags)
{
	return wrap_fstatat(__real_fstatat64, fd, path, stamp, flags);
}

int __wrap___fstatat64_time64(int fd, const char *path, struct stat *stamp, int flags)
{
	return wrap_fstatat(__real___fstatat64_time64, fd, path, stamp, flags);
}

int __wrap_open(const char *path, int flags, ...)
{
	mode_t mode;
	va_list args;

	va_start(args, flags);
	mode = mode_of(flags, args);
	va_end(args);
	return flags & O_CREAT ? __real_open(path, flags, mode)
			       : wrap_open(__real_open, path, flags);
}

int __wrap_open64(const char *path, int flags, ...)
{
	mode_t mode;
	va_list args;

	va_start(args, flags);
	mode = mode_of(flags, args);
	va_end(args);
	return flags & O_CREAT ? __real_open64(path, flags, mode)
			       : wrap_open(__real_open64, path, flags);
}

static ssize_t pread_as_64(int fd, void *buf, size_t len, off64_t offset)
{
	return __real_pread(fd, buf, len, (off_t)offset);
}

ssize_t __wrap_pread(int fd, void *buf, size_t len, off_t offset)
{
	return wrap_pread(pread_as_64, fd, buf, len, offset);
}

ssize_t __wrap_pread64(int fd, void *buf, size_t len, off64_t offset)
{
	return wrap_pread(__real_pread64, fd, buf, len, offset);
}

ssize_t __wrap___pread_chk(int fd, void *buf, size_t len, off_t offset, size_t buf_size)
{
	assert_in_range(len, 0, buf_size);
	return wrap_pread(pread_as_64, fd, buf, len, offset);
}

ssize_t __wrap___pread64_chk(int fd, void *buf, size_t len, off64_t offset, size_t buf_size)
{
	assert_in_range(len, 0, buf_size);
	return wrap_pread(__real_pread64, fd, buf, len, offset);
}

int __wrap_close(int fd)
{
	int fault = inject_begin(INJECT_CLOSE);

	assert_in_range(fd, 0, DESCRIPTORS - 1);
	assert_true(now.open[fd]);
	now.open[fd] = false;
	assert_int_equal(__real_close(fd), 0);
	inject_end(fault);
	return fault == 0 ? 0 : -1;
}

static int wrap_clock_gettime(int (*real)(clockid_t, struct timespec *), clockid_t clock,
			      struct timespec *ret)
{
	int fault = inject_begin(INJECT_TIME);

	if (fault == 0) {
		assert_int_equal(real(clock, ret), 0);
		ret->tv_sec += now.clock;
	}
	inject_end(fault);
	return fault == 0 ? 0 : -1;
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *ret)
{
	return wrap_clock_gettime(__real_clock_gettime, clock, ret);
}

int __wrap___clock_gettime64(clockid_t clock, struct timespec *ret)
{
	return wrap_clock_gettime(__real___clock_gettime64, clock, ret);
}

int __wrap_getpwuid_r(uid_t uid, struct passwd *pwd, char *buf, size_t len, struct passwd **ret)
{
	return wrap_account(INJECT_GETPWUID, NULL, uid, pwd, buf, len, ret);
}

int __wrap_getpwnam_r(const char *name, struct passwd *pwd, char *buf, size_t len,
		      struct passwd **ret)
{
	return wrap_account(INJECT_GETPWNAM, name, 0, pwd, buf, len, ret);
}
