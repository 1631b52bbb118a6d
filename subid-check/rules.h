/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "findings.h"
#include "overlap.h"
#include "pool.h"

/* The rules that make findings of a survey. Each subject has its own file rules-*.c. */

/* The state of one pass over a host. */
struct pass {
	const struct survey *survey;
	struct findings *findings;
	enum subid_kind kind; /* of the current database */
	const struct database *database;
	struct gap gaps[2];	  /* by enum subid_kind; each free ID is proposed once */
	struct stretch *moves[2]; /* by entry: the range that is proposed instead, or 0-0 */
	bool unsorted[2];	  /* the finding `unsorted` has been made */
};

/* One database, which is set in the pass: the file itself, its lines and its ranges. */
void rules_lines(struct pass *pass);
void rules_ranges(struct pass *pass);
/* Each owner, over both databases. */
void rules_owners(struct pass *pass);
/* login.defs(5), directories, the time limit of --probe, and the kubelet. */
void rules_pools(struct pass *pass);
/* nsswitch.conf(5), PAM, mail servers, the module and subid-userdbd. */
void rules_services(struct pass *pass);
/* Files at rest, and user namespaces. */
void rules_holdings(struct pass *pass);
void rules_namespaces(struct pass *pass);

/* --- words ------------------------------------------------------------------------- */

/* "UID" or "GID". */
extern const char *const rules_id_names[2];

/* "100000-165535 (65536 IDs)" */
#define RULES_STRETCH_BYTES 48
const char *rules_show(struct stretch ids, char buf[RULES_STRETCH_BYTES]);

/* rules_text: a copy. Ownership: free(3). */
char *rules_text(const char *constant);

static inline struct stretch rules_stretch(const struct entry *entry)
{
	return (struct stretch){ entry->range.start, entry_last(entry) };
}

static inline bool rules_meet(const struct entry *entry, struct stretch ids)
{
	return entry->range.start <= ids.last && entry_last(entry) >= ids.first;
}

static inline const struct owner *rules_owner(const struct pass *pass, const struct entry *entry)
{
	return &pass->survey->owners.items[entry->owner];
}

/*
 * rules_add_ids: add a finding about IDs and a line of the current database.
 * @reason, @fix: handed over.
 */
void rules_add_ids(struct pass *pass, enum finding_severity severity, const char *code,
		   uint32_t line, struct stretch ids, char *reason, char *fix);

/* --- fixes ------------------------------------------------------------------------- */

/*
 * A fix is a command that changes files of the checked host alone. If there is no such command,
 * it is a sentence. Ownership of all: free(3).
 */

/*
 * fix_move: propose other IDs for an entry of the current database. A second call for the entry
 * proposes the same IDs.
 */
char *fix_move(struct pass *pass, const struct entry *entry);

/* fix_add: propose @count more IDs for an owner. */
char *fix_add(struct pass *pass, const struct owner *owner, enum subid_kind kind, uint64_t count);

/* fix_file: "COMMAND PATH" if a command can name the file, or else a copy of @sentence. */
char *fix_file(const struct survey *survey, const char *command, const char *path,
	       const char *sentence);

/* fix_quote: quote a text for a shell, as one word in ASCII. */
char *fix_quote(const char *text);
