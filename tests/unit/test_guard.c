/* SPDX-License-Identifier: BSD-3-Clause */
#include "guard.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>

#include "check.h"

static int cancel_state(void)
{
	int state, ignored;

	assert_int_equal(pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state), 0);
	assert_int_equal(pthread_setcancelstate(state, &ignored), 0);
	return state;
}

static void cancellation_is_off_inside_and_restored_at_the_end(void **state)
{
	static const int states[] = { PTHREAD_CANCEL_ENABLE, PTHREAD_CANCEL_DISABLE };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(states); i++) {
		struct nss_guard guard;
		int before, fault = 0;

		assert_int_equal(pthread_setcancelstate(states[i], &before), 0);
		nss_guard_enter(&guard);
		assert_int_equal(cancel_state(), PTHREAD_CANCEL_DISABLE);
		assert_int_equal(nss_guard_leave(&guard, -ENOENT, &fault), NSS_STATUS_NOTFOUND);
		assert_int_equal(cancel_state(), states[i]);
		assert_int_equal(pthread_setcancelstate(before, NULL), 0);
	}
}

static const struct {
	int r;
	enum nss_status status;
	int fault; /* 0: *errnop stays as it is */
} outcomes[] = {
	{ 0, NSS_STATUS_SUCCESS, 0 },
	{ -ENOENT, NSS_STATUS_NOTFOUND, 0 },
	{ -ERANGE, NSS_STATUS_TRYAGAIN, ERANGE },
	{ -EMFILE, NSS_STATUS_TRYAGAIN, EMFILE },
	{ -EIO, NSS_STATUS_UNAVAIL, EIO },
	{ 1, NSS_STATUS_UNAVAIL, EINVAL },
};

static void errno_is_restored_if_errnop_does_not_point_to_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(outcomes); i++) {
		struct nss_guard guard;
		int fault = 77;

		errno = ECHILD;
		nss_guard_enter(&guard);
		errno = EXDEV;
		assert_int_equal(nss_guard_leave(&guard, outcomes[i].r, &fault),
				 outcomes[i].status);
		assert_int_equal(errno, ECHILD);
		assert_int_equal(fault, outcomes[i].fault != 0 ? outcomes[i].fault : 77);
	}
}

static void errno_holds_the_fault_if_errnop_points_to_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(outcomes); i++) {
		struct nss_guard guard;

		errno = ECHILD;
		nss_guard_enter(&guard);
		errno = EXDEV;
		assert_int_equal(nss_guard_leave(&guard, outcomes[i].r, &errno),
				 outcomes[i].status);
		assert_int_equal(errno, outcomes[i].fault != 0 ? outcomes[i].fault : ECHILD);
	}
}

struct cancelled {
	int type;
	int fault;
	bool passed; /* a cancellation point inside the guard */
	bool survived;
};

void __asan_unpoison_memory_region(void const volatile *start, size_t len) __attribute__((weak));

#define FRAMES_BYTES 4096

/* AddressSanitizer does not notice that a cancelled thread leaves its frames below @top. */
static void unpoison_frames(void *top)
{
	char *bottom = (char *)__builtin_frame_address(0) - FRAMES_BYTES;

	if (__asan_unpoison_memory_region)
		__asan_unpoison_memory_region(bottom, (size_t)((char *)top - bottom));
}

static void *cancel_inside(void *arg)
{
	struct cancelled *seen = (struct cancelled *)arg;
	struct nss_guard guard;
	int before;

	pthread_cleanup_push(unpoison_frames, __builtin_frame_address(0));
	nss_guard_enter(&guard);
	(void)pthread_setcanceltype(seen->type, &before);
	(void)pthread_cancel(pthread_self());
	pthread_testcancel();
	seen->passed = true;
	assert_int_equal(nss_guard_leave(&guard, -EIO, &seen->fault), NSS_STATUS_UNAVAIL);
	pthread_testcancel();
	seen->survived = true;
	pthread_cleanup_pop(0);
	return NULL;
}

static void a_cancelled_thread_ends_after_the_fault_is_written(void **state)
{
	static const int types[] = { PTHREAD_CANCEL_DEFERRED, PTHREAD_CANCEL_ASYNCHRONOUS };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(types); i++) {
		struct cancelled seen = { .type = types[i] };
		pthread_t thread;
		void *result;

		assert_int_equal(pthread_create(&thread, NULL, cancel_inside, &seen), 0);
		assert_int_equal(pthread_join(thread, &result), 0);
		assert_true(seen.passed);
		assert_int_equal(seen.fault, EIO);
		assert_false(seen.survived);
		assert_true(result == PTHREAD_CANCELED);
	}
}

static void every_result_has_its_status_and_errno(void **state)
{
	static const struct {
		int r;
		enum nss_status status;
		int fault;
		const char *reason;
	} rows[] = {
		{ 0, NSS_STATUS_SUCCESS, 77, "an answer" },
		{ -ENOENT, NSS_STATUS_NOTFOUND, 77, "no such record" },
		{ -ERANGE, NSS_STATUS_TRYAGAIN, ERANGE, "the buffer is too small" },
		{ -EMFILE, NSS_STATUS_TRYAGAIN, EMFILE, "no descriptor left to the process" },
		{ -ENFILE, NSS_STATUS_TRYAGAIN, ENFILE, "no descriptor left to the host" },
		{ -ENOMEM, NSS_STATUS_TRYAGAIN, ENOMEM, "no memory left" },
		{ -EAGAIN, NSS_STATUS_TRYAGAIN, EAGAIN, "a file that keeps changing" },
		{ -EIO, NSS_STATUS_UNAVAIL, EIO, "a bad disk" },
		{ -EINVAL, NSS_STATUS_UNAVAIL, EINVAL, "not a regular file" },
		{ -EACCES, NSS_STATUS_UNAVAIL, EACCES,
		  "no permission, where it is not an absence" },
		{ -4095, NSS_STATUS_UNAVAIL, 4095, "the largest errno" },
		{ -4096, NSS_STATUS_UNAVAIL, EINVAL, "one more than the largest errno" },
		{ INT_MIN, NSS_STATUS_UNAVAIL, EINVAL, "cannot be negated" },
		{ 1, NSS_STATUS_UNAVAIL, EINVAL, "a positive number" },
		{ ENOENT, NSS_STATUS_UNAVAIL, EINVAL, "an errno with the wrong sign" },
		{ INT_MAX, NSS_STATUS_UNAVAIL, EINVAL, "the largest int" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		int fault = 77;

		errno = EXDEV;
		check_int(rows[i].reason, nss_status_from(rows[i].r, &fault), rows[i].status);
		check_int(rows[i].reason, fault, rows[i].fault);
		check_int(rows[i].reason, errno, EXDEV);
	}
}

static void no_int_becomes_a_status_that_aborts_the_host(void **state)
{
	(void)state;
	for (int r = -5000; r <= 5000; r++) {
		int fault = 77;
		enum nss_status status = nss_status_from(r, &fault);

		assert_in_range(status + 2, NSS_STATUS_TRYAGAIN + 2, NSS_STATUS_SUCCESS + 2);
		if (status == NSS_STATUS_SUCCESS || status == NSS_STATUS_NOTFOUND)
			assert_int_equal(fault, 77);
		else
			assert_int_equal(fault, r < 0 && r >= -4095 ? -r : EINVAL);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(cancellation_is_off_inside_and_restored_at_the_end),
		cmocka_unit_test(errno_is_restored_if_errnop_does_not_point_to_it),
		cmocka_unit_test(errno_holds_the_fault_if_errnop_points_to_it),
		cmocka_unit_test(a_cancelled_thread_ends_after_the_fault_is_written),
		cmocka_unit_test(every_result_has_its_status_and_errno),
		cmocka_unit_test(no_int_becomes_a_status_that_aborts_the_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
