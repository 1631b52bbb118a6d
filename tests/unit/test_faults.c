/* SPDX-License-Identifier: BSD-3-Clause */
#include "entry.h"

#include <errno.h>
#include <sys/stat.h>
#include <stdbool.h>
#include <stdio.h>

#include "check.h"
#include "inject.h"
#include "scratch.h"

/*
 * This test calls the entry points as glibc does, on files of its own. It makes each system call
 * of a lookup fail in each way that it can.
 */

/* --- a lookup, and what it leaves untouched ----------------------------------- */

#define UNTOUCHED 0x5a
#define ERRNO_BEFORE ECHILD /* errno and *errnop before a lookup */

enum entry {
	PWUID,
	PWNAM,
	GRGID,
	GRNAM,
	SPNAM,
};

struct question {
	enum entry entry;
	unsigned int id;
	const char *name;
};

struct outcome {
	enum nss_status status;
	int fault;
	char record[128]; /* "name uid gid", "name gid" or "name"; "": no record */
};

static enum nss_status call(const struct question *question, void *record, int *errnop)
{
	static char buf[1024];

	switch (question->entry) {
	case PWUID:
		return _nss_subid_getpwuid_r(question->id, (struct passwd *)record, buf,
					     sizeof(buf), errnop);
	case PWNAM:
		return _nss_subid_getpwnam_r(question->name, (struct passwd *)record, buf,
					     sizeof(buf), errnop);
	case GRGID:
		return _nss_subid_getgrgid_r(question->id, (struct group *)record, buf, sizeof(buf),
					     errnop);
	case GRNAM:
		return _nss_subid_getgrnam_r(question->name, (struct group *)record, buf,
					     sizeof(buf), errnop);
	default:
		return _nss_subid_getspnam_r(question->name, (struct spwd *)record, buf,
					     sizeof(buf), errnop);
	}
}

static struct outcome look_up(const struct question *question, bool errnop_is_errno)
{
	union {
		struct passwd pwd;
		struct group grp;
		struct spwd spwd;
		unsigned char bytes[sizeof(struct passwd) + sizeof(struct spwd)];
	} record, before;
	int separate_errnop = ERRNO_BEFORE;
	struct outcome outcome = { .fault = 0 };
	bool faulty;

	memset(&record, UNTOUCHED, sizeof(record));
	memcpy(&before, &record, sizeof(before));
	errno = ERRNO_BEFORE;
	outcome.status = call(question, &record, errnop_is_errno ? &errno : &separate_errnop);
	if (!errnop_is_errno)
		assert_int_equal(errno, ERRNO_BEFORE);
	outcome.fault = errnop_is_errno ? errno : separate_errnop;

	faulty = outcome.status == NSS_STATUS_TRYAGAIN || outcome.status == NSS_STATUS_UNAVAIL;
	if (!faulty) {
		assert_int_equal(outcome.fault, ERRNO_BEFORE);
		outcome.fault = 0;
	}
	if (outcome.status != NSS_STATUS_SUCCESS)
		assert_memory_equal(&record, &before, sizeof(record));
	else if (question->entry == PWUID || question->entry == PWNAM)
		(void)snprintf(outcome.record, sizeof(outcome.record), "%s %u %u",
			       record.pwd.pw_name, (unsigned int)record.pwd.pw_uid,
			       (unsigned int)record.pwd.pw_gid);
	else if (question->entry == SPNAM)
		(void)snprintf(outcome.record, sizeof(outcome.record), "%s", record.spwd.sp_namp);
	else
		(void)snprintf(outcome.record, sizeof(outcome.record), "%s %u", record.grp.gr_name,
			       (unsigned int)record.grp.gr_gid);

	assert_int_equal(inject_open_files(), 0);
	return outcome;
}

static void check_outcome(const char *reason, const struct outcome *got, enum nss_status status,
			  int fault, const char *record)
{
	check_int(reason, got->status, status);
	check_int(reason, got->fault, fault);
	check_text(reason, got->record, record);
}

/* --- files -------------------------------------------------------------------- */

/* The files of a lookup. */
struct fixture {
	const char *name;
	const char *subuid, *subgid;
	size_t padding; /* bytes of comments that replace each '@' */
	time_t age;	/* OLD or RECENT: seconds since the files changed */
};

/* bob's line has the same IDs as the line above. Code that ignores a fault there would use it. */
#define NAMED_SUBUID "dave:5:5\n@alice:100000:65536\n@bob:100000:65536\n"
#define NAMED_SUBGID "dave:5:5\n@alice:500000:65536\n@bob:500000:65536\n"
#define NUMERIC_SUBUID "1001:5:5\n@1000:100000:65536\n@bob:100000:65536\n"
#define NUMERIC_SUBGID "1001:5:5\n@1000:500000:65536\n@bob:500000:65536\n"

/* Padding: more bytes than the reader's buffer has, or fewer. */
#define LARGE 5000
#define SMALL 100

#define OLD 60
#define RECENT 0

static void write_padded(const char *name, const char *text, size_t padding)
{
	static char padded[16384];
	char *end = padded;

	for (; *text; text++)
		if (*text == '@')
			end = stpcpy(end, scratch_padding(padding));
		else
			*end++ = *text;
	*end = '\0';
	scratch_write(name, padded);
}

static void set_up(const struct fixture *fixture)
{
	(void)inject_reset(NULL);
	inject_clock(fixture->age);
	inject_path("/etc/subuid", "subuid");
	inject_path("/etc/subgid", "subgid");
	inject_path("/etc/nsswitch.conf", "nsswitch.conf");
	inject_account("alice", 1000);
	inject_account("dave", 1001);
}

/* --- lookups, and what each failure means --------------------------------------- */

/*
 * What an open(2) of a lookup is for. This decides what the absence of the file means. Any other
 * fault makes the lookup fail, except for SPELLING.
 */
#define RECORD 'r'   /* absent: there is no record */
#define GROUP 'g'    /* absent: the record's group is 65534 */
#define OTHER '-'    /* absent: the record is the same */
#define SPELLING 's' /* absent: the record is the same; a fault: its owner is shown as a number */

struct lookup {
	struct question question;
	const char *opens;	     /* a letter for each open(2), in order */
	const char *record;	     /* "": there is none, here and below */
	const char *without_group;   /* NULL: the lookup opens no file for a group */
	const char *without_account; /* NULL: the lookup asks for no account */
};

static const struct lookup named_lookups[] = {
	{ { PWUID, 100005, NULL },
	  "rg",
	  "subuid-alice-100005 100005 500005",
	  "subuid-alice-100005 100005 65534",
	  NULL },
	{ { PWNAM, 0, "subuid-alice-100005" },
	  "rg",
	  "subuid-alice-100005 100005 500005",
	  "subuid-alice-100005 100005 65534",
	  NULL },
	{ { SPNAM, 0, "subuid-alice-100005" },
	  "rg",
	  "subuid-alice-100005",
	  "subuid-alice-100005",
	  NULL },
	{ { GRGID, 500005, NULL }, "r", "subgid-alice-500005 500005", NULL, NULL },
	{ { GRNAM, 0, "subgid-alice-500005" }, "r", "subgid-alice-500005 500005", NULL, NULL },
	{ { PWNAM, 0, "subuid-bob-100005" },
	  "rg",
	  "subuid-bob-100005 100005 500005",
	  "subuid-bob-100005 100005 65534",
	  NULL },
	{ { PWUID, 99999, NULL }, "r", "", NULL, NULL },
	{ { PWNAM, 0, "subuid-alice-99999" }, "-r", "", NULL, NULL },
	{ { GRNAM, 0, "subgid-carol-500005" }, "-r", "", NULL, "" },
};

/*
 * By ID, the files are opened to find the owner, and for a user the group. Then they are opened
 * to find whether the owner's UID is delegated, and whether the account's name owns the ID, too.
 */
static const struct lookup numeric_lookups[] = {
	{ { PWUID, 100005, NULL },
	  "rgss",
	  "subuid-alice-100005 100005 500005",
	  "subuid-alice-100005 100005 65534",
	  "subuid-1000-100005 100005 500005" },
	{ { PWNAM, 0, "subuid-alice-100005" },
	  "-r-rg",
	  "subuid-alice-100005 100005 500005",
	  "subuid-alice-100005 100005 65534",
	  "" },
	{ { SPNAM, 0, "subuid-alice-100005" },
	  "-r-rg",
	  "subuid-alice-100005",
	  "subuid-alice-100005",
	  "" },
	{ { PWNAM, 0, "subuid-1000-100005" },
	  "rg",
	  "subuid-1000-100005 100005 500005",
	  "subuid-1000-100005 100005 65534",
	  NULL },
	{ { GRGID, 500005, NULL },
	  "rss",
	  "subgid-alice-500005 500005",
	  NULL,
	  "subgid-1000-500005 500005" },
	{ { GRNAM, 0, "subgid-alice-500005" }, "-r-r", "subgid-alice-500005 500005", NULL, "" },
	{ { GRNAM, 0, "subgid-1000-500005" }, "r", "subgid-1000-500005 500005", NULL, NULL },
	{ { PWUID, 99999, NULL }, "r", "", NULL, NULL },
	{ { PWNAM, 0, "subuid-dave-100005" }, "-r-r", "", NULL, "" },
};

/* A name and its account's UID are two owners: neither has the other's group. */
static const struct lookup numeric_group_lookups[] = {
	{ { PWUID, 100005, NULL },
	  "rg",
	  "subuid-alice-100005 100005 65534",
	  "subuid-alice-100005 100005 65534",
	  NULL },
	{ { PWNAM, 0, "subuid-alice-100005" },
	  "rg",
	  "subuid-alice-100005 100005 65534",
	  "subuid-alice-100005 100005 65534",
	  NULL },
};

static const struct lookup numeric_user_lookups[] = {
	{ { PWUID, 100005, NULL },
	  "rgss",
	  "subuid-alice-100005 100005 65534",
	  "subuid-alice-100005 100005 65534",
	  "subuid-1000-100005 100005 65534" },
	{ { PWNAM, 0, "subuid-alice-100005" },
	  "-r-rg",
	  "subuid-alice-100005 100005 65534",
	  "subuid-alice-100005 100005 65534",
	  "" },
};

/* What a failed call means. */
enum meaning {
	ABSENT,	   /* there is no such file or account */
	EXHAUSTED, /* a resource is exhausted, and may be available later: TRYAGAIN */
	BROKEN,	   /* UNAVAIL */
	MASKED,	   /* UNAVAIL with EIO, because this errno means something else to the caller */
	HARMLESS,  /* the lookup goes on or begins again, and gives the same record */
};

static const struct {
	enum inject_call call;
	const char *name;
	struct {
		int fault;
		enum meaning meaning;
	} ways[24];
} failures[] = {
	{ INJECT_OPEN,
	  "open",
	  { { ENOENT, ABSENT },
	    { EACCES, ABSENT },
	    { EPERM, ABSENT },
	    { ENOTDIR, ABSENT },
	    { EMFILE, EXHAUSTED },
	    { ENFILE, EXHAUSTED },
	    { ENOMEM, EXHAUSTED },
	    { EAGAIN, EXHAUSTED },
	    { EIO, BROKEN },
	    { ELOOP, BROKEN },
	    { ENXIO, BROKEN },
	    { ENODEV, BROKEN },
	    { EOVERFLOW, BROKEN },
	    { ENAMETOOLONG, BROKEN },
	    { EBUSY, BROKEN },
	    { EINVAL, BROKEN },
	    { ERANGE, MASKED },
	    { EINTR, HARMLESS },
	    { ESTALE, HARMLESS } } },
	{ INJECT_FSTAT,
	  "fstat",
	  { { ENOMEM, EXHAUSTED },
	    { ENOENT, MASKED },
	    { ERANGE, MASKED },
	    { EIO, BROKEN },
	    { EOVERFLOW, BROKEN },
	    { EACCES, BROKEN },
	    { ESTALE, HARMLESS } } },
	{ INJECT_READ,
	  "pread",
	  { { ENOMEM, EXHAUSTED },
	    { ENOENT, MASKED },
	    { ERANGE, MASKED },
	    { EAGAIN, EXHAUSTED },
	    { EIO, BROKEN },
	    { EISDIR, BROKEN },
	    { EINVAL, BROKEN },
	    { EACCES, BROKEN },
	    { EINTR, HARMLESS },
	    { ESTALE, HARMLESS } } },
	{ INJECT_CLOSE,
	  "close",
	  { { EIO, HARMLESS }, { EINTR, HARMLESS }, { EDQUOT, HARMLESS }, { ENOSPC, HARMLESS } } },
	{ INJECT_TIME, "time", { { EFAULT, HARMLESS } } },
	{ INJECT_GETPWUID,
	  "getpwuid_r",
	  { { ENOENT, ABSENT },
	    { ESRCH, ABSENT },
	    { EBADF, ABSENT },
	    { EPERM, ABSENT },
	    { ERANGE, ABSENT },
	    { EMFILE, EXHAUSTED },
	    { ENFILE, EXHAUSTED },
	    { ENOMEM, EXHAUSTED },
	    { EAGAIN, EXHAUSTED },
	    { EIO, BROKEN },
	    { EINTR, BROKEN },
	    { EACCES, BROKEN } } },
	{ INJECT_GETPWNAM,
	  "getpwnam_r",
	  { { ENOENT, ABSENT },
	    { ESRCH, ABSENT },
	    { EBADF, ABSENT },
	    { EPERM, ABSENT },
	    { ERANGE, ABSENT },
	    { EMFILE, EXHAUSTED },
	    { ENFILE, EXHAUSTED },
	    { ENOMEM, EXHAUSTED },
	    { EAGAIN, EXHAUSTED },
	    { EIO, BROKEN },
	    { EINTR, BROKEN },
	    { EACCES, BROKEN } } },
};

/* The number of open(2) calls when the planned call failed; it may be one of them. */
static unsigned int opens_at_failure;

static void note_opens(void)
{
	opens_at_failure = inject_calls(INJECT_OPEN);
}

static char purpose(const struct lookup *lookup)
{
	assert_in_range(opens_at_failure, 1, strlen(lookup->opens));
	return lookup->opens[opens_at_failure - 1];
}

static const char *record_in_absence(const struct lookup *lookup, enum inject_call call)
{
	if (call != INJECT_OPEN)
		return lookup->without_account;
	switch (purpose(lookup)) {
	case RECORD:
		return "";
	case GROUP:
		return lookup->without_group;
	default:
		return lookup->record;
	}
}

static bool is_spelling(const struct lookup *lookup, enum inject_call call)
{
	if (call == INJECT_GETPWUID || call == INJECT_GETPWNAM)
		return !lookup->question.name;
	return purpose(lookup) == SPELLING;
}

static void check_record(const char *reason, const struct outcome *got, const char *record)
{
	check_outcome(reason, got, *record ? NSS_STATUS_SUCCESS : NSS_STATUS_NOTFOUND, 0, record);
}

/* Returns whether the lookup made an @nth call, which failed. */
static bool check_failure(const struct fixture *fixture, const struct lookup *lookup, size_t which,
			  unsigned int nth, int fault, enum meaning meaning, bool errnop_is_errno)
{
	enum inject_call failing = failures[which].call;
	struct outcome got;
	char reason[160];

	(void)snprintf(reason, sizeof(reason), "%s, %s %u, %s no. %u fails: %s", fixture->name,
		       lookup->question.name ? lookup->question.name : "id", lookup->question.id,
		       failures[which].name, nth, strerror(fault));
	set_up(fixture);
	inject_fail(failing, nth, fault);
	inject_before(failing, nth, note_opens);
	got = look_up(&lookup->question, errnop_is_errno);

	if (!inject_has_failed(failing) || meaning == HARMLESS)
		check_record(reason, &got, lookup->record);
	else if (meaning == ABSENT)
		check_record(reason, &got, record_in_absence(lookup, failing));
	else if (is_spelling(lookup, failing))
		check_record(reason, &got, lookup->without_account);
	else
		check_outcome(reason, &got,
			      meaning == EXHAUSTED ? NSS_STATUS_TRYAGAIN : NSS_STATUS_UNAVAIL,
			      meaning == MASKED ? EIO : fault, "");
	return inject_has_failed(failing);
}

static void check_failures(const struct fixture *fixture, const struct lookup *lookup)
{
	for (size_t f = 0; f < COUNT_OF(failures); f++)
		for (size_t w = 0; w < COUNT_OF(failures[f].ways); w++) {
			int fault = failures[f].ways[w].fault;
			enum meaning meaning = failures[f].ways[w].meaning;
			unsigned int nth = 1;

			if (fault == 0)
				break;
			while (check_failure(fixture, lookup, f, nth, fault, meaning, false) &&
			       check_failure(fixture, lookup, f, nth, fault, meaning, true))
				nth++;
		}
}

static void check_fixture(const struct fixture *fixture, const struct lookup *lookups, size_t count)
{
	write_padded("subuid", fixture->subuid, fixture->padding);
	write_padded("subgid", fixture->subgid, fixture->padding);
	for (size_t i = 0; i < count; i++) {
		const struct lookup *lookup = &lookups[i];
		struct outcome got;

		set_up(fixture);
		got = look_up(&lookup->question, true);
		check_record(fixture->name, &got, lookup->record);
		check_int(fixture->name, inject_calls(INJECT_OPEN),
			  (intmax_t)strlen(lookup->opens));
		check_failures(fixture, lookup);
	}
}

/* --- the tests ---------------------------------------------------------------- */

static void every_failure_has_its_outcome_if_owners_are_names(void **state)
{
	static const struct fixture fixtures[] = {
		{ "small", NAMED_SUBUID, NAMED_SUBGID, SMALL, OLD },
		{ "small, recent", NAMED_SUBUID, NAMED_SUBGID, SMALL, RECENT },
		{ "large", NAMED_SUBUID, NAMED_SUBGID, LARGE, OLD },
		{ "large, recent", NAMED_SUBUID, NAMED_SUBGID, LARGE, RECENT },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(fixtures); i++)
		check_fixture(&fixtures[i], named_lookups, COUNT_OF(named_lookups));
}

static void every_failure_has_its_outcome_if_owners_are_numbers(void **state)
{
	static const struct fixture fixtures[] = {
		{ "numbers", NUMERIC_SUBUID, NUMERIC_SUBGID, SMALL, OLD },
		{ "numbers, recent", NUMERIC_SUBUID, NUMERIC_SUBGID, SMALL, RECENT },
		{ "numbers, large", NUMERIC_SUBUID, NUMERIC_SUBGID, LARGE, OLD },
		{ "numbers, large, recent", NUMERIC_SUBUID, NUMERIC_SUBGID, LARGE, RECENT },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(fixtures); i++)
		check_fixture(&fixtures[i], numeric_lookups, COUNT_OF(numeric_lookups));
}

static void every_failure_has_its_outcome_if_owners_are_names_and_numbers(void **state)
{
	static const struct fixture numeric_groups = {
		"numbers for groups", NAMED_SUBUID, NUMERIC_SUBGID, SMALL, OLD,
	};
	static const struct fixture numeric_users = {
		"numbers for users", NUMERIC_SUBUID, NAMED_SUBGID, SMALL, OLD,
	};

	(void)state;
	check_fixture(&numeric_groups, numeric_group_lookups, COUNT_OF(numeric_group_lookups));
	check_fixture(&numeric_users, numeric_user_lookups, COUNT_OF(numeric_user_lookups));
}

static const struct fixture plain = { "plain", "alice:100000:65536\n", "alice:500000:65536\n",
				      SMALL, OLD };

static void a_missing_file_is_an_absence_and_a_special_file_a_fault(void **state)
{
	static const struct {
		const char *subuid, *subgid;
		enum nss_status status;
		int fault;
		const char *record;
	} rows[] = {
		{ "subuid", "subgid", NSS_STATUS_SUCCESS, 0, "subuid-alice-100005 100005 500005" },
		{ "subuid", "missing", NSS_STATUS_SUCCESS, 0, "subuid-alice-100005 100005 65534" },
		{ "missing", "subgid", NSS_STATUS_NOTFOUND, 0, "" },
		{ "missing", "/", NSS_STATUS_NOTFOUND, 0, "" },
		{ "/", "subgid", NSS_STATUS_UNAVAIL, EINVAL, "" },
		{ "subuid", "/", NSS_STATUS_UNAVAIL, EINVAL, "" },
		{ "/dev/null", "subgid", NSS_STATUS_UNAVAIL, EINVAL, "" },
		{ "subuid", "/dev/null", NSS_STATUS_UNAVAIL, EINVAL, "" },
	};
	static const struct question questions[] = {
		{ PWUID, 100005, NULL },
		{ PWNAM, 0, "subuid-alice-100005" },
	};

	(void)state;
	write_padded("subuid", plain.subuid, plain.padding);
	write_padded("subgid", plain.subgid, plain.padding);
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		for (size_t q = 0; q < COUNT_OF(questions); q++) {
			struct outcome got;

			set_up(&plain);
			inject_path("/etc/subuid", rows[i].subuid);
			inject_path("/etc/subgid", rows[i].subgid);
			got = look_up(&questions[q], q == 0);
			check_outcome(rows[i].subgid, &got, rows[i].status, rows[i].fault,
				      rows[i].record);
		}
}

static void a_group_that_is_reserved_or_beyond_the_ranges_is_shown_as_65534(void **state)
{
	static const struct {
		const char *subgid, *record, *reason;
	} rows[] = {
		{ "alice:500000:65536\n", "subuid-alice-100005 100005 500005", "enough GIDs" },
		{ "alice:500000:5\n", "subuid-alice-100005 100005 65534", "too few GIDs" },
		{ "alice:500000:5\nalice:7:1\n", "subuid-alice-100005 100005 7", "a second range" },
		{ "bob:500000:65536\n", "subuid-alice-100005 100005 65534",
		  "another owner's GIDs" },
		{ "alice:65529:65536\n", "subuid-alice-100005 100005 65534", "65534" },
		{ "alice:65530:65536\n", "subuid-alice-100005 100005 65534", "65535" },
		{ "alice:4294967290:6\n", "subuid-alice-100005 100005 65534", "2^32-1" },
		{ "alice:9:5\nalice:0:5\n", "subuid-alice-100005 100005 65534", "0" },
	};
	static const struct question question = { PWUID, 100005, NULL };

	(void)state;
	write_padded("subuid", plain.subuid, plain.padding);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct outcome got;

		scratch_write("subgid", rows[i].subgid);
		set_up(&plain);
		got = look_up(&question, true);
		check_record(rows[i].reason, &got, rows[i].record);
	}
}

/* The files answer nevertheless, with each owner as the line has it. */
static void no_account_is_asked_for_if_the_root_cannot_be_examined(void **state)
{
	static const struct {
		struct question question;
		const char *record;
	} rows[] = {
		{ { PWUID, 100005, NULL }, "subuid-1000-100005 100005 500005" },
		{ { GRGID, 500005, NULL }, "subgid-1000-500005 500005" },
		{ { PWNAM, 0, "subuid-1000-100005" }, "subuid-1000-100005 100005 500005" },
		{ { PWNAM, 0, "subuid-alice-100005" }, "" },
		{ { SPNAM, 0, "subuid-alice-100005" }, "" },
	};

	(void)state;
	write_padded("subuid", NUMERIC_SUBUID, SMALL);
	write_padded("subgid", NUMERIC_SUBGID, SMALL);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct outcome got;

		set_up(&plain);
		inject_fail(INJECT_STAT, INJECT_EVERY, EIO);
		got = look_up(&rows[i].question, true);
		check_record("no root", &got, rows[i].record);
		assert_int_equal(inject_calls(INJECT_GETPWUID), 0);
		assert_int_equal(inject_calls(INJECT_GETPWNAM), 0);
	}
}

static void touch_subuid(void)
{
	scratch_overwrite("subuid", 0, "alice");
}

static void a_file_that_changes_during_every_scan_is_tryagain(void **state)
{
	static const struct question questions[] = {
		{ PWUID, 100005, NULL },
		{ PWNAM, 0, "subuid-alice-100005" },
		{ PWUID, 99999, NULL },
	};

	(void)state;
	write_padded("subuid", plain.subuid, plain.padding);
	for (size_t q = 0; q < COUNT_OF(questions); q++) {
		struct outcome got;

		set_up(&plain);
		inject_before(INJECT_FSTAT, INJECT_EVERY, touch_subuid);
		got = look_up(&questions[q], q == 0);
		check_outcome("a file that changes", &got, NSS_STATUS_TRYAGAIN, EAGAIN, "");
	}
}

/*
 * This test runs first, because a process reads nsswitch.conf until it succeeds, and then never
 * again.
 */
static void a_lookup_fails_until_nsswitch_conf_can_be_read(void **state)
{
	static const struct {
		enum inject_call call;
		unsigned int nth;
		time_t age;
	} rows[] = {
		{ INJECT_OPEN, 1, OLD },      { INJECT_FSTAT, 1, OLD },
		{ INJECT_READ, 1, OLD },      { INJECT_FSTAT, 2, OLD },
		{ INJECT_FSTAT, 1, RECENT },  { INJECT_READ, 1, RECENT },
		{ INJECT_REREAD, 1, RECENT }, { INJECT_READ, 2, RECENT },
	};
	static const struct question question = { PWUID, 100005, NULL };
	struct outcome got;

	(void)state;
	write_padded("subuid", plain.subuid, plain.padding);
	write_padded("subgid", plain.subgid, plain.padding);
	scratch_write("nsswitch.conf", "subid: files\n");
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		set_up(&plain);
		inject_clock(rows[i].age);
		inject_fail(rows[i].call, rows[i].nth, EIO);
		got = look_up(&question, true);
		check_outcome("EIO", &got, NSS_STATUS_UNAVAIL, EIO, "");

		set_up(&plain);
		inject_clock(rows[i].age);
		inject_fail(rows[i].call, rows[i].nth, ENOMEM);
		got = look_up(&question, false);
		check_outcome("ENOMEM", &got, NSS_STATUS_TRYAGAIN, ENOMEM, "");
	}

	/* A process that may not read nsswitch.conf uses the files. */
	set_up(&plain);
	inject_fail(INJECT_OPEN, 1, EACCES);
	got = look_up(&question, true);
	check_record("EACCES", &got, "subuid-alice-100005 100005 500005");
	assert_int_equal(inject_calls(INJECT_OPEN), 3);

	set_up(&plain);
	got = look_up(&question, true);
	check_record("a second lookup", &got, "subuid-alice-100005 100005 500005");
	assert_int_equal(inject_calls(INJECT_OPEN), 2);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_lookup_fails_until_nsswitch_conf_can_be_read),
		cmocka_unit_test(every_failure_has_its_outcome_if_owners_are_names),
		cmocka_unit_test(every_failure_has_its_outcome_if_owners_are_numbers),
		cmocka_unit_test(every_failure_has_its_outcome_if_owners_are_names_and_numbers),
		cmocka_unit_test(a_missing_file_is_an_absence_and_a_special_file_a_fault),
		cmocka_unit_test(a_group_that_is_reserved_or_beyond_the_ranges_is_shown_as_65534),
		cmocka_unit_test(no_account_is_asked_for_if_the_root_cannot_be_examined),
		cmocka_unit_test(a_file_that_changes_during_every_scan_is_tryagain),
	};

	/* A file that not everybody may read is not indexed, so every lookup reads it. */
	(void)umask(077);
	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
