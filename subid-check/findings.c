/* SPDX-License-Identifier: BSD-3-Clause */
#include "findings.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gap.h"
#include "memory.h"
#include "overlap.h"
#include "owner.h"
#include "ranges.h"

/* What one pass over a host works with. */
struct pass {
	const struct survey *survey;
	struct findings *findings;
	enum subid_kind kind; /* of the database at hand */
	const struct database *database;
	struct gap gaps[2];    /* by enum subid_kind; what is proposed is proposed once */
	struct stretch *moves; /* for each entry what it could be instead; 0-0: nothing yet */
};

static const char *const ID_NAME[] = { [SUBID_UID] = "UID", [SUBID_GID] = "GID" };
static const char *const ACCOUNT_NAME[] = { [SUBID_UID] = "user", [SUBID_GID] = "group" };
static const char *const OPTION[] = { [SUBID_UID] = "subuids", [SUBID_GID] = "subgids" };

const char *finding_severity_name(enum finding_severity severity)
{
	static const char *const names[] = { "note", "warning", "error" };

	return names[severity];
}

/* --- one finding ---------------------------------------------------------------- */

static struct finding *add(struct findings *findings, enum finding_severity severity,
			   const char *code, const char *file, uint32_t line, char *reason,
			   char *fix)
{
	struct finding *finding;

	findings->items = (struct finding *)memory_room(findings->items, findings->n,
							&findings->room, sizeof(*finding));
	finding = &findings->items[findings->n];
	*finding = (struct finding){
		.severity = severity,
		.code = code,
		.file = file,
		.line = line,
		.reason = reason,
		.fix = fix,
		.order = findings->n,
	};
	findings->n++;
	findings->count[severity]++;
	return finding;
}

static char *text(const char *constant)
{
	return memory_text(constant, strlen(constant));
}

static struct finding *add_ids(struct pass *pass, enum finding_severity severity, const char *code,
			       uint32_t line, struct stretch ids, char *reason, char *fix)
{
	struct finding *finding =
		add(pass->findings, severity, code, pass->database->path, line, reason, fix);

	finding->has_ids = true;
	finding->ids = ids;
	return finding;
}

/* "100000-165535 (65536 IDs)" */
#define STRETCH_BYTES 48

static const char *show(struct stretch ids, char buf[STRETCH_BYTES])
{
	if (ids.first == ids.last)
		(void)snprintf(buf, STRETCH_BYTES, "%" PRIu32, ids.first);
	else
		(void)snprintf(buf, STRETCH_BYTES, "%" PRIu32 "-%" PRIu32 " (%" PRIu64 " IDs)",
			       ids.first, ids.last, (uint64_t)ids.last - ids.first + 1);
	return buf;
}

static struct stretch stretch_of(const struct entry *entry)
{
	return (struct stretch){ entry->range.start, entry_last(entry) };
}

static const struct owner *owner_of(const struct pass *pass, const struct entry *entry)
{
	return &pass->survey->owners.items[entry->owner];
}

/* --- fixes ---------------------------------------------------------------------- */

/* For a shell: an owner is anything that somebody wrote there. */
static char *quote(const char *name)
{
	static const char harmless[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				       "0123456789._@+-";
	size_t len = strlen(name), n = 0;
	char *quoted;

	if (strspn(name, harmless) == len)
		return memory_text(name, len);
	quoted = (char *)memory_check(malloc(len * 4 + 3));
	quoted[n++] = '\'';
	for (size_t i = 0; i < len; i++) {
		if (name[i] == '\'') {
			memcpy(quoted + n, "'\\'", 3);
			n += 3;
		}
		quoted[n++] = name[i];
	}
	quoted[n++] = '\'';
	quoted[n] = '\0';
	return quoted;
}

/* usermod(8) knows accounts alone, and by their names. */
static bool has_login(const struct owner *owner)
{
	uint32_t uid;

	return owner->account == OWNER_HAS_ACCOUNT &&
	       subid_owner_uid(owner->name, strlen(owner->name), &uid) < 0;
}

static char *fix_move(struct pass *pass, const struct entry *entry)
{
	const struct owner *owner = owner_of(pass, entry);
	const char *option = OPTION[pass->kind];
	struct stretch *move = &pass->moves[entry - pass->database->entries], free_ids;
	char *name, *fix;

	/* One, however much is wrong with the line. */
	if (move->last == 0 && !gap_take(&pass->gaps[pass->kind], entry->range.count, move))
		return memory_print("Give line %" PRIu32 " fewer IDs: no %" PRIu32
				    " in a row are free.",
				    entry->line, entry->range.count);
	free_ids = *move;
	if (entry->by_uid || !has_login(owner))
		return memory_print("Let line %" PRIu32 " begin at %" PRIu32 ", which is free.",
				    entry->line, free_ids.first);
	name = quote(owner->name);
	fix = memory_print("usermod --del-%s %" PRIu32 "-%" PRIu32 " --add-%s %" PRIu32 "-%" PRIu32
			   " %s",
			   option, entry->range.start, entry_last(entry), option, free_ids.first,
			   free_ids.last, name);
	free(name);
	return fix;
}

static char *fix_add(struct pass *pass, const struct owner *owner, enum subid_kind kind,
		     uint64_t count)
{
	struct stretch free_ids;
	char *name, *fix;

	if (!has_login(owner) || count > UINT32_MAX ||
	    !gap_take(&pass->gaps[kind], (uint32_t)count, &free_ids))
		return memory_print("Add a line for it to %s.", pass->survey->databases[kind].path);
	name = quote(owner->name);
	fix = memory_print("usermod --add-%s %" PRIu32 "-%" PRIu32 " %s", OPTION[kind],
			   free_ids.first, free_ids.last, name);
	free(name);
	return fix;
}

/* --- the files ------------------------------------------------------------------ */

static void find_file(struct pass *pass)
{
	const struct database *database = pass->database;
	const char *path = database->path;
	mode_t mode = database->stat.st_mode;

	if (!database->exists) {
		add(pass->findings, FINDING_NOTE, "file-absent", path, 0,
		    memory_print("There is no such file, so nobody has subordinate %ss.",
				 ID_NAME[pass->kind]),
		    memory_print("touch %s, if useradd is to allocate some.", path));
		return;
	}
	if (database->stat.st_uid != 0)
		add(pass->findings, FINDING_ERROR, "file-owner", path, 0,
		    memory_print("It belongs to UID %ju, who can give himself any ID.",
				 (uintmax_t)database->stat.st_uid),
		    memory_print("chown root: %s", path));
	if (mode & (S_IWGRP | S_IWOTH))
		add(pass->findings, FINDING_ERROR, "file-writable", path, 0,
		    memory_print("Its mode is %04o: others than root can give themselves any ID.",
				 (unsigned int)(mode & 07777)),
		    memory_print("chmod 0644 %s", path));
	if (!(mode & S_IROTH))
		add(pass->findings, FINDING_WARNING, "file-unreadable", path, 0,
		    memory_print("Its mode is %04o: in most processes the module cannot read it, "
				 "and answers nothing.",
				 (unsigned int)(mode & 07777)),
		    memory_print("chmod 0644 %s", path));
	if (database->unterminated)
		add(pass->findings, FINDING_WARNING, "final-newline", path, database->lines,
		    text("The last line does not end with a newline: shadow 4.20 then refuses the "
			 "whole file."),
		    memory_print("echo >> %s", path));
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

		/* Nobody reads other comments as anything. */
		if (refusal->fault == SUBID_LINE_COMMENT && !refusal->to_shadow)
			continue;
		add(pass->findings, faults[refusal->fault].severity, faults[refusal->fault].code,
		    database->path, refusal->line, text(faults[refusal->fault].reason),
		    text(faults[refusal->fault].fix));
	}
}

/* --- ranges and those that they meet ---------------------------------------------- */

static void add_overlap(const struct overlap *overlap, void *context)
{
	struct pass *pass = (struct pass *)context;
	const struct entry *entry = &pass->database->entries[overlap->entry];
	const struct entry *other = &pass->database->entries[overlap->other];
	const char *name = owner_of(pass, entry)->name, *other_name = owner_of(pass, other)->name;
	char ids[STRETCH_BYTES];

	show(overlap->shared, ids);
	switch (overlap->kind) {
	case OVERLAP_CONFLICT:
		add_ids(pass, FINDING_ERROR, "overlap", entry->line, overlap->shared,
			memory_print("%s and %s (line %" PRIu32 ") share %s: each can attack "
				     "the other's containers.",
				     name, other_name, other->line, ids),
			fix_move(pass, entry));
		break;
	case OVERLAP_NESTED:
		add_ids(pass, FINDING_NOTE, "nested", entry->line, overlap->shared,
			memory_print("%s has %s inside the range of %s (line %" PRIu32 ").", name,
				     ids, other_name, other->line),
			text("Nothing, if that is meant."));
		break;
	case OVERLAP_DUPLICATE:
		add_ids(pass, FINDING_WARNING, "duplicate", entry->line, overlap->shared,
			memory_print("%s has this range already, from line %" PRIu32 ".", name,
				     other->line),
			memory_print("Delete line %" PRIu32 ".", entry->line));
		break;
	case OVERLAP_REPEATED:
		add_ids(pass, FINDING_WARNING, "repeated", entry->line, overlap->shared,
			memory_print("%s has %s already, from line %" PRIu32 ", and its IDs "
				     "have two positions.",
				     name, ids, other->line),
			memory_print("Make one range of lines %" PRIu32 " and %" PRIu32 ".",
				     other->line, entry->line));
		break;
	}
}

static bool meets(const struct entry *entry, struct stretch ids)
{
	return entry->range.start <= ids.last && entry_last(entry) >= ids.first;
}

static void find_accounts(struct pass *pass, const struct entry *entry)
{
	const struct account *first = NULL;
	size_t n = accounts_within(&pass->survey->accounts[pass->kind], &entry->range, &first);
	char more[64] = "";

	if (n == 0)
		return;
	if (n > 1)
		(void)snprintf(more, sizeof(more), " and of %zu more", n - 1);
	add_ids(pass, FINDING_ERROR, pass->kind == SUBID_UID ? "account" : "group", entry->line,
		(struct stretch){ first->id, first->id },
		memory_print("%s's range has the %s of %s %s (%" PRIu32 ")%s: its containers can "
			     "act as them, on NFS for one.",
			     owner_of(pass, entry)->name, ID_NAME[pass->kind],
			     ACCOUNT_NAME[pass->kind], first->name, first->id, more),
		fix_move(pass, entry));
}

static void find_special(struct pass *pass, const struct entry *entry)
{
	for (size_t i = 0; i < ranges_n_special; i++) {
		const struct taken *taken = &ranges_special[i];

		if (!meets(entry, taken->ids))
			continue;
		add_ids(pass, taken->ids.first == 0 ? FINDING_ERROR : FINDING_WARNING, "reserved",
			entry->line, taken->ids,
			memory_print("%s's range has %s %" PRIu32 ", which is %s, and never "
				     "anybody's to the module.",
				     owner_of(pass, entry)->name, ID_NAME[pass->kind],
				     taken->ids.first, taken->whose),
			fix_move(pass, entry));
	}
}

/* Shadow's defaults reach into one of them, so there is one finding for each. */
static void find_systemd(struct pass *pass)
{
	const struct database *database = pass->database;

	for (size_t i = 0; i < ranges_n_systemd; i++) {
		const struct taken *taken = &ranges_systemd[i];
		const struct entry *first = NULL;
		char more[64] = "";
		size_t n = 0;

		for (size_t j = 0; j < database->n; j++) {
			if (!meets(&database->entries[j], taken->ids))
				continue;
			if (n++ == 0)
				first = &database->entries[j];
		}
		if (n == 0)
			continue;
		if (n > 1)
			(void)snprintf(more, sizeof(more), " (one of %zu)", n);
		add_ids(pass, taken->shared ? FINDING_NOTE : FINDING_WARNING, "systemd",
			first->line, taken->ids,
			memory_print("%s's range%s meets %" PRIu32 "-%" PRIu32
				     ", which systemd has for %s.",
				     owner_of(pass, first)->name, more, taken->ids.first,
				     taken->ids.last, taken->whose),
			taken->shared ? text("Nothing: useradd allocates there by default, and "
					     "systemd asks the module first.")
				      : fix_move(pass, first));
	}
}

static void find_dialect(struct pass *pass, const struct entry *entry)
{
	add_ids(pass, FINDING_WARNING, "dialect", entry->line, stretch_of(entry),
		text("A number is written in octal or hexadecimal, or with a sign or a blank, "
		     "which newuidmap reads so, and others, such as Docker, in decimal or not at "
		     "all."),
		memory_print("Write it as %" PRIu32 ":%" PRIu32 ".", entry->range.start,
			     entry->range.count));
}

static void find_in_database(struct pass *pass, enum subid_kind kind)
{
	const struct survey *survey = pass->survey;

	pass->kind = kind;
	pass->database = &survey->databases[kind];
	pass->moves = (struct stretch *)memory_check(
		calloc(pass->database->n + 1, sizeof(struct stretch)));

	find_file(pass);
	find_refused(pass);
	overlap_find(pass->database, &survey->owners, add_overlap, pass);
	for (size_t i = 0; i < pass->database->n; i++) {
		const struct entry *entry = &pass->database->entries[i];

		find_accounts(pass, entry);
		find_special(pass, entry);
		if (entry->dialect)
			find_dialect(pass, entry);
	}
	find_systemd(pass);
	free(pass->moves);
}

/* --- owners ----------------------------------------------------------------------- */

static uint32_t line_of(const struct survey *survey, const struct owner *owner,
			enum subid_kind kind)
{
	return survey->databases[kind].entries[owner->first[kind]].line;
}

static void find_lonely(struct pass *pass, const struct owner *owner, enum subid_kind has)
{
	enum subid_kind lacks = has == SUBID_UID ? SUBID_GID : SUBID_UID;

	add(pass->findings, FINDING_WARNING, lacks == SUBID_GID ? "no-gids" : "no-uids",
	    pass->survey->databases[has].path, line_of(pass->survey, owner, has),
	    memory_print("%s has subordinate %ss, but no %ss: a container needs both.", owner->name,
			 ID_NAME[has], ID_NAME[lacks]),
	    fix_add(pass, owner, lacks, owner->total[has]));
}

static void find_unequal(struct pass *pass, const struct owner *owner)
{
	enum subid_kind less =
		owner->total[SUBID_UID] < owner->total[SUBID_GID] ? SUBID_UID : SUBID_GID;
	enum subid_kind more = less == SUBID_UID ? SUBID_GID : SUBID_UID;

	add(pass->findings, FINDING_WARNING, "unequal", pass->survey->databases[less].path,
	    line_of(pass->survey, owner, less),
	    memory_print("%s has %" PRIu64 " subordinate UIDs, but %" PRIu64
			 " GIDs: some IDs have no counterpart.",
			 owner->name, owner->total[SUBID_UID], owner->total[SUBID_GID]),
	    fix_add(pass, owner, less, owner->total[more] - owner->total[less]));
}

static void find_in_owner(struct pass *pass, const struct owner *owner)
{
	bool uids = owner->first[SUBID_UID] != OWNERS_NO_ENTRY;
	bool gids = owner->first[SUBID_GID] != OWNERS_NO_ENTRY;
	enum subid_kind kind = uids ? SUBID_UID : SUBID_GID;

	/* A number that is an account's, which bears the lines now. */
	if (!uids && !gids)
		return;
	if (owner->account == OWNER_HAS_NO_ACCOUNT)
		add(pass->findings, FINDING_NOTE, "no-account", pass->survey->databases[kind].path,
		    line_of(pass->survey, owner, kind),
		    memory_print("%s has no account%s.", owner->name,
				 pass->survey->services ? "" : " in /etc/passwd"),
		    memory_print("%sNothing, if a program allocates from it; else delete the line.",
				 pass->survey->services || !pass->survey->live
					 ? ""
					 : "Ask all services with --nss. "));
	if (uids && !gids)
		find_lonely(pass, owner, SUBID_UID);
	else if (gids && !uids)
		find_lonely(pass, owner, SUBID_GID);
	else if (owner->total[SUBID_UID] != owner->total[SUBID_GID])
		find_unequal(pass, owner);
}

/* --- who answers ------------------------------------------------------------------- */

#define NSSWITCH "/etc/nsswitch.conf"

static bool is_asked(const struct survey *survey)
{
	return survey->nsswitch.order[SUBID_UID].asks_subid ||
	       survey->nsswitch.order[SUBID_GID].asks_subid;
}

static void find_in_order(struct pass *pass, enum subid_kind kind)
{
	static const char *const names[] = { [SUBID_UID] = "passwd", [SUBID_GID] = "group" };
	const struct nsswitch_order *order = &pass->survey->nsswitch.order[kind];
	const char *name = names[kind];

	if (!order->asks_subid) {
		add(pass->findings, FINDING_WARNING, "nsswitch-missing", NSSWITCH, order->line,
		    memory_print("`%s:` does not name subid, so nobody is told whose a "
				 "subordinate %s is.",
				 name, ID_NAME[kind]),
		    order->line ? memory_print("Append the word subid to the line `%s:`.", name)
				: memory_print("Add a line `%s: files subid`.", name));
		return;
	}
	if (order->stops_before)
		add(pass->findings, FINDING_WARNING, "nsswitch-unreached", NSSWITCH, order->line,
		    memory_print("`%s:` ends with [NOTFOUND=return] or the like before subid, "
				 "which is never asked.",
				 name),
		    text("Take the action away, or put it behind subid."));
	if (order->files_behind)
		add(pass->findings, FINDING_ERROR, "nsswitch-order", NSSWITCH, order->line,
		    memory_print("`%s:` asks subid before the files, so a record of ours comes "
				 "before a real account's.",
				 name),
		    text("Put subid last."));
	else if (order->behind[0] != '\0')
		add(pass->findings, FINDING_WARNING, "nsswitch-order", NSSWITCH, order->line,
		    memory_print("`%s:` asks subid before %s, so a record of ours comes before "
				 "an account of that service.",
				 name, order->behind),
		    text("Put subid last."));
}

/* The files are not the source, so the module answers nothing. */
static void find_in_source(struct pass *pass)
{
	const char *source = pass->survey->source;

	if (source[0] != '\0')
		add(pass->findings, FINDING_NOTE, "source", NSSWITCH,
		    pass->survey->nsswitch.source_line,
		    memory_print("Ranges come from %s, not from the files below /etc, and the "
				 "module answers for the files alone.",
				 source),
		    text("subid-userdbd names the IDs of other sources."));
}

static void find_in_module(struct pass *pass)
{
	const struct module *module = &pass->survey->module;

	if (module->error)
		add(pass->findings, is_asked(pass->survey) ? FINDING_ERROR : FINDING_NOTE, "module",
		    NULL, 0, memory_print("The module cannot be loaded: %s.", module->error),
		    text("Install it into a directory of the dynamic linker, and run ldconfig."));
	else if (module->answer == MODULE_SILENT)
		add(pass->findings, FINDING_ERROR, "module-silent", NULL, 0,
		    memory_print("The module has no record of UID %" PRIu32 ", which a line of "
				 "/etc/subuid delegates.",
				 module->asked),
		    text("Is it of the same version as this program?"));
	if (pass->survey->nscd && is_asked(pass->survey))
		add(pass->findings, FINDING_NOTE, "nscd", NULL, 0,
		    text("nscd is running, and goes on telling what it was told before a file "
			 "changed."),
		    text("nscd -i passwd; nscd -i group"));
}

/* --- all of them -------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
	const struct finding *left = (const struct finding *)a;
	const struct finding *right = (const struct finding *)b;

	if (left->severity != right->severity)
		return left->severity > right->severity ? -1 : 1;
	return (left->order > right->order) - (left->order < right->order);
}

void findings_of(const struct survey *survey, struct findings *ret)
{
	struct pass pass = { .survey = survey, .findings = ret };

	*ret = (struct findings){ .n = 0 };
	for (size_t kind = 0; kind < 2; kind++)
		gap_begin(&pass.gaps[kind], &survey->databases[kind], &survey->accounts[kind]);
	find_in_database(&pass, SUBID_UID);
	find_in_database(&pass, SUBID_GID);
	for (size_t i = 0; i < survey->owners.n; i++)
		find_in_owner(&pass, &survey->owners.items[i]);
	find_in_order(&pass, SUBID_UID);
	find_in_order(&pass, SUBID_GID);
	if (survey->live) {
		find_in_source(&pass);
		find_in_module(&pass);
	}
	if (ret->n > 0)
		qsort(ret->items, ret->n, sizeof(*ret->items), compare);
}

void findings_free(struct findings *findings)
{
	for (size_t i = 0; i < findings->n; i++) {
		free(findings->items[i].reason);
		free(findings->items[i].fix);
	}
	free(findings->items);
	*findings = (struct findings){ .n = 0 };
}
