/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * subid-check parses the input as /etc/subuid and as most of its other files, and the second half
 * of the input as /etc/subgid.
 */
#include "findings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "identity.h"
#include "overlap.h"
#include "printable.h"
#include "reference.h"
#include "segments.h"

const char fuzz_target[] = "findings";
const char fuzz_corpus[] = "index";

#define COMPARED_MAX 64 /* entries that are compared one by one */
#define SEGMENTS_MAX 8

struct seen {
	size_t n, conflicts;
};

static void count_overlap(const struct overlap *overlap, void *context)
{
	struct seen *seen = context;

	if (overlap->shared.first > overlap->shared.last)
		fuzz_fail("an overlap has no IDs");
	seen->n++;
	seen->conflicts += overlap->kind == OVERLAP_CONFLICT;
}

enum {
	FOUND_NOTHING,
	FOUND_OVERLAP,
	FOUND_CONFLICT, /* of two accounts, neither of which may be nested */
};

/* Compares each entry with each other one. */
static int compare_entries(const struct survey *survey, const struct database *database)
{
	int found = FOUND_NOTHING;

	for (size_t i = 0; i < database->n; i++) {
		for (size_t j = 0; j < i; j++) {
			const struct entry *a = &database->entries[i], *b = &database->entries[j];

			if (entry_last(a) < b->range.start || entry_last(b) < a->range.start)
				continue;
			found = FOUND_OVERLAP;
			if (survey->owners.items[a->owner].person !=
				    survey->owners.items[b->owner].person &&
			    !survey->owners.items[a->owner].nested &&
			    !survey->owners.items[b->owner].nested)
				return FOUND_CONFLICT;
		}
	}
	return found;
}

static void check_overlaps(const struct survey *survey, const struct database *database)
{
	struct seen seen = { .n = 0 };
	int found;

	overlap_find(database, &survey->owners, count_overlap, &seen);
	if (seen.n > 2 * database->n)
		fuzz_fail("%zu overlaps of %zu lines", seen.n, database->n);
	if (database->n > COMPARED_MAX)
		return;
	found = compare_entries(survey, database);
	if ((seen.n > 0) != (found != FOUND_NOTHING))
		fuzz_fail("%zu overlaps, but the entries have %s", seen.n,
			  found == FOUND_NOTHING ? "none" : "some");
	if (found == FOUND_CONFLICT && seen.conflicts == 0)
		fuzz_fail("a conflict is missing");
}

static void check_lines(const struct database *database, const struct reference_file *file)
{
	if (database->n != file->n_lines)
		fuzz_fail("%zu entries, not %zu", database->n, file->n_lines);
	if (database->n + database->n_refusals > database->lines)
		fuzz_fail("%zu entries and %zu refusals of %u lines", database->n,
			  database->n_refusals, database->lines);
	for (size_t i = 0; i < database->n; i++)
		if (database->entries[i].range.start != file->lines[i].start ||
		    database->entries[i].range.count != file->lines[i].count)
			fuzz_fail("the range of line %u is wrong", database->entries[i].line);
}

/* The owner of an ID, by reading the lines in order. Returns NULL if it has none. */
static const char *owner_of(const struct reference_file *file, uint64_t id, uint64_t *ret_position)
{
	for (size_t i = 0; i < file->n_lines; i++) {
		const struct reference_line *line = &file->lines[i];

		if (id < line->start || id >= line->start + line->count)
			continue;
		*ret_position = id - line->start;
		for (size_t j = 0; j < i; j++)
			if (strcmp(file->lines[j].owner, line->owner) == 0)
				*ret_position += file->lines[j].count;
		return line->owner;
	}
	return NULL;
}

static void check_identities(const struct survey *survey, const struct reference_file *file)
{
	for (size_t i = 0; i < file->n_lines && i < COMPARED_MAX; i++) {
		uint32_t id = (uint32_t)file->lines[i].start;
		struct identity identity;
		uint64_t position = 0;
		const char *owner = owner_of(file, id, &position);

		identity_of_id(survey, SUBID_UID, id, &identity);
		if (!owner || !identity.entry)
			fuzz_fail("ID %u has no owner", id);
		if (strcmp(identity.owner->name, owner) != 0 || identity.position != position)
			fuzz_fail("ID %u is at position %ju of %s, not at %ju of %s", id,
				  (uintmax_t)identity.position, identity.owner->name,
				  (uintmax_t)position, owner);
		identity_free(&identity);
	}
}

static void check_shown(const char *text)
{
	char *shown = printable(text), *utf8 = printable_utf8(text), *xml = printable_xml(text);

	for (const char *at = shown; *at != '\0'; at++)
		if ((unsigned char)*at < 0x20 || *at == 0x7f)
			fuzz_fail("the text for a terminal has a byte %02x", (unsigned char)*at);
	if (strpbrk(xml, "<\"\x1b"))
		fuzz_fail("the text for XML has a special character: %s", xml);
	free(xml);
	free(utf8);
	free(shown);
}

static void check_findings(const struct survey *survey)
{
	size_t lines = survey->databases[SUBID_UID].lines + survey->databases[SUBID_GID].lines;
	struct findings findings;

	findings_of(survey, &findings);
	/* A line can have 2 overlaps, an account, 4 special IDs, a number, 2 of its owner. */
	if (findings.n > 12 * (lines + survey->directories.n) + 48)
		fuzz_fail("%zu findings of %zu lines", findings.n, lines);
	for (size_t i = 0; i < findings.n; i++) {
		if (findings.items[i].reason[0] == '\0' || findings.items[i].fix[0] == '\0')
			fuzz_fail("a finding has no reason or no fix");
		check_shown(findings.items[i].reason);
		check_shown(findings.items[i].fix);
	}
	findings_free(&findings);
}

static void check_segments(const struct survey *survey, enum subid_kind kind)
{
	struct segments segments;
	uint64_t next = 0;

	segments_of(survey, kind, SEGMENTS_MAX, &segments);
	for (size_t i = 0; i < segments.n; i++) {
		char *label = segment_label(&segments.items[i], kind);

		if (segments.items[i].ids.first != next || label[0] == '\0')
			fuzz_fail("a segment begins at %u, not %ju", segments.items[i].ids.first,
				  (uintmax_t)next);
		next = (uint64_t)segments.items[i].ids.last + 1;
		free(label);
	}
	if (next != UINT64_C(1) << 32)
		fuzz_fail("segments end at %ju", (uintmax_t)next);
	segments_free(&segments);
}

static void read_database(struct survey *survey, enum subid_kind kind, const char *text,
			  size_t size)
{
	survey->databases[kind] = (struct database){ .path = "/etc/file", .exists = true };
	if (database_parse(text, size, &survey->owners, &survey->databases[kind]) < 0)
		fuzz_fail("database_parse() failed");
}

/* Parses the same bytes as other files. What the parsers find in them is not checked. */
static void read_others(struct survey *survey, char *text, size_t size)
{
	const struct directory_text file = { .path = "/etc/file", .text = text, .len = size };
	FILE *stream = fmemopen(text, size, "r");
	uint32_t inside;

	nsswitch_parse(text, size, &survey->nsswitch);
	pool_parse(text, size, survey->pools);
	directories_parse_sssd(&file, 1, &survey->directories);
	directories_parse_samba(&file, &survey->directories);
	(void)accounts_parse(text, size, SUBID_UID, &survey->accounts[SUBID_UID]);
	(void)accounts_parse(text, size, SUBID_GID, &survey->accounts[SUBID_GID]);
	(void)services_has_broken_shadow(text);
	survey->kubelet_max_pods = survey_max_pods(text, size);
	for (size_t i = 0; i < survey->directories.n; i++)
		avoid_add(&survey->avoid[SUBID_UID], survey->directories.items[i].ids);
	avoid_sort(&survey->avoid[SUBID_UID]);
	if (!stream)
		return;
	if (usage_map(stream, 100000, &inside) > 0)
		fuzz_fail("usage_map() returned neither 0 nor an error");
	(void)fclose(stream);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct {
		const char *name;
		uint32_t uid;
	} accounts[] = { { "alice", 1001 }, { "alias", 1001 }, { "bob", 1002 }, { "4242", 1003 } };
	char *text = fuzz_copy(data, size);
	char prefix[] = "/srv";
	struct survey survey = { .live = true, .prefix = prefix, .plain = true };
	struct reference_file file;

	read_database(&survey, SUBID_UID, text, size);
	read_database(&survey, SUBID_GID, text + size / 2, size - size / 2);
	read_others(&survey, text, size);
	for (size_t i = 0; i < sizeof(accounts) / sizeof(accounts[0]); i++)
		accounts_add(&survey.accounts[SUBID_UID], accounts[i].name, accounts[i].uid);
	accounts_sort(&survey.accounts[SUBID_UID]);
	accounts_sort(&survey.accounts[SUBID_GID]);
	database_join(survey.databases, &survey.owners, &survey.accounts[SUBID_UID]);

	reference_file(text, size, &file);
	check_lines(&survey.databases[SUBID_UID], &file);
	check_identities(&survey, &file);
	free(file.lines);
	for (size_t kind = 0; kind < 2; kind++) {
		check_overlaps(&survey, &survey.databases[kind]);
		check_segments(&survey, (enum subid_kind)kind);
	}
	check_findings(&survey);

	for (size_t kind = 0; kind < 2; kind++) {
		database_free(&survey.databases[kind]);
		accounts_free(&survey.accounts[kind]);
		avoid_free(&survey.avoid[kind]);
	}
	directories_free(&survey.directories);
	owners_free(&survey.owners);
	free(text);
	return 0;
}
