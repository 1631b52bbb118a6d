/* SPDX-License-Identifier: BSD-3-Clause */
/* A worker: what it answers to each question, from the files and from what libsubid returns. */
#include "check.h"

#include <errno.h>
#include <pthread.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "frame.h"
#include "leaks.h"
#include "scratch.h"
#include "worker.h"

/* --- libsubid ------------------------------------------------------------------------------ */

/* The UIDs that libsubid gives as the owners of an ID. */
#define STRANGER 4294967290
#define OTHER_STRANGER 4294967291

/* As in libsubid-shim/libsubid.c. */
struct libsubid_range {
	unsigned long start, count;
};

int __wrap_subid_get_uid_ranges(const char *owner, struct libsubid_range **ret);
int __wrap_subid_get_gid_ranges(const char *owner, struct libsubid_range **ret);
int __wrap_subid_get_uid_owners(uid_t uid, uid_t **ret);
int __wrap_subid_get_gid_owners(gid_t gid, uid_t **ret);
int __wrap_getpwuid_r(uid_t uid, struct passwd *pwd, char *buf, size_t len, struct passwd **ret);
int __wrap_getpwnam_r(const char *name, struct passwd *pwd, char *buf, size_t len,
		      struct passwd **ret);

static int fails(int error)
{
	errno = error;
	return -1;
}

static int tell(const void *what, size_t n, size_t size, void *ret)
{
	void *copy = calloc(n, size);

	assert_non_null(copy);
	memcpy(copy, what, n * size);
	memcpy(ret, &copy, sizeof(copy));
	return (int)n;
}

int __wrap_subid_get_uid_ranges(const char *owner, struct libsubid_range **ret)
{
	/* The second one goes past 2^32-1 and the third one is empty, so both are invalid. */
	static const struct libsubid_range ranges[] = {
		{ 100000, 10 }, { 4294967295, 2 }, { 200000, 0 }, { 300000, 5 }
	};

	if (strcmp(owner, "alice") == 0 || strcmp(owner, "half") == 0)
		return tell(ranges, COUNT_OF(ranges), sizeof(ranges[0]), ret);
	if (strcmp(owner, "wrong") == 0)
		return tell(&ranges[1], 2, sizeof(ranges[0]), ret);
	return fails(strcmp(owner, "down") == 0 ? ECONNREFUSED : EINVAL);
}

int __wrap_subid_get_gid_ranges(const char *owner, struct libsubid_range **ret)
{
	static const struct libsubid_range range = { 500000, 10 };

	if (strcmp(owner, "alice") == 0 || strcmp(owner, "gids") == 0)
		return tell(&range, 1, sizeof(range), ret);
	return fails(strcmp(owner, "half") == 0 ? EAGAIN : EINVAL);
}

int __wrap_subid_get_uid_owners(uid_t uid, uid_t **ret)
{
	static const uid_t owners[] = { STRANGER, OTHER_STRANGER };

	if (uid == 100000)
		return tell(owners, COUNT_OF(owners), sizeof(owners[0]), ret);
	return uid == 6 ? fails(ETIMEDOUT) : 0;
}

/* Of the two strangers, one has an account. */
static int find_account(bool is_alice, struct passwd *pwd, char *buf, size_t len,
			struct passwd **ret)
{
	*ret = NULL;
	if (!is_alice)
		return 0;
	if (len < sizeof("alice"))
		return ERANGE;
	*pwd = (struct passwd){ .pw_name = strcpy(buf, "alice"), .pw_uid = OTHER_STRANGER };
	*ret = pwd;
	return 0;
}

int __wrap_getpwuid_r(uid_t uid, struct passwd *pwd, char *buf, size_t len, struct passwd **ret)
{
	return find_account(uid == OTHER_STRANGER, pwd, buf, len, ret);
}

int __wrap_getpwnam_r(const char *name, struct passwd *pwd, char *buf, size_t len,
		      struct passwd **ret)
{
	return find_account(strcmp(name, "alice") == 0, pwd, buf, len, ret);
}

int __wrap_subid_get_gid_owners(gid_t gid, uid_t **ret)
{
	(void)gid;
	(void)ret;
	return fails(ENOENT);
}

/* --- asking -------------------------------------------------------------------------------- */

static int fds[2];
static pthread_t thread;

static void *work(void *unused)
{
	static struct nss_host host;

	(void)unused;
	memset(&host, 0, sizeof(host));
	host.databases[SUBID_UID] = (struct subid_database){ .path = "subuid" };
	host.databases[SUBID_GID] = (struct subid_database){ .path = "subgid" };
	return (void *)(intptr_t)worker_run(fds[1], &host);
}

static void begin(void)
{
	scratch_write("subuid", "alice:100000:10\n");
	scratch_write("subgid", "alice:200000:5\n");
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	assert_int_equal(pthread_create(&thread, NULL, work, NULL), 0);
}

static void end(void)
{
	void *r;

	assert_int_equal(close(fds[0]), 0);
	assert_int_equal(pthread_join(thread, &r), 0);
	assert_int_equal((intptr_t)r, 0);
	assert_int_equal(close(fds[1]), 0);
}

static int put(int code, uint32_t kind, uint32_t id, const char *text, struct frame *answer)
{
	struct frame question = { .code = code, .kind = kind, .id = id };

	if (text)
		assert_int_equal(frame_add_text(&question, text), 0);
	assert_int_equal(frame_write(fds[0], &question), 0);
	frame_free(&question);
	assert_int_equal(frame_read(fds[0], answer), 0);
	return answer->code;
}

static void is_refused(int code, uint32_t kind, uint32_t id, const char *text, int want)
{
	struct frame answer;

	check_int(text ? text : "no text", put(code, kind, id, text, &answer), want);
	assert_int_equal(answer.n_values + answer.texts_size, 0);
	frame_free(&answer);
}

/* --- answers ------------------------------------------------------------------------------- */

static void the_files_are_read(void **state)
{
	struct frame answer;

	(void)state;
	begin();
	assert_int_equal(put(FRAME_FILES_BY_ID, SUBID_UID, 100003, NULL, &answer), 0);
	assert_int_equal(answer.id, 100003);
	assert_int_equal(answer.gid, 200003);
	assert_int_equal(answer.position, 3);
	check_text("owner", frame_next_text(&answer, NULL), "alice");
	frame_free(&answer);
	assert_int_equal(put(FRAME_FILES_BY_ID, SUBID_GID, 200004, NULL, &answer), 0);
	assert_int_equal(answer.kind, SUBID_GID);
	assert_int_equal(answer.position, 4);
	frame_free(&answer);
	assert_int_equal(put(FRAME_FILES_BY_NAME, SUBID_UID, 0, "subuid-alice-100009", &answer), 0);
	assert_int_equal(answer.id, 100009);
	frame_free(&answer);
	is_refused(FRAME_FILES_BY_ID, SUBID_UID, 5, NULL, -ENOENT);
	is_refused(FRAME_FILES_BY_NAME, SUBID_UID, 0, NULL, -ENOENT);
	is_refused(FRAME_MEMBERS, SUBID_UID, 0, NULL, -ENOENT);
	is_refused(FRAME_MEMBERS, SUBID_UID, 0, "no such group", -ENOENT);
	is_refused(FRAME_SCAN, SUBID_UID, 0, NULL, -EOPNOTSUPP);
	end();
}

/* A UID without an account is left out. */
static void a_uid_has_the_name_of_its_account(void **state)
{
	struct frame question = { .code = FRAME_NAMES }, answer;
	const char *text;

	(void)state;
	begin();
	assert_int_equal(frame_add_value(&question, STRANGER), 0);
	assert_int_equal(frame_add_value(&question, OTHER_STRANGER), 0);
	assert_int_equal(frame_write(fds[0], &question), 0);
	frame_free(&question);
	assert_int_equal(frame_read(fds[0], &answer), 0);
	assert_int_equal(answer.code, 0);
	text = frame_next_text(&answer, NULL);
	check_text("a name", text, "alice");
	assert_null(frame_next_text(&answer, text));
	frame_free(&answer);
	end();
}

static void ask_for_ranges(void)
{
	static const uint32_t alices[] = { 100000, 10, 300000, 5, 500000, 10 };
	struct frame answer;

	begin();
	assert_int_equal(put(FRAME_RANGES, 0, 0, "alice", &answer), 0);
	check_bytes("alice's", answer.values, answer.n_values * sizeof(uint32_t), alices,
		    sizeof(alices));
	assert_int_equal(answer.n_uid_values, 4);
	frame_free(&answer);
	assert_int_equal(put(FRAME_RANGES, 0, 0, "gids", &answer), 0);
	assert_int_equal(answer.n_uid_values, 0);
	assert_int_equal(answer.n_values, 2);
	frame_free(&answer);
	is_refused(FRAME_RANGES, 0, 0, "wrong", -ENOENT);
	is_refused(FRAME_RANGES, 0, 0, "nobody", -ENOENT);
	is_refused(FRAME_RANGES, 0, 0, "a/b", -ENOENT);
	is_refused(FRAME_RANGES, 0, 0, NULL, -ENOENT);
	/* A fault is no absence, and half of the ranges is no answer. */
	is_refused(FRAME_RANGES, 0, 0, "down", -ECONNREFUSED);
	is_refused(FRAME_RANGES, 0, 0, "half", -EAGAIN);
	end();
}

static void an_owner_has_the_ranges_that_libsubid_tells(void **state)
{
	(void)state;
	ask_for_ranges();
}

static void ask_for_owners(void)
{
	struct frame answer;
	const char *text;

	begin();
	assert_int_equal(put(FRAME_OWNERS, SUBID_UID, 100000, NULL, &answer), 0);
	text = frame_next_text(&answer, NULL);
	check_text("the first", text, "4294967290");
	text = frame_next_text(&answer, text);
	check_text("the second's name", text, "alice");
	text = frame_next_text(&answer, text);
	check_text("the second", text, "4294967291");
	assert_null(frame_next_text(&answer, text));
	frame_free(&answer);
	is_refused(FRAME_OWNERS, SUBID_UID, 5, NULL, -ENOENT);
	is_refused(FRAME_OWNERS, SUBID_UID, 6, NULL, -ETIMEDOUT);
	is_refused(FRAME_OWNERS, SUBID_GID, 100000, NULL, -ENOENT);
	end();
}

static void an_id_has_the_owners_that_libsubid_tells(void **state)
{
	(void)state;
	ask_for_owners();
}

static void an_answer_loses_no_memory(void **state)
{
	(void)state;
	check_loses_no_memory(ask_for_ranges);
	check_loses_no_memory(ask_for_owners);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_files_are_read),
		cmocka_unit_test(a_uid_has_the_name_of_its_account),
		cmocka_unit_test(an_owner_has_the_ranges_that_libsubid_tells),
		cmocka_unit_test(an_id_has_the_owners_that_libsubid_tells),
		cmocka_unit_test(an_answer_loses_no_memory),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
