/* SPDX-License-Identifier: BSD-3-Clause */
#include "ask.h"

#include <errno.h>
#include <grp.h>
#include <nss.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define KEYS_MAX 4096

char main_buffer[BUFFER_BYTES];

void fail(const char *what, const char *about)
{
	fprintf(stderr, "lookups: %s: %s\n", what, about);
	exit(1);
}

void *must(void *memory)
{
	if (!memory)
		fail("memory", strerror(errno));
	return memory;
}

uint64_t now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* POSIX lets services say "not found" in several ways, and they do. */
static bool is_answer(int r, const void *record)
{
	if (record)
		return true;
	if (r != 0 && r != ENOENT && r != ESRCH)
		fail("a lookup failed", strerror(r));
	return false;
}

static size_t ask_getpwuid(const struct keys *keys, size_t first, size_t calls, char *buffer)
{
	struct passwd pwd, *record;
	size_t found = 0;

	for (size_t i = first; calls > 0; i++, calls--) {
		int r;

		i = i < keys->count ? i : 0;
		r = getpwuid_r(keys->key[i].id, &pwd, buffer, BUFFER_BYTES, &record);
		found += is_answer(r, record);
	}
	return found;
}

static size_t ask_getpwnam(const struct keys *keys, size_t first, size_t calls, char *buffer)
{
	struct passwd pwd, *record;
	size_t found = 0;

	for (size_t i = first; calls > 0; i++, calls--) {
		int r;

		i = i < keys->count ? i : 0;
		r = getpwnam_r(keys->key[i].name, &pwd, buffer, BUFFER_BYTES, &record);
		found += is_answer(r, record);
	}
	return found;
}

static size_t ask_getgrgid(const struct keys *keys, size_t first, size_t calls, char *buffer)
{
	struct group grp, *record;
	size_t found = 0;

	for (size_t i = first; calls > 0; i++, calls--) {
		int r;

		i = i < keys->count ? i : 0;
		r = getgrgid_r(keys->key[i].id, &grp, buffer, BUFFER_BYTES, &record);
		found += is_answer(r, record);
	}
	return found;
}

static size_t ask_getgrnam(const struct keys *keys, size_t first, size_t calls, char *buffer)
{
	struct group grp, *record;
	size_t found = 0;

	for (size_t i = first; calls > 0; i++, calls--) {
		int r;

		i = i < keys->count ? i : 0;
		r = getgrnam_r(keys->key[i].name, &grp, buffer, BUFFER_BYTES, &record);
		found += is_answer(r, record);
	}
	return found;
}

static const struct function functions[] = {
	{ "getpwuid_r", "passwd", ask_getpwuid },
	{ "getpwnam_r", "passwd", ask_getpwnam },
	{ "getgrgid_r", "group", ask_getgrgid },
	{ "getgrnam_r", "group", ask_getgrnam },
};

const struct function *function_named(const char *name)
{
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
		if (strcmp(functions[i].name, name) == 0)
			return &functions[i];
	fail("no such function", name);
}

bool answer_named(const char *name)
{
	if (strcmp(name, "found") != 0 && strcmp(name, "absent") != 0)
		fail("no such answer", name);
	return strcmp(name, "found") == 0;
}

void key_set(struct key *key, const char *text)
{
	key->name = (const char *)must(strdup(text));
	key->id = (unsigned int)strtoul(text, NULL, 10);
}

void keys_read(struct keys *keys, const char *path)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	if (!file)
		fail(path, strerror(errno));
	keys->key = (struct key *)must(calloc(KEYS_MAX, sizeof(*keys->key)));
	while (keys->count < KEYS_MAX && (len = getline(&line, &size, file)) > 0) {
		line[strcspn(line, "\n")] = '\0';
		key_set(&keys->key[keys->count++], line);
	}
	if (keys->count == 0)
		fail(path, "no keys");
	keys->total = keys->count;
	free(line);
	(void)fclose(file);
}

void select_services(const struct question *question)
{
	if (strcmp(question->services, "-") != 0 &&
	    __nss_configure_lookup(question->function->database, question->services) != 0)
		fail(question->services, strerror(errno));
}

void demand(const struct question *question, size_t found, size_t calls)
{
	if (found != (question->found ? calls : 0)) {
		fprintf(stderr, "lookups: %s, %s, %s: %zu of %zu found\n", question->label,
			question->services, question->function->name, found, calls);
		exit(1);
	}
}
