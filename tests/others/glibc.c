/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Checks what glibc promises to callers of getpwnam(3) and similar functions, with our service
 * behind it. "glibc" runs everything, "glibc sweep" only the buffers, each of
 * which is an allocation of its own that a sanitizer can guard. The accounts
 * and ranges are those of host_add_sample.
 */
#include <dirent.h>
#include <errno.h>
#include <grp.h>
#include <nss.h>
#include <pthread.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define UNTOUCHED 4711 /* no errno */
#define LARGEST 256
#define ROUNDS 200

static int checks, failures;

#define CHECK(what, condition)                                                                \
	do {                                                                                  \
		checks++;                                                                     \
		if (!(condition)) {                                                           \
			if (failures++ < 20)                                                  \
				printf("not ok: %s, %s: %s\n", __func__, (what), #condition); \
		}                                                                             \
	} while (0)

enum entry {
	PWUID,
	PWNAM,
	GRGID,
	GRNAM,
};

struct question {
	enum entry entry;
	unsigned int id;
	const char *name;
	const char *found; /* the record's name, or NULL for none */
};

/* Those of a-b.c, who is written as a number, need its account. */
#define N_WITHOUT_ACCOUNTS 10
static const struct question questions[] = {
	{ PWUID, 100033, NULL, "subuid-ftweedal-100033" },
	{ PWNAM, 0, "subuid-ftweedal-100033", "subuid-ftweedal-100033" },
	{ PWUID, 4294967294, NULL, "subuid-containers-4294967294" },
	{ GRGID, 500033, NULL, "subgid-ftweedal-500033" },
	{ GRNAM, 0, "subgid-ftweedal-500033", "subgid-ftweedal-500033" },
	{ PWUID, 99999, NULL, NULL },
	{ PWNAM, 0, "subuid-ftweedal-99999", NULL },
	{ PWNAM, 0, "nobody-has-this-name", NULL },
	{ GRGID, 99999, NULL, NULL },
	{ GRNAM, 0, "subgid-ftweedal-99999", NULL },
	{ PWUID, 300999, NULL, "subuid-a-b.c-300999" },
	{ PWNAM, 0, "subuid-a-b.c-300999", "subuid-a-b.c-300999" },
	{ GRNAM, 0, "subgid-a-b.c-700999", "subgid-a-b.c-700999" },
};
#define N_QUESTIONS (sizeof(questions) / sizeof(questions[0]))

static size_t n_questions = N_QUESTIONS;

static const char *title(const struct question *q)
{
	static char id[16];

	(void)snprintf(id, sizeof(id), "%u", q->id);
	return q->name ? q->name : id;
}

/* The result of the call; *ret_name is the record's name, or NULL. */
static int look_up(const struct question *q, char *buf, size_t len, const char **ret_name)
{
	struct passwd pwd, *pwd_found = NULL;
	struct group grp, *grp_found = NULL;
	int r;

	if (q->entry == PWUID)
		r = getpwuid_r(q->id, &pwd, buf, len, &pwd_found);
	else if (q->entry == PWNAM)
		r = getpwnam_r(q->name, &pwd, buf, len, &pwd_found);
	else if (q->entry == GRGID)
		r = getgrgid_r(q->id, &grp, buf, len, &grp_found);
	else
		r = getgrnam_r(q->name, &grp, buf, len, &grp_found);

	*ret_name = pwd_found ? pwd_found->pw_name : grp_found ? grp_found->gr_name : NULL;
	return r;
}

static bool is_right(const struct question *q, const char *name)
{
	return q->found ? name && strcmp(name, q->found) == 0 : !name;
}

static void use_services(const char *passwd, const char *group)
{
	if (__nss_configure_lookup("passwd", passwd) != 0 ||
	    __nss_configure_lookup("group", group) != 0)
		exit(2);
}

/* A caller grows its buffer as long as a lookup fails with ERANGE. */
static void buffers_grow_until_they_suffice(void)
{
	for (size_t i = 0; i < n_questions; i++) {
		const struct question *q = &questions[i];
		size_t needed = 0;

		for (size_t len = 0; len <= LARGEST; len++) {
			char *buf = malloc(len);
			const char *name;
			int r;

			errno = UNTOUCHED;
			r = look_up(q, buf, len, &name);
			if (r == ERANGE) {
				needed = len + 1;
				CHECK(title(q), errno == ERANGE);
				CHECK(title(q), !name);
			} else {
				CHECK(title(q), r == 0);
				CHECK(title(q), is_right(q, name));
				CHECK(title(q), !name || (name >= buf && name < buf + len));
			}
			free(buf);
		}
		/* Every larger buffer is large enough, too. */
		CHECK(title(q), q->found ? needed > 1 && needed < LARGEST : true);
		for (size_t len = needed; len <= LARGEST; len++) {
			char *buf = malloc(len);
			const char *name;

			CHECK(title(q), look_up(q, buf, len, &name) == 0);
			free(buf);
		}
	}
}

/* glibc says so of its _r functions by setting it to 0. */
static void errno_tells_of_no_fault_if_there_is_none(void)
{
	for (size_t i = 0; i < n_questions; i++) {
		static char buf[1024];
		const char *name;

		errno = UNTOUCHED;
		CHECK(title(&questions[i]), look_up(&questions[i], buf, sizeof(buf), &name) == 0);
		CHECK(title(&questions[i]), errno == UNTOUCHED || errno == 0);
		CHECK(title(&questions[i]), is_right(&questions[i], name));
	}

	errno = 0;
	CHECK("getpwuid", !getpwuid(99999) && errno == 0);
	CHECK("getpwnam", !getpwnam("subuid-ftweedal-99999") && errno == 0);
	CHECK("getgrgid", !getgrgid(99999) && errno == 0);
	CHECK("getgrnam", !getgrnam("subgid-ftweedal-99999") && errno == 0);
}

struct text {
	char bytes[256];
};

static struct text passwd_text(const struct passwd *pwd)
{
	struct text text;

	(void)snprintf(text.bytes, sizeof(text.bytes), "%s:%s:%lu:%lu:%s:%s:%s", pwd->pw_name,
		       pwd->pw_passwd, (unsigned long)pwd->pw_uid, (unsigned long)pwd->pw_gid,
		       pwd->pw_gecos, pwd->pw_dir, pwd->pw_shell);
	return text;
}

static struct text group_text(const struct group *grp)
{
	struct text text;

	(void)snprintf(text.bytes, sizeof(text.bytes), "%s:%s:%lu:%s", grp->gr_name, grp->gr_passwd,
		       (unsigned long)grp->gr_gid, grp->gr_mem[0] ? grp->gr_mem[0] : "");
	return text;
}

static bool same(struct text a, struct text b)
{
	return strcmp(a.bytes, b.bytes) == 0;
}

static void look_everything_up(void)
{
	static char buf[1024];
	const char *name;

	for (int round = 0; round < ROUNDS; round++)
		for (size_t i = 0; i < n_questions; i++) {
			size_t len = round % 8 ? sizeof(buf) : (size_t)round / 8;

			(void)look_up(&questions[i], buf, len, &name);
		}
}

/* tests/why shows what becomes of it where libsubid answers. */
static void static_records_are_their_callers(const char *user, const char *group)
{
	const struct passwd *pwd = getpwnam(user);
	const struct group *grp = getgrnam(group);
	struct text pwd_before, grp_before;

	CHECK(user, pwd != NULL);
	CHECK(group, grp != NULL);
	if (!pwd || !grp)
		return;
	pwd_before = passwd_text(pwd);
	grp_before = group_text(grp);

	look_everything_up();
	CHECK(user, same(passwd_text(pwd), pwd_before));
	CHECK(group, same(group_text(grp), grp_before));

	/* The other database's static record is none of ours either. */
	(void)getpwuid(100034);
	CHECK(group, same(group_text(grp), grp_before));
	CHECK(user, getpwnam(user) == pwd && same(passwd_text(pwd), pwd_before));
	(void)getgrgid(500034);
	CHECK(user, same(passwd_text(pwd), pwd_before));
	CHECK(group, getgrnam(group) == grp && same(group_text(grp), grp_before));
}

static unsigned int count_users(bool look_up_between)
{
	const struct passwd *pwd;
	unsigned int n = 0;

	setpwent();
	while ((pwd = getpwent())) {
		struct text before = passwd_text(pwd);
		char buf[1024];
		const char *name;

		n++;
		for (size_t i = 0; look_up_between && i < n_questions; i++)
			(void)look_up(&questions[i], buf, sizeof(buf), &name);
		CHECK("getpwent", same(passwd_text(pwd), before));
	}
	endpwent();
	return n;
}

static void an_enumeration_goes_on_over_lookups(void)
{
	unsigned int n = count_users(false);

	CHECK("getpwent", n > 2);
	CHECK("getpwent", count_users(true) == n);
}

static void our_user_is_in_its_group_alone(void)
{
	gid_t groups[8];
	int n = 8;

	CHECK("getgrouplist", getgrouplist("subuid-ftweedal-100033", 500033, groups, &n) == 1);
	CHECK("getgrouplist", n == 1 && groups[0] == 500033);
}

static unsigned int open_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned int n = 0;

	while (dir && readdir(dir))
		n++;
	(void)closedir(dir);
	return n;
}

struct cancelled {
	const struct question *question;
	char buf[1024];
	const char *name;
	int r;
	bool went_on;
};

static void *look_up_cancelled(void *arg)
{
	struct cancelled *cancelled = arg;

	(void)pthread_cancel(pthread_self());
	cancelled->r = look_up(cancelled->question, cancelled->buf, sizeof(cancelled->buf),
			       &cancelled->name);
	cancelled->went_on = true;
	pthread_testcancel();
	return NULL;
}

/* A lookup is no cancellation point; the next one is. */
static void cancellation_waits_for_the_answer(void)
{
	unsigned int before = open_descriptors();

	for (size_t i = 0; i < n_questions * 10; i++) {
		struct cancelled cancelled = { .question = &questions[i % n_questions] };
		void *result = NULL;
		pthread_t thread;

		CHECK("a thread",
		      pthread_create(&thread, NULL, look_up_cancelled, &cancelled) == 0);
		(void)pthread_join(thread, &result);
		CHECK(title(cancelled.question), cancelled.went_on && cancelled.r == 0);
		CHECK(title(cancelled.question), is_right(cancelled.question, cancelled.name));
		CHECK(title(cancelled.question), result == PTHREAD_CANCELED);
	}
	CHECK("descriptors", open_descriptors() == before);
	CHECK("getpwuid, whose lock nobody took along", getpwuid(100033) != NULL);
}

static void run(const char *passwd, const char *group, bool ours_alone)
{
	int checked = checks, failed = failures;

	use_services(passwd, group);
	n_questions = ours_alone ? N_WITHOUT_ACCOUNTS : N_QUESTIONS;
	buffers_grow_until_they_suffice();
	errno_tells_of_no_fault_if_there_is_none();
	if (ours_alone)
		cancellation_waits_for_the_answer();
	else
		static_records_are_their_callers("root", "root");
	static_records_are_their_callers("subuid-ftweedal-100033", "subgid-ftweedal-500033");
	our_user_is_in_its_group_alone();
	if (!ours_alone)
		an_enumeration_goes_on_over_lookups();
	printf("%s, groups %s: %d checks, %d failed\n", passwd, group, checks - checked,
	       failures - failed);
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "sweep") == 0) {
		use_services("files subid", "files subid");
		buffers_grow_until_they_suffice();
		printf("%d failed\n", failures);
	} else {
		run("files subid", "files subid", false);
		run("subid files", "subid files", false);
		/* Only groups can be merged: users, when they are to be, are not
		 * found at all with glibc 2.41 (EINVAL, also without us). */
		run("files subid", "files [SUCCESS=merge] subid", false);
		/* glibc's own files service is a cancellation point. */
		run("subid", "subid", true);
	}
	return failures > 0;
}
