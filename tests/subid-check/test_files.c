/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading files: lines, accounts, and the tree below a directory; and asking a probe's IDs. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "accounts.h"
#include "check.h"
#include "directory.h"
#include "leaks.h"
#include "memory.h"
#include "model.h"
#include "probe.h"
#include "root.h"
#include "scratch.h"

#define HOST(...) (&(const struct model){ __VA_ARGS__ })

static void lines_end_with_newlines_or_with_the_text(void **state)
{
	static const char text[] = "one\n\nthree";
	static const char *const want[] = { "one", "", "three" };
	struct root_lines lines;
	const char *line;
	size_t len = 0, n = 0;

	(void)state;
	root_lines_begin(&lines, text, strlen(text));
	while ((line = root_lines_next(&lines, &len))) {
		check_bytes("a line", line, len, want[n], strlen(want[n]));
		assert_int_equal(lines.number, ++n);
		assert_int_equal(lines.terminated, n < 3);
	}
	assert_int_equal(n, 3);
	root_lines_begin(&lines, "x\n", 2);
	assert_non_null(root_lines_next(&lines, &len));
	assert_null(root_lines_next(&lines, &len));
}

static void accounts_are_the_lines_with_a_name_and_numbers(void **state)
{
	static const struct {
		enum subid_kind kind;
		const char *line;
		bool is_account;
	} rows[] = {
		{ SUBID_UID, "alice:x:1000:1000:Alice:/home/alice:/bin/sh", true },
		{ SUBID_UID, "alice:x:1000:1000", true },
		{ SUBID_UID, "alice::4294967295:0:", true },
		{ SUBID_UID, "alice:x:4294967296:0:", false },
		{ SUBID_UID, "alice:x:1000", false },
		{ SUBID_UID, "alice:x:1000:", false },
		{ SUBID_UID, "alice:x::0:", false },
		{ SUBID_UID, "alice:x:-1:0:", false },
		{ SUBID_UID, "alice:x:1 :0:", false },
		{ SUBID_UID, ":x:1000:1000:", false },
		{ SUBID_UID, "+alice:x:1000:1000:", false },
		{ SUBID_UID, "-alice:x:1000:1000:", false },
		{ SUBID_UID, "#alice:x:1000:1000:", false },
		{ SUBID_UID, "alice", false },
		{ SUBID_UID, "", false },
		{ SUBID_GID, "alice:x:1000:", true },
		{ SUBID_GID, "alice:x:1000", true },
		{ SUBID_GID, "alice:x:1000:bob,carol", true },
		{ SUBID_GID, "alice:x:", false },
		{ SUBID_GID, "alice:x", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct accounts accounts = { .n = 0 };

		assert_int_equal(
			accounts_parse(rows[i].line, strlen(rows[i].line), rows[i].kind, &accounts),
			0);
		check_int(rows[i].line, (intmax_t)accounts.n, rows[i].is_account);
		accounts_free(&accounts);
	}
}

static void of_accounts_with_one_name_or_id_the_first_counts(void **state)
{
	static const char text[] = "alice:x:2000:1\nalice:x:1000:1\n"
				   "alice:x:3000:1\nbob:x:3000:1\n";
	struct accounts accounts = { .n = 0 };

	(void)state;
	assert_int_equal(accounts_parse(text, strlen(text), SUBID_UID, &accounts), 0);
	accounts_sort(&accounts);
	check_int("alice", accounts_by_name(&accounts, "alice")->id, 2000);
	check_text("3000", accounts_by_id(&accounts, 3000)->name, "alice");
	check_int("bob", accounts_by_name(&accounts, "bob")->id, 3000);
	assert_null(accounts_by_name(&accounts, "al"));
	assert_null(accounts_by_name(&accounts, "carol"));
	accounts_free(&accounts);
	/* As of a host without accounts. */
	assert_null(accounts_by_id(&(const struct accounts){ .n = 0 }, 0));
	assert_null(accounts_by_name(&(const struct accounts){ .n = 0 }, ""));
}

/* Below "tree" of the scratch directory. */
static void a_file_below_a_directory_is_read_only_if_it_is_a_regular_one_inside(void **state)
{
	struct root root;
	struct root_file file;
	struct stat stat;

	(void)state;
	assert_int_equal(mkdir("tree", 0755), 0);
	assert_int_equal(mkdir("tree/etc", 0755), 0);
	scratch_write("tree/etc/file", "12345");
	scratch_write("outside", "secret");
	assert_int_equal(symlink("/etc/file", "tree/etc/absolute"), 0);
	assert_int_equal(symlink("../../../outside", "tree/etc/above"), 0);
	assert_int_equal(mkfifo("tree/etc/fifo", 0644), 0);
	assert_int_equal(root_set(&root, "tree"), 0);

	assert_int_equal(root_read(&root, "/etc/file", 5, &file), 0);
	check_text("the file", file.text, "12345");
	root_file_free(&file);
	assert_int_equal(root_read(&root, "/etc/absolute", 5, &file), 0);
	check_text("by a link", file.text, "12345");
	root_file_free(&file);
	assert_int_equal(root_read(&root, "/etc/file", 4, &file), -EFBIG);
	assert_int_equal(root_read(&root, "/etc/above", 9, &file), -ENOENT);
	assert_int_equal(root_read(&root, "/etc/fifo", 9, &file), -EINVAL);
	assert_int_equal(root_read(&root, "/etc", 9, &file), -EINVAL);
	assert_int_equal(root_stat(&root, "/etc/fifo", &stat), 0);
	assert_true(S_ISFIFO(stat.st_mode));

	assert_true(root_is_plain(&root, "/etc/file"));
	assert_false(root_is_plain(&root, "/etc/absolute"));
	assert_false(root_is_plain(&root, "/etc/above"));
	root_close(&root);
}

static void the_names_in_a_directory_come_in_order_and_are_bounded(void **state)
{
	char **names = NULL;
	struct root root;

	(void)state;
	assert_int_equal(mkdir("list", 0755), 0);
	assert_int_equal(mkdir("list/d", 0755), 0);
	scratch_write("list/d/b", "");
	scratch_write("list/d/a", "");
	scratch_write("list/d/.hidden", "");
	assert_int_equal(root_set(&root, "list"), 0);
	assert_int_equal(root_list(&root, "/d", &names), 2);
	check_text("first", names[0], "a");
	check_text("second", names[1], "b");
	free(names[0]);
	free(names[1]);
	free(names);
	assert_int_equal(root_list(&root, "/e", &names), -ENOENT);
	for (int i = 0; i < 4097; i++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "list/d/x%d", i);
		scratch_write(name, "");
	}
	assert_int_equal(root_list(&root, "/d", &names), -EFBIG);
	root_close(&root);
}

static void a_probe_asks_for_each_id_once_and_for_distant_ones_first(void **state)
{
	enum { FIRST = 100000, ALONE = 700000, N = 131073 };
	unsigned char *seen = calloc(N, 1);
	struct probe_walk walk;
	struct survey survey;
	uint32_t id = 0;
	size_t n = 0, alone = 0;

	(void)state;
	assert_non_null(seen);
	model_survey(HOST(.subuid = "alice:100000:131073\nbob:100005:9\nbob:700000:1\n"), &survey);
	probe_walk_begin(&walk, &survey.databases[SUBID_UID]);
	for (; probe_walk_next(&walk, &id); n++) {
		if (id == ALONE) {
			alone++;
			continue;
		}
		assert_in_range(id, FIRST, FIRST + N - 1);
		assert_int_equal(seen[id - FIRST]++, 0);
		/* 0, 65536 and 131072 of one range, and the other one, before all others. */
		check_int("coarse", n < 4, (id - FIRST) % 65536 == 0);
	}
	assert_int_equal(n, N + 1);
	assert_int_equal(alone, 1);
	survey_free(&survey);
	free(seen);
}

/* --- memory ------------------------------------------------------------------------- */

static void without_memory_the_program_ends_with_status_2(void **state)
{
	int status = 0;
	pid_t child;

	(void)state;
	child = fork();
	if (child == 0) {
		(void)close(STDERR_FILENO);
		(void)memory_check(NULL);
		_exit(0);
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 2);
}

static void read_a_host_without_the_module(void)
{
	struct survey survey;

	model_survey(HOST(.module_error = "no such file",
			  .pam = "account required pam_unix.so broken_shadow",
			  .login_defs = "SUB_UID_MIN 100000\nSUB_UID_MAX 600100000\n"
					"SUB_UID_COUNT 65536\nSUB_GID_MIN 100000\n"
					"SUB_GID_MAX 600100000\nSUB_GID_COUNT 65536\n"),
		     &survey);
	survey_free(&survey);
}

static void a_survey_loses_no_memory(void **state)
{
	(void)state;
	check_loses_no_memory(read_a_host_without_the_module);
}

/* --- directories -------------------------------------------------------------------- */

static const char *directory_file;

static void read_directories(void)
{
	struct directories directories;
	struct root root;

	assert_int_equal(root_set(&root, "site"), 0);
	assert_int_equal(directories_read(&root, &directories), 0);
	root_close(&root);
	assert_int_equal(directories.n, directory_file ? 0 : 2);
	if (directory_file) {
		assert_non_null(directories.unread);
		check_text("unread", directories.unread, directory_file);
	} else {
		assert_null(directories.unread);
		check_text("whose", directories.items[0].whose, "SSSD's domain a");
		check_int("a later file counts", directories.items[0].ids.first, 300000);
		check_text("which file", directories.items[0].file, "/etc/sssd/conf.d/b.conf");
		check_int("winbind", directories.items[1].ids.first, 700000);
	}
	directories_free(&directories);
}

static void sssd_and_winbind_are_read_and_what_may_not_be_read_is_named(void **state)
{
	static const char *const made[] = { "site", "site/etc", "site/etc/sssd",
					    "site/etc/sssd/conf.d", "site/etc/samba" };
	uid_t me = geteuid();

	(void)state;
	for (size_t i = 0; i < COUNT_OF(made); i++)
		assert_int_equal(mkdir(made[i], 0755), 0);
	scratch_write("site/etc/sssd/sssd.conf",
		      "[sssd]\ndomains = a\n[domain/a]\nid_provider = ad\n");
	scratch_write("site/etc/sssd/conf.d/b.conf", "[domain/a]\nldap_idmap_range_min = 300000\n");
	scratch_write("site/etc/sssd/conf.d/b.conf.bak", "[domain/a]\nenabled = false\n");
	scratch_write("site/etc/samba/smb.conf",
		      "[global]\nidmap config * : range = 700000-799999\n");
	read_directories();
	check_loses_no_memory(read_directories);

	assert_int_equal(unlink("site/etc/samba/smb.conf"), 0);
	assert_int_equal(scratch_remove("site/etc/sssd/conf.d"), 0);
	assert_int_equal(chmod("site/etc/sssd/sssd.conf", 0), 0);
	assert_int_equal(chmod(".", 0755), 0);
	directory_file = "/etc/sssd/sssd.conf";
	/* root may read it all the same. */
	assert_true(me != 0 || seteuid(65534) == 0);
	read_directories();
	check_loses_no_memory(read_directories);
	assert_int_equal(seteuid(me), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_end_with_newlines_or_with_the_text),
		cmocka_unit_test(accounts_are_the_lines_with_a_name_and_numbers),
		cmocka_unit_test(of_accounts_with_one_name_or_id_the_first_counts),
		cmocka_unit_test(
			a_file_below_a_directory_is_read_only_if_it_is_a_regular_one_inside),
		cmocka_unit_test(the_names_in_a_directory_come_in_order_and_are_bounded),
		cmocka_unit_test(without_memory_the_program_ends_with_status_2),
		cmocka_unit_test(a_survey_loses_no_memory),
		cmocka_unit_test(sssd_and_winbind_are_read_and_what_may_not_be_read_is_named),
		cmocka_unit_test(a_probe_asks_for_each_id_once_and_for_distant_ones_first),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
