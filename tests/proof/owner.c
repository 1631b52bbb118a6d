/* SPDX-License-Identifier: BSD-3-Clause */
/* An owner made of any text, and compared with any line. */
#include "owner.h"

#include "proof.h"

#define ROOM (SUBID_OWNER_MAX_BYTES + 1)

static char other[SUBID_LINE_MAX_BYTES];

int main(void)
{
	char memory[ROOM + 1];
	size_t len = (size_t)(proof_choose() ? Frama_C_interval_split(0, 31)
					     : Frama_C_interval_split(ROOM - 4, ROOM));
	struct subid_line line = { .owner = other };
	struct subid_owner owner;
	bool valid, ours;
	uint32_t uid;

	proof_any(memory, ROOM);
	proof_any(other, sizeof(other));
	if (subid_owner_uid(memory + ROOM - len, len, &uid) == 0) {
		//@ assert uid < UINT32_MAX;
	}
	if (subid_owner_set(&owner, memory + ROOM - len, len) < 0)
		return 0;
	//@ assert owner.len == len;
	//@ assert owner.text[owner.len] == '\0';
	line.owner_len = Frama_C_size_t_interval(1, SUBID_OWNER_MAX_BYTES);
	ours = subid_owner_is(&owner, &line);
	valid = subid_owner_text_valid(owner.text, owner.len);
	return ours + valid;
}
