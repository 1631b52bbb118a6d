/* SPDX-License-Identifier: BSD-3-Clause */
#include "indexed.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

#include "check.h"
#include "draft.h"
#include "files.h"
#include "index_layout.h"
#include "inject.h"
#include "scratch.h"

const char *const indexed_names[INDEXED_NAMES] = {
	"alice",
	"bob",
	"1000",
	"1001",
	"alic",
	"alice2",
	"a",
	"a.b-c",
	"0",
	"4294967295",
	"0100",
	"1000 1000",
	"DOMAIN\\user.name",
	"DOMAIN\\user.names",
};

/* The index that a failed test has not freed. */
static struct subid_index *unfreed;

struct subid_index *indexed_build(void)
{
	struct stat stamp = indexed_write();
	struct subid_index *index = NULL;

	assert_true(subid_index_may_hold(&stamp));
	assert_int_equal(subid_index_build("subuid", &stamp, &index), 0);
	assert_non_null(index);
	unfreed = index;
	assert_int_equal(inject_open_files(), 0);
	assert_int_equal(inject_open_maps(), 1);
	assert_true(subid_index_is_of(index, &stamp));
	return index;
}

struct stat indexed_write(void)
{
	struct stat stamp;

	/* Remove the file first: ext4 writes a file that was truncated to the disk at once. */
	(void)remove("subuid");
	draft_write("subuid");
	assert_int_equal(stat("subuid", &stamp), 0);
	return stamp;
}

uint32_t indexed_count_owners(const struct subid_index *index)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < index->n_buckets; i++)
		n += index->buckets[i] != 0;
	return n;
}

void indexed_end(struct subid_index *index)
{
	subid_index_free(index);
	unfreed = NULL;
	assert_int_equal(inject_open_maps(), 0);
}

void indexed_check_fails(const char *reason, const struct stat *stamp, int want)
{
	struct subid_index untouched, *index = &untouched;
	int r = subid_index_build("subuid", stamp, &index);

	if (r == 0)
		unfreed = index;
	check_int(reason, r, want);
	assert_ptr_equal(index, &untouched);
	assert_int_equal(inject_open_files(), 0);
	assert_int_equal(inject_open_maps(), 0);
}

void indexed_check_build(const char *reason, int want)
{
	struct stat stamp;

	if (want == 0) {
		indexed_end(indexed_build());
		return;
	}
	stamp = indexed_write();
	indexed_check_fails(reason, &stamp, want);
}

void indexed_begin(void)
{
	draft_clear();
	(void)inject_reset(NULL);
}

int indexed_setup(void **state)
{
	(void)state;
	indexed_begin();
	subid_index_free(unfreed);
	unfreed = NULL;
	return 0;
}

struct question indexed_question(enum sought sought, const char *name, uint32_t id,
				 uint64_t position)
{
	struct question q = { .sought = sought, .id = id, .position = position };

	if (sought != BY_ID)
		assert_int_equal(subid_owner_set(&q.owner, name, strlen(name)), 0);
	return q;
}

void indexed_answer(const struct subid_index *index, const struct question *q, struct answer *ret)
{
	memset(ret, 0x5a, sizeof(*ret));
	switch (q->sought) {
	case BY_ID:
		ret->r = subid_index_find_id(index, q->id, &ret->owner, &ret->position);
		break;
	case BY_OWNER:
		ret->r = subid_index_find_owner(index, &q->owner, q->id, &ret->position);
		break;
	default:
		ret->r = subid_index_find_position(index, &q->owner, q->position, &ret->id);
	}
}

static void ask_file(const struct question *q, struct answer *ret)
{
	memset(ret, 0x5a, sizeof(*ret));
	switch (q->sought) {
	case BY_ID:
		ret->r = subid_files_scan_id("subuid", q->id, &ret->owner, &ret->position);
		break;
	case BY_OWNER:
		ret->r = subid_files_scan_owner("subuid", &q->owner, q->id, &ret->position);
		break;
	default:
		ret->r = subid_files_scan_position("subuid", &q->owner, q->position, &ret->id);
	}
}

static bool same_answer(const struct question *q, const struct answer *a, const struct answer *b)
{
	if (a->r != b->r || a->id != b->id || a->position != b->position)
		return false;
	return q->sought != BY_ID || a->r < 0 ||
	       (a->owner.len == b->owner.len && strcmp(a->owner.text, b->owner.text) == 0 &&
		strlen(a->owner.text) == a->owner.len);
}

/* Outputs that are not set are compared, too: both answers begin with the same bytes. */
void indexed_check_question(uint64_t seed, const struct subid_index *index,
			    const struct question *q)
{
	static struct answer by_index, by_file;

	indexed_answer(index, q, &by_index);
	ask_file(q, &by_file);
	if (!same_answer(q, &by_index, &by_file))
		fail_msg("seed %" PRIu64 ": question %d for owner %s, ID %" PRIu32
			 ", position %" PRIu64 ": the index says %d, %s, %" PRIu32 ", %" PRIu64
			 ", the file %d, %s, %" PRIu32 ", %" PRIu64 "\n%.4000s",
			 seed, (int)q->sought, q->sought == BY_ID ? "" : q->owner.text, q->id,
			 q->position, by_index.r, by_index.r == 0 ? by_index.owner.text : "",
			 by_index.id, by_index.position, by_file.r,
			 by_file.r == 0 ? by_file.owner.text : "", by_file.id, by_file.position,
			 draft.text);
}

void indexed_check_three(uint64_t seed, const struct subid_index *index, const char *name,
			 uint32_t id, uint64_t position)
{
	struct question q = indexed_question(BY_ID, NULL, id, position);

	indexed_check_question(seed, index, &q);
	q = indexed_question(BY_OWNER, name, id, position);
	indexed_check_question(seed, index, &q);
	q = indexed_question(BY_POSITION, name, id, position);
	indexed_check_question(seed, index, &q);
}

int indexed_ask(const struct subid_index *index, enum sought sought, const char *name, uint32_t id,
		uint64_t position, struct answer *ret)
{
	const struct question q = indexed_question(sought, name, id, position);

	indexed_answer(index, &q, ret);
	if (ret->r == 0 && sought == BY_ID)
		assert_string_equal(ret->owner.text, name);
	return ret->r;
}

void indexed_check_position(const struct subid_index *index, const char *name, uint32_t id,
			    uint64_t position)
{
	static struct answer got;

	check_int(name, indexed_ask(index, BY_ID, name, id, 77, &got), 0);
	check_int(name, (intmax_t)got.position, (intmax_t)position);
	check_int(name, indexed_ask(index, BY_OWNER, name, id, 77, &got), 0);
	check_int(name, (intmax_t)got.position, (intmax_t)position);
	check_int(name, indexed_ask(index, BY_POSITION, name, 77, position, &got), 0);
	check_int(name, got.id, id);
}
