/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <errno.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/*
 * The expected results of lookups through libsubid_sample.so, for the programs that make
 * them.
 */
struct sample {
	const char *name;
	uid_t uid;
	gid_t gid;
};

static const struct sample samples[] = {
	{ "subuid-alice-100000", 100000, 500000 }, { "subuid-alice-300002", 300002, 500012 },
	{ "subuid-bob-200004", 200004, 600004 },   { "subuid-bob-200005", 200005, 65534 },
	{ "subuid-4242-400009", 400009, 450009 },
};
#define SAMPLES (sizeof(samples) / sizeof(samples[0]))

/* It takes the plugin 2 seconds to say this. */
static const struct sample slow_sample = { "subuid-slow-700001", 700001, 750001 };

/*
 * A program that exports these is called by the plugin: when the loader has
 * mapped it, and before those 2 seconds.
 */
__attribute__((weak, visibility("default"))) void sample_is_loaded(void);
__attribute__((weak, visibility("default"))) void sample_is_slow(void);

enum sample_how {
	SAMPLE_BY_NAME,
	SAMPLE_BY_NAME_R,
	SAMPLE_BY_UID_R,
};

/* sample_ask: "right", "absent", "other", or the name of the error. */
static inline const char *sample_ask(const struct sample *want, enum sample_how how)
{
	struct passwd pwd, *got = NULL;
	char buffer[4096];
	int r = 0;

	switch (how) {
	case SAMPLE_BY_NAME:
		errno = 0;
		got = getpwnam(want->name);
		r = errno;
		break;
	case SAMPLE_BY_NAME_R:
		r = getpwnam_r(want->name, &pwd, buffer, sizeof(buffer), &got);
		break;
	case SAMPLE_BY_UID_R:
		r = getpwuid_r(want->uid, &pwd, buffer, sizeof(buffer), &got);
		break;
	}

	if (!got)
		return r == 0 ? "absent" : strerrorname_np(r);
	return strcmp(got->pw_name, want->name) == 0 && got->pw_uid == want->uid &&
			       got->pw_gid == want->gid
		       ? "right"
		       : "other";
}

static inline bool sample_is_right(const struct sample *want, enum sample_how how)
{
	const char *answer = sample_ask(want, how);

	if (strcmp(answer, "right") == 0)
		return true;
	printf("%s: %s\n", want->name, answer);
	return false;
}
