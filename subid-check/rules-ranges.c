/* SPDX-License-Identifier: BSD-3-Clause */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "rules.h"

static const char *const ACCOUNT_NAME[] = { [SUBID_UID] = "user", [SUBID_GID] = "group" };

/* --- the files ------------------------------------------------------------------ */

static void add(struct pass *pass, enum finding_severity severity, const char *code, uint32_t line,
		char *reason, char *fix)
{
	findings_add(pass->findings, severity, code, pass->database->path, line, reason, fix);
}

static void find_mode(struct pass *pass)
{
	const char *path = pass->database->path;
	unsigned int mode = pass->database->stat.st_mode & 07777;

	if (mode & (S_IWGRP | S_IWOTH))
		add(pass, FINDING_ERROR, "file-writable", 0,
		    memory_print("Its mode is %04o: users other than root can give themselves any "
				 "ID.",
				 mode),
		    fix_file(pass->survey, "chmod 0644", path, "Let nobody but root write it."));
	if (!(mode & S_IROTH))
		add(pass, FINDING_WARNING, "file-unreadable", 0,
		    memory_print("Its mode is %04o: in most processes the module cannot read it, "
				 "and answers nothing.",
				 mode),
		    fix_file(pass->survey, "chmod 0644", path, "Let everybody read it."));
}

static void find_file(struct pass *pass)
{
	const struct database *database = pass->database;

	if (!database->exists) {
		add(pass, FINDING_NOTE, "file-absent", 0,
		    memory_print("There is no such file, so nobody has subordinate %ss.",
				 rules_id_names[pass->kind]),
		    memory_print("Make an empty one if useradd is to allocate some."));
		return;
	}
	if (database->stat.st_uid != 0)
		add(pass, FINDING_ERROR, "file-owner", 0,
		    memory_print("It belongs to UID %ju, which can give itself any ID.",
				 (uintmax_t)database->stat.st_uid),
		    fix_file(pass->survey, "chown root:", database->path, "Give it to root."));
	find_mode(pass);
	if (database->unterminated)
		add(pass, FINDING_WARNING, "final-newline", database->lines,
		    rules_text("The last line does not end with a newline: shadow 4.20 then "
			       "refuses the whole file."),
		    fix_file(pass->survey, "echo >>", database->path,
			     "End the last line with a newline."));
}

/* --- lines that delegate nothing -------------------------------------------------- */

static const struct {
	enum finding_severity severity;
	const char *code, *reason, *fix;
} faults[] = {
	[SUBID_LINE_TOO_LONG] = { FINDING_ERROR, "malformed",
				  "The line is longer than 1023 bytes, so it delegates nothing.",
				  "Shorten it." },
	[SUBID_LINE_COMMENT] = { FINDING_NOTE, "comment",
				 "To newuidmap this is no comment: it delegates to an owner whose "
				 "name begins with #.",
				 "Delete the line." },
	[SUBID_LINE_NIS] = { FINDING_NOTE, "nis",
			     "A line that begins with + or - is skipped: there is no NIS here.",
			     "Delete the line." },
	[SUBID_LINE_FEW_FIELDS] = { FINDING_ERROR, "malformed",
				    "It has fewer than three fields, so it delegates nothing.",
				    "Write it as OWNER:FIRST:COUNT, or delete it." },
	[SUBID_LINE_MANY_FIELDS] = { FINDING_WARNING, "dialect",
				     "It has more than three fields: shadow before 4.20 reads the "
				     "first three, later ones and the module skip the line.",
				     "Write it as OWNER:FIRST:COUNT." },
	[SUBID_LINE_NO_NUMBER] = { FINDING_ERROR, "malformed",
				   "The first ID or the count is not a number, so it delegates "
				   "nothing.",
				   "Write it as OWNER:FIRST:COUNT." },
	[SUBID_LINE_NEGATIVE] = { FINDING_WARNING, "dialect",
				  "A number is negative: old versions of shadow take -1 for "
				  "2^64-1, later ones and the module skip the line.",
				  "Write it as OWNER:FIRST:COUNT, or delete it." },
	[SUBID_LINE_TOO_LARGE] = { FINDING_ERROR, "past-end",
				   "A number exceeds 4294967295, the last of all IDs, so it "
				   "delegates nothing.",
				   "Choose IDs that exist." },
	[SUBID_LINE_NO_IDS] = { FINDING_WARNING, "malformed",
				"Its count is 0, so it delegates nothing.", "Delete the line." },
	[SUBID_LINE_PAST_END] = { FINDING_ERROR, "past-end",
				  "The range goes on after 4294967295, the last of all IDs, so it "
				  "delegates nothing.",
				  "Lower its count." },
	[SUBID_LINE_BAD_OWNER] = { FINDING_ERROR, "malformed",
				   "The owner is empty, \".\" or \"..\", has a slash or a control "
				   "character, or a blank at an end: newuidmap may accept it, the "
				   "module does not.",
				   "Correct the owner." },
};

static void find_refused(struct pass *pass)
{
	const struct database *database = pass->database;

	for (size_t i = 0; i < database->n_refusals; i++) {
		const struct refusal *refusal = &database->refusals[i];

		/* Every program takes the other comments for comments. */
		if (refusal->fault == SUBID_LINE_COMMENT && !refusal->to_shadow)
			continue;
		add(pass, faults[refusal->fault].severity, faults[refusal->fault].code,
		    refusal->line, rules_text(faults[refusal->fault].reason),
		    rules_text(faults[refusal->fault].fix));
	}
}

/* --- lines that delegate ---------------------------------------------------------- */

static void find_dialect(struct pass *pass, const struct entry *entry)
{
	rules_add_ids(pass, FINDING_WARNING, "dialect", entry->line, rules_stretch(entry),
		      rules_text("A number is written in octal or hexadecimal, or with a sign or a "
				 "blank. newuidmap accepts that; other programs, such as Docker, "
				 "read it as decimal or not at all."),
		      memory_print("Write it as %" PRIu32 ":%" PRIu32 ".", entry->range.start,
				   entry->range.count));
}

/* An owner whose ranges are not in ascending order: sorting changes their positions. */
static const struct entry *find_descending(const struct database *database)
{
	for (size_t i = 0; i < database->n; i++) {
		const struct entry *entry = &database->entries[i];

		if (entry->next != OWNER_NO_ENTRY &&
		    database->entries[entry->next].range.start < entry->range.start)
			return &database->entries[entry->next];
	}
	return NULL;
}

/* Add the finding `unsorted`, once for a file. */
static void add_unsorted(struct pass *pass, const struct entry *entry, char *reason)
{
	if (pass->unsorted[pass->kind]) {
		free(reason);
		return;
	}
	pass->unsorted[pass->kind] = true;
	add(pass, FINDING_WARNING, "unsorted", entry->line, reason,
	    rules_text("Stop the containers of these owners, sort the lines by first ID, and check "
		       "the owners of their files. Or give each owner a single range that overlaps "
		       "no other: then the order does not matter."));
}

static void find_unsorted(struct pass *pass)
{
	const struct entry *entry = find_descending(pass->database);

	if (entry)
		add_unsorted(pass, entry,
			     memory_print("%s's ranges are not in ascending order. useradd and "
					  "userdel sort the file, and then each ID of %s has "
					  "another position.",
					  rules_owner(pass, entry)->name,
					  rules_owner(pass, entry)->name));
}

void rules_lines(struct pass *pass)
{
	find_file(pass);
	find_refused(pass);
	for (size_t i = 0; i < pass->database->n; i++)
		if (pass->database->entries[i].dialect)
			find_dialect(pass, &pass->database->entries[i]);
	find_unsorted(pass);
}

/* --- ranges that share IDs -------------------------------------------------------- */

static bool is_docker(const struct owner *owner)
{
	return strcmp(owner->name, "dockremap") == 0;
}

/*
 * If usermod cannot add lines for dockremap, Docker writes them, and does not look at the other
 * lines (moby, daemon/internal/idtools).
 */
static void add_conflict(struct pass *pass, const struct overlap *overlap, const char *ids)
{
	const struct entry *entry = &pass->database->entries[overlap->entry];
	const struct entry *other = &pass->database->entries[overlap->other];
	bool docker = is_docker(rules_owner(pass, entry)) || is_docker(rules_owner(pass, other));

	/* Move dockremap's range, not the other one: root can make dockremap's files anew. */
	if (docker && is_docker(rules_owner(pass, other))) {
		entry = other;
		other = &pass->database->entries[overlap->entry];
	}
	rules_add_ids(pass, FINDING_ERROR, docker ? "docker" : "overlap", entry->line,
		      overlap->shared,
		      docker ? memory_print("Docker took %s for dockremap, but they are also %s's "
					    "(line %" PRIu32 "): all of Docker's containers and "
					    "%s's can attack each other.",
					    ids, rules_owner(pass, other)->name, other->line,
					    rules_owner(pass, other)->name)
			     : memory_print("%s and %s (line %" PRIu32 ") share %s: each can "
					    "attack the other's containers.",
					    rules_owner(pass, entry)->name,
					    rules_owner(pass, other)->name, other->line, ids),
		      fix_move(pass, entry));
}

/* The first of two lines with the same ID is used. Sorting the file may swap them. */
static void find_swapped(struct pass *pass, const struct overlap *overlap)
{
	const struct entry *a = &pass->database->entries[overlap->entry];
	const struct entry *b = &pass->database->entries[overlap->other];
	const struct entry *first = a->line < b->line ? a : b, *second = first == a ? b : a;

	if (first->range.start <= second->range.start)
		return;
	add_unsorted(
		pass, second,
		memory_print("%s and %s (line %" PRIu32 ") share IDs, which count as %s's: "
			     "that line comes first. useradd and userdel sort the file by first "
			     "ID, and then the IDs count as %s's.",
			     rules_owner(pass, second)->name, rules_owner(pass, first)->name,
			     first->line, rules_owner(pass, first)->name,
			     rules_owner(pass, second)->name));
}

static void add_overlap(const struct overlap *overlap, void *context)
{
	struct pass *pass = (struct pass *)context;
	const struct entry *entry = &pass->database->entries[overlap->entry];
	const struct entry *other = &pass->database->entries[overlap->other];
	const char *name = rules_owner(pass, entry)->name;
	char ids[RULES_STRETCH_BYTES];

	rules_show(overlap->shared, ids);
	switch (overlap->kind) {
	case OVERLAP_CONFLICT:
		add_conflict(pass, overlap, ids);
		find_swapped(pass, overlap);
		break;
	case OVERLAP_NESTED:
		rules_add_ids(pass, FINDING_NOTE, "nested", entry->line, overlap->shared,
			      memory_print("%s has %s inside the range of %s (line %" PRIu32 ").",
					   name, ids, rules_owner(pass, other)->name, other->line),
			      rules_text("Nothing, if that is meant."));
		find_swapped(pass, overlap);
		break;
	case OVERLAP_DUPLICATE:
		rules_add_ids(pass, FINDING_WARNING, "duplicate", entry->line, overlap->shared,
			      memory_print("%s has this range already, from line %" PRIu32 ".",
					   name, other->line),
			      memory_print("Delete line %" PRIu32 ".", entry->line));
		break;
	case OVERLAP_REPEATED:
		rules_add_ids(pass, FINDING_WARNING, "repeated", entry->line, overlap->shared,
			      memory_print("%s has %s already, from line %" PRIu32
					   ": an ID in two lines has two positions.",
					   name, ids, other->line),
			      memory_print("Make one range of lines %" PRIu32 " and %" PRIu32 ".",
					   other->line, entry->line));
		break;
	}
}

/* --- ranges over what belongs to others ------------------------------------------- */

static void find_accounts(struct pass *pass, const struct entry *entry)
{
	const struct account *first = NULL;
	size_t n = accounts_within(&pass->survey->accounts[pass->kind], &entry->range, &first);
	char more[64] = "";

	if (n == 0)
		return;
	if (n > 1)
		(void)snprintf(more, sizeof(more), " and of %zu more", n - 1);
	rules_add_ids(pass, FINDING_ERROR, pass->kind == SUBID_UID ? "account" : "group",
		      entry->line, (struct stretch){ first->id, first->id },
		      memory_print("%s's range has the %s of %s %s (%" PRIu32 ")%s: its containers "
				   "can act as them, for example on NFS.",
				   rules_owner(pass, entry)->name, rules_id_names[pass->kind],
				   ACCOUNT_NAME[pass->kind], first->name, first->id, more),
		      fix_move(pass, entry));
}

static void find_special(struct pass *pass, const struct entry *entry)
{
	for (size_t i = 0; i < taken_n_special; i++) {
		const struct taken *taken = &taken_special[i];

		if (!rules_meet(entry, taken->ids))
			continue;
		rules_add_ids(pass, taken->ids.first == 0 ? FINDING_ERROR : FINDING_WARNING,
			      "reserved", entry->line, taken->ids,
			      memory_print("%s's range has %s %" PRIu32 ", which is %s: the module "
					   "never makes a record of it.",
					   rules_owner(pass, entry)->name,
					   rules_id_names[pass->kind], taken->ids.first,
					   taken->whose),
			      fix_move(pass, entry));
	}
}

/*
 * One finding for each range of systemd's, not for each line: by default, shadow allocates from
 * within one of these ranges.
 */
static void find_systemd(struct pass *pass)
{
	const struct database *database = pass->database;

	for (size_t i = 0; i < taken_n_systemd; i++) {
		const struct taken *taken = &taken_systemd[i];
		const struct entry *first = NULL;
		char more[64] = "";
		size_t n = 0;

		for (size_t j = 0; j < database->n; j++) {
			if (!rules_meet(&database->entries[j], taken->ids))
				continue;
			if (n++ == 0)
				first = &database->entries[j];
		}
		if (n == 0)
			continue;
		if (n > 1)
			(void)snprintf(more, sizeof(more), " (one of %zu)", n);
		rules_add_ids(pass, taken->shared ? FINDING_NOTE : FINDING_WARNING, "systemd",
			      first->line, taken->ids,
			      memory_print("%s's range%s overlaps %" PRIu32 "-%" PRIu32
					   ", which systemd uses for %s.",
					   rules_owner(pass, first)->name, more, taken->ids.first,
					   taken->ids.last, taken->whose),
			      taken->shared ? rules_text("Nothing: useradd allocates there by "
							 "default, and systemd asks the module "
							 "first.")
					    : fix_move(pass, first));
	}
}

void rules_ranges(struct pass *pass)
{
	overlap_find(pass->database, &pass->survey->owners, add_overlap, pass);
	for (size_t i = 0; i < pass->database->n; i++) {
		const struct entry *entry = &pass->database->entries[i];

		find_accounts(pass, entry);
		find_special(pass, entry);
	}
	find_systemd(pass);
}
