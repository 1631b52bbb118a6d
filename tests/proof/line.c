/* SPDX-License-Identifier: BSD-3-Clause */
/* A line of any bytes, and the owner that it names. */
#include "line.h"

#include "owner.h"
#include "proof.h"

#define ROOM (SUBID_LINE_MAX_BYTES + 1)

static void parse(const char *text, size_t len)
{
	struct subid_line line;
	struct subid_owner owner;

	if (subid_line_parse(text, len, &line) != SUBID_LINE_FAULTLESS)
		return;
	//@ assert range: line.range.count >= 1;
	//@ assert owner: line.owner == text && 1 <= line.owner_len <= SUBID_OWNER_MAX_BYTES;
	subid_owner_set_line(&owner, &line);
	//@ assert owner_len: 1 <= owner.len <= SUBID_OWNER_MAX_BYTES;
}

int main(void)
{
	char memory[ROOM + 1];
	size_t len;

	proof_any(memory, ROOM);
	/* A line of any length. A read before it, or behind the longest line, is an alarm. */
	if (proof_choose())
		parse(memory, Frama_C_size_t_interval(0, ROOM));
	/* The line ends where the memory ends. */
	len = (size_t)Frama_C_interval_split(0, 31);
	parse(memory + ROOM - len, len);
	return 0;
}
