/* SPDX-License-Identifier: BSD-3-Clause */
#include "place.h"

#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "record.h"
#include "segments.h"
#include "survey.h"

/* Owners may be subordinate IDs of each other, so the search for the account must end. */
#define CHAIN_MAX 8

void whose_map(const struct survey *survey, struct whose_map *ret)
{
	*ret = (struct whose_map){ .survey = survey };
	ret->segments = (struct segments *)memory_check(calloc(2, sizeof(struct segments)));
	for (size_t kind = 0; kind < 2; kind++)
		segments_of(survey, (enum subid_kind)kind, SIZE_MAX, &ret->segments[kind]);
}

void whose_map_free(struct whose_map *map)
{
	for (size_t kind = 0; kind < 2; kind++)
		segments_free(&map->segments[kind]);
	free(map->segments);
	*map = (struct whose_map){ .survey = NULL };
}

static size_t find_segment(const struct segments *segments, uint32_t id)
{
	size_t low = 0, high = segments->n;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (segments->items[middle].ids.first <= id)
			low = middle;
		else
			high = middle;
	}
	return low;
}

struct whose_answer whose_id(const struct whose_map *map, enum subid_kind kind, uint32_t id)
{
	struct whose_answer answer = { .segment = find_segment(&map->segments[kind], id) };
	const struct segment *segment = &map->segments[kind].items[answer.segment];

	if (id == 0 || nss_id_is_reserved(id) || accounts_by_id(&map->survey->accounts[kind], id)) {
		answer.whose = WHOSE_ACCOUNT;
	} else if (segment->owners[0]) {
		answer.whose = WHOSE_DELEGATED;
		answer.owner = segment->owners[0];
	} else {
		answer.whose = segment->taken ? WHOSE_SYSTEMD : WHOSE_NOBODY;
	}
	return answer;
}

static struct principal follow(const struct whose_map *map, const struct owner *owner, uint32_t uid)
{
	for (size_t i = 0; i < CHAIN_MAX; i++) {
		if (owner && owner->account == OWNER_HAS_NO_ACCOUNT) {
			/* An owner without an account may still be a number, and so a UID. */
			if (subid_owner_uid(owner->name, strlen(owner->name), &uid) < 0)
				return (struct principal){ .owner = owner };
		} else if (owner) {
			uid = owner->uid;
		}
		owner = whose_id(map, SUBID_UID, uid).owner;
		if (!owner)
			return (struct principal){ .has_uid = true, .uid = uid };
	}
	return (struct principal){ .has_uid = false };
}

struct principal principal_of_uid(const struct whose_map *map, uint32_t uid)
{
	return follow(map, NULL, uid);
}

struct principal principal_of_owner(const struct whose_map *map, const struct owner *owner)
{
	return follow(map, owner, 0);
}

bool principal_equal(const struct principal *a, const struct principal *b)
{
	if (a->has_uid || b->has_uid)
		return a->has_uid && b->has_uid && a->uid == b->uid;
	return a->owner && a->owner == b->owner;
}

bool place_trusts(const struct place *place, const struct whose_map *map,
		  const struct whose_answer *answer)
{
	struct principal owner, here = { .has_uid = place->known, .uid = place->uid };

	if (place->known && place->uid == 0 && !place->open)
		return answer->whose != WHOSE_NOBODY;
	if (answer->whose != WHOSE_DELEGATED)
		return answer->whose == WHOSE_ACCOUNT;
	owner = principal_of_owner(map, answer->owner);
	/*
	 * Services that were not asked may know this owner's account. So a place of a UID that is
	 * nobody's may be the owner's.
	 */
	if (!owner.has_uid && !map->survey->all_services && place->known &&
	    whose_id(map, SUBID_UID, place->uid).whose == WHOSE_NOBODY)
		return true;
	return principal_equal(&owner, &here);
}
