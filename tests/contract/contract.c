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
#include <errno.h>
#include <linux/seccomp.h>
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "module.h"

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

static void every_length_short_of_the_record_is_erange_and_no_more_is_needed(void **state)
{
	(void)state;
	for (size_t i = 0; i < HITS; i++) {
		size_t enough = record_bytes[hits[i].kind];

		for (size_t len = 0; len < enough; len++)
			assert_int_equal(module_ask_checked(&hits[i], 0, len), NSS_STATUS_TRYAGAIN);
		for (size_t len = enough; len < enough + 64; len++)
			assert_int_equal(module_ask_checked(&hits[i], 0, len), NSS_STATUS_SUCCESS);
	}
}

static void every_alignment_of_the_buffer_is_accepted(void **state)
{
	(void)state;
	for (size_t i = 0; i < HITS; i++)
		for (size_t offset = 0; offset < 64; offset++)
			for (size_t len = 0; len < 256; len++)
				(void)module_ask_checked(&hits[i], offset, len);
	for (size_t offset = 0; offset < 64; offset++)
		assert_int_equal(module_ask_checked(&hits[3], offset,
						    record_bytes[GROUP] + sizeof(char *) - 1),
				 NSS_STATUS_SUCCESS);
}

static void no_buffer_at_all_is_erange(void **state)
{
	(void)state;
	for (size_t i = 0; i < HITS; i++) {
		union record record;
		int errnum = 0;

		assert_int_equal(module_ask(&hits[i], &record, NULL, 0, &errnum),
				 NSS_STATUS_TRYAGAIN);
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
		assert_int_equal(module_ask(&hits[i], &record, buf, sizeof(buf), &errno),
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
		assert_int_equal(module_ask(&hits[i], &record, buf, sizeof(buf), &errno),
				 NSS_STATUS_SUCCESS);
		assert_int_equal(errno, ERRNO_BEFORE);
	}
	for (size_t i = 0; i < MISSES; i++) {
		union record record;
		char buf[BUFFER_BYTES];

		errno = ERRNO_BEFORE;
		if (module_ask(&misses[i], &record, buf, sizeof(buf), &errno) !=
		    NSS_STATUS_NOTFOUND)
			fail_msg("%s was found", misses[i].title);
		assert_int_equal(errno, ERRNO_BEFORE);
		assert_int_equal(module_ask_checked(&misses[i], 0, 512), NSS_STATUS_NOTFOUND);
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

		(void)module_ask(q, &record, buf, i % 7 ? sizeof(buf) : i % 64, &errnum);
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
		syscall(SYS_exit, (int)module_ask(q, &record, buf, sizeof(buf), &errnum) & 0xff);
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
	use->status = module_ask(use->question, &record, buf, sizeof(buf), &errnum);
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

		(void)module_ask(&hits[0], &record, buf, sizeof(buf), &errnum);
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
		assert_int_equal(module_ask_checked(&hits[i], 0, 512), NSS_STATUS_SUCCESS);
		assert_int_equal(pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &found), 0);
		assert_int_equal(found, wanted);
	}
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

	if (argc < 2) {
		fprintf(stderr, "usage: contract MODULE [emulated]\n");
		return 1;
	}
	if (!module_load(argv[1]))
		return 1;
	/* An emulator makes calls of its own. */
	if (argc == 3 && strcmp(argv[2], "emulated") == 0)
		cmocka_set_skip_filter("foreign_names_and_reserved_ids_cost_no_system_call");

	return cmocka_run_group_tests(tests, NULL, NULL);
}
