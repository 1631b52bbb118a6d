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
#include <stdio.h>
#include <stdlib.h>

#include "account.h"
#include "etc.h"
#include "generate.h"
#include "report.h"
#include "theirs.h"

#define SHOWN_MAX 3

/* The file that is compared, and what we answered about it. */
static struct original original;
static const struct answers *ours;

static struct differences differences;
static bool occurs[DIFFERENCES_MAX];
static unsigned long files_asked;

static bool they_agree_after(const struct differences *applied, struct edit *ret_edit)
{
	edit_make(applied, &original, ret_edit);
	etc_store(&ret_edit->content, ret_edit->stored);
	return theirs_agree(&original, ours, applied, ret_edit);
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
		occurs[i] = !they_agree_after(&others, &without);
	}
}

static bool is_conformant(const struct content *content, enum stored stored, bool gid)
{
	static struct edit edit;

	files_asked++;
	questions_choose(content, stored, gid, &original);
	etc_store(content, stored);
	ours = ours_ask(&original);
	if (!ours)
		return false;
	if (theirs_agree(&original, ours, NULL, NULL))
		return true;
	if (!they_agree_after(&differences, &edit))
		return false;
	remember_differences(&edit);
	return true;
}

static void explain(const struct content *content, bool gid, const char *name, size_t number)
{
	printf("# %s, number %zu, as %s:\n# %s\n", name, number, etc_paths[gid], disagreement());
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
		report_result(passed, "fixture: ", fixtures.name);
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
	report_result(failed == 0, "generated: ", family->name);
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
		report_bail_out("more accounts than there is room for");
	differences_read(next_to(argv[3], "differences"), argv[2], &differences);
	theirs_start(argv[1]);

	try_fixtures(next_to(argv[3], "fixtures"));
	for (size_t i = 0; i < families_count; i++)
		try_family(&families[i], files, seed);
	report_result(ours_indexed > 0, "files were indexed, too", "");
	for (size_t i = 0; i < differences_count(); i++)
		if (differences.listed[i])
			report_result(occurs[i], "libsubid still differs: ", difference_name(i));

	printf("# %lu files, %lu of them indexed, %lu lookups\n", files_asked, ours_indexed,
	       ours_questions);
	return report_end();
}
