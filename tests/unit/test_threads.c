/* SPDX-License-Identifier: BSD-3-Clause */
#include "subid.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "chance.h"
#include "check.h"
#include "scratch.h"

#define THREADS 16
#define FORKS 24

/* The number of questions of each thread, which may be set for a longer run. */
static unsigned long questions_per_thread(void)
{
	const char *setting = getenv("TEST_THREADS_QUESTIONS");

	return setting ? strtoul(setting, NULL, 10) : 3000;
}

/*
 * The files of this test look a minute old as soon as they exist. Otherwise none of them would
 * be indexed. If two of them have the same inode and time, their sizes differ. The second name
 * is that of _TIME_BITS=64 on a 32-bit host.
 */
int __real_clock_gettime(clockid_t clock, struct timespec *ret);
int __real___clock_gettime64(clockid_t clock, struct timespec *ret) __attribute__((weak));
int __wrap_clock_gettime(clockid_t clock, struct timespec *ret);
int __wrap___clock_gettime64(clockid_t clock, struct timespec *ret);

static int a_minute_later(int r, struct timespec *ret)
{
	ret->tv_sec += 60;
	return r;
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *ret)
{
	return a_minute_later(__real_clock_gettime(clock, ret), ret);
}

int __wrap___clock_gettime64(clockid_t clock, struct timespec *ret)
{
	return a_minute_later(__real___clock_gettime64(clock, ret), ret);
}

/* --- two versions with the same IDs and without an owner in common ---------------- */

#define VERSIONS 2
#define LINES 250
#define FIRST_ID 100000
#define IDS (LINES * 20)

static const char *const owners[VERSIONS][6] = {
	{ "ann", "1001", "a-third", "a-fourth", "1000", "1002" },
	{ "bea", "ben", "b-third", "2001", "b-fifth", "2002" },
};

static struct subid_cache caches[2];

static const struct subid_database databases[] = {
	[SUBID_UID] = { "subuid", &caches[SUBID_UID] },
	[SUBID_GID] = { "subgid", &caches[SUBID_GID] },
};

static char texts[VERSIONS][LINES * 64];

/* Random ranges, which overlap, nest and leave gaps. */
static void generate_texts(void)
{
	for (uint32_t v = 0; v < VERSIONS; v++) {
		struct chance chance = { v + 1 };
		size_t len = 0;

		for (int i = 0; i < LINES; i++) {
			int n = snprintf(texts[v] + len, sizeof(texts[v]) - len, "%s:%u:%u\n",
					 owners[v][chance_below(&chance, 6)],
					 FIRST_ID + chance_below(&chance, IDS),
					 1 + chance_below(&chance, 30));

			assert_in_range(n, 1, sizeof(texts[v]) - len - 1);
			len += (size_t)n;
		}
	}
	assert_int_not_equal(strlen(texts[0]), strlen(texts[1]));
}

/* --- questions, and what either version answers ----------------------------------- */

#define QUESTIONS 600

enum sought {
	BY_ID,
	BY_OWNER,
	BY_POSITION,
};

struct question {
	enum sought sought;
	enum subid_kind kind;
	const char *owner;
	uint32_t number; /* the ID or the position */
};

struct answer {
	int r;
	char owner[32];
	uint64_t number;
};

static struct question questions[QUESTIONS];
static struct answer answers[VERSIONS][QUESTIONS];

static void ask(const struct subid_database *database, const struct question *question,
		struct answer *ret)
{
	struct subid_owner owner;
	uint32_t id = 77;

	ret->number = 77;
	ret->owner[0] = '\0';
	ret->r = subid_owner_set(&owner, question->owner, strlen(question->owner));
	if (ret->r < 0)
		return;
	if (question->sought == BY_ID) {
		ret->r = subid_by_id(database, question->number, &owner, &ret->number);
	} else if (question->sought == BY_OWNER) {
		ret->r = subid_by_owner(database, &owner, question->number, &ret->number);
	} else {
		ret->r = subid_by_position(database, &owner, question->number, &id);
		ret->number = id;
	}
	/* On failure there is no owner to compare. */
	(void)snprintf(ret->owner, sizeof(ret->owner), "%.31s", ret->r == 0 ? owner.text : "");
}

static bool same_answer(const struct answer *a, const struct answer *b)
{
	return a->r == b->r && a->number == b->number && strcmp(a->owner, b->owner) == 0;
}

static void generate_questions(void)
{
	struct chance chance = { 3 };

	for (size_t q = 0; q < QUESTIONS; q++) {
		struct question *question = &questions[q];

		question->sought = (enum sought)chance_below(&chance, 3);
		question->kind = (enum subid_kind)chance_below(&chance, 2);
		question->owner = owners[chance_below(&chance, VERSIONS)][chance_below(&chance, 6)];
		question->number = chance_below(&chance, IDS);
		if (question->sought == BY_POSITION)
			question->number /= 5;
		else
			question->number += FIRST_ID;
	}

	for (size_t v = 0; v < VERSIONS; v++) {
		scratch_replace("subuid", texts[v]);
		scratch_replace("subgid", texts[v]);
		for (size_t q = 0; q < QUESTIONS; q++) {
			struct subid_database uncached = databases[questions[q].kind];

			uncached.cache = NULL;
			ask(&uncached, &questions[q], &answers[v][q]);
		}
	}
}

/* --- threads that ask, and one that writes ----------------------------------------- */

static _Atomic(bool) stop;
static _Atomic(unsigned long) wrong, hits, eagains;
static _Atomic(size_t) wrong_question;

/* cmocka's assertions work in one thread only. The other threads count their failures. */
static void ask_one(struct chance *chance)
{
	size_t q = chance_below(chance, QUESTIONS);
	struct answer got;

	ask(&databases[questions[q].kind], &questions[q], &got);
	if (got.r == -EAGAIN) {
		atomic_fetch_add(&eagains, 1);
	} else if (!same_answer(&got, &answers[0][q]) && !same_answer(&got, &answers[1][q])) {
		atomic_fetch_add(&wrong, 1);
		atomic_store(&wrong_question, q);
	} else if (got.r == 0) {
		atomic_fetch_add(&hits, 1);
	}
}

static void *ask_many(void *seed)
{
	struct chance chance = { *(const uint64_t *)seed };

	for (unsigned long n = questions_per_thread(); n > 0; n--)
		ask_one(&chance);
	return NULL;
}

static bool put(const char *path, const char *temporary, const char *bytes)
{
	FILE *file = fopen(temporary, "w");
	bool written;

	if (!file)
		return false;
	written = fputs(bytes, file) >= 0;
	return fclose(file) == 0 && written && rename(temporary, path) == 0;
}

static void *replace_files(void *failed)
{
	for (unsigned int v = 0; !atomic_load(&stop); v++) {
		static const struct timespec pause = { .tv_nsec = 2000000 };

		if (!put("subuid", "subuid.new", texts[v % VERSIONS]) ||
		    !put("subgid", "subgid.new", texts[(v + v / 2) % VERSIONS]))
			*(bool *)failed = true;
		/* The pause is long enough to build an index in some rounds. */
		if (v % 4 != 0)
			(void)nanosleep(&pause, NULL);
	}
	return NULL;
}

static int forget_caches(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(caches); i++) {
		subid_index_free(caches[i].index);
		memset(&caches[i], 0, sizeof(caches[i]));
	}
	return 0;
}

static int setup(void **state)
{
	(void)state;
	atomic_store(&stop, false);
	atomic_store(&wrong, 0);
	atomic_store(&hits, 0);
	atomic_store(&eagains, 0);
	generate_texts();
	generate_questions();
	return 0;
}

static void start(pthread_t threads[THREADS])
{
	static uint64_t seeds[THREADS];

	for (size_t i = 0; i < THREADS; i++) {
		seeds[i] = i + 1;
		assert_int_equal(pthread_create(&threads[i], NULL, ask_many, &seeds[i]), 0);
	}
}

static void finish(const pthread_t threads[THREADS])
{
	struct chance chance = { 4 };

	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	if (atomic_load(&wrong) > 0)
		fail_msg("%lu answers are of no version, one of them to question %zu",
			 atomic_load(&wrong), atomic_load(&wrong_question));
	assert_true(atomic_load(&hits) > 0);

	/* All threads have left their seats, and the cache gets an index of this version. */
	for (int n = 0; n < 200; n++)
		ask_one(&chance);
	for (size_t i = 0; i < COUNT_OF(caches); i++) {
		struct stat stamp;

		assert_int_equal(stat(databases[i].path, &stamp), 0);
		for (size_t seat = 0; seat < SUBID_CACHE_SEATS; seat++)
			assert_int_equal(atomic_load(&caches[i].seats[seat].readers), 0);
		assert_false(atomic_load(&caches[i].building));
		assert_non_null(caches[i].index);
		assert_true(subid_index_is_of(caches[i].index, &stamp));
	}
	assert_int_equal(atomic_load(&wrong), 0);
}

static void every_answer_belongs_to_one_version_of_the_file(void **state)
{
	pthread_t threads[THREADS], writer;
	bool failed = false;

	(void)state;
	assert_int_equal(pthread_create(&writer, NULL, replace_files, &failed), 0);
	start(threads);
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	/* Ask once more while the writer writes the last version. */
	start(threads);
	atomic_store(&stop, true);
	assert_int_equal(pthread_join(writer, NULL), 0);
	assert_false(failed);
	finish(threads);
}

static void threads_that_start_at_once_share_one_index(void **state)
{
	pthread_t threads[THREADS];

	(void)state;
	start(threads);
	finish(threads);
	assert_int_equal(atomic_load(&eagains), 0);
}

/* At fork(2), the parent's threads may be anywhere in a lookup. The child has none of them. */
static void children_that_are_forked_during_lookups_answer(void **state)
{
	pthread_t threads[THREADS], writer;
	bool failed = false;

	(void)state;
	assert_int_equal(pthread_create(&writer, NULL, replace_files, &failed), 0);
	start(threads);
	for (uint64_t i = 0; i < FORKS; i++) {
		pid_t pid = fork();
		int status = 0;

		assert_true(pid >= 0);
		if (pid == 0) {
			struct chance chance = { 100 + i };

			/* A child that waited for a thread of its parent would wait for ever. */
			(void)alarm(120);
			atomic_store(&wrong, 0);
			for (int n = 0; n < 50; n++)
				ask_one(&chance);
			_exit(atomic_load(&wrong) == 0 ? 0 : 1);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
	}
	atomic_store(&stop, true);
	assert_int_equal(pthread_join(writer, NULL), 0);
	assert_false(failed);
	finish(threads);
}

static pthread_barrier_t all_are_seated, all_may_leave;

static void *take_a_seat(void *ret_seat)
{
	struct subid_cache_seat *seat = NULL;
	const struct subid_database *database = &databases[SUBID_UID];

	if (!subid_cache_enter(database->cache, database->path, &seat))
		seat = NULL;
	*(struct subid_cache_seat **)ret_seat = seat;
	(void)pthread_barrier_wait(&all_are_seated);
	(void)pthread_barrier_wait(&all_may_leave);
	if (seat)
		subid_cache_leave(seat);
	return NULL;
}

/* With one counter for all threads, they would wait for its cache line. */
static void threads_do_not_all_share_one_seat(void **state)
{
	struct subid_cache_seat *seats[THREADS] = { NULL };
	pthread_t threads[THREADS];
	unsigned int used = 0;
	uint32_t readers = 0;

	(void)state;
	for (int n = 0; n < 200; n++) {
		struct answer got;

		ask(&databases[SUBID_UID], &questions[0], &got);
	}
	assert_int_equal(pthread_barrier_init(&all_are_seated, NULL, THREADS + 1), 0);
	assert_int_equal(pthread_barrier_init(&all_may_leave, NULL, THREADS + 1), 0);
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, take_a_seat, &seats[i]), 0);
	(void)pthread_barrier_wait(&all_are_seated);
	for (size_t i = 0; i < SUBID_CACHE_SEATS; i++) {
		uint32_t here = atomic_load(&caches[SUBID_UID].seats[i].readers);

		used += here > 0;
		readers += here;
	}
	(void)pthread_barrier_wait(&all_may_leave);
	for (size_t i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_non_null(seats[i]);
	}
	assert_int_equal(pthread_barrier_destroy(&all_are_seated), 0);
	assert_int_equal(pthread_barrier_destroy(&all_may_leave), 0);

	assert_int_equal(readers, THREADS);
	/* If seats are chosen at random, 2 or fewer are used once in 100 million runs. */
	assert_in_range(used, 3, SUBID_CACHE_SEATS);
}

int main(void)
{
#define THREADS_TEST(name) cmocka_unit_test_setup_teardown(name, setup, forget_caches)
	static const struct CMUnitTest tests[] = {
		THREADS_TEST(every_answer_belongs_to_one_version_of_the_file),
		THREADS_TEST(threads_that_start_at_once_share_one_index),
		THREADS_TEST(children_that_are_forked_during_lookups_answer),
		THREADS_TEST(threads_do_not_all_share_one_seat),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
