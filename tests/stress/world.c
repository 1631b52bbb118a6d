/* SPDX-License-Identifier: BSD-3-Clause */
#include "world.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILLER_MAX 4000
#define LINES_MAX (FILLER_MAX + 16)
#define TEXT_MAX_BYTES (LINES_MAX * 32)
#define GID_NOBODY 65534

struct line {
	const char *owner;
	uint32_t start;
	uint32_t count;
};

static struct content {
	struct line lines[LINES_MAX];
	size_t n_lines;
	char text[TEXT_MAX_BYTES];
	size_t len;
} contents[FILES][VERSIONS];

/* ann has lines by name and by UID, cora by UID only, carlos has no account. */
static const struct account {
	const char *name, *uid;
} accounts[] = {
	{ "ann", "1002" },
	{ "cora", "1004" },
};
#define N_ACCOUNTS (sizeof(accounts) / sizeof(accounts[0]))

static const struct question questions[] = {
	{ .id = 100000 },
	{ .id = 100005 },
	{ .id = 100505 },
	{ .id = 100999 },
	{ .id = 101000 },
	{ .id = 99999 },
	{ .id = 200000, .needs_accounts = true },
	{ .id = 200450, .needs_accounts = true },
	{ .id = 200499, .needs_accounts = true },
	{ .id = 200500 },
	{ .id = 1000003 },
	{ .id = 1000015 },
	{ .id = 1000203 },
	{ .id = 3000000000 },
	{ .id = 0, .is_foreign = true },
	{ .id = 65534, .is_foreign = true },
	{ .id = 4294967295 },
	{ .name = "subuid-alice-100005" },
	{ .name = "subuid-carol-100005" },
	{ .name = "subuid-alice-1000203" },
	{ .name = "subuid-carol-1000015" },
	{ .name = "subuid-ann-100505" },
	{ .name = "subuid-carlos-100505" },
	{ .name = "subuid-alice-100505" },
	{ .name = "subuid-ann-200000", .needs_accounts = true },
	{ .name = "subuid-cora-200450", .needs_accounts = true },
	{ .name = "subuid-carol-200000" },
	{ .name = "subuid-1002-200000" },
	{ .name = "subuid-1004-200450" },
	{ .name = "subuid-alice-0100005" },
	{ .name = "subuid-alice-0" },
	{ .name = "subuid-nobody-100005" },
	{ .name = "subuid-" },
	{ .name = "subgid-alice-500000" },
	{ .name = "nosuchuser" },
	{ .name = "root", .is_foreign = true },
	{ .is_group = true, .id = 500000 },
	{ .is_group = true, .id = 503999 },
	{ .is_group = true, .id = 504000 },
	{ .is_group = true, .id = 600050, .needs_accounts = true },
	{ .is_group = true, .id = 601500, .needs_accounts = true },
	{ .is_group = true, .id = 499999 },
	{ .is_group = true, .id = 0, .is_foreign = true },
	{ .is_group = true, .name = "subgid-alice-500000" },
	{ .is_group = true, .name = "subgid-carol-504000" },
	{ .is_group = true, .name = "subgid-ann-601500" },
	{ .is_group = true, .name = "subgid-cora-600050" },
	{ .is_group = true, .name = "subgid-carol-600050" },
	{ .is_group = true, .name = "subuid-alice-100005" },
	{ .is_group = true, .name = "nosuchgroup" },
	{ .is_group = true, .name = "root", .is_foreign = true },
};
#define N_QUESTIONS (sizeof(questions) / sizeof(questions[0]))

/* By subuid, by subgid; and where an owner's account cannot be had. */
static struct answer answers[N_QUESTIONS][VERSIONS][VERSIONS];
static struct answer unspelled[N_QUESTIONS][VERSIONS][VERSIONS];

static void add(struct content *content, const char *owner, uint32_t start, uint32_t count)
{
	if (content->n_lines == LINES_MAX)
		abort();
	content->lines[content->n_lines++] = (struct line){ owner, start, count };
	content->len +=
		(size_t)snprintf(content->text + content->len, sizeof(content->text) - content->len,
				 "%s:%" PRIu32 ":%" PRIu32 "\n", owner, start, count);
}

static void add_filler(struct content *content, const char *owner, uint32_t count, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		add(content, owner, 1000000 + 100 * i, count);
}

/* A comment, so that a version written in place leaves nothing of the other. */
static void pad(struct content *content, size_t len)
{
	if (len + 2 > sizeof(content->text))
		abort();
	content->text[content->len++] = '#';
	while (content->len < len)
		content->text[content->len++] = '-';
	content->text[content->len++] = '\n';
}

static const struct line *find_id(const struct content *content, uint32_t id)
{
	for (size_t i = 0; i < content->n_lines; i++)
		if (id >= content->lines[i].start &&
		    id - content->lines[i].start < content->lines[i].count)
			return &content->lines[i];
	return NULL;
}

static bool find_position(const struct content *content, const char *owner, uint32_t id,
			  uint32_t *ret_position)
{
	uint32_t laid = 0;

	for (size_t i = 0; i < content->n_lines; i++) {
		const struct line *line = &content->lines[i];

		if (strcmp(line->owner, owner) != 0)
			continue;
		if (id >= line->start && id - line->start < line->count) {
			*ret_position = laid + (id - line->start);
			return true;
		}
		laid += line->count;
	}
	return false;
}

static uint32_t find_gid(const struct content *content, const char *owner, uint32_t position)
{
	for (size_t i = 0; i < content->n_lines; i++) {
		const struct line *line = &content->lines[i];

		if (strcmp(line->owner, owner) != 0)
			continue;
		if (position < line->count)
			return line->start + position;
		position -= line->count;
	}
	return GID_NOBODY;
}

static const char *account_name(const char *uid)
{
	for (size_t i = 0; i < N_ACCOUNTS; i++)
		if (strcmp(accounts[i].uid, uid) == 0)
			return accounts[i].name;
	return uid;
}

static const char *account_uid(const char *name)
{
	for (size_t i = 0; i < N_ACCOUNTS; i++)
		if (strcmp(accounts[i].name, name) == 0)
			return accounts[i].uid;
	return name;
}

/* Whose ID a question is about, as the model reads the question, and how that is spelled. */
static bool find_owner(const struct question *q, const struct content *content, char owner[64],
		       char spelled[64], uint32_t *ret_id)
{
	const struct line *line;
	uint32_t position;
	char again[64];

	if (!q->name) {
		line = find_id(content, q->id);
		if (line) {
			strcpy(owner, line->owner);
			strcpy(spelled, account_name(owner));
		}
		*ret_id = q->id;
		return line;
	}
	if (sscanf(q->name,
		   q->is_group ? "subgid-%31[a-z0-9]-%" SCNu32 : "subuid-%31[a-z0-9]-%" SCNu32,
		   spelled, ret_id) != 2)
		return false;
	strcpy(owner, spelled);
	if (!find_position(content, owner, *ret_id, &position))
		strcpy(owner, account_uid(spelled));
	snprintf(again, sizeof(again), "%s-%s-%" PRIu32, q->is_group ? "subgid" : "subuid", spelled,
		 *ret_id);
	return strcmp(again, q->name) == 0;
}

static struct answer model(const struct question *q, enum version subuid, enum version subgid,
			   bool has_accounts)
{
	const struct content *content =
		q->is_group ? &contents[FILE_SUBGID][subgid] : &contents[FILE_SUBUID][subuid];
	struct answer answer = { .kind = ANSWER_ABSENT };
	char owner[64] = "", spelled[64] = "";
	uint32_t position;

	if (!find_owner(q, content, owner, spelled, &answer.id) ||
	    !find_position(content, owner, answer.id, &position))
		return answer;
	if (!q->name && !has_accounts)
		strcpy(spelled, owner);

	answer.kind = ANSWER_FOUND;
	snprintf(answer.name, sizeof(answer.name), "%s-%s-%" PRIu32,
		 q->is_group ? "subgid" : "subuid", spelled, answer.id);
	if (!q->is_group) {
		answer.gid = find_gid(&contents[FILE_SUBGID][subgid], owner, position);
		snprintf(answer.gecos, sizeof(answer.gecos), "Subordinate UID %" PRIu32 " of %s",
			 position, spelled);
	}
	return answer;
}

void world_make(unsigned int filler)
{
	struct content *uids = contents[FILE_SUBUID], *gids = contents[FILE_SUBGID];

	memset(contents, 0, sizeof(contents));
	if (filler > FILLER_MAX)
		abort();

	add_filler(&uids[VERSION_A], "alice", 10, filler);
	add(&uids[VERSION_A], "alice", 100000, 1000);
	add(&uids[VERSION_A], "ann", 100500, 10);
	add(&uids[VERSION_A], "1002", 200000, 500);
	add_filler(&uids[VERSION_B], "carol", 70, filler);
	add(&uids[VERSION_B], "carol", 100000, 1000);
	add(&uids[VERSION_B], "carlos", 100500, 10);
	add(&uids[VERSION_B], "1004", 200000, 500);

	add_filler(&gids[VERSION_A], "adam", 10, filler);
	add(&gids[VERSION_A], "alice", 500000, 4000);
	add(&gids[VERSION_A], "alice", 2000000, 100000);
	add(&gids[VERSION_A], "ann", 600000, 100);
	add(&gids[VERSION_A], "1002", 601000, 1000);
	add_filler(&gids[VERSION_B], "chris", 70, filler);
	add(&gids[VERSION_B], "carol", 500000, 50000);
	add(&gids[VERSION_B], "carol", 2000000, 300000);
	add(&gids[VERSION_B], "1004", 600000, 400);

	for (int f = 0; f < FILES; f++) {
		size_t len = contents[f][VERSION_A].len;

		if (len < contents[f][VERSION_B].len)
			len = contents[f][VERSION_B].len;
		pad(&contents[f][VERSION_A], len + 1);
		pad(&contents[f][VERSION_B], len + 1);
	}

	for (size_t i = 0; i < N_QUESTIONS; i++)
		for (int u = 0; u < VERSIONS; u++)
			for (int g = 0; g < VERSIONS; g++) {
				answers[i][u][g] = model(&questions[i], u, g, true);
				unspelled[i][u][g] = model(&questions[i], u, g, false);
			}
}

const char *world_text(enum file file, enum version version, size_t *ret_len)
{
	*ret_len = contents[file][version].len;
	return contents[file][version].text;
}

size_t world_questions(void)
{
	return N_QUESTIONS;
}

const struct question *world_question(size_t i)
{
	return &questions[i];
}

static bool equal(const struct answer *a, const struct answer *b)
{
	if (a->kind != b->kind)
		return false;
	return a->kind != ANSWER_FOUND || (strcmp(a->name, b->name) == 0 && a->id == b->id &&
					   a->gid == b->gid && strcmp(a->gecos, b->gecos) == 0);
}

bool world_is_right(size_t i, const struct answer *answer, const unsigned int versions[FILES],
		    bool has_accounts)
{
	/* Of these the module says nothing; who else is asked is the caller's. */
	if (questions[i].is_foreign)
		return answer->kind == ANSWER_ABSENT ||
		       (answer->kind == ANSWER_FOUND && strncmp(answer->name, "sub", 3) != 0);

	for (int u = 0; u < VERSIONS; u++)
		for (int g = 0; g < VERSIONS; g++)
			if ((versions[FILE_SUBUID] & 1U << u) != 0 &&
			    (versions[FILE_SUBGID] & 1U << g) != 0 &&
			    (equal(answer, &answers[i][u][g]) ||
			     (!has_accounts && equal(answer, &unspelled[i][u][g]))))
				return true;
	return false;
}
