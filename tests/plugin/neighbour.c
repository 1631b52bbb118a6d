/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Programs that use libsubid themselves, and have us inside their lookups.
 *
 *   neighbour threads us|host COUNT
 *                      libsubid and lookups side by side, COUNT times each;
 *                      who of the two calls libsubid first
 *   neighbour decided FILE KEY...
 *                      puts FILE in the place of nsswitch.conf after its own
 *                      first question, then asks KEYs: NAME, absent, or the
 *                      name of the error. Last it gives up its privileges and
 *                      has libsubid complain of that
 */
#include <nss.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include <shadow/subid.h>

#include "sample.h"

#define NSSWITCH "/etc/nsswitch.conf"

static FILE *log_stream;
static char *log_text;
static size_t log_len;
static long rounds;

static bool take_log(void)
{
	log_stream = open_memstream(&log_text, &log_len);
	return log_stream && subid_init("host", log_stream);
}

static bool ranges_are_right(void)
{
	struct subid_range *ranges = NULL;
	int n = subid_get_uid_ranges("alice", &ranges);
	bool right = n == 2 && ranges[0].start == 100000 && ranges[1].start == 300000;

	if (!right)
		printf("libsubid: %d ranges\n", n);
	free(ranges);
	return right;
}

static void *use_libsubid(void *yes)
{
	bool right = true;

	for (long i = 0; i < rounds && right; i++)
		right = ranges_are_right();
	return right ? yes : NULL;
}

static void *look_up(void *how)
{
	bool right = true;

	for (long i = 0; i < rounds && right; i++)
		right = sample_is_right(&samples[(size_t)i % SAMPLES],
					*(const enum sample_how *)how);
	return right ? how : NULL;
}

static int threads(bool we_are_first)
{
	/* getpwnam() has but one record, so but one thread. */
	static enum sample_how hows[] = { SAMPLE_BY_NAME, SAMPLE_BY_NAME_R, SAMPLE_BY_UID_R,
					  SAMPLE_BY_UID_R };
	pthread_t ids[6];
	bool right = true;
	void *result;

	if (!take_log())
		return 2;
	right = we_are_first ? sample_is_right(&samples[0], SAMPLE_BY_NAME) : ranges_are_right();

	for (size_t i = 0; i < 4; i++)
		if (pthread_create(&ids[i], NULL, look_up, &hows[i]) != 0)
			return 2;
	for (size_t i = 4; i < 6; i++)
		if (pthread_create(&ids[i], NULL, use_libsubid, &right) != 0)
			return 2;
	for (size_t i = 0; i < 6; i++)
		right = pthread_join(ids[i], &result) == 0 && result && right;
	return right ? 0 : 1;
}

static int decided(const char *file, int count, char **keys)
{
	struct subordinate_range grant = { .owner = "alice", .count = 1 };
	struct subid_range *ranges = NULL;
	struct passwd *pwd;
	char *end;

	if (!take_log())
		return 2;
	printf("libsubid: %d ranges\n", subid_get_uid_ranges("alice", &ranges));
	free(ranges);
	if (rename(file, NSSWITCH) < 0)
		return 2;

	for (int i = 0; i < count; i++) {
		uid_t uid = (uid_t)strtoul(keys[i], &end, 10);

		errno = 0;
		/* Those that hold glibc's lock, as libsubid would find it. */
		pwd = *end == '\0' ? getpwuid(uid) : getpwnam(keys[i]);
		puts(pwd ? pwd->pw_name : errno == 0 ? "absent" : strerrorname_np(errno));
	}

	if (setresuid(1001, 1001, 1001) < 0 || subid_grant_uid_range(&grant, true) ||
	    fflush(log_stream) != 0)
		return 2;
	printf("log: %s", log_text);
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	__nss_configure_lookup("passwd", "files subid");
	if (strcmp(what, "threads") == 0 && argc == 4) {
		rounds = strtol(argv[3], NULL, 10);
		return threads(strcmp(argv[2], "us") == 0);
	}
	if (strcmp(what, "decided") == 0 && argc > 3)
		return decided(argv[2], argc - 3, argv + 3);
	return 2;
}
