/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The input is a byte for the kind of the ID, and the name of a record. What follows the byte is
 * also taken for an ID (4 bytes) and an owner, which make a name.
 */
#include "record.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "reference.h"

const char fuzz_target[] = "name";
const char fuzz_corpus[] = "name";

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

/* Writes the GECOS field of a user's record. Returns the bytes that its strings and NULs take. */
static size_t user_bytes(const struct nss_id *user, const char *name, char *gecos, size_t size)
{
	int len = snprintf(gecos, size, "Subordinate UID %" PRIu64 " of %s", user->position,
			   user->owner.text);

	return strlen(name) + 1 + sizeof("x") + (size_t)len + 1 + sizeof("/") +
	       sizeof(NSS_SUBID_NOLOGIN);
}

/* Checks that a record fits a buffer of its size, and none that is a byte smaller. */
static void check_user(const struct nss_id *user, const char *name)
{
	char gecos[2048];
	size_t len = user_bytes(user, name, gecos, sizeof(gecos));
	char *exact = (char *)malloc(len), *small = (char *)malloc(len - 1);
	struct passwd pwd = { .pw_uid = 77 };

	if (!exact || !small)
		fuzz_fail("out of memory");
	if (nss_record_passwd(user, &pwd, small, len - 1) != -ERANGE || pwd.pw_uid != 77)
		fuzz_fail("a record fits into a byte too few");
	if (nss_record_passwd(user, &pwd, exact, len) != 0)
		fuzz_fail("a record does not fit into %zu bytes", len);
	if (strcmp(pwd.pw_name, name) != 0 || strcmp(pwd.pw_gecos, gecos) != 0 ||
	    pwd.pw_uid != user->id)
		fuzz_fail("writing is not the inverse of parsing: %s", pwd.pw_name);
	free(exact);
	free(small);
}

static void check_group(const struct nss_id *group, const char *name)
{
	size_t len = sizeof(char *) + strlen(name) + 1 + sizeof("x");
	char *exact = (char *)malloc(len), *small = (char *)malloc(len - 1);
	struct group grp = { .gr_gid = 77 };

	if (!exact || !small)
		fuzz_fail("out of memory");
	if (nss_record_group(group, &grp, small, len - 1) != -ERANGE || grp.gr_gid != 77)
		fuzz_fail("a record fits into a byte too few");
	if (nss_record_group(group, &grp, exact, len) != 0)
		fuzz_fail("a record does not fit into %zu bytes", len);
	if (strcmp(grp.gr_name, name) != 0 || grp.gr_gid != group->id || grp.gr_mem[0])
		fuzz_fail("writing is not the inverse of parsing: %s", grp.gr_name);
	free(exact);
	free(small);
}

static void check_record(enum subid_kind kind, const struct nss_id *id, const char *name)
{
	if (kind == SUBID_UID)
		check_user(id, name);
	else
		check_group(id, name);
}

static void check_parse(enum subid_kind kind, const char *name)
{
	struct nss_id id = { .position = 0 };
	size_t owner_len = 0;
	uint32_t want_id = 0;
	bool ours = want_record(kind, name, &owner_len, &want_id);

	if (nss_record_parse_name(kind, name, &id.owner, &id.id) != (ours ? 0 : -ENOENT))
		fuzz_fail("%s", ours ? "a record's name is refused" : "another name is accepted");
	if (!ours)
		return;
	if (id.owner.len != owner_len || memcmp(id.owner.text, name + 7, owner_len) != 0 ||
	    id.owner.text[owner_len] != '\0' || id.id != want_id)
		fuzz_fail("the owner or the ID is wrong");
	if (!nss_record_name_is_ours(kind, name))
		fuzz_fail("nss_record_name_is_ours() refuses a record's name");
	check_record(kind, &id, name);
}

/* Checks that the name of an owner and an ID leads back to them. */
static void check_round_trip(enum subid_kind kind, const uint8_t *data, size_t size)
{
	char name[2048];
	struct nss_id id = { .position = UINT64_MAX };
	struct subid_owner again;
	uint32_t id_again;

	if (size < sizeof(id.id))
		return;
	memcpy(&id.id, data, sizeof(id.id));
	if (subid_owner_set(&id.owner, (const char *)data + sizeof(id.id), size - sizeof(id.id)) <
	    0)
		return;
	(void)snprintf(name, sizeof(name), "%s-%s-%" PRIu32,
		       kind == SUBID_UID ? "subuid" : "subgid", id.owner.text, id.id);
	check_record(kind, &id, name);
	if (nss_record_parse_name(kind, name, &again, &id_again) < 0 || id_again != id.id ||
	    strcmp(again.text, id.owner.text) != 0)
		fuzz_fail("parsing is not the inverse of writing: %s", name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum subid_kind kind;
	char *name;

	if (size == 0)
		return 0;
	kind = data[0] & 1 ? SUBID_GID : SUBID_UID;
	/* The first byte is no part of the name, so the copy has a byte for the NUL. */
	name = fuzz_copy(data, size);
	memmove(name, name + 1, size - 1);
	name[size - 1] = '\0';
	check_parse(kind, name);
	free(name);
	check_round_trip(kind, data + 1, size - 1);
	return 0;
}
