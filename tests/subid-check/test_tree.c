/* SPDX-License-Identifier: BSD-3-Clause */
/* Which files are dangerous where they lie, and what is said of them. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "check.h"
#include "findings.h"
#include "holdings.h"
#include "scratch.h"
#include "storage.h"

/* --- attributes ---------------------------------------------------------------------------- */

static void put_32(uint8_t *at, uint32_t value)
{
	for (size_t i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}

/* Returns whether the file system has such attributes. */
static bool set_attribute(const char *path, const char *name, const uint8_t *value, size_t len)
{
	if (setxattr(path, name, value, len, 0) == 0)
		return true;
	assert_int_equal(errno, ENOTSUP);
	return false;
}

/* @rootid: of a user namespace, or 0 for the host. */
static bool set_capability(const char *path, uint32_t rootid)
{
	uint8_t value[24] = { 0 };

	put_32(value, rootid > 0 ? 0x03000001 : 0x02000001);
	put_32(value + 4, 1 << 13);
	put_32(value + 20, rootid);
	return set_attribute(path, "security.capability", value, rootid > 0 ? 24 : 20);
}

/* An entry has a kind, rights and an ID. */
static bool set_acl(const char *path, const char *name, uint16_t kind, uint32_t id)
{
	const uint32_t entries[5][2] = {
		{ 0x60001, 0xffffffff }, { 0x40000 + kind, id },  { 0x40004, 0xffffffff },
		{ 0x70010, 0xffffffff }, { 0x40020, 0xffffffff },
	};
	uint8_t value[4 + sizeof(entries)];

	put_32(value, 2);
	for (size_t i = 0; i < 5; i++) {
		/* A named group stands behind the owner's group. */
		size_t from = kind == 0x08 && (i == 1 || i == 2) ? 3 - i : i;

		put_32(value + 4 + i * 8, entries[from][0]);
		put_32(value + 8 + i * 8, entries[from][1]);
	}
	return set_attribute(path, name, value, sizeof(value));
}

/* --- reading it --------------------------------------------------------------------------- */

/* The findings of rules_holdings(): severity, code, file and IDs; then the reason and the fix. */
static void check_finds(const char *what, const char *directory, const char *want)
{
	static const char *const codes = " setid capability acl orphan unread-directory ";
	struct findings findings;
	struct survey survey;
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	assert_non_null(stream);
	look_below(&directory, 1, &survey);
	findings_of(&survey, &findings);
	for (size_t i = 0; i < findings.n; i++) {
		const struct finding *finding = &findings.items[i];
		char code[64];

		(void)snprintf(code, sizeof(code), " %s ", finding->code);
		if (!strstr(codes, code))
			continue;
		(void)fprintf(stream, "%s %s %s", finding_severity_name(finding->severity),
			      finding->code, finding->file ? finding->file : "-");
		if (finding->has_ids)
			(void)fprintf(stream, " %" PRIu32 "-%" PRIu32, finding->ids.first,
				      finding->ids.last);
		(void)fprintf(stream, "\n%s\n%s\n", finding->reason, finding->fix);
	}
	assert_int_equal(fclose(stream), 0);
	check_text(what, text, want);
	free(text);
	findings_free(&findings);
	survey_free(&survey);
}

/* --- tests -------------------------------------------------------------------------------- */

static void programs_that_act_as_somebody_else_are_found(void **state)
{
	(void)state;
	make_directory("home/alice/bits", 1000);
	make_file("home/alice/bits/setgid", 1000, 165536, 02755);
	make_file("home/alice/bits/both", 165537, 165537, 06755);
	make_file("home/alice/bits/locked", 1000, 165536, 02745);
	make_file("home/alice/bits/data", 165536, 165536, 04644);
	make_file("home/alice/bits/plain", 165536, 165536, 0755);
	make_file("home/alice/bits/hers", 100001, 100001, 06755);
	make_file("home/alice/bits/sudo", 0, 0, 06755);
	check_finds("set-ID", "home",
		    "error setid home/alice/bits/both 165537-165537\n"
		    "A set-user-ID program belongs to UID 165537, which is bob's. The file lies in "
		    "a directory of alice's, so anyone who can run it acts as that ID.\n"
		    "Delete it, or take its set-user-ID bit away.\n"
		    "error setid home/alice/bits/setgid 165536-165536\n"
		    "A set-group-ID program belongs to GID 165536, which is bob's. The file lies "
		    "in a directory of alice's, so anyone who can run it acts as that ID.\n"
		    "Delete it, or take its set-group-ID bit away.\n"
		    "error setid home/alice/bits/both 165537-165537\n"
		    "A set-group-ID program belongs to GID 165537, which is bob's. The file lies "
		    "in a directory of alice's, so anyone who can run it acts as that ID.\n"
		    "Delete it, or take its set-group-ID bit away.\n");
	assert_int_equal(scratch_remove("home/alice/bits"), 0);
}

static void the_place_of_a_file_is_said(void **state)
{
	char want[1024], *size;

	(void)state;
	make_directory("open", 0);
	own_file("open", 0, 0, 01777);
	make_file("open/kept", 100000, 0, 04755);
	make_file("open/orphan", 4242, 0, 04755);
	check_finds("where all can write", "open",
		    "error setid open/orphan 4242-4242\n"
		    "A set-user-ID program belongs to UID 4242, which is nobody's in /etc/passwd. "
		    "The file lies where users other than root can make files, so anyone who can "
		    "run it acts as that ID.\n"
		    "Delete it, or take its set-user-ID bit away.\n"
		    "error setid open/kept 100000-100000\n"
		    "A set-user-ID program belongs to UID 100000, which is alice's. The file lies "
		    "where users other than root can make files, so anyone who can run it acts as "
		    "that ID.\n"
		    "Delete it, or take its set-user-ID bit away.\n"
		    "warning orphan - 4242-4242\n"
		    "1 file (0 bytes) belongs to UID 4242, which nobody has in /etc/passwd: a user "
		    "who is given such an ID gets its files.\n"
		    "find open -xdev -uid 4242\n");
	own_file("open", 0, 0, 0755);
	assert_int_equal(unlink("open/orphan"), 0);
	check_finds("where root alone can", "open", "");
	own_file("open", 2000, 0, 0755);
	size = holdings_size(bytes_of("open"));
	(void)snprintf(
		want, sizeof(want),
		"error setid open/kept 100000-100000\n"
		"A set-user-ID program belongs to UID 100000, which is alice's. The file lies "
		"in a directory of UID 2000, so anyone who can run it acts as that ID.\n"
		"Delete it, or take its set-user-ID bit away.\n"
		"warning orphan - 2000-2000\n"
		"1 file (%s) belongs to UID 2000, which nobody has in /etc/passwd: a user "
		"who is given such an ID gets its files.\n"
		"find open -xdev -uid 2000\n",
		size);
	check_finds("in one of nobody's, whom a service may know", "open", want);
	free(size);
	assert_int_equal(unlink("open/kept"), 0);
	assert_int_equal(rmdir("open"), 0);
}

/* The directory that is looked at may itself be one of a subordinate ID's. */
static void a_place_is_looked_for_above(void **state)
{
	(void)state;
	make_directory("home/alice/storage/top", 100000);
	make_file("home/alice/storage/top/kept", 165536, 0, 04755);
	check_finds("above", "home/alice/storage/top",
		    "error setid home/alice/storage/top/kept 165536-165536\n"
		    "A set-user-ID program belongs to UID 165536, which is bob's. The file lies in "
		    "a directory of alice's, so anyone who can run it acts as that ID.\n"
		    "Delete it, or take its set-user-ID bit away.\n");
	assert_int_equal(unlink("home/alice/storage/top/kept"), 0);
	assert_int_equal(rmdir("home/alice/storage/top"), 0);
}

/* A directory of alice's is 64 levels above the one that is looked at, and then 65. */
static void a_place_is_looked_for_64_levels_above(void **state)
{
	char path[256] = "home/alice", said[1024];
	size_t len = strlen(path);

	(void)state;
	for (int level = 1; level <= 65; level++) {
		len += (size_t)sprintf(path + len, "/d");
		make_directory(path, 100000);
		if (level < 64)
			continue;
		(void)sprintf(path + len, "/kept");
		make_file(path, 165536, 0, 04755);
		(void)snprintf(said, sizeof(said),
			       "error setid %s 165536-165536\n"
			       "A set-user-ID program belongs to UID 165536, which is bob's. The "
			       "file lies in %s, so anyone who can run it acts as that ID.\n"
			       "Delete it, or take its set-user-ID bit away.\n",
			       path, level == 64 ? "a directory of alice's" : "nobody's directory");
		path[len] = '\0';
		check_finds("deep", path, said);
		(void)sprintf(path + len, "/kept");
		assert_int_equal(unlink(path), 0);
		path[len] = '\0';
	}
	assert_int_equal(scratch_remove("home/alice/d"), 0);
}

static void capabilities_and_acls_of_others_are_found(void **state)
{
	bool has;

	(void)state;
	make_directory("home/alice/more", 1000);
	make_file("home/alice/more/foreign", 1000, 1000, 0755);
	make_file("home/alice/more/hers", 1000, 1000, 0755);
	make_file("home/alice/more/data", 1000, 1000, 0644);
	make_file("home/alice/more/host", 165540, 165540, 0755);
	make_file("home/alice/more/orphan", 1000, 1000, 0644);
	make_file("home/alice/more/bobs", 1000, 1000, 0644);
	has = set_capability("home/alice/more/foreign", 165536) &&
	      set_capability("home/alice/more/hers", 100000) &&
	      set_capability("home/alice/more/data", 165536) &&
	      set_capability("home/alice/more/host", 0) &&
	      set_acl("home/alice/more/orphan", "system.posix_acl_access", 0x02, 400000) &&
	      set_acl("home/alice/more/bobs", "system.posix_acl_access", 0x08, 165536) &&
	      set_acl("home/alice/more", "system.posix_acl_default", 0x02, 400001);
	if (has)
		check_finds(
			"attributes", "home",
			"error capability home/alice/more/foreign 165536-165536\n"
			"A program has capabilities in user namespaces of UID 165536, which is "
			"bob's. The file lies in a directory of alice's, so anyone who runs it in "
			"such a namespace has these capabilities.\n"
			"Delete it, or take its capabilities away with setcap -r.\n"
			"error capability home/alice/more/host 165540-165540\n"
			"A program with capabilities belongs to UID 165540, which is bob's. The "
			"file lies in a directory of alice's, so anyone who runs it has these "
			"capabilities.\n"
			"Delete it, or take its capabilities away with setcap -r.\n"
			"warning acl home/alice/more/orphan 400000-400000\n"
			"Its ACL names UID 400000, which is nobody's in /etc/passwd. The file lies "
			"in a directory of alice's, so any process with that ID has these rights.\n"
			"Take that entry away with setfacl -x.\n"
			"warning acl home/alice/more 400001-400001\n"
			"Its ACL names UID 400001, which is nobody's in /etc/passwd. The file lies "
			"in a directory of alice's, so any process with that ID has these rights.\n"
			"Take that entry away with setfacl -x.\n"
			"note acl home/alice/more/bobs 165536-165536\n"
			"Its ACL names GID 165536, which is bob's. The file lies in a directory of "
			"alice's, so any process with that ID has these rights.\n"
			"Take that entry away with setfacl -x.\n");
	assert_int_equal(scratch_remove("home/alice/more"), 0);
	if (!has)
		print_message("# this file system has no capabilities or ACLs\n");
}

static void orphans_beside_one_another_are_one_finding(void **state)
{
	static const uint32_t ids[] = { 4242, 4243, 231072, 231080, 296616, 1000000000 };

	(void)state;
	make_directory("-o", 0);
	for (size_t i = 0; i < COUNT_OF(ids); i++) {
		char path[32];

		(void)snprintf(path, sizeof(path), "-o/%u", ids[i]);
		make_file(path, ids[i], ids[i] == 4243 ? 400000 : 0, 0644);
	}
	check_finds("orphans", "-o",
		    "warning orphan - 4242-4242\n"
		    "1 file (0 bytes) belongs to UID 4242, which nobody has in /etc/passwd: a user "
		    "who is given such an ID gets its files.\n"
		    "find ./-o -xdev -uid 4242\n"
		    "warning orphan - 4243-4243\n"
		    "1 file (0 bytes) belongs to UID 4243, which nobody has in /etc/passwd: a user "
		    "who is given such an ID gets its files.\n"
		    "find ./-o -xdev -uid 4243\n"
		    "warning orphan - 231072-296616\n"
		    "3 files (0 bytes) belong to 3 UIDs of 231072-296616, which nobody has in "
		    "/etc/passwd: a user who is given such an ID gets its files.\n"
		    "find ./-o -xdev -uid +231071 -uid -296617\n"
		    "warning orphan - 400000-400000\n"
		    "1 file (0 bytes) belongs to GID 400000, which nobody has in /etc/group: a "
		    "user who is given such an ID gets its files.\n"
		    "find ./-o -xdev -gid 400000\n");
}

/* A user who got such an ID would get the files, too. */
static void ids_of_files_are_not_proposed(void **state)
{
	static const char *directories[] = { "/srv" };
	const struct survey_request request = {
		.directory = "other",
		.files = { .directories = directories, .n = 1 },
	};
	struct findings findings;
	struct survey survey;
	size_t n = 0;

	(void)state;
	make_directory("other", 0);
	make_directory("other/etc", 0);
	make_directory("other/srv", 0);
	scratch_write("other/etc/passwd", "alice:x:1000:1000::/:\nbob:x:1001:1001::/:\n");
	scratch_write("other/etc/subuid", "alice:100000:9\nbob:100000:9\n");
	scratch_write("other/etc/login.defs", "SUB_UID_MIN 300000\n");
	make_directory("other/etc/samba", 0);
	scratch_write("other/etc/samba/smb.conf",
		      "[global]\nidmap config * : range = 500000-599999\n");
	make_file("other/srv/file", 300005, 0, 0644);
	survey_read(&request, &survey);
	/* Nothing is said of the host that runs the program. */
	assert_int_equal(survey.services.module.answer, MODULE_NOT_TRIED);
	assert_null(survey.services.module.error);
	findings_of(&survey, &findings);
	for (size_t i = 0; i < findings.n; i++)
		if (strcmp(findings.items[i].code, "overlap") == 0) {
			assert_non_null(
				strstr(findings.items[i].fix, "--add-subuids 300006-300014 bob"));
			n++;
		}
	assert_int_equal(n, 1);
	findings_free(&findings);
	survey_free(&survey);
}

static void an_owner_may_be_nested_whichever_line_it_has(void **state)
{
	static char alice[] = "alice", bob[] = "bob";
	char *const names[] = { alice, bob };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		const struct survey_request request = {
			.directory = "other",
			.nested = (char **)(uintptr_t)&names[i],
			.n_nested = 1,
		};
		struct survey survey;

		survey_read(&request, &survey);
		assert_int_equal(survey.owners.n, 2);
		for (size_t owner = 0; owner < 2; owner++)
			assert_int_equal(survey.owners.items[owner].nested, owner == i);
		survey_free(&survey);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(programs_that_act_as_somebody_else_are_found),
		cmocka_unit_test(the_place_of_a_file_is_said),
		cmocka_unit_test(a_place_is_looked_for_above),
		cmocka_unit_test(a_place_is_looked_for_64_levels_above),
		cmocka_unit_test(capabilities_and_acls_of_others_are_found),
		cmocka_unit_test(ids_of_files_are_not_proposed),
		cmocka_unit_test(an_owner_may_be_nested_whichever_line_it_has),
		cmocka_unit_test(orphans_beside_one_another_are_one_finding),
	};

	if (!scratch_has_roots_powers()) {
		(void)printf("1..0 # SKIP only root can give files away\n");
		return 0;
	}
	return cmocka_run_group_tests(tests, storage_setup, scratch_teardown);
}
