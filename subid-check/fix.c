/* SPDX-License-Identifier: BSD-3-Clause */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "rules.h"

/* --- words for a shell ------------------------------------------------------------ */

static bool is_ascii_text(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < 0x20 || (unsigned char)*text > 0x7e)
			return false;
	return true;
}

/* 'TEXT', where a quote inside becomes '\'' */
static char *quote_plainly(const char *text)
{
	char *quoted = (char *)memory_check(malloc(strlen(text) * 4 + 3));
	size_t n = 0;

	quoted[n++] = '\'';
	for (; *text != '\0'; text++) {
		if (*text == '\'') {
			memcpy(quoted + n, "'\\'", 3);
			n += 3;
		}
		quoted[n++] = *text;
	}
	quoted[n++] = '\'';
	quoted[n] = '\0';
	return quoted;
}

/* $'TEXT', with all but printable ASCII characters in octal, so that no byte is hidden. */
static char *quote_in_octal(const char *text)
{
	char *quoted = (char *)memory_check(malloc(strlen(text) * 4 + 4));
	size_t n = 2;

	memcpy(quoted, "$'", 2);
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c < 0x20 || c > 0x7e || c == '\'' || c == '\\')
			n += (size_t)snprintf(quoted + n, 5, "\\%03o", c);
		else
			quoted[n++] = (char)c;
	}
	quoted[n++] = '\'';
	quoted[n] = '\0';
	return quoted;
}

char *fix_quote(const char *text)
{
	static const char harmless[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				       "0123456789/._@+-";
	size_t len = strlen(text);

	if (len > 0 && strspn(text, harmless) == len && text[0] != '-')
		return memory_text(text, len);
	return is_ascii_text(text) ? quote_plainly(text) : quote_in_octal(text);
}

char *fix_file(const struct survey *survey, const char *command, const char *path,
	       const char *sentence)
{
	char *whole, *quoted, *fix;

	if (!survey->plain)
		return rules_text(sentence);
	whole = memory_print("%s%s", survey->prefix, path);
	quoted = fix_quote(whole);
	fix = memory_print("%s %s", command, quoted);
	free(quoted);
	free(whole);
	return fix;
}

/* --- other IDs -------------------------------------------------------------------- */

/*
 * Can a command of usermod(8) name the owner? It takes the name of an account. A name that begins
 * with - would be an option.
 */
static bool usermod_takes(const struct pass *pass, const struct owner *owner)
{
	return pass->survey->plain && owner->account == OWNER_HAS_ACCOUNT && !owner->numeric &&
	       owner->name[0] != '-';
}

/* "usermod --prefix DIRECTORY", which does not run programs of that directory. */
static char *usermod(const struct survey *survey)
{
	char *quoted, *command;

	if (survey->prefix[0] == '\0')
		return memory_print("usermod");
	quoted = fix_quote(survey->prefix);
	command = memory_print("usermod --prefix %s", quoted);
	free(quoted);
	return command;
}

/* Finds a free range for an owner. A deterministic pool has only one range for each user. */
static bool propose(struct pass *pass, const struct owner *owner, enum subid_kind kind,
		    uint32_t count, struct stretch *ret)
{
	const struct pool *pool = &pass->survey->pools[kind];
	struct stretch ids;

	if (!pool->deterministic)
		return gap_take(&pass->gaps[kind], count, ret);
	if (owner->account != OWNER_HAS_ACCOUNT || count != pool->count ||
	    !pool_of_uid(pool, owner->uid, &ids) || !gap_is_free(&pass->gaps[kind], ids))
		return false;
	*ret = ids;
	return true;
}

static const char *option_of(enum subid_kind kind)
{
	return kind == SUBID_UID ? "subuids" : "subgids";
}

static char *no_range(const struct pass *pass, enum subid_kind kind, const char *what,
		      uint64_t count)
{
	if (pass->survey->pools[kind].deterministic)
		return memory_print("Choose another range for %s by hand: login.defs gives each "
				    "user one fixed range, which here does not exist, has another "
				    "size or is in use.",
				    what);
	return memory_print("Give %s fewer IDs, or widen SUB_%s_MIN to SUB_%s_MAX in login.defs: "
			    "no %" PRIu64 " IDs in a row are free there.",
			    what, rules_id_names[kind], rules_id_names[kind], count);
}

char *fix_move(struct pass *pass, const struct entry *entry)
{
	const struct owner *owner = rules_owner(pass, entry);
	const char *option = option_of(pass->kind);
	struct stretch *move = &pass->moves[pass->kind][entry - pass->database->entries];
	char *line, *name, *command, *fix;

	/* There is one proposal for a line, even if it has several findings. */
	if (move->last == 0 && !propose(pass, owner, pass->kind, entry->range.count, move)) {
		line = memory_print("line %" PRIu32, entry->line);
		fix = no_range(pass, pass->kind, line, entry->range.count);
		free(line);
		return fix;
	}
	if (!usermod_takes(pass, owner))
		return memory_print("Let line %" PRIu32 " begin at %" PRIu32 ", which is free.",
				    entry->line, move->first);
	name = fix_quote(owner->name);
	command = usermod(pass->survey);
	fix = memory_print("%s --del-%s %" PRIu32 "-%" PRIu32 " --add-%s %" PRIu32 "-%" PRIu32
			   " %s",
			   command, option, entry->range.start, entry_last(entry), option,
			   move->first, move->last, name);
	free(command);
	free(name);
	return fix;
}

char *fix_add(struct pass *pass, const struct owner *owner, enum subid_kind kind, uint64_t count)
{
	const char *path = pass->survey->databases[kind].path;
	struct stretch ids;
	char *name, *command, *fix;

	if (count > UINT32_MAX || !propose(pass, owner, kind, (uint32_t)count, &ids))
		return memory_print("Add a line for %s to %s.", owner->name, path);
	if (!usermod_takes(pass, owner))
		return memory_print("Add a line for %s to %s: %" PRIu32 ":%" PRIu64 " is free.",
				    owner->name, path, ids.first, count);
	name = fix_quote(owner->name);
	command = usermod(pass->survey);
	fix = memory_print("%s --add-%s %" PRIu32 "-%" PRIu32 " %s", command, option_of(kind),
			   ids.first, ids.last, name);
	free(command);
	free(name);
	return fix;
}
