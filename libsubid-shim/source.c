/* SPDX-License-Identifier: BSD-3-Clause */
#include "source.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

#include "reader.h"
#include "text.h"

#define DATABASE "subid:"
#define DATABASE_LEN 6
#define READ_TRIES 16

enum source {
	SOURCE_UNKNOWN,
	SOURCE_FILES,
	SOURCE_LIBSUBID,
};

/* What libsubid skips before the word: isspace(3) until 4.17 (libsubid.so.5). */
#define SKIPPED (SUBID_LIBSUBID_ABI < 5 ? " \t\n\v\f\r" : " \t\n")
#define ENDS_WORD " \t\n"

/* libsubid skips lines that, with their newline, are shorter than this. */
#define LINE_MIN_BYTES 8

struct word {
	const char *text;
	size_t len; /* 0: there is none */
	bool ended; /* by a blank or a newline */
};

static size_t span(const char *text, size_t len, const char *bytes, bool among)
{
	size_t n = 0, n_bytes = subid_text_length(bytes, 8);

	while (n < len && (memchr(bytes, text[n], n_bytes) != NULL) == among)
		n++;
	return n;
}

/* strncasecmp(3) for ASCII: a symbol more costs every process that loads us. */
static bool names_database(const char *line, size_t len)
{
	size_t n = 0;

	while (n < len && n < DATABASE_LEN &&
	       (line[n] == DATABASE[n] || (DATABASE[n] != ':' && (line[n] | 0x20) == DATABASE[n])))
		n++;
	return n == DATABASE_LEN;
}

/* The first word of a line, if it is one of our database. */
static struct word find_word(const char *line, size_t len, bool terminated)
{
	const char *nul = (const char *)memchr(line, '\0', len), *end;
	struct word word = { .len = 0 };

	/* libsubid reads lines as strings. */
	if (nul) {
		len = (size_t)(nul - line);
		terminated = false;
	}
	end = line + len;
	if (len + terminated < LINE_MIN_BYTES || !names_database(line, len))
		return word;

	word.text =
		line + DATABASE_LEN + span(line + DATABASE_LEN, len - DATABASE_LEN, SKIPPED, true);
	word.len = span(word.text, (size_t)(end - word.text), ENDS_WORD, false);
	word.ended = terminated || word.text + word.len < end;
	return word;
}

static bool names_plugin(const struct word *word)
{
	/* Since 4.17 (libsubid.so.5) a word that nothing ends is none. */
	if (word->len > SUBID_PLUGIN_MAX_BYTES || (SUBID_LIBSUBID_ABI >= 5 && !word->ended))
		return false;
	return !subid_text_equal(word->text, word->len, "files", 5);
}

static int read_lines(struct subid_reader *reader, char *ret_plugin)
{
	struct word word;
	const char *line;
	size_t len;
	int r;

	do {
		r = subid_reader_next(reader, &line, &len);
		if (r <= 0)
			return r;
		word = find_word(line, len, reader->terminated);
	} while (word.len == 0);

	if (names_plugin(&word)) {
		memcpy(ret_plugin, word.text, word.len);
		ret_plugin[word.len] = '\0';
	}
	return 0;
}

static int read_once(const char *path, char *ret_plugin)
{
	struct subid_reader reader;
	int r;

	ret_plugin[0] = '\0';
	r = subid_reader_open(&reader, path);
	if (r < 0)
		return r == -ENOENT ? 0 : r;

	r = read_lines(&reader, ret_plugin);
	if (r == 0)
		r = subid_reader_verify(&reader);
	subid_reader_close(&reader);
	return r;
}

int subid_source_read(const char *path, char ret_plugin[SUBID_PLUGIN_MAX_BYTES + 1])
{
	int r = -ESTALE;

	for (int i = 0; i < READ_TRIES && r == -ESTALE; i++)
		r = read_once(path, ret_plugin);
	return r == -ESTALE ? -EAGAIN : r;
}

/* Once per process. Threads may find it out side by side: they agree. */
static int choose(const char *nsswitch)
{
	static _Atomic(int) chosen = SOURCE_UNKNOWN;
	char plugin[SUBID_PLUGIN_MAX_BYTES + 1];
	int r;

	r = atomic_load_explicit(&chosen, memory_order_acquire);
	if (r != SOURCE_UNKNOWN)
		return r;

	r = subid_source_read(nsswitch, plugin);
	if (r < 0)
		return r;
	if (plugin[0] == '\0') {
		r = SOURCE_FILES;
	} else {
		r = subid_libsubid_open(plugin);
		if (r < 0)
			return r;
		r = r > 0 ? SOURCE_LIBSUBID : SOURCE_FILES;
	}

	atomic_store_explicit(&chosen, r, memory_order_release);
	return r;
}

int subid_source_ask(const char *nsswitch, const struct subid_database *database,
		     struct subid_owner *owner, struct subid_place *place)
{
	int r = choose(nsswitch);

	if (r == SOURCE_FILES)
		return subid_cache_ask(database->cache, database->path, owner, place);
	return r < 0 ? r : subid_libsubid_ask(database->kind, owner, place);
}
