/* SPDX-License-Identifier: BSD-3-Clause */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "rules.h"

#define ORPHANS_MAX 256
/* Below this ID, each ID is usually one person's. From here on, IDs are delegated in blocks. */
#define BLOCKS_FROM 65536
#define BLOCK_IDS 65536

/* The finding for each kind of mark. */
static const struct {
	enum finding_severity severity;
	const char *code, *what, *fix;
} marks[] = {
	[HOLDINGS_SETUID] = { FINDING_ERROR, "setid", "A set-user-ID program belongs to",
			      "Delete it, or take its set-user-ID bit away." },
	[HOLDINGS_SETGID] = { FINDING_ERROR, "setid", "A set-group-ID program belongs to",
			      "Delete it, or take its set-group-ID bit away." },
	[HOLDINGS_CAPABLE] = { FINDING_ERROR, "capability",
			       "A program with capabilities belongs to",
			       "Delete it, or take its capabilities away with setcap -r." },
	[HOLDINGS_ACL] = { FINDING_WARNING, "acl", "Its ACL names",
			   "Take that entry away with setfacl -x." },
	[HOLDINGS_ACL_SHARED] = { FINDING_NOTE, "acl", "Its ACL names",
				  "Take that entry away with setfacl -x." },
	[HOLDINGS_UNREAD] = { FINDING_WARNING, "unread-directory", "", "" },
};

/* --- marks -------------------------------------------------------------------------- */

/* "which is bob's" or "which is nobody's". Ownership: free(3). */
static char *show_owner(const struct survey *survey, const struct holdings_mark *mark)
{
	if (mark->of.owner)
		return memory_print("which is %s's", mark->of.owner->name);
	return memory_print("which is nobody's%s", survey->all_services	     ? ""
						   : mark->kind == SUBID_UID ? " in /etc/passwd"
									     : " in /etc/group");
}

/* Says where a file lies. Ownership: free(3). */
static char *show_place(const struct survey *survey, const struct place *place)
{
	const struct account *account;

	if (!place->known)
		return memory_print("in nobody's directory");
	if (place->uid == 0)
		return memory_print("%s", place->open ? "where users other than root can make files"
						      : "in a directory of root's");
	account = accounts_by_id(&survey->accounts[SUBID_UID], place->uid);
	if (account)
		return memory_print("in a directory of %s's", account->name);
	return memory_print("in a directory of UID %" PRIu32, place->uid);
}

static const char *consequence(const struct holdings_mark *mark)
{
	if (mark->what == HOLDINGS_ACL || mark->what == HOLDINGS_ACL_SHARED)
		return "so any process with that ID has these rights";
	if (mark->what == HOLDINGS_CAPABLE && mark->rootid)
		return "so anyone who runs it in such a namespace has these capabilities";
	return mark->what == HOLDINGS_CAPABLE ? "so anyone who runs it has these capabilities"
					      : "so anyone who can run it acts as that ID";
}

static void add_mark(const struct survey *survey, const struct holdings_mark *mark,
		     struct findings *findings)
{
	char *owner = show_owner(survey, mark), *place = show_place(survey, &mark->place);
	const char *what = mark->rootid ? "A program has capabilities in user namespaces of"
					: marks[mark->what].what;
	struct finding *finding = findings_add(
		findings, marks[mark->what].severity, marks[mark->what].code, mark->path, 0,
		memory_print("%s %s %" PRIu32 ", %s. The file lies %s, %s.", what,
			     rules_id_names[mark->kind], mark->id, owner, place, consequence(mark)),
		memory_print("%s", marks[mark->what].fix));

	finding->has_ids = true;
	finding->ids = (struct stretch){ mark->id, mark->id };
	free(owner);
	free(place);
}

static void add_unread(const struct holdings_mark *mark, struct findings *findings)
{
	const char *why = strerrordesc_np(mark->error);

	(void)findings_add(findings, FINDING_WARNING, marks[HOLDINGS_UNREAD].code, mark->path, 0,
			   mark->attributes
				   ? memory_print("Its attributes cannot be read (%s), so whether "
						  "it has capabilities or an ACL is not known.",
						  why)
				   : memory_print("The directory cannot be read (%s), so what is "
						  "below it is not known.",
						  why),
			   memory_print("Find out why, and run subid-check again, as root if "
					"necessary."));
}

static void add_rest(const struct holdings *holdings, enum holdings_mark_kind what,
		     struct findings *findings)
{
	if (holdings->more[what] == 0)
		return;
	(void)findings_add(findings, marks[what].severity, marks[what].code, NULL, 0,
			   memory_print("There are %" PRIu64 " more that are not listed.",
					holdings->more[what]),
			   memory_print("Mend the listed ones, and run subid-check again."));
}

/* --- orphans ------------------------------------------------------------------------ */

/* The files of neighbouring IDs, which may have been delegated to one user. */
struct orphans {
	struct stretch ids;
	size_t n; /* IDs, or blocks */
	uint64_t files, bytes;
};

/* A directory as find(1) takes it, in quotes. Ownership: free(3). */
static char *quote_directory(const struct survey *survey, const char *path)
{
	/* find(1) takes such a word for an option or an operator, even if it is quoted. */
	const char *before = path[0] != '\0' && strchr("-(),!", path[0]) ? "./" : "";
	char *whole, *quoted;

	if (survey->prefix[0] != '\0')
		before = path[0] == '/' ? "" : "/";
	whole = memory_print("%s%s%s", survey->prefix, before, path);
	quoted = fix_quote(whole);
	free(whole);
	return quoted;
}

/*
 * "find DIR... -xdev -uid 4242", with all directories, and without -xdev if mounts were entered.
 * Ownership: free(3).
 */
static char *list_command(const struct survey *survey, enum subid_kind kind, struct stretch ids)
{
	const char *test = kind == SUBID_UID ? "-uid" : "-gid";
	const char *xdev = survey->holdings.entered_mounts ? "" : " -xdev";
	char *command = rules_text("find"), *longer;

	for (size_t i = 0; i < survey->holdings.n_directories; i++) {
		char *quoted = quote_directory(survey, survey->holdings.directories[i]);

		longer = memory_print("%s %s", command, quoted);
		free(command);
		free(quoted);
		command = longer;
	}
	if (ids.first == ids.last)
		longer = memory_print("%s%s %s %" PRIu32, command, xdev, test, ids.first);
	else
		longer = memory_print("%s%s %s +%" PRIu32 " %s -%" PRIu64, command, xdev, test,
				      ids.first - 1, test, (uint64_t)ids.last + 1);
	free(command);
	return longer;
}

static void add_orphans(const struct survey *survey, enum subid_kind kind,
			const struct orphans *orphans, struct findings *findings)
{
	const char *name = rules_id_names[kind], *file = kind == SUBID_UID ? "passwd" : "group";
	const char *where = survey->all_services ? "" : " in /etc/", *known = where[0] ? file : "";
	char *ids = orphans->ids.first == orphans->ids.last
			    ? memory_print("%s %" PRIu32, name, orphans->ids.first)
			    : memory_print("%zu %ss of %" PRIu32 "-%" PRIu32, orphans->n, name,
					   orphans->ids.first, orphans->ids.last);
	char *size = holdings_size(orphans->bytes);
	struct finding *finding = findings_add(
		findings, FINDING_WARNING, "orphan", NULL, 0,
		memory_print("%" PRIu64 " file%s (%s) belong%s to %s, which nobody has%s%s: "
			     "a user who is given such an ID gets its files.",
			     orphans->files, orphans->files == 1 ? "" : "s", size,
			     orphans->files == 1 ? "s" : "", ids, where, known),
		list_command(survey, kind, orphans->ids));

	finding->has_ids = true;
	finding->ids = orphans->ids;
	free(size);
	free(ids);
}

static bool are_neighbours(const struct orphans *orphans, struct stretch ids)
{
	return orphans->ids.first >= BLOCKS_FROM && ids.first - orphans->ids.last <= BLOCK_IDS;
}

static void find_orphans(const struct survey *survey, enum subid_kind kind,
			 struct findings *findings)
{
	const struct holdings *holdings = &survey->holdings;
	struct orphans orphans = { .n = 0 };
	size_t added = 0, more = 0;

	for (size_t i = 0; i <= holdings->n_strays[kind]; i++) {
		const struct holdings_stray *stray =
			i < holdings->n_strays[kind] ? &holdings->strays[kind][i] : NULL;

		if (stray && stray->orphans == 0)
			continue;
		if (orphans.n > 0 && (!stray || !are_neighbours(&orphans, stray->ids))) {
			if (added++ < ORPHANS_MAX)
				add_orphans(survey, kind, &orphans, findings);
			else
				more++;
			orphans.n = 0;
		}
		if (!stray)
			break;
		if (orphans.n++ == 0)
			orphans = (struct orphans){ .ids = stray->ids, .n = 1 };
		orphans.ids.last = stray->ids.last;
		orphans.files += stray->orphans;
		orphans.bytes += stray->orphan_bytes;
	}
	if (more > 0)
		(void)findings_add(
			findings, FINDING_WARNING, "orphan", NULL, 0,
			memory_print("There are %zu more that are not listed.", more),
			memory_print("Mend the listed ones, and run subid-check again."));
}

void rules_holdings(struct pass *pass)
{
	const struct survey *survey = pass->survey;
	struct findings *findings = pass->findings;
	const struct holdings *holdings = &survey->holdings;

	for (size_t i = 0; i < holdings->n_marks; i++) {
		if (holdings->marks[i].what == HOLDINGS_UNREAD)
			add_unread(&holdings->marks[i], findings);
		else
			add_mark(survey, &holdings->marks[i], findings);
	}
	for (int what = 0; what < HOLDINGS_MARK_KINDS; what++)
		add_rest(holdings, (enum holdings_mark_kind)what, findings);
	find_orphans(survey, SUBID_UID, findings);
	find_orphans(survey, SUBID_GID, findings);
}
