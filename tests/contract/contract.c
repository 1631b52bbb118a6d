/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Checks what glibc and its callers may rely on. The module is the one that is installed,
 * loaded with dlopen(3), and reads the /etc of a scratch host.
 * contract.sh prepares that host and passes the module's path.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <linux/seccomp.h>
#include <malloc.h>
#include <nss.h>
#include <pthread.h>
#include <pwd.h>
#include <shadow.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define BUFFER_BYTES 2048
#define CANARY ((char)0xa5)
#define ERRNO_BEFORE 4711

static nss_getpwuid_r *getpwuid_entry;
static nss_getpwnam_r *getpwnam_entry;
static nss_getgrgid_r *getgrgid_entry;
static nss_getgrnam_r *getgrnam_entry;
static nss_getspnam_r *getspnam_entry;

union record {
	struct passwd pwd;
	struct group grp;
	struct spwd spwd;
};

enum kind { USER, GROUP, SPWD };

/* One way to ask, and what the answer needs of the buffer. */
struct question {
	const char *title;
	enum kind kind;
	const char *name; /* NULL: ask by ID */
	uint32_t id;
};

#define PASSWD_BYTES                                      \
	(sizeof("subuid-ftweedal-100033") + sizeof("x") + \
	 sizeof("Subordinate UID 33 of ftweedal") + sizeof("/") + sizeof("/sbin/nologin"))
#define GROUP_BYTES (sizeof("subgid-ftweedal-500033") + sizeof("x") + sizeof(char *))
#define SHADOW_BYTES (sizeof("subuid-ftweedal-100033") + sizeof("!*"))

/* By enum kind. */
static const size_t record_bytes[] = { PASSWD_BYTES, GROUP_BYTES, SHADOW_BYTES };
#define HITS (sizeof(hits) / sizeof(hits[0]))
#define MISSES (sizeof(misses) / sizeof(misses[0]))

static const struct question hits[] = {
	{ "getpwuid_r", USER, NULL, 100033 },
	{ "getpwnam_r", USER, "subuid-ftweedal-100033", 100033 },
	{ "getgrgid_r", GROUP, NULL, 500033 },
	{ "getgrnam_r", GROUP, "subgid-ftweedal-500033", 500033 },
	{ "getspnam_r", SPWD, "subuid-ftweedal-100033", 0 },
};

static const struct question misses[] = {
	{ "an ID nobody owns", USER, NULL, 99999 },
	{ "root", USER, NULL, 0 },
	{ "an ID after the range", USER, "subuid-ftweedal-165536", 0 },
	{ "another's ID", USER, "subuid-nobody-100033", 0 },
	{ "a leading zero", USER, "subuid-ftweedal-0100033", 0 },
	{ "a group's name", USER, "subgid-ftweedal-500033", 0 },
	{ "a foreign name", USER, "ftweedal", 0 },
	{ "a GID nobody owns", GROUP, NULL, 99999 },
	{ "a user's name", GROUP, "subuid-ftweedal-100033", 0 },
	{ "a foreign group", GROUP, "wheel", 0 },
	{ "a foreign shadow record", SPWD, "root", 0 },
	{ "another's shadow record", SPWD, "subuid-nobody-100033", 0 },
	{ "a group's shadow record", SPWD, "subgid-ftweedal-500033", 0 },
};

static enum nss_status ask(const struct question *q, union record *ret, char *buf, size_t len,
			   int *errnop)
{
	if (q->kind == SPWD)
		return getspnam_entry(q->name, &ret->spwd, buf, len, errnop);
	if (q->kind == GROUP)
		return q->name ? getgrnam_entry(q->name, &ret->grp, buf, len, errnop)
			       : getgrgid_entry(q->id, &ret->grp, buf, len, errnop);
	return q->name ? getpwnam_entry(q->name, &ret->pwd, buf, len, errnop)
		       : getpwuid_entry(q->id, &ret->pwd, buf, len, errnop);
}

static void assert_untouched(const void *memory, size_t size)
{
	const char *bytes = memory;

	for (size_t i = 0; i < size; i++)
		assert_int_equal(bytes[i], CANARY);
}

static void assert_inside(const void *p, size_t size, const char *buf, size_t len)
{
	assert_true((const char *)p >= buf);
	assert_true((const char *)p + size <= buf + len);
}

static void assert_string_inside(const char *text, const char *want, const char *buf, size_t len)
{
	assert_inside(text, strlen(text) + 1, buf, len);
	assert_string_equal(text, want);
}

static void assert_answer(const struct question *q, const union record *got, const char *buf,
			  size_t len)
{
	if (q->kind == SPWD) {
		assert_string_inside(got->spwd.sp_namp, "subuid-ftweedal-100033", buf, len);
		assert_string_inside(got->spwd.sp_pwdp, "!*", buf, len);
		assert_int_equal(got->spwd.sp_expire, 1);
		return;
	}
	if (q->kind == GROUP) {
		assert_string_inside(got->grp.gr_name, "subgid-ftweedal-500033", buf, len);
		assert_string_inside(got->grp.gr_passwd, "x", buf, len);
		assert_int_equal(got->grp.gr_gid, 500033);
		assert_int_equal((uintptr_t)got->grp.gr_mem % _Alignof(char *), 0);
		assert_inside(got->grp.gr_mem, sizeof(char *), buf, len);
		assert_null(got->grp.gr_mem[0]);
		return;
	}
	assert_string_inside(got->pwd.pw_name, "subuid-ftweedal-100033", buf, len);
	assert_string_inside(got->pwd.pw_passwd, "x", buf, len);
	assert_int_equal(got->pwd.pw_uid, 100033);
	assert_int_equal(got->pwd.pw_gid, 500033);
	assert_string_inside(got->pwd.pw_gecos, "Subordinate UID 33 of ftweedal", buf, len);
	assert_string_inside(got->pwd.pw_dir, "/", buf, len);
	assert_string_inside(got->pwd.pw_shell, "/sbin/nologin", buf, len);
}

/* Ask with a buffer at @offset from a boundary; returns the status. */
static enum nss_status ask_checked(const struct question *q, size_t offset, size_t len)
{
	_Alignas(64) char memory[BUFFER_BYTES];
	char *buf = memory + 64 + offset;
	union record record;
	enum nss_status status;
	int errnum = ERRNO_BEFORE;

	memset(memory, CANARY, sizeof(memory));
	memset(&record, CANARY, sizeof(record));
	errno = ERRNO_BEFORE;
	status = ask(q, &record, buf, len, &errnum);

	assert_int_equal(errno, ERRNO_BEFORE);
	assert_untouched(memory, (size_t)(buf - memory));
	assert_untouched(buf + len, sizeof(memory) - (size_t)(buf - memory) - len);
	if (status == NSS_STATUS_SUCCESS) {
		assert_int_equal(errnum, ERRNO_BEFORE);
		assert_answer(q, &record, buf, len);
	} else {
		assert_untouched(&record, sizeof(record));
		assert_int_equal(errnum, status == NSS_STATUS_TRYAGAIN ? ERANGE : ERRNO_BEFORE);
	}
	return status;
}

static void every_length_short_of_the_record_is_erange_and_no_more_is_needed(void **state)
{
	(void)state;
	for (size_t i = 0; i < HITS; i++) {
		size_t enough = record_bytes[hits[i].kind];

		for (size_t len = 0; len < enough; len++)
			assert_int_equal(ask_checked(&hits[i], 0, len), NSS_STATUS_TRYAGAIN);
		for (size_t len = enough; len < enough + 64; len++)
			assert_int_equal(ask_checked(&hits[i], 0, len), NSS_STATUS_SUCCESS);
	}
}

static void every_alignment_of_the_buffer_is_accepted(void **state)
{
	(void)state;
	for (size_t i = 0; i < HITS; i++)
		for (size_t offset = 0; offset < 64; offset++)
			for (size_t len = 0; len < 256; len++)
				(void)ask_checked(&hits[i], offset, len);
	for (size_t offset = 0; offset < 64; offset++)
		assert_int_equal(ask_checked(&hits[3], offset, GROUP_BYTES + sizeof(char *) - 1),
				 NSS_STATUS_SUCCESS);
}

static void no_buffer_at_all_is_erange(void **state)
{
	(void)state;
	for (size_t i = 0; i < HITS; i++) {
		union record record;
		int errnum = 0;

		assert_int_equal(ask(&hits[i], &record, NULL, 0, &errnum), NSS_STATUS_TRYAGAIN);
		assert_int_equal(errnum, ERANGE);
	}
}

static void erange_survives_errnop_being_errno(void **state)
{
	(void)state;
	for (size_t i = 0; i < HITS; i++) {
		union record record;
		char buf[1];

		errno = ERRNO_BEFORE;
		assert_int_equal(ask(&hits[i], &record, buf, sizeof(buf), &errno),
				 NSS_STATUS_TRYAGAIN);
		assert_int_equal(errno, ERANGE);
	}
}

static void errno_is_untouched_by_success_and_notfound(void **state)
{
	(void)state;
	for (size_t i = 0; i < HITS; i++) {
		union record record;
		char buf[BUFFER_BYTES];

		errno = ERRNO_BEFORE;
		assert_int_equal(ask(&hits[i], &record, buf, sizeof(buf), &errno),
				 NSS_STATUS_SUCCESS);
		assert_int_equal(errno, ERRNO_BEFORE);
	}
	for (size_t i = 0; i < MISSES; i++) {
		union record record;
		char buf[BUFFER_BYTES];

		errno = ERRNO_BEFORE;
		if (ask(&misses[i], &record, buf, sizeof(buf), &errno) != NSS_STATUS_NOTFOUND)
			fail_msg("%s was found", misses[i].title);
		assert_int_equal(errno, ERRNO_BEFORE);
		assert_int_equal(ask_checked(&misses[i], 0, 512), NSS_STATUS_NOTFOUND);
	}
}

static unsigned int open_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned int count = 0;

	assert_non_null(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

static void descriptors_and_memory_are_flat_over_100000_calls(void **state)
{
	unsigned int before_fds;
	size_t before_bytes;

	(void)state;
	before_fds = open_descriptors();
	before_bytes = mallinfo2().uordblks;
	for (unsigned int i = 0; i < 100000; i++) {
		const struct question *q = i % 5 ? &hits[i % HITS] : &misses[i % MISSES];
		union record record;
		char buf[BUFFER_BYTES];
		int errnum;

		(void)ask(q, &record, buf, i % 7 ? sizeof(buf) : i % 64, &errnum);
	}
	assert_int_equal(mallinfo2().uordblks, before_bytes);
	assert_int_equal(open_descriptors(), before_fds);
}

/* Ends with the child's status; in strict mode any system call but exit kills. */
static int ask_without_system_calls(const struct question *q)
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		union record record;
		char buf[BUFFER_BYTES];
		int errnum;

		if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) < 0)
			_exit(99);
		syscall(SYS_exit, (int)ask(q, &record, buf, sizeof(buf), &errnum) & 0xff);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

static void foreign_names_and_reserved_ids_cost_no_system_call(void **state)
{
	static const struct question foreign[] = {
		{ "user", USER, "ftweedal", 0 },
		{ "group", GROUP, "wheel", 0 },
		{ "shadow", SPWD, "ftweedal", 0 },
		{ "almost", USER, "subuid", 0 },
		{ "no ID", USER, "subuid-ftweedal", 0 },
		{ "sign", USER, "subuid-ftweedal-+5", 0 },
		{ "root", USER, NULL, 0 },
		{ "nobody", GROUP, NULL, 65534 },
		{ "root by name", USER, "subuid-ftweedal-0", 0 },
	};
	int status;

	(void)state;
	for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++) {
		status = ask_without_system_calls(&foreign[i]);
		if (!WIFEXITED(status) || WEXITSTATUS(status) != (NSS_STATUS_NOTFOUND & 0xff))
			fail_msg("%s: wait status %#x", foreign[i].title, (unsigned int)status);
	}

	/* The control: a lookup that must open a file does not survive. */
	status = ask_without_system_calls(&hits[0]);
	assert_true(WIFSIGNALED(status));
}

struct stack_use {
	const struct question *question;
	enum nss_status status;
	ptrdiff_t bytes;
};

#define STACK_BYTES (256 * 1024)
#define STACK_LIMIT (16 * 1024) /* PTHREAD_STACK_MIN */

static void *measure_stack(void *arg)
{
	struct stack_use *use = arg;
	char *here = __builtin_frame_address(0);
	char *floor = here - STACK_BYTES / 2;
	/* Static, so that the stack below holds nothing but the call. */
	static char buf[BUFFER_BYTES];
	static union record record;
	static int errnum;
	volatile char *paint;
	char *p;

	for (paint = floor; paint < here - 512; paint++)
		*paint = CANARY;
	use->status = ask(use->question, &record, buf, sizeof(buf), &errnum);
	for (p = floor; *p == CANARY; p++)
		;
	use->bytes = here - p;
	return NULL;
}

static void a_lookup_fits_the_smallest_stack_a_thread_can_have(void **state)
{
	static const struct question numeric[] = {
		{ "numeric owner", USER, NULL, 300999 },
		{ "numeric owner by name", USER, "subuid-a-b.c-300999", 300999 },
	};

	(void)state;
	for (size_t i = 0; i < HITS + 2; i++) {
		struct stack_use use = { .question = i < HITS ? &hits[i] : &numeric[i - HITS] };
		pthread_attr_t attr;
		pthread_t thread;

		assert_int_equal(pthread_attr_init(&attr), 0);
		assert_int_equal(pthread_attr_setstacksize(&attr, STACK_BYTES), 0);
		assert_int_equal(pthread_create(&thread, &attr, measure_stack, &use), 0);
		assert_int_equal(pthread_join(thread, NULL), 0);
		assert_int_equal(pthread_attr_destroy(&attr), 0);

		print_message("# %s: %td bytes of stack\n", use.question->title, use.bytes);
		assert_int_equal(use.status, NSS_STATUS_SUCCESS);
		/* A named owner asks nobody, so all of it is ours. */
		if (i < HITS)
			assert_true(use.bytes < STACK_LIMIT / 2);
		else
			assert_true(use.bytes < STACK_LIMIT);
	}
}

static void *cancelled_lookups(void *arg)
{
	(void)pthread_setcanceltype(*(int *)arg, NULL);
	for (;;) {
		union record record;
		char buf[BUFFER_BYTES];
		int errnum;

		(void)ask(&hits[0], &record, buf, sizeof(buf), &errnum);
		pthread_testcancel();
	}
	return NULL;
}

static void cancelled_threads_leave_no_descriptor_open(void **state)
{
	static int types[] = { PTHREAD_CANCEL_DEFERRED, PTHREAD_CANCEL_ASYNCHRONOUS };
	unsigned int before;

	(void)state;
	before = open_descriptors();
	for (unsigned int i = 0; i < 2000; i++) {
		pthread_t thread;

		assert_int_equal(pthread_create(&thread, NULL, cancelled_lookups, &types[i % 2]),
				 0);
		assert_int_equal(pthread_cancel(thread), 0);
		assert_int_equal(pthread_join(thread, NULL), 0);
	}
	assert_int_equal(open_descriptors(), before);
}

static void the_cancellation_state_is_the_callers_again(void **state)
{
	(void)state;
	for (size_t i = 0; i < HITS; i++) {
		int wanted = i % 2 ? PTHREAD_CANCEL_DISABLE : PTHREAD_CANCEL_ENABLE;
		int found;

		assert_int_equal(pthread_setcancelstate(wanted, NULL), 0);
		assert_int_equal(ask_checked(&hits[i], 0, 512), NSS_STATUS_SUCCESS);
		assert_int_equal(pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &found), 0);
		assert_int_equal(found, wanted);
	}
}

static void *entry(void *module, const char *symbol)
{
	void *found = dlsym(module, symbol);

	if (!found) {
		fprintf(stderr, "%s\n", dlerror());
		exit(1);
	}
	return found;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_length_short_of_the_record_is_erange_and_no_more_is_needed),
		cmocka_unit_test(every_alignment_of_the_buffer_is_accepted),
		cmocka_unit_test(no_buffer_at_all_is_erange),
		cmocka_unit_test(erange_survives_errnop_being_errno),
		cmocka_unit_test(errno_is_untouched_by_success_and_notfound),
		cmocka_unit_test(descriptors_and_memory_are_flat_over_100000_calls),
		cmocka_unit_test(foreign_names_and_reserved_ids_cost_no_system_call),
		cmocka_unit_test(a_lookup_fits_the_smallest_stack_a_thread_can_have),
		cmocka_unit_test(cancelled_threads_leave_no_descriptor_open),
		cmocka_unit_test(the_cancellation_state_is_the_callers_again),
	};
	void *module = argc >= 2 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;

	if (!module) {
		fprintf(stderr, "usage: contract MODULE [emulated] (%s)\n",
			argc >= 2 ? dlerror() : "none given");
		return 1;
	}
	/* An emulator makes calls of its own. */
	if (argc == 3 && strcmp(argv[2], "emulated") == 0)
		cmocka_set_skip_filter("foreign_names_and_reserved_ids_cost_no_system_call");
	getpwuid_entry = (nss_getpwuid_r *)entry(module, "_nss_subid_getpwuid_r");
	getpwnam_entry = (nss_getpwnam_r *)entry(module, "_nss_subid_getpwnam_r");
	getgrgid_entry = (nss_getgrgid_r *)entry(module, "_nss_subid_getgrgid_r");
	getgrnam_entry = (nss_getgrnam_r *)entry(module, "_nss_subid_getgrnam_r");
	getspnam_entry = (nss_getspnam_r *)entry(module, "_nss_subid_getspnam_r");

	return cmocka_run_group_tests(tests, NULL, NULL);
}
