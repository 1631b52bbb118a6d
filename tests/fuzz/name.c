/* SPDX-License-Identifier: BSD-3-Clause */
/* The name of a record: a byte for the database, and the name; also an ID and an owner. */
#include "name.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "reference.h"

const char fuzz_target[] = "name";

static bool want_record(enum subid_kind kind, const char *name, size_t *ret_owner_len,
			uint32_t *ret_id)
{
	const char *dash = strrchr(name, '-');

	if (strncmp(name, kind == SUBID_UID ? "subuid-" : "subgid-", 7) != 0 || dash < name + 7)
		return false;
	*ret_owner_len = (size_t)(dash - name) - 7;
	return reference_owner(name + 7, *ret_owner_len) &&
	       reference_number(dash + 1, UINT64_C(1) << 32, ret_id);
}

/* In a buffer that is just large enough, and not in one that is a byte smaller. */
static void check_format(enum subid_kind kind, const struct subid_owner *owner, uint32_t id,
			 const char *want)
{
	size_t len = strlen(want);
	char *buf = fuzz_copy(want, len + 1);
	struct nss_arena arena = { .next = buf, .left = len };

	if (nss_name_format(&arena, kind, owner, id))
		fuzz_fail("it fits into a byte too few");
	memset(buf, 'x', len + 1);
	arena = (struct nss_arena){ .next = buf, .left = len + 1 };
	if (nss_name_format(&arena, kind, owner, id) != buf || strcmp(buf, want) != 0)
		fuzz_fail("format is not the inverse of parse: %s", want);
	free(buf);
}

static void check_parse(enum subid_kind kind, const char *name)
{
	struct subid_owner owner;
	size_t owner_len = 0;
	uint32_t id = 0, want_id = 0;
	bool ours = want_record(kind, name, &owner_len, &want_id);

	if (nss_name_parse(kind, name, &owner, &id) != (ours ? 0 : -ENOENT))
		fuzz_fail("it is %s", ours ? "a record's" : "no record's");
	if (!ours)
		return;
	if (owner.name_len != owner_len || memcmp(owner.name, name + 7, owner_len) != 0 ||
	    owner.name[owner_len] != '\0' || id != want_id || owner.uid_len != 0 || owner.resolved)
		fuzz_fail("another owner or ID");
	if (!nss_name_is_ours(kind, name) || !nss_name_is_of(name, owner_len, &owner))
		fuzz_fail("it does not know itself");
	check_format(kind, &owner, id, name);
}

/* Any owner and ID have a name, which means them. */
static void check_round_trip(enum subid_kind kind, const uint8_t *data, size_t size)
{
	static char name[2048];
	struct nss_arena arena = { .next = name, .left = sizeof(name) };
	struct subid_owner owner, again;
	uint32_t id, id_again;

	if (size < sizeof(id))
		return;
	memcpy(&id, data, sizeof(id));
	if (subid_owner_set(&owner, (const char *)data + sizeof(id), size - sizeof(id)) < 0)
		return;
	if (!nss_name_format(&arena, kind, &owner, id))
		fuzz_fail("no name in %zu bytes", sizeof(name));
	if (nss_name_parse(kind, name, &again, &id_again) < 0 || id_again != id ||
	    strcmp(again.name, owner.name) != 0)
		fuzz_fail("parse is not the inverse of format: %s", name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum subid_kind kind;
	char *name;

	if (size == 0)
		return 0;
	kind = data[0] & 1 ? SUBID_GID : SUBID_UID;
	/* The first byte is not the name's: room for its end. */
	name = fuzz_copy(data, size);
	memmove(name, name + 1, size - 1);
	name[size - 1] = '\0';
	check_parse(kind, name);
	free(name);
	check_round_trip(kind, data + 1, size - 1);
	return 0;
}
