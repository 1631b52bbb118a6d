/* SPDX-License-Identifier: BSD-3-Clause */
#include "print.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "printable.h"

#define SHOWN_OF_A_CODE 10
#define INDENT 4

static enum style_colour colour_of(enum finding_severity severity)
{
	static const enum style_colour colours[] = { STYLE_CYAN, STYLE_YELLOW, STYLE_RED };

	return colours[severity];
}

/* A command begins with a small letter, a sentence does not. */
static bool is_command(const char *fix)
{
	return islower((unsigned char)fix[0]);
}

static void print_finding(const struct finding *finding, const struct style *style)
{
	enum style_colour colour = colour_of(finding->severity);
	char *reason = printable(finding->reason), *fix = printable(finding->fix);

	printf("%s%s%s", style_begin(style, colour), finding_severity_name(finding->severity),
	       style_end(style, colour));
	if (finding->file) {
		char *file = printable(finding->file);

		printf("  %s%s", style_begin(style, STYLE_BOLD), file);
		free(file);
	}
	if (finding->file && finding->line > 0)
		printf(":%" PRIu32, finding->line);
	printf("%s  %s[%s]%s\n%*s", finding->file ? style_end(style, STYLE_BOLD) : "",
	       style_begin(style, STYLE_DIM), finding->code, style_end(style, STYLE_DIM), INDENT,
	       "");
	style_wrap(style, reason, INDENT, INDENT, false);
	printf("%*s%sFix:%s ", INDENT, "", style_begin(style, STYLE_GREEN),
	       style_end(style, STYLE_GREEN));
	style_wrap(style, fix, INDENT + 5, INDENT + 5, is_command(fix));
	free(reason);
	free(fix);
}

static size_t of_code(const struct findings *findings, size_t from)
{
	const struct finding *first = &findings->items[from];
	size_t n = 0;

	for (size_t i = from; i < findings->n; i++)
		n += findings->items[i].severity == first->severity &&
		     strcmp(findings->items[i].code, first->code) == 0;
	return n;
}

static size_t code_index(const struct findings *findings, const char *code)
{
	size_t i = 0;

	while (i < FINDINGS_CODES_MAX - 1 && findings->codes[i].code &&
	       strcmp(findings->codes[i].code, code) != 0)
		i++;
	return i;
}

static void print_summary(const struct findings *findings, const struct style *style)
{
	static const char *const singular[] = { "note", "warning", "error" };
	static const char *const plural[] = { "notes", "warnings", "errors" };

	if (findings->n == 0) {
		printf("%sNo findings.%s\n", style_begin(style, STYLE_GREEN),
		       style_end(style, STYLE_GREEN));
		return;
	}
	if (findings->dropped > 0)
		printf("%zu findings are not shown: there are more than %d of one kind.\n",
		       findings->dropped, FINDINGS_OF_A_CODE_MAX);
	for (int severity = FINDING_ERROR; severity >= FINDING_NOTE; severity--)
		printf("%zu %s%s", findings->count[severity],
		       findings->count[severity] == 1 ? singular[severity] : plural[severity],
		       severity > FINDING_NOTE ? ", " : ".\n");
}

void report_print(const struct findings *findings, const struct style *style)
{
	size_t tallies[FINDINGS_CODES_MAX][FINDING_ERROR + 1] = { { 0 } };

	for (size_t i = 0; i < findings->n; i++) {
		const struct finding *finding = &findings->items[i];
		size_t nth = ++tallies[code_index(findings, finding->code)][finding->severity];

		if (nth <= SHOWN_OF_A_CODE || style->all) {
			print_finding(finding, style);
			(void)putchar('\n');
		} else if (nth == SHOWN_OF_A_CODE + 1) {
			printf("%s%s%s  and %zu more of [%s]; --all shows them\n\n",
			       style_begin(style, colour_of(finding->severity)),
			       finding_severity_name(finding->severity),
			       style_end(style, colour_of(finding->severity)), of_code(findings, i),
			       finding->code);
		}
	}
	print_summary(findings, style);
}
