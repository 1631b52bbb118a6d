/* SPDX-License-Identifier: BSD-3-Clause */
#include "status.h"

#include <errno.h>
#include <limits.h>

#include "check.h"

static void status_and_errno_are_those_of_the_table(void **state)
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
		{ -EAGAIN, NSS_STATUS_TRYAGAIN, EAGAIN, "not now" },
		{ -EIO, NSS_STATUS_UNAVAIL, EIO, "a bad disk" },
		{ -EINVAL, NSS_STATUS_UNAVAIL, EINVAL, "not a regular file" },
		{ -EACCES, NSS_STATUS_UNAVAIL, EACCES, "below here it is -ENOENT already" },
		{ -4095, NSS_STATUS_UNAVAIL, 4095, "the largest errno" },
		{ -4096, NSS_STATUS_UNAVAIL, EINVAL, "no errno" },
		{ INT_MIN, NSS_STATUS_UNAVAIL, EINVAL, "cannot be negated" },
		{ 1, NSS_STATUS_UNAVAIL, EINVAL, "an answer of the shim alone" },
		{ ENOENT, NSS_STATUS_UNAVAIL, EINVAL, "an errno with the wrong sign" },
		{ INT_MAX, NSS_STATUS_UNAVAIL, EINVAL, "anything" },
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
		cmocka_unit_test(status_and_errno_are_those_of_the_table),
		cmocka_unit_test(no_int_becomes_a_status_that_aborts_the_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
