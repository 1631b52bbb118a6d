/* SPDX-License-Identifier: BSD-3-Clause */
#include "findings.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "rules.h"

const char *finding_severity_name(enum finding_severity severity)
{
	static const char *const names[] = { "note", "warning", "error" };

	return names[severity];
}

/* --- the list --------------------------------------------------------------------- */

/* Returns how many findings of that code there were before. */
static size_t count_code(struct findings *findings, const char *code)
{
	size_t i = 0;

	while (i < FINDINGS_CODES_MAX - 1 && findings->codes[i].code &&
	       strcmp(findings->codes[i].code, code) != 0)
		i++;
	findings->codes[i].code = code;
	return findings->codes[i].n++;
}

struct finding *findings_add(struct findings *findings, enum finding_severity severity,
			     const char *code, const char *file, uint32_t line, char *reason,
			     char *fix)
{
	struct finding *finding = &findings->excess;

	findings->count[severity]++;
	if (count_code(findings, code) < FINDINGS_OF_A_CODE_MAX) {
		findings->items = (struct finding *)memory_room(
			findings->items, findings->n, &findings->room, sizeof(*findings->items));
		finding = &findings->items[findings->n++];
	} else {
		findings->dropped++;
		free(finding->reason);
		free(finding->fix);
	}
	*finding = (struct finding){
		.severity = severity,
		.code = code,
		.file = file,
		.line = line,
		.reason = reason,
		.fix = fix,
		.order = findings->n,
	};
	return finding;
}

static int compare(const void *a, const void *b)
{
	const struct finding *left = (const struct finding *)a;
	const struct finding *right = (const struct finding *)b;

	if (left->severity != right->severity)
		return left->severity > right->severity ? -1 : 1;
	return (left->order > right->order) - (left->order < right->order);
}

void findings_sort(struct findings *findings)
{
	if (findings->n > 0)
		qsort(findings->items, findings->n, sizeof(*findings->items), compare);
}

void findings_free(struct findings *findings)
{
	for (size_t i = 0; i < findings->n; i++) {
		free(findings->items[i].reason);
		free(findings->items[i].fix);
	}
	free(findings->excess.reason);
	free(findings->excess.fix);
	free(findings->items);
	*findings = (struct findings){ .n = 0 };
}

/* --- words for the rules ---------------------------------------------------------- */

const char *const rules_id_names[2] = { [SUBID_UID] = "UID", [SUBID_GID] = "GID" };

const char *rules_show(struct stretch ids, char buf[RULES_STRETCH_BYTES])
{
	if (ids.first == ids.last)
		(void)snprintf(buf, RULES_STRETCH_BYTES, "%" PRIu32, ids.first);
	else
		(void)snprintf(buf, RULES_STRETCH_BYTES,
			       "%" PRIu32 "-%" PRIu32 " (%" PRIu64 " IDs)", ids.first, ids.last,
			       (uint64_t)ids.last - ids.first + 1);
	return buf;
}

char *rules_text(const char *constant)
{
	return memory_text(constant, strlen(constant));
}

void rules_add_ids(struct pass *pass, enum finding_severity severity, const char *code,
		   uint32_t line, struct stretch ids, char *reason, char *fix)
{
	struct finding *finding = findings_add(pass->findings, severity, code, pass->database->path,
					       line, reason, fix);

	finding->has_ids = true;
	finding->ids = ids;
}

/* --- all rules -------------------------------------------------------------------- */

static void begin(struct pass *pass, enum subid_kind kind)
{
	const struct survey *survey = pass->survey;

	gap_begin(&pass->gaps[kind], &survey->pools[kind], &survey->databases[kind],
		  &survey->accounts[kind], &survey->avoid[kind]);
	pass->moves[kind] = (struct stretch *)memory_check(
		calloc(survey->databases[kind].n + 1, sizeof(struct stretch)));
}

static void choose(struct pass *pass, enum subid_kind kind)
{
	pass->kind = kind;
	pass->database = &pass->survey->databases[kind];
}

void findings_of(const struct survey *survey, struct findings *ret)
{
	struct pass pass = { .survey = survey, .findings = ret };

	*ret = (struct findings){ .n = 0 };
	begin(&pass, SUBID_UID);
	begin(&pass, SUBID_GID);
	for (size_t kind = 0; kind < 2; kind++) {
		choose(&pass, (enum subid_kind)kind);
		rules_lines(&pass);
		rules_ranges(&pass);
	}
	rules_owners(&pass);
	rules_pools(&pass);
	rules_services(&pass);
	rules_namespaces(&pass);
	rules_holdings(&pass);
	free(pass.moves[SUBID_UID]);
	free(pass.moves[SUBID_GID]);
	findings_sort(ret);
}
