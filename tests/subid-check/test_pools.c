/* SPDX-License-Identifier: BSD-3-Clause */
/* Each finding about login.defs, directories, the kubelet and Docker, and what resembles it and is
 * none. */
#include "check.h"
#include "finds.h"

/* --- what login.defs allocates ---------------------------------------------------------- */

static void proposals_lie_in_the_pool_of_login_defs(void **state)
{
	(void)state;
	finds(HOST(.subuid = "alice:100000:9\nbob:100000:9\n",
		   .login_defs = "SUB_UID_MIN 0x80000\n"),
	      "overlap", "error /etc/subuid:2", "", "--add-subuids 524288-524296 bob");
	finds(HOST(.subuid = "alice:100000:9\nbob:100000:9\n",
		   .login_defs = "# SUB_UID_MIN 5\n  SUB_UID_MIN\t 300000 \nSUB_UID_MIN\n"),
	      "overlap", "error /etc/subuid:2", "", "--add-subuids 300000-300008 bob");
	finds(HOST(.subuid = "alice:100000:9\nbob:100000:9\n",
		   .login_defs = "SUB_UID_MIN 100000\nSUB_UID_MAX 100016\nSUB_UID_COUNT 8\n"),
	      "overlap", "error /etc/subuid:2", "", "no 9 IDs in a row are free");
	finds(HOST(.subuid = "alice:100000:9\nbob:100000:9\n",
		   .login_defs = "SUB_GID_MIN 300000\nSUB_UID_MIN 7x\n"),
	      "overlap", "error /etc/subuid:2", "", "--add-subuids 100009-100017 bob");
}

static void proposals_leave_out_what_systemd_allocates(void **state)
{
	(void)state;
	/* 61184-65519 is DynamicUser=, and 65534 is nobody. */
	finds(HOST(.subuid = "alice:100000:9\nbob:100000:9\n", .login_defs = "SUB_UID_MIN 61180\n"),
	      "overlap", "error /etc/subuid:2", "", "--add-subuids 65520-65528 bob");
	finds(HOST(.subuid = "alice:100000:9\nbob:100000:9\n",
		   .login_defs = "SUB_UID_MIN 2147352576\nSUB_UID_MAX 2147483647\n"),
	      "overlap", "error /etc/subuid:2", "", "--add-subuids 2147418112-2147418120 bob");
}

static void a_pool_without_room_is_an_error(void **state)
{
	(void)state;
	finds(HOST(.login_defs = "SUB_UID_MIN 300000\nSUB_UID_MAX 200000\n"), "pool-invalid",
	      "error /etc/login.defs:1", "useradd fails", "SUB_UID_MAX");
	finds(HOST(.login_defs = "\nSUB_GID_COUNT 700000000\n"), "pool-invalid",
	      "error /etc/login.defs:2", "700000000", "SUB_GID_MAX");
	finds(HOST(.login_defs = "SUB_UID_MAX 4294967296\n"), "pool-invalid",
	      "error /etc/login.defs:1", "4294967296", "4294967295");
	finds_none("useradd allocates none", HOST(.login_defs = "SUB_UID_COUNT 0\n"),
		   "pool-invalid");
	finds_none("room for one", HOST(.login_defs = "SUB_UID_MIN 100000\nSUB_UID_MAX 165535\n"),
		   "pool-invalid");
}

static void a_pool_with_few_free_ranges_is_a_warning(void **state)
{
	(void)state;
	finds(HOST(.login_defs = "SUB_UID_MAX 231071\n"), "pool-exhausted",
	      "warning /etc/login.defs:1", "No 65536 subordinate UIDs in a row are free",
	      "Raise SUB_UID_MAX");
	finds(HOST(.subgid = "alice:100000:983040\nbob:165536:65536\n",
		   .login_defs = "SUB_GID_MAX 1148575\n"),
	      "pool-exhausted", "warning /etc/login.defs:1", "Only 1 more users can get",
	      "Raise SUB_GID_MAX");
	finds_none("two of three are free",
		   HOST(.subuid = "alice:100000:65536\n", .login_defs = "SUB_UID_MAX 296607\n"),
		   "pool-exhausted");
	finds_none("useradd allocates none", HOST(.login_defs = "SUB_UID_COUNT 0\n"),
		   "pool-exhausted");
}

static void a_range_outside_the_pool_is_a_note(void **state)
{
	(void)state;
	finds(HOST(.subuid = "alice:99999:9\nbob:600100000:2\nalice:200000:9\n"), "pool-outside",
	      "note /etc/subuid:1", "alice's range (and 1 more) is not inside", "by hand");
	finds_none("at both ends", HOST(.subuid = "alice:100000:9\nbob:600099999:2\n"),
		   "pool-outside");
}

#define DETERMINISTIC "SUB_UID_MIN 100000\nSUB_UID_MAX 600100000\nSUB_UID_DETERMINISTIC YES\n"

static void a_range_against_the_deterministic_formula_is_a_warning(void **state)
{
	(void)state;
	finds(HOST(.subuid = "alice:165536:65536\n", .login_defs = DETERMINISTIC), "deterministic",
	      "warning /etc/subuid:1", "IDs of the user with the UID 1001",
	      "usermod --del-subuids 165536-231071 --add-subuids 100000-165535 alice");
	finds(HOST(.subuid = "carol:200000:65536\n", .login_defs = DETERMINISTIC), "deterministic",
	      "warning /etc/subuid:1", "the UID 1001", "by hand");
	finds(HOST(.subuid = "alice:100000:100\n", .login_defs = DETERMINISTIC), "deterministic",
	      "warning /etc/subuid:1", "the one that SUB_UID_DETERMINISTIC gives.", "");
	finds(HOST(.subuid = "alice:100000:65537\n", .login_defs = DETERMINISTIC), "deterministic",
	      "warning /etc/subuid:1", "IDs of the user with the UID 1001", "");
	finds(HOST(.subuid = "zoe:600016544:65537\n", .users = "zoe 10154",
		   .login_defs = DETERMINISTIC),
	      "deterministic", "warning /etc/subuid:1", "the one that SUB_UID_DETERMINISTIC gives.",
	      "");
	finds(HOST(.subuid = "alice:99000:1001\n", .login_defs = DETERMINISTIC), "deterministic",
	      "warning /etc/subuid:1", "the one that SUB_UID_DETERMINISTIC gives.", "");
	finds_none("before the pool",
		   HOST(.subuid = "alice:99000:1000\n", .login_defs = DETERMINISTIC),
		   "deterministic");
	finds_none("by the formula", HOST(.login_defs = DETERMINISTIC), "deterministic");
	finds_none("not deterministic", HOST(.subuid = "alice:165536:65536\n"), "deterministic");
	finds_none("outside the pool",
		   HOST(.subuid = "carol:2147483648:65536\n", .login_defs = DETERMINISTIC),
		   "deterministic");
	/* Without settings the pool of this kind begins at 65536 (shadow 4.20). */
	finds_none(
		"by its own defaults",
		HOST(.subuid = "alice:65536:65536\n", .login_defs = "SUB_UID_DETERMINISTIC yes\n"),
		"deterministic");
	/* GIDs depend on the UID as well. */
	finds_none("of GIDs",
		   HOST(.subgid = "bob:165536:65536\n",
			.login_defs = "SUB_GID_MIN 100000\nSUB_GID_DETERMINISTIC yes\n"),
		   "deterministic");
}

static void a_deterministic_pool_that_wraps_is_found(void **state)
{
	finds(HOST(.subuid = "", .subgid = "",
		   .login_defs = DETERMINISTIC "UNSAFE_SUB_UID_DETERMINISTIC_WRAP yes\n"),
	      "deterministic-wrap", "warning /etc/login.defs:1", "9155 apart", "to no");
	(void)state;
	finds(HOST(.subuid = "", .subgid = "", .users = "alice 1000 zoe 10156",
		   .login_defs = DETERMINISTIC "UNSAFE_SUB_UID_DETERMINISTIC_WRAP yes\n"),
	      "deterministic-wrap", "error /etc/login.defs:1",
	      "zoe (UID 10156) the same IDs as the user with the UID 1001", "to no");
	finds(HOST(.subuid = "", .subgid = "", .users = "alice 1000 zoe 10155",
		   .login_defs = DETERMINISTIC),
	      "pool-exhausted", "warning /etc/login.defs:1", "zoe has the UID 10155", "Raise");
	finds(HOST(.subuid = "", .subgid = "", .users = "alice 1000 ldapadmin 1000000",
		   .login_defs = "SUB_UID_DETERMINISTIC yes\n"),
	      "pool-exhausted", "warning /etc/login.defs:1", "ldapadmin has the UID 1000000",
	      "a lower UID, since SUB_UID_MAX cannot be raised");
	finds(HOST(.subuid = "", .subgid = "", .users = "alice 1000 ldapadmin 1000000",
		   .login_defs = "SUB_UID_DETERMINISTIC yes\n"
				 "UNSAFE_SUB_UID_DETERMINISTIC_WRAP yes\n"),
	      "deterministic-wrap", "error /etc/login.defs:1",
	      "ldapadmin (UID 1000000) the same IDs as the user with the UID 16975", "to no");
	finds_none("nobody, which is no user",
		   HOST(.subuid = "", .users = "nobody 65534", .login_defs = DETERMINISTIC),
		   "pool-exhausted");
	finds_none("the last one with a range",
		   HOST(.subuid = "", .users = "zoe 10154", .login_defs = DETERMINISTIC),
		   "pool-exhausted");
	finds_none("which a linear pool does not read",
		   HOST(.login_defs = "UNSAFE_SUB_UID_DETERMINISTIC_WRAP yes\n"),
		   "deterministic-wrap");
}

/* --- directories ------------------------------------------------------------------------ */

static void a_range_over_sssds_slices_is_a_warning(void **state)
{
	static const char ad[] = "[sssd]\ndomains = example.com\n"
				 "[domain/example.com]\nid_provider = ad\n";

	(void)state;
	finds(HOST(.subgid = "", .sssd = ad), "directory", "warning /etc/subuid:2",
	      "bob's range overlaps 200000-2000199999, from which SSSD's domain example.com gives "
	      "UIDs",
	      "no 65536 IDs in a row are free");
	finds(HOST(.subuid = "alice:100000:9\nbob:499999:2\n", .subgid = "",
		   .sssd = "[sssd]\ndomains = a, b.c\n[domain/b.c]\nid_provider = ldap\n"
			   "ldap_id_mapping = true\nldap_idmap_range_min = 500000\n"
			   "ldap_idmap_range_max = 800001\nldap_idmap_range_size=100000\n"),
	      "directory", "warning /etc/subuid:2", "500000-799999", "");
	finds_none("POSIX attributes",
		   HOST(.sssd = "[sssd]\ndomains=a\n[domain/a]\nid_provider=ad\n"
				"ldap_id_mapping = False\n"),
		   "directory");
	finds_none("an LDAP domain without mapping",
		   HOST(.sssd = "[sssd]\ndomains=a\n[domain/a]\nid_provider = ldap\n"),
		   "directory");
	finds_none("a domain that is not used",
		   HOST(.sssd = "[sssd]\ndomains=b\n[domain/a]\nid_provider = ad\n"), "directory");
	finds_none("a domain that is not enabled",
		   HOST(.sssd = "[sssd]\ndomains=a\n[domain/a]\nid_provider = ad\n"
				"enabled = true\nenabled = false\n"),
		   "directory");
	finds(HOST(.subgid = "", .sssd = "[domain/a]\nid_provider = ad\nenabled = false\n"
					 "[domain/a]\nenabled = true\n"),
	      "directory", "warning /etc/subuid:2", "SSSD's domain a", "");
	finds_none("a comment", HOST(.sssd = "[sssd]\ndomains=a\n[domain/a]\n#id_provider=ad\n"),
		   "directory");
	finds(HOST(.subgid = "", .sssd = "[domain/a]\nid_provider = ad\nenabled = true\n"
					 "ldap_idmap_range_min = 5x\n"),
	      "directory", "warning /etc/subuid:2", "bob's range overlaps 200000-2000199999", "");
	finds_none("slices above what a UID can be",
		   HOST(.sssd = "[domain/a]\nid_provider = ad\nenabled = true\n"
				"ldap_idmap_range_min = 4295067296\n"
				"ldap_idmap_range_max = 4296067296\n"),
		   "directory");
	finds_none("beside its slices",
		   HOST(.sssd = ad, .subuid = "alice:100000:65536\n", .subgid = ""), "directory");
}

static void a_range_over_winbinds_is_a_warning(void **state)
{
	(void)state;
	finds(HOST(.subuid = "alice:100000:9\n", .subgid = "",
		   .samba = "[Global]\n  IDMAP Config * : Range = 3000-7999\n"
			    "  idmap config CORP:range = 100008 - 999999\n"),
	      "directory", "warning /etc/subuid:1",
	      "100008-999999, from which winbind's domain CORP", "usermod");
	finds(HOST(.subuid = "alice:100000:9\n", .subgid = "",
		   .samba = "[global]\nidmap config * : \\\nrange = 100000-200000\n"),
	      "directory", "warning /etc/subuid:1", "from which winbind gives", "");
	finds_none("beside it", HOST(.samba = "[global]\nidmap config * : range = 3000-7999\n"),
		   "directory");
	finds_none("another section",
		   HOST(.samba = "[homes]\nidmap config * : range = 100000-7999999\n"),
		   "directory");
	finds_none("another setting",
		   HOST(.samba = "[global]\nidmap config * : backend = 100000-7999999\n"),
		   "directory");
}

static void proposals_avoid_the_ids_of_directories(void **state)
{
	(void)state;
	finds(HOST(.subuid = "alice:100000:9\nbob:100000:9\n",
		   .samba = "[global]\nidmap config * : range = 100000-299999\n", .subgid = ""),
	      "overlap", "error /etc/subuid:2", "", "--add-subuids 300000-300008 bob");
}

static void a_file_that_may_not_be_read_is_a_note(void **state)
{
	(void)state;
	finds(HOST(.unread = "/etc/sssd/sssd.conf"), "unread", "note /etc/sssd/sssd.conf:0",
	      "are not known", "as root");
	finds_none("it was read", &model_clean, "unread");
}

static void a_probe_that_ran_out_of_time_is_a_note(void **state)
{
	(void)state;
	finds(HOST(.probe = { .made = true, .asked = 7, .wanted = 9 }), "probe", "note :0",
	      "7 of 9 delegated IDs", "--probe");
	finds_none("it came to an end", HOST(.probe = { .made = true, .asked = 9, .wanted = 9 }),
		   "probe");
}

/* --- kubelet and Docker ----------------------------------------------------------------- */

static void finds_kubelet(const char *subuid, const char *subgid, const char *where,
			  const char *reason)
{
	finds(HOST(.subuid = subuid, .subgid = subgid, .max_pods = 110), "kubelet", where, reason,
	      "Write one line kubelet:FIRST:7208960");
}

static void lines_with_which_the_kubelet_does_not_start_are_an_error(void **state)
{
	static const char good[] = "kubelet:65536:7208960\n";

	(void)state;
	finds_kubelet(good, "", "error /etc/subuid:1", "one line in each file");
	finds_kubelet("", good, "error /etc/subgid:1", "one line in each file");
	finds_kubelet("kubelet:65536:7208960\nkubelet:73400320:65536\n", good,
		      "error /etc/subuid:1", "one line in each file");
	finds_kubelet(good, "kubelet:131072:7208960\n", "error /etc/subuid:1", "the same range");
	finds_kubelet("kubelet:0:7208960\n", "kubelet:0:7208960\n", "error /etc/subuid:1",
		      "65536 or later");
	finds_kubelet("kubelet:100000:7208960\n", "kubelet:100000:7208960\n", "error /etc/subuid:1",
		      "multiples of 65536");
	finds_kubelet("kubelet:65536:7208961\n", "kubelet:65536:7208961\n", "error /etc/subuid:1",
		      "multiples of 65536");
	finds_kubelet("kubelet:65536:7143424\n", "kubelet:65536:7143424\n", "error /etc/subuid:1",
		      "110 pods (maxPods), and has enough for 109");
	finds_none("as it should be", HOST(.subuid = good, .subgid = good, .max_pods = 110),
		   "kubelet");
	finds_none("its configuration cannot be read",
		   HOST(.subuid = "kubelet:65536:65536\n", .subgid = "kubelet:65536:65536\n"),
		   "kubelet");
	finds_none("another owner", HOST(.subuid = "kubelets:0:1\n"), "kubelet");
}

static void max_pods_is_read_of_yaml_and_json(void **state)
{
	static const struct {
		const char *text;
		uint32_t want;
	} rows[] = {
		{ "kind: KubeletConfiguration\nmaxPods: 250\n", 250 },
		{ "{\"maxPods\": 64}", 64 },
		/* The kubelet's own default. */
		{ "x:\n  maxPods: 3\n", 110 },
		{ "#maxPods: 3\n", 110 },
		{ "maxPodsX: 3\n", 110 },
		{ "maxPods: 0\n", 110 },
		{ "maxPods: -1\n", 110 },
		{ "", 110 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		check_int(rows[i].text, survey_max_pods(rows[i].text, strlen(rows[i].text)),
			  rows[i].want);
}

static void a_range_that_docker_took_from_somebody_is_an_error(void **state)
{
	(void)state;
	finds(HOST(.subuid = "alice:100000:65536\ndockremap:100000:65536\n",
		   .users = "alice 1000 dockremap 998"),
	      "docker", "error /etc/subuid:2", "also alice's (line 1)",
	      "usermod --del-subuids 100000-165535 --add-subuids 165536-231071 dockremap");
	finds(HOST(.subuid = "dockremap:100000:65536\nalice:100000:65536\n"), "docker",
	      "error /etc/subuid:1", "also alice's (line 2)", "Let line 1 begin at");
	finds_none("it is not two findings",
		   HOST(.subuid = "alice:100000:65536\ndockremap:100000:65536\n"), "overlap");
	finds_none("beside it", HOST(.subuid = "alice:100000:65536\ndockremap:165536:65536\n"),
		   "docker");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(proposals_lie_in_the_pool_of_login_defs),
		cmocka_unit_test(proposals_leave_out_what_systemd_allocates),
		cmocka_unit_test(a_pool_without_room_is_an_error),
		cmocka_unit_test(a_pool_with_few_free_ranges_is_a_warning),
		cmocka_unit_test(a_range_outside_the_pool_is_a_note),
		cmocka_unit_test(a_range_against_the_deterministic_formula_is_a_warning),
		cmocka_unit_test(a_deterministic_pool_that_wraps_is_found),
		cmocka_unit_test(a_range_over_sssds_slices_is_a_warning),
		cmocka_unit_test(a_range_over_winbinds_is_a_warning),
		cmocka_unit_test(proposals_avoid_the_ids_of_directories),
		cmocka_unit_test(a_file_that_may_not_be_read_is_a_note),
		cmocka_unit_test(a_probe_that_ran_out_of_time_is_a_note),
		cmocka_unit_test(lines_with_which_the_kubelet_does_not_start_are_an_error),
		cmocka_unit_test(max_pods_is_read_of_yaml_and_json),
		cmocka_unit_test(a_range_that_docker_took_from_somebody_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
