/* SPDX-License-Identifier: BSD-3-Clause */
/* From bytes to calls, and from records to bytes. */
#include "check.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "frame.h"
#include "inbox.h"
#include "interface.h"
#include "name.h"
#include "reply.h"
#include "request.h"

/* --- inbox.h ------------------------------------------------------------------------- */

static void add(struct inbox *inbox, const char *bytes, size_t size)
{
	char *where;
	size_t room;

	while (size > 0) {
		assert_int_equal(inbox_room(inbox, &where, &room), 0);
		room = room < size ? room : size;
		memcpy(where, bytes, room);
		inbox_add(inbox, room);
		bytes += room;
		size -= room;
	}
}

static void next_is(struct inbox *inbox, const char *want)
{
	const char *text;
	size_t len;

	assert_int_equal(inbox_next(inbox, &text, &len), 0);
	check_bytes("the message", text, len + 1, want, strlen(want) + 1);
}

static void is_empty(struct inbox *inbox)
{
	const char *text;
	size_t len;

	assert_int_equal(inbox_next(inbox, &text, &len), -EAGAIN);
}

static void messages_come_in_pieces(void **state)
{
	struct inbox inbox = { .bytes = NULL };
	const char bytes[] = "one\0\0three";

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++) {
		add(&inbox, bytes + i, 1);
		if (bytes[i] != '\0')
			is_empty(&inbox);
		else
			next_is(&inbox, i == 3 ? "one" : i == 4 ? "" : "three");
	}
	is_empty(&inbox);
	/* Nothing is held for a client that is silent. */
	assert_null(inbox.bytes);
}

static void several_messages_come_at_once(void **state)
{
	struct inbox inbox = { .bytes = NULL };
	const char bytes[] = "one\0two\0thr";

	(void)state;
	add(&inbox, bytes, sizeof(bytes) - 1);
	next_is(&inbox, "one");
	next_is(&inbox, "two");
	is_empty(&inbox);
	add(&inbox, "ee", sizeof("ee"));
	next_is(&inbox, "three");
	inbox_free(&inbox);
}

static void a_message_may_have_4_kib_and_not_a_byte_more(void **state)
{
	static char large[INBOX_MESSAGE_MAX_BYTES];
	struct inbox inbox = { .bytes = NULL };
	char *where;
	size_t room;

	(void)state;
	memset(large, 'x', sizeof(large));
	add(&inbox, "small", sizeof("small"));
	next_is(&inbox, "small");
	add(&inbox, large, sizeof(large));
	is_empty(&inbox);
	assert_int_equal(inbox_room(&inbox, &where, &room), -EMSGSIZE);
	inbox_free(&inbox);

	large[sizeof(large) - 1] = '\0';
	add(&inbox, large, sizeof(large));
	next_is(&inbox, large);
	inbox_free(&inbox);
}

/* --- request.h ----------------------------------------------------------------------- */

#define US "\"service\":\"" SERVICE_NAME "\""
#define USER "{\"method\":\"io.systemd.UserDatabase.GetUserRecord\",\"parameters\":{"

static void anything_but_a_call_ends_the_connection(void **state)
{
	static const char *const texts[] = {
		"",
		"x",
		"null",
		"[]",
		"{}",
		"{\"method\":1}",
		"{\"method\":\"a.b\"} x",
		"{\"method\":\"a.b\",}",
		"{'method':'a.b'}",
		"{\"method\":\"a.b\",\"parameters\":[]}",
		"{\"method\":\"a.b\",\"more\":1}",
		"{\"method\":\"a.b\",\"unknown\":true}",
		"{\"method\":\"a.b\\u0000c\"}",
		"{\"method\":\"a.\xff\"}",
		"{\"method\":\"a.b\",\"parameters\":{\"a\":[[[[[[1]]]]]]}}",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		struct request request;

		check_int(texts[i], request_parse(texts[i], strlen(texts[i]), &request), -EBADMSG);
	}
}

static void a_call_is_refused_with_the_error_that_its_interface_defines(void **state)
{
	static const struct {
		const char *text, *error, *key, *value;
	} cases[] = {
		{ "{\"method\":\"a.b.C\"}", ERROR_INTERFACE, "interface", "a.b.C" },
		{ "{\"method\":\"nothing\"}", ERROR_INTERFACE, "interface", "nothing" },
		{ "{\"method\":\"io.systemd.UserDatabase.Foo\"}", ERROR_METHOD, "method",
		  "io.systemd.UserDatabase.Foo" },
		{ "{\"method\":\"org.varlink.service.GetInfo\",\"parameters\":{\"a\":1}}",
		  ERROR_PARAMETER, "parameter", "a" },
		{ "{\"method\":\"org.varlink.service.GetInfo\",\"upgrade\":true}",
		  ERROR_NOT_IMPLEMENTED, "method", "org.varlink.service.GetInfo" },
		{ "{\"method\":\"org.varlink.service.GetInterfaceDescription\"}", ERROR_PARAMETER,
		  "parameter", "interface" },
		{ USER "}}", ERROR_BAD_SERVICE, NULL, NULL },
		{ USER "\"service\":null}}", ERROR_BAD_SERVICE, NULL, NULL },
		{ USER "\"service\":\"io.systemd.Machine\"}}", ERROR_BAD_SERVICE, NULL, NULL },
		{ USER US ",\"uid\":\"1\"}}", ERROR_PARAMETER, "parameter", "uid" },
		{ USER US ",\"uid\":-1}}", ERROR_PARAMETER, "parameter", "uid" },
		{ USER US ",\"uid\":4294967296}}", ERROR_PARAMETER, "parameter", "uid" },
		{ USER US ",\"uid\":1.0}}", ERROR_PARAMETER, "parameter", "uid" },
		{ USER US ",\"gid\":1}}", ERROR_PARAMETER, "parameter", "gid" },
		{ USER US ",\"userName\":\"a\\u0000\"}}", ERROR_PARAMETER, "parameter",
		  "userName" },
		{ USER US ",\"fuzzyNames\":[1]}}", ERROR_PARAMETER, "parameter", "fuzzyNames" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		const char *text = cases[i].text;
		struct request request;

		check_int(text, request_parse(text, strlen(text), &request), 0);
		check_text(text, request.error ? request.error : "none", cases[i].error);
		check_text(text, request.error_key ? request.error_key : "",
			   cases[i].key ? cases[i].key : "");
		check_text(text, request.error_value ? request.error_value : "",
			   cases[i].value ? cases[i].value : "");
		request_free(&request);
	}
}

static struct request parse(const char *text)
{
	struct request request;

	check_int(text, request_parse(text, strlen(text), &request), 0);
	check_text(text, request.error ? request.error : "none", "none");
	return request;
}

static void a_call_says_what_it_wants(void **state)
{
	struct request request;

	(void)state;
	request = parse(USER US ",\"uid\":4294967295,\"userName\":\"a\\u00e9\"},\"more\":true}");
	assert_int_equal(request.method, REQUEST_USER);
	assert_true(request.has_id && request.id == UINT32_MAX);
	assert_string_equal(request.name, "a\xc3\xa9");
	assert_true(request.more && !request.oneway);
	request_free(&request);

	request = parse(" {\"oneway\":true,\"parameters\":null,"
			"\"method\":\"org.varlink.service.GetInfo\"} ");
	assert_int_equal(request.method, REQUEST_INFO);
	assert_true(request.oneway);
	request_free(&request);

	request = parse(USER US ",\"uid\":null,\"userName\":null}}");
	assert_true(!request.has_id && !request.name);
	request_free(&request);
}

static void a_filter_is_met_or_not(void **state)
{
	static const struct {
		const char *filter;
		bool want;
	} cases[] = {
		{ "", true },
		{ ",\"uidMin\":5,\"uidMax\":5", true },
		{ ",\"uidMin\":6", false },
		{ ",\"uidMax\":4", false },
		{ ",\"dispositionMask\":[\"system\",\"container\"]", true },
		{ ",\"dispositionMask\":[\"system\"]", false },
		{ ",\"dispositionMask\":[]", false },
		{ ",\"fuzzyNames\":[\"x\",\"LICE\"]", true },
		{ ",\"fuzzyNames\":[\"x\"]", false },
		{ ",\"fuzzyNames\":[]", true },
	};
	static const char *const names[] = { "subuid-alice-5", "Subordinate UID 0 of alice" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct request request;
		char text[512];

		(void)snprintf(text, sizeof(text), "%s%s%s}}", USER, US, cases[i].filter);
		request = parse(text);
		check_int(cases[i].filter, request_matches(&request, 5, names, COUNT_OF(names)),
			  cases[i].want);
		request_free(&request);
	}
}

/* --- reply.h ------------------------------------------------------------------------- */

static void reply_is(char *text, size_t size, const char *want)
{
	assert_non_null(text);
	check_bytes("the reply", text, size, want, strlen(want) + 1);
	free(text);
}

static void records_are_what_machined_says_of_its_containers(void **state)
{
	char name[] = "subuid-a\"b-5", gecos[] = "Subordinate UID 0 of a\"b", root[] = "/",
	     shell[] = "/sbin/nologin", group[] = "subgid-a-7";
	const struct passwd pwd = {
		.pw_name = name,
		.pw_uid = 5,
		.pw_gid = 4294967290,
		.pw_gecos = gecos,
		.pw_dir = root,
		.pw_shell = shell,
	};
	const struct group grp = { .gr_name = group, .gr_gid = 7 };
	size_t size = 0;
	char *text;

	(void)state;
	text = reply_user(&pwd, &size);
	reply_is(text, size,
		 "{\"parameters\":{\"record\":{\"userName\":\"subuid-a\\\"b-5\",\"uid\":5,"
		 "\"gid\":4294967290,\"realName\":\"Subordinate UID 0 of a\\\"b\","
		 "\"homeDirectory\":\"/\",\"shell\":\"/sbin/nologin\",\"locked\":true,"
		 "\"service\":\"" SERVICE_NAME "\",\"disposition\":\"container\"},"
		 "\"incomplete\":false}}");
	text = reply_group(&grp, &size);
	reply_is(text, size,
		 "{\"parameters\":{\"record\":{\"groupName\":\"subgid-a-7\",\"gid\":7,"
		 "\"service\":\"" SERVICE_NAME "\",\"disposition\":\"container\"},"
		 "\"incomplete\":false}}");
}

static void errors_have_parameters(void **state)
{
	size_t size = 0;
	char *text;

	(void)state;
	text = reply_error(ERROR_NO_RECORD, NULL, NULL, &size);
	reply_is(text, size, "{\"error\":\"" ERROR_NO_RECORD "\",\"parameters\":{}}");
	text = reply_error(ERROR_METHOD, "method", "a\n", &size);
	reply_is(text, size,
		 "{\"error\":\"" ERROR_METHOD "\",\"parameters\":{\"method\":\"a\\n\"}}");
}

static void every_interface_that_is_named_is_described(void **state)
{
	size_t n = 0, size = 0;
	char *text = reply_info(&size);

	(void)state;
	for (const char *name; (name = interface_name(n)); n++) {
		const char *description = interface_description(name);

		assert_non_null(strstr(text, name));
		assert_non_null(description);
		assert_non_null(strstr(description, "interface "));
	}
	free(text);
	assert_int_equal(n, 2);
	assert_null(interface_description("org.varlink"));
}

static void only_utf8_can_be_said(void **state)
{
	static const struct {
		const char *text;
		bool want;
	} cases[] = {
		{ "", true },
		{ "alice", true },
		{ "\xc3\xa9", true },
		{ "\xe2\x82\xac", true },
		{ "\xf0\x9f\x98\x80", true },
		{ "\xf4\x8f\xbf\xbf", true },
		{ "\xff", false },
		{ "\x80", false },
		{ "\xc3", false },
		{ "\xe2\x82", false },
		{ "\xe2\x28\xac", false },
		{ "\xc0\xaf", false },	   /* longer than it need be */
		{ "\xe0\x80\xaf", false }, /* likewise */
		{ "\xed\xa0\x80", false }, /* a surrogate */
		{ "\xf4\x90\x80\x80", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		check_int(cases[i].text, reply_is_utf8(cases[i].text), cases[i].want);
}

/* --- frame.h ------------------------------------------------------------------------- */

static struct frame sample(void)
{
	struct frame frame = {
		.code = -5, .kind = SUBID_GID, .id = 7, .gid = 8, .position = 1ul << 40
	};

	for (uint32_t i = 1; i <= 6; i++)
		assert_int_equal(frame_add_value(&frame, i), 0);
	frame.n_uid_values = 4;
	assert_int_equal(frame_add_text(&frame, "one"), 0);
	assert_int_equal(frame_add_text(&frame, ""), 0);
	assert_int_equal(frame_add_text(&frame, "three"), 0);
	return frame;
}

static void a_frame_survives_the_wire(void **state)
{
	struct frame frame = sample(), got;
	const struct subid_range *ranges;
	const char *text;
	size_t size, n;
	char *bytes = frame_encode(&frame, &size);

	(void)state;
	assert_int_equal(frame_size(bytes), size);
	assert_int_equal(frame_decode(bytes, size, &got), 0);
	free(bytes);
	assert_int_equal(got.code, -5);
	assert_int_equal(got.id, 7);
	assert_int_equal(got.gid, 8);
	assert_int_equal(got.position, 1ul << 40);
	assert_int_equal(frame_ranges(&got, SUBID_UID, &ranges, &n), 0);
	assert_true(n == 2 && ranges[1].start == 3 && ranges[1].count == 4);
	assert_int_equal(frame_ranges(&got, SUBID_GID, &ranges, &n), 0);
	assert_true(n == 1 && ranges[0].start == 5 && ranges[0].count == 6);
	text = frame_next_text(&got, NULL);
	assert_string_equal(text, "one");
	text = frame_next_text(&got, text);
	assert_string_equal(text, "");
	text = frame_next_text(&got, text);
	assert_string_equal(text, "three");
	assert_null(frame_next_text(&got, text));
	frame_free(&got);
	frame_free(&frame);
}

/* A worker runs a plugin: its answers may be anything. */
static void a_bad_frame_is_refused(void **state)
{
	struct frame frame = sample(), got;
	const struct subid_range *ranges;
	size_t size, n;
	char *bytes = frame_encode(&frame, &size);
	uint32_t too_many = FRAME_VALUES_MAX + 1;

	(void)state;
	assert_int_equal(frame_decode(bytes, size - 1, &got), -EBADMSG);
	assert_int_equal(frame_decode(bytes, 3, &got), -EBADMSG);
	bytes[size - 1] = 'x';
	assert_int_equal(frame_decode(bytes, size, &got), -EBADMSG);
	memcpy(bytes + 28, &too_many, sizeof(too_many));
	assert_int_equal(frame_size(bytes), 0);
	free(bytes);

	frame.n_uid_values = 3;
	assert_int_equal(frame_ranges(&frame, SUBID_UID, &ranges, &n), -EBADMSG);
	frame.n_uid_values = 4;
	frame.values[1] = 0;
	assert_int_equal(frame_ranges(&frame, SUBID_UID, &ranges, &n), -EBADMSG);
	frame.values[0] = UINT32_MAX;
	frame.values[1] = 2;
	assert_int_equal(frame_ranges(&frame, SUBID_UID, &ranges, &n), -EBADMSG);
	frame_free(&frame);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_come_in_pieces),
		cmocka_unit_test(several_messages_come_at_once),
		cmocka_unit_test(a_message_may_have_4_kib_and_not_a_byte_more),
		cmocka_unit_test(anything_but_a_call_ends_the_connection),
		cmocka_unit_test(a_call_is_refused_with_the_error_that_its_interface_defines),
		cmocka_unit_test(a_call_says_what_it_wants),
		cmocka_unit_test(a_filter_is_met_or_not),
		cmocka_unit_test(records_are_what_machined_says_of_its_containers),
		cmocka_unit_test(errors_have_parameters),
		cmocka_unit_test(every_interface_that_is_named_is_described),
		cmocka_unit_test(only_utf8_can_be_said),
		cmocka_unit_test(a_frame_survives_the_wire),
		cmocka_unit_test(a_bad_frame_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
