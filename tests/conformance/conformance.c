/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Compares our answers about a file with libsubid's: for thousands of files, and for every ID
 * around the ends of every range, by ID, by owner and by position.
 *
 *   conformance ORACLE VERSION DIRECTORY FILES SEED
 *
 * VERSION: of shadow, as in DIRECTORY/differences. FILES: how many files
 * of each random family. Run it only in a scratch /etc, which it overwrites.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "account.h"
#include "archive.h"
#include "difference.h"
#include "exchange.h"
#include "generate.h"
#include "subid.h"

#define IDS_MAX 400
#define OWNERS_MAX 128
#define POSITIONS_MAX 12
#define PAIRS_ASKED_MAX 2400 /* of owner and ID, or a file takes seconds */
#define LARGE_BYTES 100000
#define SHOWN_MAX 3
#define READS_MAX 64

#define NOT_ASKED 1

/* A file, what will be asked of it, and what we answered. */
static struct {
	struct original original;
	uint32_t ids[IDS_MAX];
	char owners[OWNERS_MAX][EXCHANGE_NAME_BYTES];
	size_t n_owners;

	struct {
		int r;
		char owner[EXCHANGE_NAME_BYTES];
		uint64_t position;
	} by_id[IDS_MAX];
	struct {
		int r;
		uint64_t position;
	} by_owner[OWNERS_MAX][IDS_MAX];
	struct {
		int r;
		uint64_t position;
		uint32_t id;
	} by_position[OWNERS_MAX][POSITIONS_MAX];
	size_t n_positions[OWNERS_MAX];
} now;

static struct exchange *exchange;
static int to_oracle, from_oracle;
static struct differences differences;
static bool occurs[DIFFERENCES_MAX];
static unsigned int tests, failures;
static unsigned long files_asked, questions_asked;

/* --- results ------------------------------------------------------------------ */

static char disagreement[8192];

__attribute__((format(printf, 1, 2))) static bool disagree(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(disagreement, sizeof(disagreement), format, args);
	va_end(args);
	return false;
}

__attribute__((noreturn)) static void bail_out(const char *what)
{
	printf("Bail out! %s: %s\n", what, strerror(errno));
	exit(1);
}

static void result(bool passed, const char *what, const char *name)
{
	printf("%sok %u - %s%s\n", passed ? "" : "not ", ++tests, what, name);
	(void)fflush(stdout);
	failures += !passed;
}

/* --- the files ------------------------------------------------------------------ */

static const char *const paths[] = { "/etc/subuid", "/etc/subgid" };
static const char *const targets[] = { "/etc/subuid.target", "/etc/subgid.target" };

static void store(const struct content *content, enum stored stored)
{
	for (size_t i = 0; i < 2; i++) {
		const char *path = stored == STORED_SYMLINK ? targets[i] : paths[i];
		int fd;

		if (unlink(paths[i]) < 0 && errno != ENOENT)
			bail_out(paths[i]);
		if (stored == STORED_ABSENT)
			continue;
		if (stored == STORED_SYMLINK && symlink(path, paths[i]) < 0)
			bail_out(path);
		fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
		if (fd < 0 || write(fd, content->bytes, content->len) != (ssize_t)content->len ||
		    close(fd) < 0)
			bail_out(path);
	}
}

/* --- what to ask ------------------------------------------------------------------ */

static uint32_t *candidates;
static size_t n_candidates, candidates_room;

/* The ID, its neighbours, and all of them cut to 32 bits: what a wrong type would see. */
static void add_candidates(unsigned long long id)
{
	if (n_candidates + 3 > candidates_room) {
		candidates_room = 2 * candidates_room + 1024;
		candidates = realloc(candidates, candidates_room * sizeof(*candidates));
		if (!candidates)
			bail_out("candidates");
	}
	for (unsigned int i = 0; i < 3; i++)
		candidates[n_candidates++] = (uint32_t)(id + i - 1);
}

static int compare_ids(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void choose_ids(size_t limit)
{
	size_t n = 0;

	qsort(candidates, n_candidates, sizeof(*candidates), compare_ids);
	for (size_t i = 0; i < n_candidates; i++)
		if (n == 0 || candidates[n - 1] != candidates[i])
			candidates[n++] = candidates[i];

	now.original.n_ids = n < limit ? n : limit;
	for (size_t i = 0; i < now.original.n_ids; i++)
		now.ids[i] = candidates[n < limit ? i : i * n / limit];
	now.original.ids = now.ids;
	now.original.owners = now.owners;
	now.original.n_owners = now.n_owners;
}

static void add_owner(const char *name, size_t limit)
{
	for (size_t i = 0; i < now.n_owners; i++)
		if (strcmp(now.owners[i], name) == 0)
			return;
	if (now.n_owners < limit)
		strcpy(now.owners[now.n_owners++], name);
}

static void choose_from_line(const char *text, size_t len, size_t owners_limit)
{
	char copy[EXCHANGE_NAME_BYTES], *rest = copy, *start, *count;

	if (len >= sizeof(copy))
		return;
	memcpy(copy, text, len);
	copy[len] = '\0';
	add_owner(strsep(&rest, ":"), owners_limit);
	start = strsep(&rest, ":");
	count = strsep(&rest, ":");

	/* As C reads it, and as those who forget about octal do. */
	for (int base = 0; start && count && base <= 10; base += 10) {
		unsigned long long first = strtoull(start, NULL, base);

		add_candidates(first);
		add_candidates(first + strtoull(count, NULL, base));
	}
}

static void choose_questions(const struct content *content, enum stored stored, bool gid)
{
	static const char *const always[] = { "alice", "bob", "1001", "1002", "2002", "stale" };
	bool large = content->len > LARGE_BYTES;
	const char *text;
	size_t at = 0, len;

	now.original = (struct original){ .content = content, .stored = stored, .gid = gid };
	now.n_owners = 0;
	n_candidates = 0;
	for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++)
		add_owner(always[i], large ? 3 : OWNERS_MAX);
	add_candidates(0);
	add_candidates(UINT32_C(1) << 31);
	while (content_line(content, &at, &text, &len))
		choose_from_line(text, len, large ? 5 : OWNERS_MAX);
	choose_ids(large ? 12 : IDS_MAX);
}

/* --- we ------------------------------------------------------------------------- */

/* Three ways through the shim, which have to agree. */
enum way {
	READ_TWICE, /* a file that was changed just now */
	READ_ONCE,
	INDEXED,
	WAYS,
};

static struct subid_cache caches[2];
static time_t seconds_ahead;
static unsigned long indexed;

int __real_clock_gettime(clockid_t clock, struct timespec *ret);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ret);

/* A file counts as changed just now for some seconds, which no test has. */
int __wrap_clock_gettime(clockid_t clock, struct timespec *ret)
{
	int r = __real_clock_gettime(clock, ret);

	ret->tv_sec += seconds_ahead;
	return r;
}

static enum subid_kind kind(void)
{
	return now.original.gid ? SUBID_GID : SUBID_UID;
}

static const struct subid_database *database(enum way way)
{
	static struct subid_database asked;

	asked.path = paths[kind()];
	asked.cache = way == INDEXED ? &caches[kind()] : NULL;
	seconds_ahead = way == READ_TWICE ? 0 : 60;
	questions_asked++;
	return &asked;
}

static void forget_indexes(void)
{
	for (size_t i = 0; i < 2; i++)
		subid_index_free(caches[i].index);
	memset(caches, 0, sizeof(caches));
}

static int ask_by_id(enum way way, uint32_t id, struct subid_owner *ret_owner,
		     uint64_t *ret_position)
{
	return subid_by_id(database(way), id, ret_owner, ret_position);
}

static bool ask_all_by_id(void)
{
	for (size_t i = 0; i < now.original.n_ids; i++) {
		struct subid_owner owner, again;
		uint64_t position = 0, position_again = 0;
		int r = ask_by_id(READ_TWICE, now.ids[i], &owner, &position);

		for (enum way way = READ_ONCE; way < WAYS; way++) {
			int r_again = ask_by_id(way, now.ids[i], &again, &position_again);

			if (r_again != r || (r == 0 && (strcmp(again.text, owner.text) != 0 ||
							position_again != position)))
				return disagree("%" PRIu32 " is %d %s %" PRIu64
						" to a file read twice and %d %s %" PRIu64 " %s",
						now.ids[i], r, owner.text, position, r_again,
						again.text, position_again,
						way == INDEXED ? "to its index" : "read once");
		}
		now.by_id[i].r = r;
		now.by_id[i].position = position;
		strcpy(now.by_id[i].owner, r == 0 ? owner.text : "");
	}
	return true;
}

static int ask_by_owner(enum way way, const char *name, uint32_t id, uint64_t *ret_position)
{
	struct subid_owner owner;

	if (subid_owner_set(&owner, name, strlen(name)) < 0)
		return -ENOENT;
	return subid_by_owner(database(way), &owner, id, ret_position);
}

static void ask_by_position(enum way way, size_t o, uint64_t position)
{
	const char *name = now.owners[o];
	size_t n = now.n_positions[o];
	struct subid_owner owner;

	for (size_t i = 0; i < n; i++)
		if (now.by_position[o][i].position == position)
			return;
	if (n == POSITIONS_MAX || subid_owner_set(&owner, name, strlen(name)) < 0)
		return;
	now.by_position[o][n].position = position;
	now.by_position[o][n].r =
		subid_by_position(database(way), &owner, position, &now.by_position[o][n].id);
	now.n_positions[o]++;
}

static void ask_owner(size_t o)
{
	size_t n = now.original.n_ids, every = n * now.n_owners / PAIRS_ASKED_MAX + 1;

	now.n_positions[o] = 0;
	for (size_t i = 0; i < n; i++) {
		enum way way = (enum way)((o + i) % WAYS);
		uint64_t position = 0;
		int r = NOT_ASKED;

		if ((o + i) % every == 0)
			r = ask_by_owner(way, now.owners[o], now.ids[i], &position);
		now.by_owner[o][i].r = r;
		now.by_owner[o][i].position = position;
		if (r == 0) {
			ask_by_position(way, o, position + 1);
			ask_by_position(way, o, position);
		}
	}
	ask_by_position(INDEXED, o, 0);
	ask_by_position(READ_ONCE, o, UINT64_C(1) << 33);
}

/* A cache indexes a file that has been read so often; a large one, later. */
static void make_index(void)
{
	struct subid_owner owner;
	uint64_t position;

	for (unsigned int i = 0; i < READS_MAX && !caches[kind()].index; i++)
		(void)ask_by_id(INDEXED, 0, &owner, &position);
}

static bool ask_us(void)
{
	bool agreed;

	make_index();
	agreed = ask_all_by_id();
	for (size_t o = 0; o < now.n_owners; o++)
		ask_owner(o);
	indexed += caches[kind()].index != NULL;
	forget_indexes();
	return agreed;
}

/* --- libsubid ----------------------------------------------------------------------- */

static void start_oracle(const char *program)
{
	const char *path = "exchange";
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), in[2], out[2];

	if (fd < 0 || ftruncate(fd, sizeof(*exchange)) < 0 || pipe(in) < 0 || pipe(out) < 0)
		bail_out(path);
	exchange = mmap(NULL, sizeof(*exchange), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (exchange == MAP_FAILED)
		bail_out(path);

	if (fork() == 0) {
		(void)dup2(in[0], STDIN_FILENO);
		(void)dup2(out[1], STDOUT_FILENO);
		for (size_t i = 0; i < 2; i++) {
			(void)close(in[i]);
			(void)close(out[i]);
		}
		execl(program, program, path, (char *)NULL);
		_exit(127);
	}
	(void)close(in[0]);
	(void)close(out[1]);
	to_oracle = in[1];
	from_oracle = out[0];
}

/* First the owners, then the IDs. */
static void ask_oracle(const struct differences *applied, struct edit *edit)
{
	char byte = '\n';

	exchange->questions = 0;
	for (size_t o = 0; o < now.n_owners; o++) {
		struct exchange_question *question = &exchange->question[exchange->questions++];
		const char *owner = now.owners[o];

		question->gid = now.original.gid;
		question->by_id = false;
		strcpy(question->owner, edit ? edit_owner(edit, applied, owner) : owner);
	}
	for (size_t i = 0; i < now.original.n_ids; i++) {
		struct exchange_question *question = &exchange->question[exchange->questions++];

		question->gid = now.original.gid;
		question->by_id = true;
		question->id = now.ids[i];
	}
	if (write(to_oracle, &byte, 1) != 1 || read(from_oracle, &byte, 1) != 1)
		bail_out("the oracle has ended");
}

/* --- do they agree? ----------------------------------------------------------------- */

static bool find_id(const struct exchange_reply *reply, uint32_t id, uint64_t *ret_position)
{
	uint64_t laid = 0;

	for (int32_t i = 0; i < reply->count; i++) {
		const struct exchange_pair *range = &exchange->pair[reply->first + (uint32_t)i];

		if (id >= range->start && id - range->start < range->count) {
			*ret_position = laid + (id - range->start);
			return true;
		}
		laid += range->count;
	}
	return false;
}

static bool find_position(const struct exchange_reply *reply, uint64_t position, uint64_t *ret_id)
{
	for (int32_t i = 0; i < reply->count; i++) {
		const struct exchange_pair *range = &exchange->pair[reply->first + (uint32_t)i];

		if (position < range->count) {
			*ret_id = range->start + position;
			return true;
		}
		position -= range->count;
	}
	return false;
}

static bool owner_agrees(size_t o)
{
	const struct exchange_reply *reply = &exchange->reply[o];
	const char *owner = now.owners[o];

	if (reply->count < 0)
		return disagree("libsubid refuses to list the ranges of \"%s\"", owner);

	for (size_t i = 0; i < now.original.n_ids; i++) {
		uint64_t position = 0;
		int r = now.by_owner[o][i].r;
		bool found = find_id(reply, now.ids[i], &position);

		if (r == NOT_ASKED)
			continue;
		if (r != (found ? 0 : -ENOENT) ||
		    (found && position != now.by_owner[o][i].position))
			return disagree("%" PRIu32 " of \"%s\" is %d at %" PRIu64
					" to us and %s at %" PRIu64 " to libsubid",
					now.ids[i], owner, r, now.by_owner[o][i].position,
					found ? "there" : "not there", position);
	}

	for (size_t i = 0; i < now.n_positions[o]; i++) {
		uint64_t id = 0;
		int r = now.by_position[o][i].r;
		bool found = find_position(reply, now.by_position[o][i].position, &id);

		if (r != (found ? 0 : -ENOENT) || (found && id != now.by_position[o][i].id))
			return disagree("position %" PRIu64 " of \"%s\" is %d %" PRIu32
					" to us and %s %" PRIu64 " to libsubid",
					now.by_position[o][i].position, owner, r,
					now.by_position[o][i].id, found ? "there" : "not there",
					id);
	}
	return true;
}

/* The UID by which libsubid calls an owner that we call so. */
static bool is_called(const char *owner, const struct edit *edit, uint64_t uid)
{
	const char *renamed = edit ? edit_renamed(edit, owner) : NULL;
	const struct account *account = account_by_name(renamed ? renamed : owner);
	uint32_t number;

	if (account)
		return account->uid == uid;
	return account_uid_of_text(owner, &number) && number == uid;
}

static bool id_agrees(size_t i, const struct edit *edit)
{
	const struct exchange_reply *reply = &exchange->reply[now.n_owners + i];
	const char *owner = now.by_id[i].owner;
	int r = now.by_id[i].r;
	uint64_t position;

	if (reply->count < 0)
		return disagree("libsubid refuses to say whose %" PRIu32 " is", now.ids[i]);
	if (r != (reply->count > 0 ? 0 : -ENOENT))
		return disagree("whose is %" PRIu32 "? %d to us, of %" PRId32 " to libsubid",
				now.ids[i], r, reply->count);
	if (r < 0)
		return true;
	if (!is_called(owner, edit, exchange->pair[reply->first].start))
		return disagree("%" PRIu32 " is of \"%s\" to us and of %" PRIu64 " to libsubid",
				now.ids[i], owner, exchange->pair[reply->first].start);

	for (size_t o = 0; o < now.n_owners; o++)
		if (strcmp(now.owners[o], owner) == 0 &&
		    (!find_id(&exchange->reply[o], now.ids[i], &position) ||
		     position != now.by_id[i].position))
			return disagree("%" PRIu32 " is at %" PRIu64 " of \"%s\" to us alone",
					now.ids[i], now.by_id[i].position, owner);
	return true;
}

static bool oracle_agrees(const struct differences *applied, struct edit *edit)
{
	ask_oracle(applied, edit);
	for (size_t o = 0; o < now.n_owners; o++)
		if (!owner_agrees(o))
			return false;
	for (size_t i = 0; i < now.original.n_ids; i++)
		if (!id_agrees(i, edit))
			return false;
	return true;
}

static bool oracle_agrees_to(const struct differences *applied, struct edit *ret_edit)
{
	edit_make(applied, &now.original, ret_edit);
	store(&ret_edit->content, ret_edit->stored);
	return oracle_agrees(applied, ret_edit);
}

/* If libsubid agrees only after a difference is applied, this difference still exists. */
static void remember_differences(const struct edit *edit)
{
	static struct edit without;

	for (size_t i = 0; i < differences_count(); i++) {
		struct differences others = differences;

		if (!edit->applied[i] || occurs[i])
			continue;
		others.listed[i] = false;
		occurs[i] = !oracle_agrees_to(&others, &without);
	}
}

static bool is_conformant(const struct content *content, enum stored stored, bool gid)
{
	static struct edit edit;

	files_asked++;
	choose_questions(content, stored, gid);
	store(content, stored);
	if (!ask_us())
		return false;
	if (oracle_agrees(NULL, NULL))
		return true;
	if (!oracle_agrees_to(&differences, &edit))
		return false;
	remember_differences(&edit);
	return true;
}

static void explain(const struct content *content, bool gid, const char *name, size_t number)
{
	printf("# %s, number %zu, as %s:\n# %s\n", name, number, paths[gid], disagreement);
	content_show(content);
}

static void try_fixtures(const char *path)
{
	struct archive fixtures;

	archive_open(&fixtures, path);
	while (archive_next(&fixtures)) {
		bool passed = true;

		for (int gid = 0; gid < 2; gid++) {
			if (!is_conformant(&fixtures.content, fixtures.stored, gid)) {
				explain(&fixtures.content, gid, fixtures.name, 0);
				passed = false;
			}
		}
		result(passed, "fixture: ", fixtures.name);
	}
	archive_close(&fixtures);
}

static void try_family(const struct family *family, size_t files, uint64_t seed)
{
	struct content content = { .bytes = NULL };
	size_t failed = 0;

	files = family->files > 0 ? family->files : files / family->cost;
	for (size_t i = 0; i < files && failed < SHOWN_MAX; i++) {
		content_clear(&content);
		family->generate(seed, i, &content);
		if (!is_conformant(&content, STORED_FILE, i % 2)) {
			explain(&content, i % 2, family->name, i);
			failed++;
		}
	}
	content_free(&content);
	result(failed == 0, "generated: ", family->name);
}

static const char *next_to(const char *directory, const char *name)
{
	static char path[4096];

	(void)snprintf(path, sizeof(path), "%s/%s", directory, name);
	return path;
}

int main(int argc, char **argv)
{
	size_t files;
	uint64_t seed;

	if (argc != 6) {
		fprintf(stderr, "usage: conformance ORACLE VERSION DIRECTORY FILES SEED\n");
		return 2;
	}
	files = strtoul(argv[4], NULL, 10);
	seed = strtoull(argv[5], NULL, 10);
	if (!accounts_read())
		bail_out("more accounts than there is room for");
	differences_read(next_to(argv[3], "differences"), argv[2], &differences);
	start_oracle(argv[1]);

	try_fixtures(next_to(argv[3], "fixtures"));
	for (size_t i = 0; i < families_count; i++)
		try_family(&families[i], files, seed);
	result(indexed > 0, "files were indexed, too", "");
	for (size_t i = 0; i < differences_count(); i++)
		if (differences.listed[i])
			result(occurs[i], "libsubid still differs: ", difference_name(i));

	printf("# %lu files, %lu of them indexed, %lu lookups\n1..%u\n", files_asked, indexed,
	       questions_asked, tests);
	return failures > 0;
}
