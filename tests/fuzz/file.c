/* SPDX-License-Identifier: BSD-3-Clause */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "fuzz.h"

/* Descriptors of the planned file have numbers that no real descriptor has. */
#define FIRST_FD 1000000
#define DESCRIPTORS 8

#define CHANGED_SECONDS 1000000

/* The plan, and what has happened since fuzz_file_begin(). */
static struct {
	bool begun;
	struct fuzz_plan plan;
	unsigned int calls, calls_of[FUZZ_CALLS];
	bool failed;
	unsigned int version; /* of the file that has the name now */
	struct {
		bool open;
		unsigned int version; /* of the file that it reads */
	} descriptor[DESCRIPTORS];
} now;

void fuzz_file_begin(const struct fuzz_plan *plan)
{
	memset(&now, 0, sizeof(now));
	now.plan = *plan;
	now.begun = true;
}

void fuzz_file_end(void)
{
	now.begun = false;
	for (size_t i = 0; i < DESCRIPTORS; i++)
		if (now.descriptor[i].open)
			fuzz_fail("descriptor %zu was not closed", i);
}

bool fuzz_file_has_changed(void)
{
	return now.version > 0;
}

bool fuzz_file_has_failed(void)
{
	return now.failed;
}

static void change(void)
{
	now.version = 1;
	for (size_t i = 0; i < DESCRIPTORS && now.plan.in_place; i++)
		now.descriptor[i].version = 1;
}

/* Counts the call. Returns 0, or -1 with errno set if the call is to fail. */
static int begin(enum fuzz_call call)
{
	if (++now.calls == now.plan.change_at)
		change();
	errno = EXDEV;
	if (++now.calls_of[call] != now.plan.fail_nth || call != now.plan.fail_call)
		return 0;
	now.failed = true;
	errno = now.plan.fault;
	return -1;
}

static bool is_ours(int fd)
{
	return fd >= FIRST_FD && fd < FIRST_FD + DESCRIPTORS;
}

static unsigned int number_of(int fd)
{
	unsigned int number = (unsigned int)(fd - FIRST_FD);

	if (!now.descriptor[number].open)
		fuzz_fail("descriptor %u is not open", number);
	return number;
}

static int open_file(const char *path)
{
	int i = 0;

	if (begin(FUZZ_OPEN) < 0)
		return -1;
	if (strcmp(path, FUZZ_FILE) != 0) {
		errno = ENOENT;
		return -1;
	}
	while (i < DESCRIPTORS && now.descriptor[i].open)
		i++;
	if (i == DESCRIPTORS)
		fuzz_fail("more than %d descriptors are open", DESCRIPTORS);
	now.descriptor[i].open = true;
	now.descriptor[i].version = now.version;
	return FIRST_FD + i;
}

static int stat_version(unsigned int version, struct stat *ret)
{
	/* Two changes within one tick of the file's clock leave one stamp. */
	long tick = now.plan.recent ? 0 : version;

	memset(ret, 0, sizeof(*ret));
	ret->st_mode = S_IFREG | 0644;
	ret->st_ino = now.plan.in_place ? 1 : 1 + version;
	ret->st_size = (off_t)now.plan.version[version].len;
	ret->st_mtim = (struct timespec){ .tv_sec = CHANGED_SECONDS, .tv_nsec = tick };
	ret->st_ctim = ret->st_mtim;
	return 0;
}

static int stat_file(int fd, const char *path, struct stat *ret)
{
	if (begin(FUZZ_STAT) < 0)
		return -1;
	if (is_ours(fd))
		return stat_version(now.descriptor[number_of(fd)].version, ret);
	if (strcmp(path, FUZZ_FILE) == 0)
		return stat_version(now.version, ret);
	errno = ENOENT;
	return -1;
}

static ssize_t read_file(int fd, void *buf, size_t len, off64_t offset)
{
	unsigned int number = number_of(fd);
	const struct fuzz_version *version;
	size_t at = (size_t)offset, left;

	if (begin(FUZZ_READ) < 0)
		return -1;
	if (offset < 0)
		fuzz_fail("a read at offset %jd", (intmax_t)offset);
	version = &now.plan.version[now.descriptor[number].version];
	left = at < version->len ? version->len - at : 0;
	if (now.plan.read_max > 0 && len > now.plan.read_max)
		len = now.plan.read_max;
	if (len > left)
		len = left;
	if (len > 0)
		memcpy(buf, version->bytes + at, len);
	return (ssize_t)len;
}

/* inject.c in tests/unit says why a call has several names. */
int __real_open(const char *path, int flags, ...);
int __real_open64(const char *path, int flags, ...);
int __real_close(int fd);
ssize_t __real_pread(int fd, void *buf, size_t len, off_t offset);
ssize_t __real_pread64(int fd, void *buf, size_t len, off64_t offset);
int __real_fstatat(int at, const char *path, struct stat *ret, int flags);
int __real_fstatat64(int at, const char *path, struct stat *ret, int flags);
int __real___fstatat64_time64(int at, const char *path, struct stat *ret, int flags)
	__attribute__((weak));
void *__real_mmap(void *at, size_t size, int prot, int flags, int fd, off_t offset);
void *__real_mmap64(void *at, size_t size, int prot, int flags, int fd, off64_t offset);
int __real_clock_gettime(clockid_t clock, struct timespec *ret);
int __real___clock_gettime64(clockid_t clock, struct timespec *ret) __attribute__((weak));

int __wrap_open(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...);
int __wrap_close(int fd);
ssize_t __wrap_pread(int fd, void *buf, size_t len, off_t offset);
ssize_t __wrap_pread64(int fd, void *buf, size_t len, off64_t offset);
ssize_t __wrap___pread_chk(int fd, void *buf, size_t len, off_t offset, size_t buf_size);
ssize_t __wrap___pread64_chk(int fd, void *buf, size_t len, off64_t offset, size_t buf_size);
int __wrap_fstatat(int at, const char *path, struct stat *ret, int flags);
int __wrap_fstatat64(int at, const char *path, struct stat *ret, int flags);
int __wrap___fstatat64_time64(int at, const char *path, struct stat *ret, int flags);
void *__wrap_mmap(void *at, size_t size, int prot, int flags, int fd, off_t offset);
void *__wrap_mmap64(void *at, size_t size, int prot, int flags, int fd, off64_t offset);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ret);
int __wrap___clock_gettime64(clockid_t clock, struct timespec *ret);

static mode_t mode_of(int flags, va_list args)
{
	return flags & O_CREAT ? va_arg(args, mode_t) : 0;
}

int __wrap_open(const char *path, int flags, ...)
{
	mode_t mode;
	va_list args;

	va_start(args, flags);
	mode = mode_of(flags, args);
	va_end(args);
	return now.begun ? open_file(path) : __real_open(path, flags, mode);
}

int __wrap_open64(const char *path, int flags, ...)
{
	mode_t mode;
	va_list args;

	va_start(args, flags);
	mode = mode_of(flags, args);
	va_end(args);
	return now.begun ? open_file(path) : __real_open64(path, flags, mode);
}

int __wrap_close(int fd)
{
	if (!is_ours(fd))
		return __real_close(fd);
	now.descriptor[number_of(fd)].open = false;
	return begin(FUZZ_CLOSE);
}

ssize_t __wrap_pread(int fd, void *buf, size_t len, off_t offset)
{
	return is_ours(fd) ? read_file(fd, buf, len, offset) : __real_pread(fd, buf, len, offset);
}

ssize_t __wrap_pread64(int fd, void *buf, size_t len, off64_t offset)
{
	return is_ours(fd) ? read_file(fd, buf, len, offset) : __real_pread64(fd, buf, len, offset);
}

ssize_t __wrap___pread_chk(int fd, void *buf, size_t len, off_t offset, size_t buf_size)
{
	if (len > buf_size)
		fuzz_fail("a read of %zu bytes into a buffer of %zu", len, buf_size);
	return __wrap_pread(fd, buf, len, offset);
}

ssize_t __wrap___pread64_chk(int fd, void *buf, size_t len, off64_t offset, size_t buf_size)
{
	if (len > buf_size)
		fuzz_fail("a read of %zu bytes into a buffer of %zu", len, buf_size);
	return __wrap_pread64(fd, buf, len, offset);
}

int __wrap_fstatat(int at, const char *path, struct stat *ret, int flags)
{
	return now.begun ? stat_file(at, path, ret) : __real_fstatat(at, path, ret, flags);
}

int __wrap_fstatat64(int at, const char *path, struct stat *ret, int flags)
{
	return now.begun ? stat_file(at, path, ret) : __real_fstatat64(at, path, ret, flags);
}

int __wrap___fstatat64_time64(int at, const char *path, struct stat *ret, int flags)
{
	return now.begun ? stat_file(at, path, ret)
			 : __real___fstatat64_time64(at, path, ret, flags);
}

void *__wrap_mmap(void *at, size_t size, int prot, int flags, int fd, off_t offset)
{
	if (now.begun && begin(FUZZ_MMAP) < 0)
		return MAP_FAILED;
	return __real_mmap(at, size, prot, flags, fd, offset);
}

void *__wrap_mmap64(void *at, size_t size, int prot, int flags, int fd, off64_t offset)
{
	if (now.begun && begin(FUZZ_MMAP) < 0)
		return MAP_FAILED;
	return __real_mmap64(at, size, prot, flags, fd, offset);
}

static int read_clock(struct timespec *ret)
{
	if (begin(FUZZ_CLOCK) < 0)
		return -1;
	*ret = (struct timespec){ .tv_sec = CHANGED_SECONDS + (now.plan.recent ? 0 : 60) };
	return 0;
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *ret)
{
	return now.begun ? read_clock(ret) : __real_clock_gettime(clock, ret);
}

int __wrap___clock_gettime64(clockid_t clock, struct timespec *ret)
{
	return now.begun ? read_clock(ret) : __real___clock_gettime64(clock, ret);
}
