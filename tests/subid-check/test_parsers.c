/* SPDX-License-Identifier: BSD-3-Clause */
/* Texts that the kernel and other programs write: cgroups, capabilities, ACLs. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "acl.h"
#include "capability.h"
#include "check.h"
#include "container.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const struct {
	const char *reason, *text, *label, *unit, *user_unit;
} cgroups[] = {
	{ "a service", "0::/system.slice/nginx.service\n", "nginx.service", "nginx.service", "" },
	{ "a service's own cgroups are below it", "0::/system.slice/a.service/b.service/c\n",
	  "a.service", "a.service", "" },
	{ "a session", "0::/user.slice/user-1000.slice/session-3.scope\n", "session-3.scope",
	  "session-3.scope", "" },
	{ "a unit of a user's manager",
	  "0::/user.slice/user-1000.slice/user@1000.service/app.slice/vim.scope\n",
	  "vim.scope of user@1000.service", "user@1000.service", "vim.scope" },
	{ "a unit that the kernel's files could be taken for", "0::/system.slice/_cpu.service\n",
	  "cpu.service", "cpu.service", "" },
	{ "Podman of root", "0::/machine.slice/libpod-" ID ".scope/container\n",
	  "Podman 0123456789ab", "libpod-" ID ".scope", "" },
	{ "Podman of a user",
	  "0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" ID
	  ".scope/container\n",
	  "Podman 0123456789ab", "user@1000.service", "libpod-" ID ".scope" },
	{ "Podman's monitor", "0::/machine.slice/libpod-conmon-" ID ".scope\n",
	  "Podman 0123456789ab (its monitor)", "libpod-conmon-" ID ".scope", "" },
	{ "Podman without systemd", "0::/libpod_parent/libpod-" ID "\n", "Podman 0123456789ab", "",
	  "" },
	{ "Docker with systemd", "0::/system.slice/docker-" ID ".scope\n", "Docker 0123456789ab",
	  "docker-" ID ".scope", "" },
	{ "Docker without", "12:memory:/docker/" ID "\n0::/\n", "Docker 0123456789ab", "", "" },
	{ "Docker's daemon is none", "0::/system.slice/docker.service\n", "docker.service",
	  "docker.service", "" },
	{ "a directory that is called as Docker's", "0::/docker/x\n", "-", "", "" },
	{ "CRI-O", "0::/kubepods.slice/kubepods-pod1.slice/crio-" ID ".scope\n",
	  "CRI-O 0123456789ab", "crio-" ID ".scope", "" },
	{ "CRI-O's monitor", "0::/kubepods.slice/crio-conmon-" ID ".scope\n",
	  "CRI-O 0123456789ab (its monitor)", "crio-conmon-" ID ".scope", "" },
	{ "containerd", "0::/kubepods.slice/x.slice/cri-containerd-" ID ".scope\n",
	  "containerd 0123456789ab", "cri-containerd-" ID ".scope", "" },
	{ "nerdctl", "0::/system.slice/nerdctl-" ID ".scope\n", "containerd 0123456789ab",
	  "nerdctl-" ID ".scope", "" },
	{ "Kubernetes without systemd", "4:cpu:/kubepods/burstable/pod12-34/" ID "\n",
	  "Kubernetes 0123456789ab", "", "" },
	{ "a machine", "0::/machine.slice/machine-web\\x2d1.scope/payload\n", "machine web-1",
	  "machine-web\\x2d1.scope", "" },
	{ "a machine of systemd-nspawn@",
	  "0::/machine.slice/systemd-nspawn@sid.service/payload/init.scope\n", "machine sid",
	  "systemd-nspawn@sid.service", "" },
	{ "LXC", "0::/lxc.payload.web/system.slice/ssh.service\n", "LXC web", "", "" },
	{ "LXC's monitor", "0::/lxc.monitor.web\n", "LXC web (its monitor)", "", "" },
	{ "LXC of version 4.0", "0::/lxc.payload/web\n", "LXC web", "", "" },
	{ "LXC of cgroup v1", "3:devices:/lxc/web\n0::/\n", "LXC web", "", "" },
	{ "a machine in a container is the container's",
	  "0::/system.slice/docker-" ID ".scope/machine.slice/machine-a.scope\n",
	  "Docker 0123456789ab", "docker-" ID ".scope", "" },
	{ "an engine's name with something else", "0::/system.slice/docker-registry.scope\n",
	  "docker-registry.scope", "docker-registry.scope", "" },
	{ "the first hierarchy that has one",
	  "9:name=systemd:/system.slice/a.service\n4:memory:/x\n0::/system.slice/b.service\n",
	  "a.service", "a.service", "" },
	{ "a cgroup that is gone", "0::/system.slice/a.service (deleted)\n", "a.service",
	  "a.service", "" },
	{ "of another namespace", "0::/../../a.service\n", "a.service", "a.service", "" },
	{ "a path with colons", "0::/a:b/c.service\n", "c.service", "c.service", "" },
	{ "a name with control characters", "0::/machine.slice/machine-a\\x1b\\x00.scope\n",
	  "machine a\x1b\\x00", "machine-a\\x1b\\x00.scope", "" },
	{ "the root", "0::/\n", "-", "", "" },
	{ "nothing", "", "-", "", "" },
	{ "a line of something else", "0:a.service\n:\n::\n", "-", "", "" },
	{ "a suffix alone", "0::/.service\n", "-", "", "" },
};

static void a_cgroup_names_its_container_and_unit(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(cgroups); i++) {
		struct container container;
		char *copy = strdup(cgroups[i].text), *label;
		size_t len = strlen(copy);
		bool found = container_parse(copy, len, &container);

		label = container_label(&container);
		check_text(cgroups[i].reason, label, cgroups[i].label);
		check_text(cgroups[i].reason, container.unit, cgroups[i].unit);
		check_text(cgroups[i].reason, container.user_unit, cgroups[i].user_unit);
		check_int(cgroups[i].reason, found, strcmp(label, "-") != 0);
		free(label);
		free(copy);
	}
}

static void a_name_longer_than_255_bytes_is_cut(void **state)
{
	struct container container;
	char text[512];
	int len = snprintf(text, sizeof(text), "0::/machine.slice/machine-%0300d.scope\n", 0);

	(void)state;
	assert_true(container_parse(text, (size_t)len, &container));
	assert_int_equal(strlen(container.name), CONTAINER_NAME_BYTES - 1);
	assert_int_equal(strlen(container.unit), CONTAINER_NAME_BYTES - 1);
	assert_int_equal(strlen(container.user_unit), 0);
}

static void this_process_has_a_cgroup(void **state)
{
	struct container container;

	(void)state;
	assert_int_equal(container_of(getpid(), &container), 0);
	assert_int_equal(container_of(4194305, &container), -ESRCH);
}

#define V1 "\x01\x00\x00\x01"
#define V2 "\x01\x00\x00\x02"
#define V3 "\x00\x00\x00\x03"
#define BYTES(text) text, sizeof(text) - 1

static const struct {
	const char *reason, *bytes;
	size_t len;
	int result;
	uint64_t permitted;
	bool has_rootid;
	uint32_t rootid;
} capabilities[] = {
	{ "version 1", BYTES(V1 "\x80\x00\x00\x00\x00\x00\x00\x00"), 0, 0x80, false, 0 },
	{ "version 2, with one of the upper half",
	  BYTES(V2 "\x00\x20\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00"), 0,
	  0x100002000, false, 0 },
	{ "version 3 with its root",
	  BYTES(V3 "\x80\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
		   "\xa0\x86\x01\x00"),
	  0, 0x80, true, 100000 },
	{ "version 3 without",
	  BYTES(V3 "\x80\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
		   "\x00\x00\x00\x00"),
	  -EINVAL, 0, false, 0 },
	{ "version 2 with a root",
	  BYTES(V2 "\x80\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
		   "\xa0\x86\x01\x00"),
	  -EINVAL, 0, false, 0 },
	{ "version 4", BYTES("\x00\x00\x00\x04\x80\x00\x00\x00\x00\x00\x00\x00"), -EINVAL, 0, false,
	  0 },
	{ "a version alone", BYTES(V2), -EINVAL, 0, false, 0 },
	{ "less", BYTES("\x00\x00"), -EINVAL, 0, false, 0 },
	{ "nothing", BYTES(""), -EINVAL, 0, false, 0 },
};

static void capabilities_are_of_three_versions(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(capabilities); i++) {
		struct capability got = { 0 };

		check_int(capabilities[i].reason,
			  capability_parse(capabilities[i].bytes, capabilities[i].len, &got),
			  capabilities[i].result);
		check_int(capabilities[i].reason, (intmax_t)got.permitted,
			  (intmax_t)capabilities[i].permitted);
		check_int(capabilities[i].reason, got.has_rootid, capabilities[i].has_rootid);
		check_int(capabilities[i].reason, got.rootid, capabilities[i].rootid);
	}
}

#define ACL "\x02\x00\x00\x00"
#define OWNER "\x01\x00\x06\x00\xff\xff\xff\xff"
#define USER_100000 "\x02\x00\x07\x00\xa0\x86\x01\x00"
#define GROUP_5 "\x08\x00\x05\x00\x05\x00\x00\x00"

static const struct {
	const char *reason, *bytes;
	size_t len;
	int result;
	size_t n;
	struct acl_entry entries[2];
} acls[] = {
	{ "no entry", BYTES(ACL), 0, 0, { { 0 } } },
	{ "entries without a name", BYTES(ACL OWNER OWNER), 0, 0, { { 0 } } },
	{ "a user", BYTES(ACL OWNER USER_100000), 0, 1, { { SUBID_UID, 100000 } } },
	{ "a group and a user",
	  BYTES(ACL GROUP_5 OWNER USER_100000),
	  0,
	  2,
	  { { SUBID_GID, 5 }, { SUBID_UID, 100000 } } },
	{ "half an entry", BYTES(ACL "\x02\x00\x07\x00"), -EINVAL, 0, { { 0 } } },
	{ "another version", BYTES("\x03\x00\x00\x00" USER_100000), -EINVAL, 0, { { 0 } } },
	{ "nothing", BYTES(""), -EINVAL, 0, { { 0 } } },
};

static void an_acl_names_users_and_groups(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(acls); i++) {
		struct acl_entry entry;
		struct acl acl = { .left = 0 };
		size_t n = 0;

		check_int(acls[i].reason, acl_begin(&acl, acls[i].bytes, acls[i].len),
			  acls[i].result);
		for (; acl_next(&acl, &entry); n++) {
			check_int(acls[i].reason, entry.kind, acls[i].entries[n].kind);
			check_int(acls[i].reason, entry.id, acls[i].entries[n].id);
		}
		check_int(acls[i].reason, (intmax_t)n, (intmax_t)acls[i].n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cgroup_names_its_container_and_unit),
		cmocka_unit_test(a_name_longer_than_255_bytes_is_cut),
		cmocka_unit_test(this_process_has_a_cgroup),
		cmocka_unit_test(capabilities_are_of_three_versions),
		cmocka_unit_test(an_acl_names_users_and_groups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
