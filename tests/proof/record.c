/* SPDX-License-Identifier: BSD-3-Clause */
/* Records of any ID, owner and position, in a buffer that may be too small. */
#include "record.h"

#include "proof.h"

#include <string.h>

/*
 * The end of the memory that eva.sh declares valid. It is a number, because the alignment of
 * gr_mem is computed from the address.
 */
#define MEMORY_END ((char *)0x101000)
#define ROOM 0x1000

static struct nss_id found;

/* Returns any number with @digits digits: the length decides where the next string begins. */
static uint64_t number(int digits, uint64_t max)
{
	uint64_t first = 1, last;

	for (int i = 1; i < digits; i++)
		first *= 10;
	last = max / 10 >= first ? first * 10 - 1 : max;
	return Frama_C_unsigned_long_long_interval(digits > 1 ? first : 0, last);
}

static int id_digits, position_digits;
static size_t len;

static void choose(size_t owner_len, int n_id_digits, int n_position_digits)
{
	proof_any(&found.owner.text, owner_len);
	found.owner.text[owner_len] = '\0';
	found.owner.len = owner_len;
	id_digits = n_id_digits;
	position_digits = n_position_digits;
	found.id = (uint32_t)number(n_id_digits, UINT32_MAX);
	found.gid = Frama_C_unsigned_int_interval(0, UINT32_MAX);
	found.position = number(n_position_digits, UINT64_MAX);
}

/* The buffer ends where the memory ends, so that an access behind it is an alarm. */
static void write_users(size_t len)
{
	char *buf = MEMORY_END - len;
	struct passwd pwd;
	struct spwd spwd;
	int all_digits = id_digits + position_digits;

	if (nss_record_passwd(&found, &pwd, buf, len) == 0) {
		//@ assert name: pwd.pw_name == buf;
		//@ assert passwd: pwd.pw_passwd == buf + 9 + found.owner.len + id_digits;
		//@ assert shell: pwd.pw_shell == buf + 34 + 2 * found.owner.len + all_digits;
	}
	if (nss_record_shadow(&found, &spwd, buf, len) == 0) {
		//@ assert spwd: spwd.sp_namp == buf;
	}
}

static void write_group(size_t len)
{
	struct group grp;

	if (nss_record_group(&found, &grp, MEMORY_END - len, len) == 0) {
		//@ assert grp: *grp.gr_mem == \null;
	}
}

int main(void)
{
	if (proof_choose()) {
		choose(1, 1, 1);
		len = (size_t)Frama_C_interval_split(0, 48);
	} else if (proof_choose()) {
		/*
		 * The longest strings: "subuid-" OWNER "-4294967295", "x", "Subordinate UID
		 * 18446744073709551615 of " OWNER, "/" and the shell.
		 */
		choose(SUBID_OWNER_MAX_BYTES, 10, 20);
		len = (size_t)Frama_C_interval_split(2 * SUBID_OWNER_MAX_BYTES + 72,
						     2 * SUBID_OWNER_MAX_BYTES + 84);
	} else {
		choose(proof_choose() ? 2 : 999, Frama_C_interval_split(1, 10),
		       proof_choose() ? 1 : 20);
		len = ROOM;
	}
	write_users(len);
	write_group(len);
	return 0;
}
