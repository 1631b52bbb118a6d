/* SPDX-License-Identifier: BSD-3-Clause */
#include "finds.h"

#include <stdio.h>
#include <string.h>

#include "check.h"

static const struct finding *first_of(const struct findings *findings, const char *code, size_t *n)
{
	const struct finding *first = NULL;

	*n = 0;
	for (size_t i = 0; i < findings->n; i++) {
		if (strcmp(findings->items[i].code, code) != 0)
			continue;
		if ((*n)++ == 0)
			first = &findings->items[i];
	}
	return first;
}

static void check_contains(const char *what, const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("%s: \"%s\" has no \"%s\"", what, text, part);
}

void finds(const struct model *model, const char *code, const char *where, const char *reason,
	   const char *fix)
{
	struct survey survey;
	struct findings findings;
	const struct finding *finding;
	char got[128];
	size_t n;

	model_survey(model, &survey);
	findings_of(&survey, &findings);
	finding = first_of(&findings, code, &n);
	check_int(code, (intmax_t)n, 1);
	(void)snprintf(got, sizeof(got), "%s %s:%u", finding_severity_name(finding->severity),
		       finding->file ? finding->file : "", finding->line);
	check_text(code, got, where);
	check_contains(code, finding->reason, reason);
	check_contains(code, finding->fix, fix);
	findings_free(&findings);
	survey_free(&survey);
}

void finds_none(const char *reason, const struct model *model, const char *code)
{
	struct survey survey;
	struct findings findings;
	const struct finding *finding;
	size_t n;

	model_survey(model, &survey);
	findings_of(&survey, &findings);
	finding = first_of(&findings, code, &n);
	if (finding)
		fail_msg("%s: %s", reason, finding->reason);
	findings_free(&findings);
	survey_free(&survey);
}
