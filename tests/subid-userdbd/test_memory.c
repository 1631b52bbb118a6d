/* SPDX-License-Identifier: BSD-3-Clause */
/* Where memory is short, there is a complete frame or reply, or none. */
#include "check.h"

#include <errno.h>
#include <json-c/json.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>

#include "frame.h"
#include "interface.h"
#include "leaks.h"
#include "reply.h"
#include "request.h"

/* In place of these functions, for the service too. Each call uses up one of
 * calls_left. From the first one that finds none, all fail until end(). */
static unsigned int calls_left = UINT_MAX;
static bool starved;

static bool is_starved(void)
{
	if (calls_left == 0)
		starved = true;
	else
		calls_left -= calls_left < UINT_MAX;
	return starved;
}

#define WRAP(type, function, parameters, arguments)                       \
	type __real_##function parameters;                                \
	type __wrap_##function parameters;                                \
	type __wrap_##function parameters                                 \
	{                                                                 \
		return is_starved() ? NULL : __real_##function arguments; \
	}

WRAP(void *, malloc, (size_t size), (size))
WRAP(void *, realloc, (void *memory, size_t size), (memory, size))
WRAP(void *, reallocarray, (void *memory, size_t n, size_t size), (memory, n, size))
WRAP(struct json_object *, json_object_new_object, (void), ())
WRAP(struct json_object *, json_object_new_array, (void), ())
WRAP(struct json_object *, json_object_new_string, (const char *text), (text))
WRAP(struct json_object *, json_object_new_int64, (int64_t number), (number))
WRAP(struct json_object *, json_object_new_boolean, (json_bool value), (value))

static void begin(unsigned int calls)
{
	starved = false;
	calls_left = calls;
}

/* Was there enough memory? Afterwards there is again. */
static bool end(void)
{
	bool enough = !starved;

	starved = false;
	calls_left = UINT_MAX;
	return enough;
}

/* --- frames ---------------------------------------------------------------------------------- */

static void a_frame_that_cannot_grow_stays_as_it_is(void **state)
{
	struct frame frame = { .code = 0 };

	(void)state;
	assert_int_equal(frame_add_text(&frame, "alice"), 0);
	assert_int_equal(frame_add_value(&frame, 1), 0);
	begin(0);
	assert_int_equal(frame_add_text(&frame, "bob"), -ENOMEM);
	assert_int_equal(frame_add_value(&frame, 2), -ENOMEM);
	assert_false(end());
	assert_int_equal(frame.texts_size, sizeof("alice"));
	assert_null(frame_next_text(&frame, frame_next_text(&frame, NULL)));
	assert_int_equal(frame.n_values, 1);
	frame_free(&frame);
}

static void a_frame_is_decoded_whole(void **state)
{
	struct frame frame = { .code = 0 }, decoded;
	size_t size = 0;
	char *bytes;
	int r;

	(void)state;
	assert_int_equal(frame_add_text(&frame, "alice"), 0);
	begin(0);
	assert_null(frame_encode(&frame, &size));
	assert_false(end());
	bytes = frame_encode(&frame, &size);
	assert_non_null(bytes);
	for (unsigned int n = 0; n < 2; n++) {
		begin(n);
		r = frame_decode(bytes, size, &decoded);
		assert_false(end());
		assert_int_equal(r, -ENOMEM);
	}
	assert_int_equal(frame_decode(bytes, size, &decoded), 0);
	check_text("the text", frame_next_text(&decoded, NULL), "alice");
	frame_free(&decoded);
	frame_free(&frame);
	free(bytes);
}

/* --- replies --------------------------------------------------------------------------------- */

static char user[] = "subuid-alice-100000", group[] = "subgid-alice-100000", text[] = "text";
static const struct passwd pwd = { .pw_name = user,
				   .pw_uid = 100000,
				   .pw_gid = 100000,
				   .pw_gecos = text,
				   .pw_dir = text,
				   .pw_shell = text };
static const struct group grp = { .gr_name = group, .gr_gid = 100000 };

static char *say_user(size_t *ret_size)
{
	return reply_user(&pwd, ret_size);
}

static char *say_group(size_t *ret_size)
{
	return reply_group(&grp, ret_size);
}

static char *say_description(size_t *ret_size)
{
	return reply_description("interface x", ret_size);
}

static char *say_error(size_t *ret_size)
{
	return reply_error(ERROR_METHOD, "method", "x", ret_size);
}

/* A record without its UID, or with null for one, is worse for a client than no reply. */
static void say_with_ever_more_memory(void)
{
	char *(*const replies[])(size_t *) = { say_user, say_group, reply_info, say_description,
					       say_error };

	for (size_t i = 0; i < COUNT_OF(replies); i++) {
		size_t size = 0;
		char *whole = replies[i](&size);
		bool enough = false;

		assert_non_null(whole);
		for (unsigned int n = 0; !enough; n++) {
			char *reply;

			begin(n);
			reply = replies[i](&size);
			enough = end();
			if (enough)
				check_text("the reply", reply, whole);
			else
				assert_null(reply);
			free(reply);
		}
		free(whole);
	}
}

static void a_reply_is_whole_or_there_is_none(void **state)
{
	(void)state;
	say_with_ever_more_memory();
	check_loses_no_memory(say_with_ever_more_memory);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_frame_that_cannot_grow_stays_as_it_is),
		cmocka_unit_test(a_frame_is_decoded_whole),
		cmocka_unit_test(a_reply_is_whole_or_there_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
