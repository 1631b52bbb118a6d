/* SPDX-License-Identifier: BSD-3-Clause */
#include "source.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "files.h"
#include "reader.h"

#define DATABASE "subid:"
#define READ_TRIES 16

enum source {
	SOURCE_UNKNOWN,
	SOURCE_FILES,
	SOURCE_LIBSUBID,
};

static size_t word_length(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && !memchr(" \t\n", text[n], 3))
		n++;
	return n;
}

static size_t blank_length(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && memchr(" \t\n", text[n], 3))
		n++;
	return n;
}

/* The first word of a line of our database: its length, 0 for any other line. */
static size_t find_word(const char *line, size_t len, const char **ret_word)
{
	size_t skip = strlen(DATABASE);

	if (len < skip || strncasecmp(line, DATABASE, skip) != 0)
		return 0;

	skip += blank_length(line + skip, len - skip);
	*ret_word = line + skip;
	return word_length(*ret_word, len - skip);
}

static bool names_files(const char *word, size_t len)
{
	return len > SUBID_PLUGIN_MAX_BYTES || (len == 5 && memcmp(word, "files", 5) == 0);
}

static int read_lines(struct subid_reader *reader, char *ret_plugin)
{
	const char *line, *word;
	size_t len, word_len;
	int r;

	do {
		r = subid_reader_next(reader, &line, &len);
		if (r <= 0)
			return r;
		word_len = find_word(line, len, &word);
	} while (word_len == 0);

	/* Since 4.17 (libsubid.so.5) a word that nothing ends is no word. */
	if (names_files(word, word_len) ||
	    (SUBID_LIBSUBID_ABI >= 5 && word + word_len == line + len && !reader->terminated))
		return 0;

	memcpy(ret_plugin, word, word_len);
	ret_plugin[word_len] = '\0';
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

int subid_source_ask(const char *nsswitch, const char *file, enum subid_kind kind,
		     struct subid_owner *owner, struct subid_place *place)
{
	int r = choose(nsswitch);

	if (r == SOURCE_LIBSUBID)
		return subid_libsubid_ask(kind, owner, place);
	return r < 0 ? r : subid_files_ask(file, owner, place);
}
