/* SPDX-License-Identifier: BSD-3-Clause */
#include "outcome.h"

#include <errno.h>
#include <stdio.h>

#include "check.h"
#include "inject.h"
#include "scratch.h"

/* This test makes each system call of a lookup fail in each way that it can. */

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
	struct request request;
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

struct way {
	int fault;
	enum meaning meaning;
};

static const struct way open_ways[] = {
	{ ENOENT, ABSENT },    { EACCES, ABSENT },
	{ EPERM, ABSENT },     { ENOTDIR, ABSENT },
	{ EMFILE, EXHAUSTED }, { ENFILE, EXHAUSTED },
	{ ENOMEM, EXHAUSTED }, { EAGAIN, EXHAUSTED },
	{ EIO, BROKEN },       { ELOOP, BROKEN },
	{ ENXIO, BROKEN },     { ENODEV, BROKEN },
	{ EOVERFLOW, BROKEN }, { ENAMETOOLONG, BROKEN },
	{ EBUSY, BROKEN },     { EINVAL, BROKEN },
	{ ERANGE, MASKED },    { EINTR, HARMLESS },
	{ ESTALE, HARMLESS },  { 0 },
};

static const struct way fstat_ways[] = {
	{ ENOMEM, EXHAUSTED }, { ENOENT, MASKED }, { ERANGE, MASKED },	 { EIO, BROKEN },
	{ EOVERFLOW, BROKEN }, { EACCES, BROKEN }, { ESTALE, HARMLESS }, { 0 },
};

static const struct way read_ways[] = {
	{ ENOMEM, EXHAUSTED },
	{ ENOENT, MASKED },
	{ ERANGE, MASKED },
	{ EAGAIN, EXHAUSTED },
	{ EIO, BROKEN },
	{ EISDIR, BROKEN },
	{ EINVAL, BROKEN },
	{ EACCES, BROKEN },
	{ EINTR, HARMLESS },
	{ ESTALE, HARMLESS },
	{ 0 },
};

static const struct way close_ways[] = {
	{ EIO, HARMLESS }, { EINTR, HARMLESS }, { EDQUOT, HARMLESS }, { ENOSPC, HARMLESS }, { 0 },
};

static const struct way time_ways[] = {
	{ EFAULT, HARMLESS },
	{ 0 },
};

static const struct way account_ways[] = {
	{ ENOENT, ABSENT },
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
	{ EACCES, BROKEN },
	{ 0 },
};

static const struct {
	enum inject_call call;
	const char *name;
	const struct way *ways;
} failures[] = {
	{ INJECT_OPEN, "open", open_ways },
	{ INJECT_FSTAT, "fstat", fstat_ways },
	{ INJECT_READ, "pread", read_ways },
	{ INJECT_CLOSE, "close", close_ways },
	{ INJECT_TIME, "time", time_ways },
	{ INJECT_GETPWUID, "getpwuid_r", account_ways },
	{ INJECT_GETPWNAM, "getpwnam_r", account_ways },
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
		return !lookup->request.name;
	return purpose(lookup) == SPELLING;
}

/* Returns whether the lookup made an @nth call, which failed. */
static bool check_failure(const struct fixture *fixture, const struct lookup *lookup, size_t which,
			  unsigned int nth, const struct way *way, bool errnop_is_errno)
{
	enum inject_call failing = failures[which].call;
	struct outcome got;
	char reason[160];

	(void)snprintf(reason, sizeof(reason), "%s, %s %u, %s no. %u fails: %s", fixture->name,
		       lookup->request.name ? lookup->request.name : "id", lookup->request.id,
		       failures[which].name, nth, strerror(way->fault));
	outcome_set_up(fixture->age);
	inject_fail(failing, nth, way->fault);
	inject_before(failing, nth, note_opens);
	got = outcome_of(&lookup->request, errnop_is_errno);

	if (!inject_has_failed(failing) || way->meaning == HARMLESS)
		outcome_check_record(reason, &got, lookup->record);
	else if (way->meaning == ABSENT)
		outcome_check_record(reason, &got, record_in_absence(lookup, failing));
	else if (is_spelling(lookup, failing))
		outcome_check_record(reason, &got, lookup->without_account);
	else
		outcome_check(reason, &got,
			      way->meaning == EXHAUSTED ? NSS_STATUS_TRYAGAIN : NSS_STATUS_UNAVAIL,
			      way->meaning == MASKED ? EIO : way->fault, "");
	return inject_has_failed(failing);
}

static void check_failures(const struct fixture *fixture, const struct lookup *lookup)
{
	for (size_t f = 0; f < COUNT_OF(failures); f++)
		for (const struct way *way = failures[f].ways; way->fault != 0; way++) {
			unsigned int nth = 1;

			while (check_failure(fixture, lookup, f, nth, way, false) &&
			       check_failure(fixture, lookup, f, nth, way, true))
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

		outcome_set_up(fixture->age);
		got = outcome_of(&lookup->request, true);
		outcome_check_record(fixture->name, &got, lookup->record);
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

/* A process reads nsswitch.conf once. After this lookup, the others open no file for it. */
static int setup(void **state)
{
	static const struct request request = { PWUID, 100005, NULL };

	if (outcome_setup(state) < 0)
		return -1;
	scratch_write("nsswitch.conf", "subid: files\n");
	outcome_set_up(OLD);
	(void)outcome_of(&request, true);
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_failure_has_its_outcome_if_owners_are_names),
		cmocka_unit_test(every_failure_has_its_outcome_if_owners_are_numbers),
		cmocka_unit_test(every_failure_has_its_outcome_if_owners_are_names_and_numbers),
	};

	return cmocka_run_group_tests(tests, setup, scratch_teardown);
}
