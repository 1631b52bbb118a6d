/* SPDX-License-Identifier: BSD-3-Clause */
/* The names that glibc asks for: any string. */
#include "record.h"

#include "proof.h"

#include <limits.h>

/* "subuid-", the longest owner and ID, and a byte more: nothing behind that is read. */
#define ROOM (7 + SUBID_OWNER_MAX_BYTES + 1 + 10 + 1)

static void parse(const char *name)
{
	struct subid_owner owner;
	uint32_t id;

	if (nss_record_parse_name(proof_choose() ? SUBID_UID : SUBID_GID, name, &owner, &id) == 0) {
		//@ assert owner_len: 1 <= owner.len <= SUBID_OWNER_MAX_BYTES;
		//@ assert owner_text: \initialized(&owner.text[owner.len]);
		//@ assert id: \initialized(&id);
	}
}

int main(void)
{
	char memory[ROOM + 1];
	size_t len;

	/* A string with no initialised byte behind its NUL: reading one is an alarm. */
	if (proof_choose()) {
		len = (size_t)Frama_C_interval_split(0, 17);
		proof_any(memory, ROOM - 1);
		memory[ROOM - 1] = '\0';
		parse(memory + ROOM - 1 - len);
		return 0;
	}
	/* A string without a NUL, longer than any name. No byte behind it is initialised. */
	len = ROOM;
	for (size_t i = 0; i < len; i++)
		memory[i] = Frama_C_char_interval(1, CHAR_MAX);
	parse(memory);
	return 0;
}
