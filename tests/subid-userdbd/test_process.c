/* SPDX-License-Identifier: BSD-3-Clause */
/* The service's command line, its privileges, its view of processes, and its state. */
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "misses.h"
#include "options.h"
#include "privileges.h"
#include "saver.h"
#include "scan.h"
#include "scratch.h"
#include "state.h"
#include "waiting.h"

/* --- options.h ------------------------------------------------------------------------ */

#define WORDS_MAX 140

static void show(const struct options *options)
{
	printf("%u %u %u", options->deadline_seconds, options->workers, options->idle_seconds);
	for (size_t i = 0; i < options->n_groups; i++)
		printf(" %s", options->groups[i]);
	printf("%s%s\n", options->role ? " as " : "", options->role ? options->role : "");
}

/* In a child, because options_read() may end the process. Returns the status. */
static int run(const char *line, char said[4096])
{
	int status = 0, ends[2];
	size_t len = 0;
	ssize_t n;
	pid_t child;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	(void)fflush(NULL);
	child = fork();
	if (child == 0) {
		char *copy = strdup(line), *rest = copy, *words[WORDS_MAX] = { copy };
		struct options options;
		int argc = 1;

		(void)dup2(ends[1], STDOUT_FILENO);
		(void)dup2(ends[1], STDERR_FILENO);
		for (char *word; argc < WORDS_MAX - 1 && (word = strsep(&rest, " "));)
			if (*word != '\0')
				words[argc++] = word;
		options_read(argc, words, &options);
		show(&options);
		(void)fflush(stdout);
		_exit(77);
	}
	assert_true(child > 0);
	assert_int_equal(close(ends[1]), 0);
	while ((n = read(ends[0], said + len, 4095 - len)) > 0)
		len += (size_t)n;
	said[len] = '\0';
	assert_int_equal(close(ends[0]), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void options_have_defaults_and_limits(void **state)
{
	static const struct {
		const char *line;
		int status;
		const char *said; /* how it begins */
	} rows[] = {
		{ "", 77, "5 4 900\n" },
		{ "--deadline 1 --workers 1 --idle-exit 0", 77, "1 1 0\n" },
		{ "--deadline 300 --workers 64 --idle-exit 31536000", 77, "300 64 31536000\n" },
		{ "--candidates-of-group staff --candidates-of-group ward", 77,
		  "5 4 900 staff ward\n" },
		{ "--role worker", 77, "5 4 900 as worker\n" },
		{ "--deadline 0", 1, "subid-userdbd: --deadline takes a number from 1 to 300\n" },
		{ "--deadline 301", 1, "subid-userdbd: --deadline takes a number from 1 to 300\n" },
		{ "--workers 0", 1, "subid-userdbd: --workers takes a number from 1 to 64\n" },
		{ "--workers 65", 1, "subid-userdbd: --workers takes a number from 1 to 64\n" },
		{ "--workers x", 1, "subid-userdbd: --workers takes a number from 1 to 64\n" },
		{ "--idle-exit 31536001", 1,
		  "subid-userdbd: --idle-exit takes a number from 0 to 31536000\n" },
		{ "word", 1, "usage: subid-userdbd [OPTION...]\n" },
		{ "--help", 0, "usage: subid-userdbd [OPTION...]\n" },
		{ "-h", 0, "usage: subid-userdbd [OPTION...]\n" },
		{ "--version", 0, "subid-userdbd " PACKAGE_VERSION "\n" },
		{ "-V", 0, "subid-userdbd " PACKAGE_VERSION "\n" },
	};
	char said[4096], line[8192] = "", want[512] = "5 4 900";

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check_int(rows[i].line, run(rows[i].line, said), rows[i].status);
		said[strlen(rows[i].said)] = '\0';
		check_text(rows[i].line, said, rows[i].said);
	}
	assert_int_equal(run("--unknown", said), 1);
	assert_non_null(strstr(said, "\nusage: subid-userdbd [OPTION...]\n"));
	for (int i = 0; i < OPTIONS_GROUPS_MAX; i++) {
		(void)strcat(line, " --candidates-of-group g");
		(void)strcat(want, " g");
	}
	assert_int_equal(run(line, said), 77);
	(void)strcat(want, "\n");
	check_text("as many groups as there may be", said, want);
	(void)strcat(line, " --candidates-of-group g");
	assert_int_equal(run(line, said), 1);
	check_text("one more", said, "subid-userdbd: more than 64 groups\n");
}

/* --- privileges.h --------------------------------------------------------------------------- */

struct caps {
	uint32_t effective, permitted;
	bool for_good;
};

static struct caps caps_of_this_process(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { { 0 } };

	if (syscall(SYS_capget, &header, data) < 0)
		_exit(99);
	return (struct caps){ data[0].effective | data[1].effective,
			      data[0].permitted | data[1].permitted,
			      prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 };
}

/* The capabilities of a child that has called this function. */
static struct caps caps_after(int (*function)(void))
{
	struct caps caps = { 1, 1, false };
	int status = 0, ends[2];
	pid_t child;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	child = fork();
	if (child == 0) {
		int r = function();

		caps = caps_of_this_process();
		_exit(r == 0 && write(ends[1], &caps, sizeof(caps)) == sizeof(caps) ? 0 : 1);
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(read(ends[0], &caps, sizeof(caps)), sizeof(caps));
	assert_int_equal(close(ends[0]), 0);
	assert_int_equal(close(ends[1]), 0);
	return caps;
}

static void capabilities_are_dropped(void **state)
{
	const uint32_t ptrace = UINT32_C(1) << CAP_SYS_PTRACE;
	struct caps before = caps_of_this_process(), caps;

	(void)state;
	caps = caps_after(privileges_drop);
	assert_int_equal(caps.effective, 0);
	assert_int_equal(caps.permitted, 0);
	assert_true(caps.for_good);
	caps = caps_after(privileges_lay_down);
	assert_int_equal(caps.effective, 0);
	assert_int_equal(caps.permitted, before.permitted & ptrace);
	assert_int_equal(caps.for_good, before.for_good);
}

/* --- scan.h ---------------------------------------------------------------------------------- */

static void tell(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text) || close(fd) < 0)
		_exit(1);
}

/* A namespace inside this one can be made only with IDs that this one has. */
static void map_own_ids(uid_t uid)
{
	char line[32];

	(void)snprintf(line, sizeof(line), "0 %u 1", uid);
	tell("/proc/self/uid_map", line);
	tell("/proc/self/setgroups", "deny");
	tell("/proc/self/gid_map", line);
}

struct place {
	uid_t uid;
	int depth;
};

/* Enter a user namespace that the UID owns, or with a depth of 2 one inside that. */
static bool enter_namespaces(void *userdata)
{
	const struct place *place = (const struct place *)userdata;
	uid_t uid = place->uid;

	if (setresgid(uid, uid, uid) < 0 || setresuid(uid, uid, uid) < 0 ||
	    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) < 0)
		return false;
	for (int i = 0; i < place->depth; i++) {
		if (i > 0)
			map_own_ids(uid);
		if (unshare(CLONE_NEWUSER) < 0)
			return false;
	}
	return true;
}

/* A UID, and the next one, that no other process uses, not even another run of this test. */
static uid_t unused_uid(void)
{
	struct timespec now;

	assert_int_equal(clock_gettime(CLOCK_REALTIME, &now), 0);
	return 0x40000000 + (uid_t)now.tv_nsec;
}

static unsigned int times(const struct frame *answer, uint32_t uid)
{
	unsigned int n = 0;

	for (uint32_t i = 0; i < answer->n_values; i++)
		n += answer->values[i] == uid;
	return n;
}

static void owners_of_user_namespaces_are_found_once(void **state)
{
	const uid_t mine = unused_uid();
	/* Of nested ones, the outer one is owned by the account. */
	struct place places[] = { { mine, 1 }, { mine, 1 }, { mine + 1, 2 } };
	struct frame answer = { .code = 0 };
	pid_t children[COUNT_OF(places)];
	bool made = true;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(places); i++) {
		children[i] = waiting_child(enter_namespaces, &places[i]);
		made = made && children[i] > 0;
	}
	if (made) {
		assert_int_equal(scan_user_namespaces("/proc", &answer), 0);
		assert_int_equal(times(&answer, mine), 1);
		assert_int_equal(times(&answer, mine + 1), 1);
	}
	for (size_t i = 0; i < COUNT_OF(places); i++) {
		if (children[i] > 0)
			waiting_end(children[i]);
	}
	frame_free(&answer);
	answer = (struct frame){ .code = 0 };
	assert_int_equal(scan_user_namespaces("/proc", &answer), 0);
	assert_int_equal(times(&answer, mine), 0);
	frame_free(&answer);
	assert_int_equal(scan_user_namespaces("/nowhere", &answer), -ENOENT);
	if (!made)
		print_message("# no user namespace can be made here\n");
}

/* --- misses.h ------------------------------------------------------------------------------- */

static void a_miss_is_of_one_id_and_ends(void **state)
{
	static struct misses misses;
	unsigned int kept = 0, others = 0;

	(void)state;
	misses_note(&misses, SUBID_UID, 100000, 50);
	assert_true(misses_has(&misses, SUBID_UID, 100000, 49));
	assert_false(misses_has(&misses, SUBID_UID, 100000, 50));
	assert_false(misses_has(&misses, SUBID_GID, 100000, 0));
	assert_false(misses_has(&misses, SUBID_UID, 100001, 0));
	misses_note(&misses, SUBID_GID, 100000, 60);
	assert_true(misses_has(&misses, SUBID_UID, 100000, 49));
	assert_true(misses_has(&misses, SUBID_GID, 100000, 59));
	/* As many as a quarter of the slots: a good hash keeps nearly all of them. */
	for (uint32_t i = 0; i < MISSES_SLOTS / 4; i++)
		misses_note(&misses, SUBID_UID, 200000 + i, 50);
	for (uint32_t i = 0; i < MISSES_SLOTS / 4; i++) {
		kept += misses_has(&misses, SUBID_UID, 200000 + i, 0);
		others += misses_has(&misses, SUBID_UID, 300000 + i, 0);
	}
	assert_true(kept > MISSES_SLOTS / 4 * 9 / 10);
	assert_int_equal(others, 0);
}

/* --- state.h -------------------------------------------------------------------------------- */

static int directory;

static void check_saved(const char *reason, const char *text, const char *want)
{
	struct candidates *candidates;
	const char *owner = NULL;
	char got[4096] = "";

	candidates = candidates_new();
	assert_non_null(candidates);
	scratch_write("owners", text);
	check_int(reason, state_load(directory, candidates), 0);
	while ((owner = candidates_next_used(candidates, owner)))
		(void)snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s\n", owner);
	check_text(reason, got, want);
	candidates_free(candidates);
}

static void owners_are_saved_in_their_order(void **state)
{
	struct candidates *candidates;
	struct stat stamp;
	char got[64] = "";
	FILE *file;

	(void)state;
	directory = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(directory >= 0);
	candidates = candidates_new();
	assert_non_null(candidates);
	assert_int_equal(state_load(directory, candidates), 0);
	for (size_t i = 0; i < 3; i++) {
		static const char *const owners[] = { "bob", "alice", "carol" };

		assert_int_equal(candidates_add(candidates, owners[i]), 0);
		(void)candidates_use(candidates, owners[i]);
	}
	(void)candidates_use(candidates, "bob");
	scratch_write("owners.new", "left by a crash");
	assert_int_equal(state_save(directory, candidates), 0);
	candidates_free(candidates);
	assert_int_equal(stat("owners", &stamp), 0);
	assert_int_equal(stamp.st_mode, S_IFREG | 0600);
	assert_int_equal(access("owners.new", F_OK), -1);
	file = fopen("owners", "re");
	assert_non_null(file);
	(void)fread(got, 1, sizeof(got) - 1, file);
	assert_int_equal(fclose(file), 0);
	check_text("the file", got, "alice\ncarol\nbob\n");

	check_saved("as it was written", "alice\ncarol\nbob\n", "alice\ncarol\nbob\n");
	check_saved("without the last newline", "alice\nbob", "alice\n");
	check_saved("no owners", "a/b\n\n.\nalice\n", "alice\n");
	assert_int_equal(unlink("owners"), 0);
	assert_int_equal(mkdir("owners", 0700), 0);
	candidates = candidates_new();
	assert_non_null(candidates);
	assert_int_equal(state_load(directory, candidates), -EINVAL);
	assert_int_equal(state_save(directory, candidates), -EISDIR);
	candidates_free(candidates);
	assert_int_equal(close(directory), 0);
}

/* A service that is started without standard input has it as descriptor 0. */
static void the_saved_owners_may_have_any_descriptor(void **state)
{
	int status = 1;
	pid_t child;

	(void)state;
	assert_int_equal(rmdir("owners"), 0);
	scratch_write("owners", "alice\n");
	child = fork();
	if (child == 0) {
		struct candidates *candidates = candidates_new();
		struct saver *saver;
		sd_event *event;

		(void)close(STDIN_FILENO);
		if (open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) != STDIN_FILENO || !candidates ||
		    sd_event_new(&event) < 0 ||
		    saver_new(event, STDIN_FILENO, candidates, &saver) < 0)
			_exit(99);
		_exit(candidates_next_used(candidates, NULL) ? 0 : 1);
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_have_defaults_and_limits),
		cmocka_unit_test(capabilities_are_dropped),
		cmocka_unit_test(owners_of_user_namespaces_are_found_once),
		cmocka_unit_test(a_miss_is_of_one_id_and_ends),
		cmocka_unit_test(owners_are_saved_in_their_order),
		cmocka_unit_test(the_saved_owners_may_have_any_descriptor),
	};

	if (!scratch_has_roots_powers()) {
		(void)printf("1..0 # SKIP only root can see whose namespaces others are in\n");
		return 0;
	}
	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
