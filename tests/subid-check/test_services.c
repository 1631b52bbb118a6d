/* SPDX-License-Identifier: BSD-3-Clause */
/* Each finding about nsswitch.conf, PAM, mail servers and what answers, and what resembles it and
 * is none. */
#include <stdio.h>

#include "check.h"
#include "finds.h"

/* --- who answers -------------------------------------------------------------------- */

static void a_database_that_does_not_ask_subid_is_a_warning(void **state)
{
	(void)state;
	finds(HOST(.nsswitch = "passwd: files subid\ngroup: files\n"), "nsswitch-missing",
	      "warning /etc/nsswitch.conf:2", "`group:` does not name subid", "Append");
	finds(HOST(.nsswitch = "group: files subid\n"), "nsswitch-missing",
	      "warning /etc/nsswitch.conf:0", "`passwd:`", "Add a line");
	finds(HOST(.nsswitch = "passwd: files #subid\ngroup: subid\n"), "nsswitch-missing",
	      "warning /etc/nsswitch.conf:1", "`passwd:`", "");
	finds(HOST(.nsswitch = "passwd: files subidx\ngroup: subid\n"), "nsswitch-missing",
	      "warning /etc/nsswitch.conf:1", "`passwd:`", "");
	finds_none("with actions and blanks",
		   HOST(.nsswitch = "passwd:files [SUCCESS=merge] subid # x\n"
				    " group :\tfiles systemd\tsubid[UNAVAIL=return]\n"),
		   "nsswitch-missing");
	/* glibc asks the words of a comment too, and needs no colon. */
	finds_none("as glibc reads it",
		   HOST(.nsswitch = "passwd: files # subid\ngroup files subid\n"),
		   "nsswitch-missing");
	finds_none("words behind it in a comment",
		   HOST(.nsswitch = "passwd: files subid # files\ngroup: files subid\n"),
		   "nsswitch-order");
}

static void subid_before_another_service_is_a_warning_and_before_files_an_error(void **state)
{
	(void)state;
	finds(HOST(.nsswitch = "passwd: files subid sss systemd\ngroup: files subid\n"),
	      "nsswitch-order", "warning /etc/nsswitch.conf:1", "asks subid before sss", "last");
	finds(HOST(.nsswitch = "passwd: files subid\ngroup: subid files\n"), "nsswitch-order",
	      "error /etc/nsswitch.conf:2", "before the files", "last");
	/* The longest name that is shown whole, and one that is longer. */
	finds(HOST(.nsswitch = "passwd: subid abcdefghijklmnopqrstuvwxyz01234\ngroup: subid\n"),
	      "nsswitch-order", "warning /etc/nsswitch.conf:1",
	      "before abcdefghijklmnopqrstuvwxyz01234, so", "last");
	finds(HOST(.nsswitch = "passwd: subid abcdefghijklmnopqrstuvwxyz0123456\ngroup: subid\n"),
	      "nsswitch-order", "warning /etc/nsswitch.conf:1",
	      "before abcdefghijklmnopqrstuvwxyz01234, so", "last");
	finds_none("last", HOST(.nsswitch = "passwd: files sss subid\ngroup: files sss subid\n"),
		   "nsswitch-order");
}

/* Of group, since passwd asks subid first. */
static void finds_unreached(const char *services)
{
	char nsswitch[256];

	(void)snprintf(nsswitch, sizeof(nsswitch), "passwd: subid\ngroup: %s\n", services);
	finds(HOST(.nsswitch = nsswitch), "nsswitch-unreached", "warning /etc/nsswitch.conf:2",
	      "never asked", "");
}

static void finds_none_unreached(const char *services)
{
	char nsswitch[256];

	(void)snprintf(nsswitch, sizeof(nsswitch), "passwd: subid\ngroup: %s\n", services);
	finds_none(services, HOST(.nsswitch = nsswitch), "nsswitch-unreached");
	finds_none(services, HOST(.nsswitch = nsswitch), "nsswitch-missing");
	finds_none(services, HOST(.nsswitch = nsswitch), "nsswitch-malformed");
}

static void an_action_that_ends_the_lookup_before_subid_is_a_warning(void **state)
{
	(void)state;
	finds_unreached("files [notfound=return] subid");
	finds_unreached("files [!SUCCESS=return] subid");
	finds_unreached("files [!UNAVAIL=return] subid");
	finds_unreached("files [!TRYAGAIN=return] subid");
	finds_unreached("files [ NOTFOUND = return ] subid");
	finds_unreached("files[SUCCESS=merge NotFound=Return]subid");
	finds_unreached("files [NOTFOUND=continue !TRYAGAIN=return] subid");
	finds_none_unreached("files [UNAVAIL=return] subid [NOTFOUND=return]");
	finds_none_unreached("files [SUCCESS=merge] subid");
	finds_none_unreached("files [!NOTFOUND=return] subid");
	finds_none_unreached("files [NOTFOUND=return NOTFOUND=continue] subid");
	finds_none("to append subid is said once",
		   HOST(.nsswitch = "passwd: files [NOTFOUND=return] sss\ngroup: subid\n"),
		   "nsswitch-unreached");
}

static void an_action_that_glibc_does_not_read_is_an_error(void **state)
{
	static const char *const malformed[] = { "[",
						 "[]",
						 "[NOTFOUND]",
						 "[NOTFOUND=]",
						 "[NOTFOUND=stop]",
						 "[MISSING=return]",
						 "[NOTFOUND=return",
						 "[NOTFOUND return]",
						 "[!=return]",
						 "[NOTFOUND=return,SUCCESS=merge]" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(malformed); i++) {
		char nsswitch[256];

		(void)snprintf(nsswitch, sizeof(nsswitch),
			       "passwd: files %s subid\ngroup: files subid\n", malformed[i]);
		finds(HOST(.nsswitch = nsswitch), "nsswitch-malformed",
		      "error /etc/nsswitch.conf:1", "ignores the whole file", "STATUS=ACTION");
		finds_none("nothing else is known of such a file", HOST(.nsswitch = nsswitch),
			   "nsswitch-missing");
	}
	finds(HOST(.nsswitch = "passwd: subid\ngroup: subid\nhosts: files [NOTFOUND]\n"),
	      "nsswitch-malformed", "error /etc/nsswitch.conf:3", "whole file", "");
	finds_none("of a database that is not glibc's",
		   HOST(.nsswitch = "automount: files [NOTFOUND]\npasswd: subid\ngroup: subid\n"),
		   "nsswitch-malformed");
	/* glibc reads nothing behind it, and goes on with the next line. */
	finds(HOST(.nsswitch = "passwd: files [SUCCESS=return] [NOTFOUND] subid\ngroup: subid\n"),
	      "nsswitch-missing", "warning /etc/nsswitch.conf:1", "`passwd:`", "");
}

static void nothing_behind_a_malformed_line_is_read(void **state)
{
	static const char text[] = "passwd: files subid\ngroup: files [ subid\nshadow: files [\n";
	struct nsswitch nsswitch = { .malformed_line = 0 };

	(void)state;
	nsswitch_parse(text, strlen(text), &nsswitch);
	assert_int_equal(nsswitch.malformed_line, 2);
	assert_true(nsswitch.order[NSSWITCH_PASSWD].asks_subid);
	assert_false(nsswitch.order[NSSWITCH_GROUP].asks_subid);
	assert_false(nsswitch.order[NSSWITCH_SHADOW].asks_subid);
}

static void an_account_that_glibc_forgets_is_an_error(void **state)
{
	(void)state;
	finds(HOST(.nsswitch = "passwd: files [SUCCESS=continue] subid\ngroup: subid\n"),
	      "nsswitch-forgets", "error /etc/nsswitch.conf:1", "finds nobody", "");
	finds_none("behind it",
		   HOST(.nsswitch = "passwd: files subid [SUCCESS=continue]\ngroup: subid\n"),
		   "nsswitch-forgets");
}

static void a_last_line_of_nsswitch_without_its_newline_is_a_warning(void **state)
{
	(void)state;
	finds(HOST(.nsswitch = "passwd: files subid\ngroup: files subid"), "final-newline",
	      "warning /etc/nsswitch.conf:2", "glibc ignores it", "newline");
	finds(HOST(.nsswitch = "passwd: files subid\ngroup: files subid"), "nsswitch-missing",
	      "warning /etc/nsswitch.conf:0", "`group:`", "");
	finds_none("a line that is not ours",
		   HOST(.nsswitch = "passwd: files subid\ngroup: files subid\nhosts: files"),
		   "final-newline");
}

static void a_shadow_line_without_subid_is_a_warning_and_with_broken_shadow_an_error(void **state)
{
	static const char lacking[] = "passwd: files subid\ngroup: files subid\nshadow: files\n";

	(void)state;
	finds(HOST(.nsswitch = lacking), "nsswitch-shadow", "warning /etc/nsswitch.conf:3",
	      "only pam_unix", "shadow");
	finds(HOST(.nsswitch = lacking,
		   .pam = "account required /lib/security/pam_unix.so  broken_shadow # x"),
	      "nsswitch-shadow", "error /etc/nsswitch.conf:3", "/etc/pam.d/su (line 1)", "shadow");
	finds(HOST(.nsswitch = lacking, .pam = "# account required pam_unix.so broken_shadow"),
	      "nsswitch-shadow", "warning /etc/nsswitch.conf:3", "only pam_unix", "shadow");
	finds(HOST(.nsswitch = lacking, .pam = "account required pam_sss.so broken_shadow"),
	      "nsswitch-shadow", "warning /etc/nsswitch.conf:3", "only pam_unix", "shadow");
	finds_none("it has the word",
		   HOST(.nsswitch = "passwd: subid\ngroup: subid\nshadow: files subid\n",
			.pam = "account required pam_unix.so broken_shadow"),
		   "nsswitch-shadow");
	finds_none("without the line it is asked as passwd is",
		   HOST(.nsswitch = "passwd: subid\ngroup: subid\n",
			.pam = "account required pam_unix.so broken_shadow"),
		   "nsswitch-shadow");
	finds_none("passwd does not ask either",
		   HOST(.nsswitch = "passwd: files\ngroup: files\nshadow: files\n"),
		   "nsswitch-shadow");
}

static void a_mail_server_that_takes_records_for_mailboxes_is_a_note(void **state)
{
	(void)state;
	finds(HOST(.services = { .mta = "Exim" }), "mail", "note :0", "Exim is installed",
	      "nss-subid(8)");
	finds_none("passwd does not ask",
		   HOST(.services = { .mta = "Exim" }, .nsswitch = "passwd: files\ngroup: subid\n"),
		   "mail");
	finds_none("none is installed", &model_clean, "mail");
}

static void a_source_that_is_not_the_files_needs_subid_userdbd(void **state)
{
	static const char nsswitch[] = "passwd: subid\ngroup: subid\nsubid: sss\n";

	(void)state;
	finds(HOST(.nsswitch = nsswitch, .services = { .source = "sss" }), "source",
	      "error /etc/nsswitch.conf:3",
	      "the source sss, but subid-userdbd, which serves them, is not running",
	      "systemctl enable --now subid-userdbd.socket");
	finds(HOST(.nsswitch = nsswitch,
		   .services = { .source = "sss", .userdbd = USERDBD_SILENT }),
	      "source", "error /etc/nsswitch.conf:3", "does not answer", "systemctl restart");
	finds(HOST(.nsswitch = nsswitch,
		   .services = { .source = "sss", .userdbd = USERDBD_ANSWERS }),
	      "source", "note /etc/nsswitch.conf:3", "subid-userdbd answers", "getsubids");
	finds_none("the files", HOST(.services = { .source = "" }), "source");
	finds_none("not this host", HOST(.away = true, .services = { .source = "sss" }), "source");
}

static void a_module_that_cannot_be_loaded_is_an_error_where_it_is_asked(void **state)
{
	(void)state;
	finds(HOST(.module_error = "no such file"), "module", "error :0", "no such file",
	      "ldconfig");
	finds(HOST(.nsswitch = "passwd: files\ngroup: files\n", .module_error = "none"), "module",
	      "note :0", "none", "");
	finds_none("it answers", HOST(.services = { .module = { .answer = MODULE_ANSWERED } }),
		   "module");
	finds_none("not this host", HOST(.away = true, .module_error = "none"), "module");
}

static void a_module_without_a_record_of_a_delegated_id_is_an_error(void **state)
{
	(void)state;
	finds(HOST(.services = { .module = { .answer = MODULE_SILENT, .uid = 100000 } }),
	      "module-silent", "error :0", "no record of UID 100000", "");
	finds_none("not asked", HOST(.services = { .module = { .answer = MODULE_NOT_TRIED } }),
		   "module-silent");
}

static void nscd_is_a_note_where_it_could_keep_our_records(void **state)
{
	(void)state;
	finds(HOST(.services = { .nscd = true }), "nscd", "note :0", "from its cache",
	      "nscd -i passwd");
	finds_none("nobody asks us",
		   HOST(.services = { .nscd = true }, .nsswitch = "passwd: files\ngroup: files\n"),
		   "nscd");
	finds_none("none", HOST(.services = { .nscd = false }), "nscd");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_database_that_does_not_ask_subid_is_a_warning),
		cmocka_unit_test(
			subid_before_another_service_is_a_warning_and_before_files_an_error),
		cmocka_unit_test(an_action_that_ends_the_lookup_before_subid_is_a_warning),
		cmocka_unit_test(an_action_that_glibc_does_not_read_is_an_error),
		cmocka_unit_test(nothing_behind_a_malformed_line_is_read),
		cmocka_unit_test(an_account_that_glibc_forgets_is_an_error),
		cmocka_unit_test(a_last_line_of_nsswitch_without_its_newline_is_a_warning),
		cmocka_unit_test(
			a_shadow_line_without_subid_is_a_warning_and_with_broken_shadow_an_error),
		cmocka_unit_test(a_mail_server_that_takes_records_for_mailboxes_is_a_note),
		cmocka_unit_test(a_source_that_is_not_the_files_needs_subid_userdbd),
		cmocka_unit_test(a_module_that_cannot_be_loaded_is_an_error_where_it_is_asked),
		cmocka_unit_test(a_module_without_a_record_of_a_delegated_id_is_an_error),
		cmocka_unit_test(nscd_is_a_note_where_it_could_keep_our_records),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
