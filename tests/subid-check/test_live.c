/* SPDX-License-Identifier: BSD-3-Clause */
/* A host that runs: the processes that use an ID, user namespaces and mail servers. */
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "container.h"
#include "model.h"
#include "print.h"
#include "printed.h"
#include "scratch.h"
#include "table.h"
#include "waiting.h"

static const struct style plain = { .utf8 = true, .width = 80 };

static const struct model model = {
	.subuid = "alice:100000:10\n",
	.subgid = "alice:100000:10\n",
	.users = "root 0 alice 1000",
};

/* This process and another one run as UID 100005, and this one as GID 100006. */
static void read_model(struct survey *ret)
{
	model_survey(&model, ret);
	usage_add(&ret->usage, SUBID_UID, 100005, getpid());
	usage_add(&ret->usage, SUBID_UID, 100005, 1);
	usage_add(&ret->usage, SUBID_UID, 100005, getpid());
	usage_add(&ret->usage, SUBID_UID, 100007, 1);
	usage_add(&ret->usage, SUBID_GID, 100006, getpid());
	usage_add(&ret->usage, SUBID_GID, 99999, getpid());
	usage_sort(&ret->usage);
	usage_count(&ret->usage, ret->databases, &ret->owners);
}

static void ids_that_processes_use_are_counted(void **state)
{
	const struct table_look look = { .raw = true };
	struct findings findings = { .n = 0 };
	struct survey survey;
	char *page;

	(void)state;
	read_model(&survey);
	printed_begin();
	table_print(&survey, &plain, &look);
	check_same("the table", printed_end(),
		   "OWNER UID SUBUIDS UUSED SUBGIDS GUSED\n"
		   "alice 1000 100000-100009 2 100000-100009 1\n");
	printed_begin();
	html_print(&survey, &findings, stdout);
	page = printed_end();
	assert_non_null(strstr(page, "<th class=\"n\">How many</th><th class=\"n\">Used</th>"));
	assert_non_null(strstr(page, "<td class=\"n\">100000-100009</td><td class=\"n\">10</td>"
				     "<td class=\"n\">2</td><td class=\"n\">100000-100009</td>"
				     "<td class=\"n\">10</td><td class=\"n\">1</td></tr>"));
	free(page);
	survey_free(&survey);
}

static char *answer_of(const struct survey *survey, enum subid_kind kind, uint32_t id, pid_t pid)
{
	struct identity identity;

	identity_of_id(survey, kind, id, &identity);
	printed_begin();
	answer_print(survey, &identity, pid, &plain);
	identity_free(&identity);
	return printed_end();
}

static void an_answer_lists_the_processes(void **state)
{
	struct survey survey;
	char want[256], *answer;

	(void)state;
	read_model(&survey);
	answer = answer_of(&survey, SUBID_UID, 100005, 0);
	assert_non_null(strstr(answer, "\n  processes   2\n       PID UID INSIDE COMMAND"));
	(void)snprintf(want, sizeof(want), "\n%10d     100005 test_live", (int)getpid());
	assert_non_null(strstr(answer, want));
	free(answer);
	answer = answer_of(&survey, SUBID_GID, 100006, 0);
	assert_non_null(strstr(answer, "\n  processes   1\n       PID GID INSIDE COMMAND"));
	free(answer);
	answer = answer_of(&survey, SUBID_UID, 100006, 0);
	assert_non_null(strstr(answer, "\n  processes   0\n"));
	assert_null(strstr(answer, "PID"));
	free(answer);
	answer = answer_of(&survey, SUBID_UID, 100006, getpid());
	(void)snprintf(want, sizeof(want),
		       "\n  inside      100006, in the user namespace of PID %d\n  runs in     ",
		       (int)getpid());
	assert_non_null(strstr(answer, want));
	free(answer);
	survey_free(&survey);
}

static struct json_object *member(struct json_object *object, const char *name)
{
	struct json_object *value = NULL;

	if (!json_object_object_get_ex(object, name, &value))
		fail_msg("no member %s", name);
	return value;
}

/* The ID has @n processes, and the last of them is this one. */
static void check_process(const struct survey *survey, uint32_t id, pid_t pid, size_t n)
{
	struct json_object *document, *first, *processes, *process;
	struct container container;
	struct identity identity;
	char *text;

	identity_of_id(survey, SUBID_UID, id, &identity);
	printed_begin();
	json_print_identities(survey, &identity, 1, pid);
	text = printed_end();
	document = json_tokener_parse(text);
	first = json_object_array_get_idx(member(document, "ids"), 0);
	processes = member(first, "processes");
	assert_int_equal(json_object_array_length(processes), n);
	if (n > 0) {
		process = json_object_array_get_idx(processes, n - 1);
		assert_int_equal(json_object_get_int64(member(process, "pid")), getpid());
		assert_int_equal(json_object_get_int64(member(process, "inside")), id);
		check_text("command", json_object_get_string(member(process, "command")),
			   "test_live");
		(void)member(process, "unit");
		(void)member(process, "user_unit");
		assert_int_equal(json_object_is_type(member(process, "container"), json_type_null),
				 container_of(getpid(), &container) < 0 || !container.engine);
	}
	json_object_put(document);
	free(text);
	identity_free(&identity);
}

static void json_has_the_processes_and_the_counts(void **state)
{
	struct findings findings = { .n = 0 };
	struct json_object *document, *owner, *uids;
	struct survey survey;
	char *text;

	(void)state;
	read_model(&survey);
	check_process(&survey, 100005, 0, 2);
	check_process(&survey, 100006, 0, 0);
	check_process(&survey, 100006, getpid(), 1);
	printed_begin();
	json_print(&survey, &findings);
	text = printed_end();
	document = json_tokener_parse(text);
	owner = json_object_array_get_idx(member(document, "owners"), 0);
	uids = member(owner, "uids");
	assert_int_equal(json_object_get_int64(member(uids, "used")), 2);
	uids = json_object_array_get_idx(member(uids, "ranges"), 0);
	assert_int_equal(json_object_get_int64(member(uids, "used")), 2);
	json_object_put(document);
	free(text);
	survey_free(&survey);
}

/* A file of this process's that the next fopen(3) opens. */
static const char *instead;

FILE *__real_fopen(const char *path, const char *mode);
FILE *__wrap_fopen(const char *path, const char *mode);
FILE *__wrap_fopen(const char *path, const char *mode)
{
	const char *opened = instead ? instead : path;

	instead = NULL;
	return __real_fopen(opened, mode);
}

FILE *__wrap_fopen64(const char *path, const char *mode);
FILE *__wrap_fopen64(const char *path, const char *mode)
{
	return __wrap_fopen(path, mode);
}

static void a_process_has_an_effective_uid(void **state)
{
	struct usage usage;
	uint32_t uid = 4711;

	(void)state;
	assert_int_equal(usage_effective(getpid(), &uid), 0);
	assert_int_equal(uid, geteuid());
	assert_int_equal(usage_effective(INT32_MAX, &uid), -ESRCH);
	assert_int_equal(usage_read(&usage), 0);
	usage_free(&usage);
	/* It ends while its status is being read. */
	scratch_write("status", "Name:\tsleep\n");
	instead = "status";
	assert_int_equal(usage_effective(getpid(), &uid), -ENODATA);
}

/* --- user namespaces ------------------------------------------------------------------- */

static void write_to(pid_t pid, const char *name, const char *text)
{
	char path[64];
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(close(fd), 0);
}

static bool enter_namespace(void *unused)
{
	(void)unused;
	return unshare(CLONE_NEWUSER) == 0;
}

static const struct userns *of_process(const struct namespaces *namespaces, pid_t pid)
{
	for (size_t i = 0; i < namespaces->n; i++)
		if (namespaces->items[i].pid == pid)
			return &namespaces->items[i];
	return NULL;
}

static void a_user_namespace_has_its_maps_and_its_creator(void **state)
{
	struct namespaces namespaces;
	const struct userns *found;
	struct stat stat_of_child;
	char path[64];
	size_t n_maps;
	uint32_t inside;
	pid_t child;

	(void)state;
	child = waiting_child(enter_namespace, NULL);
	if (child < 0) {
		print_message("# no user namespace can be made here\n");
		return;
	}
	write_to(child, "uid_map", "0 100000 10\n20 300000 1\n");
	write_to(child, "gid_map", "5 200000 7\n");
	(void)snprintf(path, sizeof(path), "/proc/%d/ns/user", (int)child);
	assert_int_equal(stat(path, &stat_of_child), 0);
	assert_int_equal(namespaces_read(&namespaces), 0);
	found = of_process(&namespaces, child);
	assert_non_null(found);
	assert_int_equal(found->inode, stat_of_child.st_ino);
	assert_int_equal(found->creator, 0);
	check_text("command", found->command, "test_live");
	assert_int_equal(found->n_maps, 3);
	assert_true(found->maps[0].kind == SUBID_UID && found->maps[0].inside == 0 &&
		    found->maps[0].ids.first == 100000 && found->maps[0].ids.last == 100009);
	assert_true(found->maps[1].kind == SUBID_UID && found->maps[1].inside == 20 &&
		    found->maps[1].ids.first == 300000 && found->maps[1].ids.last == 300000);
	assert_true(found->maps[2].kind == SUBID_GID && found->maps[2].inside == 5 &&
		    found->maps[2].ids.first == 200000 && found->maps[2].ids.last == 200006);
	n_maps = 0;
	for (size_t i = 0; i < namespaces.n; i++)
		n_maps += namespaces.items[i].n_maps;
	assert_int_equal(namespaces.n_maps, n_maps);
	assert_false(namespaces.more);
	assert_null(of_process(&namespaces, getpid()));
	namespaces_free(&namespaces);

	assert_int_equal(usage_inside(child, SUBID_UID, 100003, &inside), 0);
	assert_int_equal(inside, 3);
	assert_int_equal(usage_inside(child, SUBID_UID, 100010, &inside), -ENOENT);
	waiting_end(child);
	assert_int_equal(namespaces_read(&namespaces), 0);
	assert_null(of_process(&namespaces, child));
	namespaces_free(&namespaces);
}

static bool has_failed = true;

int __real_ioctl(int fd, unsigned long request, void *argument);
int __wrap_ioctl(int fd, unsigned long request, void *argument);
int __wrap_ioctl(int fd, unsigned long request, void *argument)
{
	if (has_failed)
		return __real_ioctl(fd, request, argument);
	has_failed = true;
	errno = EPERM;
	return -1;
}

static void a_namespace_that_cannot_be_examined_hides_no_other(void **state)
{
	pid_t children[2];
	struct namespaces namespaces;
	size_t before;

	(void)state;
	assert_int_equal(namespaces_read(&namespaces), 0);
	before = namespaces.n;
	namespaces_free(&namespaces);
	for (size_t i = 0; i < 2; i++)
		children[i] = waiting_child(enter_namespace, NULL);
	if (children[0] > 0 && children[1] > 0) {
		has_failed = false;
		assert_int_equal(namespaces_read(&namespaces), 0);
		assert_true(has_failed);
		assert_int_equal(namespaces.n, before + 1);
		namespaces_free(&namespaces);
	}
	for (size_t i = 0; i < 2; i++)
		if (children[i] > 0)
			waiting_end(children[i]);
}

/* --- mail servers -------------------------------------------------------------------------- */

static const char *mail_server(const char *directory)
{
	struct services services = { .mta = NULL };
	struct root root;
	const char *mta;

	assert_int_equal(root_set(&root, directory), 0);
	assert_int_equal(services_read(&root, &services), 0);
	mta = services.mta;
	services_free(&services);
	root_close(&root);
	return mta;
}

static void a_mail_server_is_a_program_that_is_there(void **state)
{
	(void)state;
	assert_int_equal(mkdir("mail", 0755), 0);
	assert_null(mail_server("mail"));
	scratch_write("mail/usr", "no directory");
	assert_null(mail_server("mail"));
	assert_int_equal(unlink("mail/usr"), 0);
	assert_int_equal(mkdir("mail/usr", 0755), 0);
	assert_int_equal(mkdir("mail/usr/sbin", 0755), 0);
	assert_int_equal(mkdir("mail/usr/sbin/postfix", 0755), 0);
	assert_null(mail_server("mail"));
	assert_int_equal(rmdir("mail/usr/sbin/postfix"), 0);
	scratch_write("mail/usr/sbin/postfix", "");
	check_text("one", mail_server("mail"), "Postfix");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_that_processes_use_are_counted),
		cmocka_unit_test(an_answer_lists_the_processes),
		cmocka_unit_test(json_has_the_processes_and_the_counts),
		cmocka_unit_test(a_process_has_an_effective_uid),
		cmocka_unit_test(a_user_namespace_has_its_maps_and_its_creator),
		cmocka_unit_test(a_namespace_that_cannot_be_examined_hides_no_other),
		cmocka_unit_test(a_mail_server_is_a_program_that_is_there),
	};

	if (!scratch_has_roots_powers()) {
		(void)printf("1..0 # SKIP only root can map the IDs of others\n");
		return 0;
	}
	return cmocka_run_group_tests(tests, printed_setup, scratch_teardown);
}
