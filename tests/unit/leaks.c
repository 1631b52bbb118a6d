/* SPDX-License-Identifier: BSD-3-Clause */
#include "leaks.h"

#include <malloc.h>
#include <pthread.h>
#include <stddef.h>

#include "check.h"

static void *run(void *userdata)
{
	void (*const *work)(void) = (void (*const *)(void))userdata;

	(*work)();
	return NULL;
}

/* malloc(3) keeps some freed memory for the thread that freed it, until that thread ends. */
static size_t allocated_after(void (*work)(void))
{
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, run, &work), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	return mallinfo2().uordblks;
}

void check_loses_no_memory(void (*work)(void))
{
	size_t first = allocated_after(work), second = allocated_after(work),
	       third = allocated_after(work);

	if (third > second)
		fail_msg("%zu bytes, then %zu, then %zu", first, second, third);
}
