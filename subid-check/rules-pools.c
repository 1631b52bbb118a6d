/* SPDX-License-Identifier: BSD-3-Clause */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "record.h"
#include "rules.h"

#define LOGIN_DEFS "/etc/login.defs"

static void add(struct pass *pass, enum finding_severity severity, const char *code, uint32_t line,
		char *reason, char *fix)
{
	findings_add(pass->findings, severity, code, LOGIN_DEFS, line, reason, fix);
}

/* --- the pools of login.defs ------------------------------------------------------ */

static void find_invalid(struct pass *pass, const struct pool *pool, const char *id)
{
	add(pass, FINDING_ERROR, "pool-invalid", pool->line,
	    memory_print("With SUB_%s_MIN (%" PRIu64 "), SUB_%s_MAX (%" PRIu64 ") and "
			 "SUB_%s_COUNT (%" PRIu64 ") no range can be allocated, so useradd fails.",
			 id, pool->min, id, pool->max, id, pool->count),
	    memory_print("Set SUB_%s_MAX to at least SUB_%s_MIN + SUB_%s_COUNT - 1, and to at most "
			 "4294967295.",
			 id, id, id));
}

/* A warning is given if fewer ranges than this, and fewer than a tenth of all, are free. */
#define FEW_RANGES 10

static void find_exhausted(struct pass *pass, const struct pool *pool, enum subid_kind kind)
{
	const struct survey *survey = pass->survey;
	const struct avoid nothing = { .n = 0 };
	uint64_t capacity = pool_capacity(pool), n;
	struct gap gap;

	if (pool->deterministic)
		return;
	/* useradd does not know which IDs a directory service uses: they count as free here. */
	gap_begin(&gap, pool, &survey->databases[kind], &survey->accounts[kind], &nothing);
	n = gap_count(&gap, (uint32_t)pool->count, FEW_RANGES);
	if (n >= FEW_RANGES || n * 10 >= capacity)
		return;
	add(pass, FINDING_WARNING, "pool-exhausted", pool->line,
	    n == 0 ? memory_print("No %" PRIu64 " subordinate %ss in a row are free from %" PRIu64
				  " to %" PRIu64 ", so useradd fails for the next user.",
				  pool->count, rules_id_names[kind], pool->min, pool->max)
		   : memory_print("Only %" PRIu64 " more users can get %" PRIu64
				  " subordinate %ss from %" PRIu64 " to %" PRIu64 ".",
				  n, pool->count, rules_id_names[kind], pool->min, pool->max),
	    memory_print("Raise SUB_%s_MAX, or delete the lines of users that are gone.",
			 rules_id_names[kind]));
}

static void find_outside(struct pass *pass, const struct pool *pool)
{
	const struct database *database = pass->database;
	const struct entry *first = NULL;
	char more[64] = "";
	size_t n = 0;

	for (size_t i = 0; i < database->n; i++) {
		const struct entry *entry = &database->entries[i];

		if (entry->range.start >= pool->min && entry_last(entry) <= pool->max)
			continue;
		if (n++ == 0)
			first = entry;
	}
	if (n == 0)
		return;
	if (n > 1)
		(void)snprintf(more, sizeof(more), " (and %zu more)", n - 1);
	rules_add_ids(pass, FINDING_NOTE, "pool-outside", first->line, rules_stretch(first),
		      memory_print("%s's range%s is not inside %" PRIu64 "-%" PRIu64
				   ", from which login.defs lets useradd allocate.",
				   rules_owner(pass, first)->name, more, pool->min, pool->max),
		      rules_text("Nothing, if it was given by hand."));
}

/* --- deterministic allocation ----------------------------------------------------- */

static bool is_by_formula(const struct pass *pass, const struct pool *pool,
			  const struct entry *entry)
{
	const struct owner *owner = rules_owner(pass, entry);
	struct stretch ids;

	return owner->account == OWNER_HAS_ACCOUNT && pool_of_uid(pool, owner->uid, &ids) &&
	       ids.first == entry->range.start && ids.last == entry_last(entry);
}

/*
 * Names the user to whom the pool gives IDs of this entry, as the end of a sentence: the first
 * one that is not the owner, or "" if there is none. Ownership: free(3).
 */
static char *show_user(const struct pass *pass, const struct pool *pool, const struct entry *entry)
{
	const struct owner *owner = rules_owner(pass, entry);
	uint64_t first = entry->range.start > pool->min ? entry->range.start : pool->min;
	uint64_t nth = (first - pool->min) / pool->count;

	if (owner->account == OWNER_HAS_ACCOUNT && owner->uid == pool->uid_min + nth)
		nth++;
	if (nth == pool_capacity(pool) || pool->min + nth * pool->count > entry_last(entry))
		return rules_text("");
	return memory_print(", and it has IDs of the user with the UID %" PRIu64,
			    pool->uid_min + nth);
}

static void find_deterministic(struct pass *pass, const struct pool *pool)
{
	uint64_t end = pool->min + pool_capacity(pool) * pool->count;

	for (size_t i = 0; i < pass->database->n; i++) {
		const struct entry *entry = &pass->database->entries[i];
		char *user;

		if (is_by_formula(pass, pool, entry) || entry->range.start >= end ||
		    entry_last(entry) < pool->min)
			continue;
		user = show_user(pass, pool, entry);
		rules_add_ids(pass, FINDING_WARNING, "deterministic", entry->line,
			      rules_stretch(entry),
			      memory_print("%s's range is not the one that "
					   "SUB_%s_DETERMINISTIC gives%s.",
					   rules_owner(pass, entry)->name,
					   rules_id_names[pass->kind], user),
			      fix_move(pass, entry));
		free(user);
	}
}

/* The first account whose UID is too large for a range of its own, or NULL. */
static const struct account *account_beyond(const struct pass *pass, const struct pool *pool)
{
	const struct accounts *users = &pass->survey->accounts[SUBID_UID];

	/* Reserved UIDs, such as that of nobody (65534), need no range. */
	for (size_t i = 0; i < users->n; i++)
		if (users->items[i].id >= pool->uid_min + pool_capacity(pool) &&
		    !nss_id_is_reserved(users->items[i].id))
			return &users->items[i];
	return NULL;
}

/* Users beyond the pool's capacity share the IDs of others if it wraps, or else get none. */
static void find_beyond(struct pass *pass, const struct pool *pool)
{
	const struct account *account = account_beyond(pass, pool);
	const char *id = rules_id_names[pass->kind];
	uint64_t capacity = pool_capacity(pool);

	if (pool->wraps)
		add(pass, account ? FINDING_ERROR : FINDING_WARNING, "deterministic-wrap",
		    pool->line,
		    account ? memory_print("UNSAFE_SUB_%s_DETERMINISTIC_WRAP gives %s (UID %" PRIu32
					   ") the same IDs as the user with the UID %" PRIu64 ".",
					   id, account->name, account->id,
					   pool->uid_min + (account->id - pool->uid_min) % capacity)
			    : memory_print("UNSAFE_SUB_%s_DETERMINISTIC_WRAP gives the same IDs to "
					   "users whose UIDs are %" PRIu64 " apart.",
					   id, capacity),
		    memory_print("Set UNSAFE_SUB_%s_DETERMINISTIC_WRAP to no.", id));
	else if (account)
		add(pass, FINDING_WARNING, "pool-exhausted", pool->line,
		    memory_print("SUB_%s_DETERMINISTIC has IDs for the UIDs %" PRIu64 " to %" PRIu64
				 ", but %s has the UID %" PRIu32 ".",
				 id, pool->uid_min, pool->uid_min + capacity - 1, account->name,
				 account->id),
		    memory_print(pool->max < UINT32_MAX
					 ? "Raise SUB_%s_MAX, which changes no user's range."
					 : "Give the user a lower UID, since SUB_%s_MAX cannot be "
					   "raised.",
				 id));
}

static void find_in_pool(struct pass *pass, enum subid_kind kind)
{
	const struct pool *pool = &pass->survey->pools[kind];

	pass->kind = kind;
	pass->database = &pass->survey->databases[kind];
	/* With a count of 0 useradd allocates nothing, which is allowed. */
	if (pool->count == 0)
		return;
	if (!pool_is_valid(pool)) {
		find_invalid(pass, pool, rules_id_names[kind]);
		return;
	}
	find_exhausted(pass, pool, kind);
	find_outside(pass, pool);
	if (pool->deterministic) {
		find_deterministic(pass, pool);
		find_beyond(pass, pool);
	}
}

/* --- directory services ----------------------------------------------------------- */

static void find_directory(struct pass *pass, const struct directory_area *area)
{
	const struct database *database = pass->database;
	const struct entry *first = NULL;
	char more[64] = "";
	size_t n = 0;

	for (size_t i = 0; i < database->n; i++) {
		if (!rules_meet(&database->entries[i], area->ids))
			continue;
		if (n++ == 0)
			first = &database->entries[i];
	}
	if (n == 0)
		return;
	if (n > 1)
		(void)snprintf(more, sizeof(more), " (one of %zu)", n);
	rules_add_ids(pass, FINDING_WARNING, "directory", first->line, area->ids,
		      memory_print("%s's range%s overlaps %" PRIu32 "-%" PRIu32 ", from which %s "
				   "gives %ss (%s): its containers can act as these users, for "
				   "example on NFS.",
				   rules_owner(pass, first)->name, more, area->ids.first,
				   area->ids.last, area->whose, rules_id_names[pass->kind],
				   area->file),
		      fix_move(pass, first));
}

static void find_directories(struct pass *pass, enum subid_kind kind)
{
	const struct directories *directories = &pass->survey->directories;

	pass->kind = kind;
	pass->database = &pass->survey->databases[kind];
	for (size_t i = 0; i < directories->n; i++)
		find_directory(pass, &directories->items[i]);
}

static void find_unread(struct pass *pass)
{
	const char *unread = pass->survey->directories.unread;

	if (unread)
		findings_add(pass->findings, FINDING_NOTE, "unread", unread, 0,
			     rules_text("You may not read this file, so the ranges that a "
					"directory gives to its users are not known."),
			     rules_text("Run subid-check as root."));
}

static void find_probe(struct pass *pass)
{
	const struct probe *probe = &pass->survey->probe;

	if (probe->made && probe->asked < probe->wanted)
		findings_add(pass->findings, FINDING_NOTE, "probe", NULL, 0,
			     memory_print("The account services were asked for %" PRIu64
					  " of %" PRIu64 " delegated IDs in the time allowed.",
					  probe->asked, probe->wanted),
			     rules_text("Give --probe more seconds."));
}

/* --- kubelet ---------------------------------------------------------------------- */

#define POD_IDS 65536

/* The owner's entry, or NULL if there is none or more than one. */
static const struct entry *only_entry(const struct survey *survey, const struct owner *owner,
				      enum subid_kind kind)
{
	const struct entry *entries = survey->databases[kind].entries;
	size_t first = owner->first[kind];

	return first != OWNER_NO_ENTRY && entries[first].next == OWNER_NO_ENTRY ? &entries[first]
										: NULL;
}

/* Why the kubelet would not start with these lines, or NULL. Ownership: free(3). */
static char *kubelet_fault(const struct survey *survey, const struct entry *uids,
			   const struct entry *gids)
{
	if (!uids || !gids)
		return rules_text("The kubelet wants exactly one line in each file.");
	if (uids->range.start != gids->range.start || uids->range.count != gids->range.count)
		return rules_text("The kubelet wants the same range in both files.");
	if (uids->range.start < POD_IDS)
		return rules_text("The kubelet wants a range that begins at 65536 or later.");
	if (uids->range.start % POD_IDS != 0 || uids->range.count % POD_IDS != 0)
		return rules_text("The kubelet wants a first ID and a count that are multiples of "
				  "65536.");
	if (uids->range.count / POD_IDS < survey->kubelet_max_pods)
		return memory_print("The kubelet wants 65536 IDs for each of %" PRIu32
				    " pods (maxPods), and has enough for %" PRIu32 ".",
				    survey->kubelet_max_pods, uids->range.count / POD_IDS);
	return NULL;
}

static void find_kubelet(struct pass *pass)
{
	const struct survey *survey = pass->survey;
	size_t i = owners_by_name(&survey->owners, "kubelet");
	uint32_t max_pods =
		survey->kubelet_max_pods > 0 ? survey->kubelet_max_pods : SURVEY_MAX_PODS_DEFAULT;
	const struct owner *owner;
	enum subid_kind kind;
	char *fault;

	if (i == OWNER_NONE)
		return;
	owner = &survey->owners.items[i];
	fault = kubelet_fault(survey, only_entry(survey, owner, SUBID_UID),
			      only_entry(survey, owner, SUBID_GID));
	if (!fault)
		return;
	kind = owner->first[SUBID_UID] != OWNER_NO_ENTRY ? SUBID_UID : SUBID_GID;
	findings_add(pass->findings, FINDING_ERROR, "kubelet", survey->databases[kind].path,
		     survey->databases[kind].entries[owner->first[kind]].line, fault,
		     memory_print("Write one line kubelet:FIRST:%" PRIu64
				  " into both files, where FIRST is a multiple of 65536.",
				  (uint64_t)max_pods * POD_IDS));
}

void rules_pools(struct pass *pass)
{
	for (int kind = SUBID_UID; kind <= SUBID_GID; kind++) {
		find_in_pool(pass, (enum subid_kind)kind);
		find_directories(pass, (enum subid_kind)kind);
	}
	find_kubelet(pass);
	find_unread(pass);
	find_probe(pass);
}
