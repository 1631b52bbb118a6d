/* SPDX-License-Identifier: BSD-3-Clause */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "place.h"
#include "rules.h"
#include "segments.h"

/* The accounts of services that make user namespaces with the ranges of other owners.
 * subid-check(8) lists them. */
static const char *const engines[] = {
	"root", "containers", "dockremap", "incus", "kubelet", "lxd"
};

/* The first fault of each kind in one namespace. */
struct verdict {
	const struct userns *userns;
	const struct namespace_map *foreign, *undelegated;
	struct stretch foreign_ids, undelegated_ids;
	const struct owner *owner; /* of foreign_ids */
};

static const char *name_of(const struct survey *survey, uint32_t uid)
{
	const struct account *account = accounts_by_id(&survey->accounts[SUBID_UID], uid);

	return account ? account->name : NULL;
}

static bool is_engine(const struct survey *survey, const struct principal *creator)
{
	const char *name = creator->owner ? creator->owner->name : NULL;

	if (creator->has_uid && creator->uid == 0)
		return true;
	if (creator->has_uid)
		name = name_of(survey, creator->uid);
	for (size_t i = 0; name && i < sizeof(engines) / sizeof(engines[0]); i++)
		if (strcmp(name, engines[i]) == 0)
			return true;
	return false;
}

/* Is the creator one of the segment's first two owners? */
static bool is_owned_by(const struct whose_map *map, const struct segment *segment,
			const struct principal *creator)
{
	for (size_t i = 0; i < 2; i++) {
		struct principal owner;

		if (!segment->owners[i])
			continue;
		owner = principal_of_owner(map, segment->owners[i]);
		if (principal_equal(&owner, creator))
			return true;
	}
	return false;
}

/* systemd-nspawn(1) and systemd-nsresourced(8) take blocks of 65536, or one ID. */
static bool is_of_systemd(const struct segment *segment, struct stretch ids)
{
	uint32_t count = ids.last - ids.first + 1;

	return segment->taken && (count == 1 || (count == 65536 && ids.first % 65536 == 0));
}

/* Does a map use IDs of a segment that has no owner, and not only IDs of accounts? */
static bool is_undelegated(const struct whose_map *map, const struct namespace_map *line,
			   const struct segment *segment, struct stretch shared)
{
	const struct subid_range range = { shared.first, shared.last - shared.first + 1 };
	const struct account *first;

	/*
	 * A map of one ID usually has the ID of the user who made it. A map of IDs to themselves
	 * is not a container's.
	 */
	if (line->ids.first == line->ids.last || line->inside == line->ids.first ||
	    is_of_systemd(segment, line->ids))
		return false;
	return accounts_within(&map->survey->accounts[line->kind], &range, &first) < range.count;
}

static void judge(const struct whose_map *map, const struct namespace_map *line,
		  const struct principal *creator, struct verdict *verdict)
{
	const struct segments *segments = &map->segments[line->kind];
	bool engine = is_engine(map->survey, creator);
	size_t i = whose_id(map, line->kind, line->ids.first).segment;

	for (; i < segments->n && segments->items[i].ids.first <= line->ids.last; i++) {
		const struct segment *segment = &segments->items[i];
		struct stretch shared = segment->ids;

		if (shared.first < line->ids.first)
			shared.first = line->ids.first;
		if (shared.last > line->ids.last)
			shared.last = line->ids.last;
		if (!segment->owners[0]) {
			if (!verdict->undelegated && is_undelegated(map, line, segment, shared)) {
				verdict->undelegated = line;
				verdict->undelegated_ids = shared;
			}
		} else if (!verdict->foreign && !engine && !is_owned_by(map, segment, creator)) {
			verdict->foreign = line;
			verdict->foreign_ids = shared;
			verdict->owner = segment->owners[0];
		}
	}
}

/* "alice", or "UID 1000" where nobody has it. Ownership: free(3). */
static char *show_creator(const struct survey *survey, const struct userns *userns)
{
	const char *name = name_of(survey, userns->creator);

	return name ? memory_print("%s", name) : memory_print("UID %" PRIu32, userns->creator);
}

static void add_foreign(const struct survey *survey, const struct verdict *verdict,
			struct findings *findings)
{
	const struct userns *userns = verdict->userns;
	char *creator = show_creator(survey, userns);
	struct finding *finding = findings_add(
		findings, FINDING_ERROR, "namespace", NULL, 0,
		memory_print("A user namespace that %s made maps the %ss %" PRIu32 "-%" PRIu32
			     ", which are %s's: PID %jd (%s, in %s) can act as them.",
			     creator, rules_id_names[verdict->foreign->kind],
			     verdict->foreign_ids.first, verdict->foreign_ids.last,
			     verdict->owner->name, (intmax_t)userns->pid, userns->command,
			     userns->where),
		memory_print("lsns -t user -p %jd", (intmax_t)userns->pid));

	finding->has_ids = true;
	finding->ids = verdict->foreign_ids;
	free(creator);
}

static void add_undelegated(const struct survey *survey, const struct verdict *verdict,
			    struct findings *findings)
{
	const struct userns *userns = verdict->userns;
	char *creator = show_creator(survey, userns);
	struct finding *finding = findings_add(
		findings, FINDING_WARNING, "undelegated", NULL, 0,
		memory_print("A user namespace that %s made maps the %ss %" PRIu32 "-%" PRIu32
			     ", which are delegated to nobody: PID %jd (%s, in %s) uses IDs that "
			     "may be given to somebody else.",
			     creator, rules_id_names[verdict->undelegated->kind],
			     verdict->undelegated_ids.first, verdict->undelegated_ids.last,
			     (intmax_t)userns->pid, userns->command, userns->where),
		rules_text("Delegate these IDs to the container's owner, or stop it."));

	finding->has_ids = true;
	finding->ids = verdict->undelegated_ids;
	free(creator);
}

void rules_namespaces(struct pass *pass)
{
	const struct survey *survey = pass->survey;
	struct findings *findings = pass->findings;
	struct whose_map map;

	if (survey->namespaces.n == 0)
		return;
	whose_map(survey, &map);
	for (size_t i = 0; i < survey->namespaces.n; i++) {
		const struct userns *userns = &survey->namespaces.items[i];
		struct principal creator = principal_of_uid(&map, userns->creator);
		struct verdict verdict = { .userns = userns };

		for (size_t j = 0; j < userns->n_maps; j++)
			judge(&map, &userns->maps[j], &creator, &verdict);
		if (verdict.foreign)
			add_foreign(survey, &verdict, findings);
		if (verdict.undelegated)
			add_undelegated(survey, &verdict, findings);
	}
	if (survey->namespaces.more)
		(void)findings_add(
			findings, FINDING_WARNING, "namespace", NULL, 0,
			memory_print("Not all user namespaces were examined: there are more than "
				     "%d, or their maps have more than %d lines.",
				     NAMESPACES_KEPT_MAX, NAMESPACES_MAPS_MAX),
			rules_text("lsns -t user"));
	whose_map_free(&map);
}
