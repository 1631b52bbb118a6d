/* SPDX-License-Identifier: BSD-3-Clause */
/* subid-check: see a host's subordinate IDs and what is wrong with them. */
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "print.h"
#include "findings.h"
#include "identity.h"
#include "memory.h"
#include "options.h"
#include "style.h"
#include "survey.h"
#include "table.h"

static void set_style(const struct options *options, struct style *ret)
{
	style_of_terminal(ret);
	ret->wide = options->wide;
	ret->all = options->all;
	if (strcmp(options->colour, "always") == 0)
		ret->colours = true;
	else if (strcmp(options->colour, "never") == 0)
		ret->colours = false;
}

/* Writes the page into a file, or the picture if @findings is NULL. */
static void draw(const struct survey *survey, const struct findings *findings, const char *path)
{
	bool standard = strcmp(path, "-") == 0;
	FILE *stream = standard ? stdout : fopen(path, "we");

	if (!stream)
		err(CHECK_STATUS_BLIND, "%s", path);
	if (findings)
		html_print(survey, findings, stream);
	else
		svg_print(survey, stream);
	if (ferror(stream) || (standard ? fflush(stream) : fclose(stream)) != 0)
		err(CHECK_STATUS_BLIND, "%s", standard ? "standard output" : path);
}

static void print(const struct survey *survey, const struct findings *findings,
		  const struct options *options, const struct style *style)
{
	const struct table_look look = {
		.columns = options->columns,
		.noheadings = options->noheadings,
		.raw = options->raw,
	};

	if (options->json) {
		json_print(survey, findings);
	} else if (options->map) {
		map_print(survey, style);
	} else if (options->svg) {
		draw(survey, NULL, options->svg);
	} else if (options->html) {
		draw(survey, findings, options->html);
	} else {
		table_print(survey, style, &look);
		if (look.columns || look.noheadings || look.raw)
			return;
		holdings_print(survey, style);
		(void)putchar('\n');
		report_print(findings, style);
	}
}

static int check(const struct survey *survey, const struct options *options,
		 const struct style *style)
{
	struct findings findings;
	int status;

	findings_of(survey, &findings);
	print(survey, &findings, options, style);
	status = findings.count[FINDING_ERROR] + findings.count[FINDING_WARNING] > 0
			 ? CHECK_STATUS_FINDINGS
			 : CHECK_STATUS_CLEAN;
	if (findings.dropped > 0)
		status = CHECK_STATUS_BLIND;
	findings_free(&findings);
	return status;
}

/*
 * An ID may be delegated as a UID, as a GID, or as both. If it is only one of these, the other is
 * not shown. The ID of a process is its UID. Returns how many identities there are to show.
 */
static size_t identify(const struct survey *survey, const struct options *options,
		       struct identity ret[2])
{
	struct identity identity;
	uint32_t id = options->id;
	size_t n = 0;

	if (options->name) {
		if (!identity_of_name(survey, options->name, &ret[0]))
			errx(CHECK_STATUS_FINDINGS,
			     "%s is neither an ID nor a name that a record of the module can have",
			     options->name);
		return 1;
	}
	if (!options->has_id) {
		int r = usage_effective(options->pid, &id);

		if (r < 0)
			errx(CHECK_STATUS_BLIND, "process %jd: %s", (intmax_t)options->pid,
			     strerrordesc_np(-r));
	}
	identity_of_id(survey, SUBID_UID, id, &ret[n++]);
	if (!options->has_id)
		return n;
	identity_of_id(survey, SUBID_GID, id, &identity);
	if (identity.entry && !ret[0].entry)
		ret[0] = identity; /* without an entry, ret[0] has nothing to free */
	else if (identity.entry)
		ret[n++] = identity;
	else
		identity_free(&identity);
	return n;
}

static int answer(const struct survey *survey, const struct options *options,
		  const struct style *style)
{
	struct identity identities[2];
	size_t n = identify(survey, options, identities);
	int status = CHECK_STATUS_FINDINGS;

	if (options->json)
		json_print_identities(survey, identities, n, options->pid);
	for (size_t i = 0; i < n; i++) {
		if (!options->json)
			answer_print(survey, &identities[i], options->pid, style);
		if (identity_is_delegated(&identities[i]))
			status = CHECK_STATUS_CLEAN;
		identity_free(&identities[i]);
	}
	return status;
}

int main(int argc, char **argv)
{
	struct options options;
	struct survey survey;
	struct style style;
	int status;

	(void)setlocale(LC_CTYPE, "");
	options_parse(argc, argv, &options);
	set_style(&options, &style);
	survey_read(&options.request, &survey);
	status = options_are_about_one(&options) ? answer(&survey, &options, &style)
						 : check(&survey, &options, &style);
	survey_free(&survey);
	options_free(&options);
	if (fflush(stdout) != 0 || ferror(stdout))
		err(CHECK_STATUS_BLIND, "standard output");
	return status;
}
