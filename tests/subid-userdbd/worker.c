/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A worker for the tests: answers as a plugin might, in every way. Each question that it is
 * asked becomes a line of the file `asked` in the current directory.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "frame.h"
#include "worker.h"

static const struct {
	const char *owner;
	struct subid_range uids, gids;
	int r;
} owners[] = {
	{ "alice", { 100000, 10 }, { 500000, 5 }, 0 },
	{ "bob", { 200000, 10 }, { 65530, 10 }, 0 },
	{ "told", { 300000, 10 }, { 300000, 10 }, 0 },
	{ "1000", { 400000, 10 }, { 400000, 10 }, 0 },
	{ "runs", { 600000, 10 }, { 600000, 10 }, 0 },
	{ "member", { 700000, 10 }, { 700000, 10 }, 0 },
	{ "fickle", { 800000, 10 }, { 800000, 10 }, 0 },
	{ "unwell", { 0, 0 }, { 0, 0 }, -ECONNREFUSED },
};

#define OWNERS (sizeof(owners) / sizeof(owners[0]))

static void note(const struct frame *question, const char *text)
{
	FILE *file = fopen("asked", "ae");

	if (!file)
		abort();
	(void)fprintf(file, "%d %u %s\n", question->code, question->id, text ? text : "");
	(void)fclose(file);
}

static int add_range(struct frame *answer, const struct subid_range *range)
{
	int r = frame_add_value(answer, range->start);

	return r < 0 ? r : frame_add_value(answer, range->count);
}

static int answer_ranges(const char *owner, struct frame *answer)
{
	/* The test takes a range away, or gives one, by making a file. */
	struct stat stamp;

	if (stat(owner, &stamp) == 0)
		return -ENOENT;
	if (strcmp(owner, "fickle") == 0 && mkdir(owner, 0700) < 0)
		abort();
	if (strncmp(owner, "patient", 7) == 0)
		return -ECONNREFUSED;
	for (size_t i = 0; i < OWNERS; i++) {
		if (strcmp(owners[i].owner, owner) != 0)
			continue;
		if (owners[i].r < 0)
			return owners[i].r;
		if (add_range(answer, &owners[i].uids) < 0)
			abort();
		answer->n_uid_values = answer->n_values;
		return add_range(answer, &owners[i].gids);
	}
	return -ENOENT;
}

static void misbehave(const char *text)
{
	char garbage[FRAME_HEADER_BYTES];

	if (!text)
		return;
	if (strcmp(text, "hang") == 0 || strcmp(text, "subuid-hang-100") == 0)
		(void)sleep(1000);
	if (strcmp(text, "crash") == 0)
		_exit(139);
	if (strcmp(text, "garbage") == 0) {
		memset(garbage, 0xff, sizeof(garbage));
		(void)!write(WORKER_FD, garbage, sizeof(garbage));
		(void)sleep(1000);
	}
	if (strcmp(text, "slow") == 0)
		(void)usleep(300000);
}

/*
 * The test lets every question of a kind fail, by a file with the errno. If the file has 0, the
 * worker ends.
 */
static int read_fault(int code)
{
	char path[32];
	FILE *file;
	int fault = 0;

	(void)snprintf(path, sizeof(path), "fault-%d", code);
	file = fopen(path, "re");
	if (!file)
		return 0;
	if (fscanf(file, "%d", &fault) != 1)
		abort();
	(void)fclose(file);
	if (fault == 0)
		_exit(1);
	return -fault;
}

/* Of the group `ward`, 200. */
static int answer_members(const char *group, struct frame *answer)
{
	char name[32];
	int r = 0;

	if (strcmp(group, "down") == 0)
		return -ECONNREFUSED;
	if (strcmp(group, "none") == 0)
		return -ENOENT;
	if (strcmp(group, "ward") != 0)
		return frame_add_text(answer, "member");
	for (int i = 0; r == 0 && i < 200; i++) {
		(void)snprintf(name, sizeof(name), "patient%d", i);
		r = frame_add_text(answer, name);
	}
	return r;
}

static int answer_question(const struct frame *question, const char *text, struct frame *answer)
{
	misbehave(text);
	switch (question->code) {
	case FRAME_RANGES:
		return answer_ranges(text ? text : "", answer);
	case FRAME_OWNERS:
		if (question->id == 999)
			return -ECONNREFUSED;
		/* A wrong one first. */
		if (question->id >= 300000 && question->id < 300010)
			return frame_add_text(answer, "alice") < 0 ? -ENOMEM
								   : frame_add_text(answer, "told");
		return -ENOENT;
	case FRAME_SCAN:
		return frame_add_value(answer, 1001);
	case FRAME_NAMES:
		return frame_add_text(answer, "runs");
	case FRAME_MEMBERS:
		return answer_members(text ? text : "", answer);
	case FRAME_FILES_BY_ID:
		if (question->id == 103)
			(void)sleep(1000);
		answer->id = question->id;
		answer->gid = 9;
		answer->position = 3;
		return question->id == 102 ? -EIO : frame_add_text(answer, "account");
	case FRAME_FILES_BY_NAME:
		answer->id = 100;
		answer->gid = 9;
		answer->position = 3;
		return frame_add_text(answer, "account");
	default:
		return -EOPNOTSUPP;
	}
}

/* A plugin that reads its standard input must neither wait for it nor get the service's. */
static bool has_no_input(void)
{
	struct stat stat;

	return fstat(STDIN_FILENO, &stat) == 0 && S_ISCHR(stat.st_mode);
}

int main(void)
{
	struct frame question;

	if (!has_no_input())
		return 1;
	while (frame_read(WORKER_FD, &question) == 0) {
		const char *text = frame_next_text(&question, NULL);
		struct frame answer = { .code = 0 };
		int r;

		note(&question, text);
		r = read_fault(question.code);
		if (r == 0)
			r = answer_question(&question, text, &answer);
		if (r < 0) {
			frame_free(&answer);
			answer = (struct frame){ .code = r };
		}
		r = frame_write(WORKER_FD, &answer);
		if (text && strcmp(text, "babble") == 0)
			(void)!write(WORKER_FD, "and", 3);
		frame_free(&answer);
		frame_free(&question);
		if (r < 0)
			return 1;
	}
	return 0;
}
