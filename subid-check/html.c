/* SPDX-License-Identifier: BSD-3-Clause */
#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "memory.h"
#include "print.h"
#include "printable.h"
#include "segments.h"

#define ROWS_MAX 48

static const char head[] =
	"<!DOCTYPE html>\n"
	"<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	"<meta name=\"color-scheme\" content=\"light dark\">\n"
	/* Whatever a name of the host says, the page loads and runs nothing. */
	"<meta http-equiv=\"Content-Security-Policy\" "
	"content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
	"<title>Subordinate IDs</title>\n<style>\n"
	":root{--paper:#fff;--ink:#1c2128;--faint:#5b6470;--line:#d9dde3;--card:#f6f7f9;"
	"--error:#b3261e;--warning:#8a5a00;--note:#1f6391;--free:#d5d9df;--systemd:#f2c94c;"
	"--accounts:#7db8e0;--owned:#5fb878;--nested:#a08fd8;--special:#8a919c;"
	"--overlap:#e5604f}\n"
	"@media (prefers-color-scheme:dark){:root{--paper:#14171c;--ink:#e3e6ea;"
	"--faint:#9aa3af;--line:#333a44;--card:#1d2229;--error:#ff8a7e;--warning:#f0b849;"
	"--note:#7cc0ee;--free:#3a414b;--systemd:#a88a1e;--accounts:#33749f;--owned:#37844d;"
	"--nested:#6c59b0;--special:#6b7380;--overlap:#d2493a}}\n"
	"body{background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif;"
	"max-width:76rem;margin:0 auto;padding:1.5rem}\n"
	"h1{font-size:1.5rem;margin:0}h2{font-size:1.15rem;margin:2rem 0 .5rem}\n"
	".faint{color:var(--faint)}code{font-family:ui-monospace,monospace;"
	"overflow-wrap:anywhere}"
	/* A browser breaks lines at hyphens, and an option must not be broken. */
	".command{display:block;white-space:pre;overflow-x:auto}\n"
	".finding{background:var(--card);border-left:4px solid var(--note);padding:.6rem .9rem;"
	"margin:.6rem 0}.finding p{margin:.2rem 0;overflow-wrap:anywhere}\n"
	".finding.error{border-color:var(--error)}.finding.warning{border-color:var(--warning)}\n"
	".error>p>b:first-child{color:var(--error)}.warning>p>b:first-child{color:var(--warning)}"
	".note>p>b:first-child{color:var(--note)}\n"
	".scroll{overflow-x:auto}table{border-collapse:collapse;width:100%}"
	"caption{text-align:left;font-weight:600;padding:.3rem 0}\n"
	"th,td{text-align:left;padding:.2rem .6rem;border-bottom:1px solid var(--line);"
	"vertical-align:middle}th{font-weight:600;white-space:nowrap}\n"
	".n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}\n"
	".maps{display:grid;grid-template-columns:repeat(auto-fit,minmax(32rem,1fr));gap:1.5rem}"
	"@media (max-width:38rem){.maps{grid-template-columns:1fr}}\n"
	".bar{width:9rem}.bar span{display:block;height:.9rem;border-radius:2px}\n";

static const char *const classes[] = {
	[SEGMENT_FREE] = "free",	 [SEGMENT_SYSTEMD] = "systemd",
	[SEGMENT_ACCOUNTS] = "accounts", [SEGMENT_OWNED] = "owned",
	[SEGMENT_NESTED] = "nested",	 [SEGMENT_SPECIAL] = "special",
	[SEGMENT_OVERLAP] = "overlap",
};

/* Writes a text that comes from the host, so it may have any bytes. */
static void put(FILE *stream, const char *text)
{
	char *shown = printable_xml(text);

	(void)fputs(shown, stream);
	free(shown);
}

/* --- findings ----------------------------------------------------------------------- */

static void put_finding(FILE *stream, const struct finding *finding)
{
	const char *severity = finding_severity_name(finding->severity);
	/* As in the report, a command begins with a small letter. */
	bool command = islower((unsigned char)finding->fix[0]) != 0;

	(void)fprintf(stream, "<div class=\"finding %s\"><p><b>%s</b> ", severity, severity);
	if (finding->file) {
		(void)fputs("<b><code>", stream);
		put(stream, finding->file);
		if (finding->line > 0)
			(void)fprintf(stream, ":%" PRIu32, finding->line);
		(void)fputs("</code></b> ", stream);
	}
	(void)fprintf(stream, "<span class=\"faint\">[%s]</span></p>\n<p>", finding->code);
	put(stream, finding->reason);
	(void)fprintf(stream, "</p>\n<p>Fix: %s", command ? "<code class=\"command\">" : "");
	put(stream, finding->fix);
	(void)fprintf(stream, "%s</p></div>\n", command ? "</code>" : "");
}

static void put_findings(FILE *stream, const struct findings *findings)
{
	const size_t *n = findings->count;

	(void)fprintf(stream,
		      "<h2>Findings</h2>\n<p>%zu error%s, %zu warning%s and %zu note%s.</p>\n",
		      n[FINDING_ERROR], n[FINDING_ERROR] == 1 ? "" : "s", n[FINDING_WARNING],
		      n[FINDING_WARNING] == 1 ? "" : "s", n[FINDING_NOTE],
		      n[FINDING_NOTE] == 1 ? "" : "s");
	for (size_t i = 0; i < findings->n; i++)
		put_finding(stream, &findings->items[i]);
}

/* --- owners ------------------------------------------------------------------------- */

static void put_ranges(FILE *stream, const struct survey *survey, const struct owner *owner,
		       enum subid_kind kind)
{
	const struct database *database = &survey->databases[kind];

	(void)fputs("<td class=\"n\">", stream);
	for (size_t i = owner->first[kind]; i != OWNER_NO_ENTRY; i = database->entries[i].next) {
		const struct entry *entry = &database->entries[i];

		(void)fprintf(stream, "%s%" PRIu32 "-%" PRIu32,
			      i == owner->first[kind] ? "" : "<br>", entry->range.start,
			      entry_last(entry));
	}
	(void)fprintf(stream, "</td><td class=\"n\">%" PRIu64 "</td>", owner->total[kind]);
	if (survey->live)
		(void)fprintf(stream, "<td class=\"n\">%" PRIu64 "</td>", owner->used[kind]);
}

static void put_owner(FILE *stream, const struct survey *survey, const struct owner *owner)
{
	(void)fputs("<tr><td>", stream);
	put(stream, owner->name);
	if (owner->account == OWNER_HAS_NO_ACCOUNT)
		(void)fputs("</td><td class=\"n\">-</td>", stream);
	else
		(void)fprintf(stream, "</td><td class=\"n\">%" PRIu32 "</td>", owner->uid);
	put_ranges(stream, survey, owner, SUBID_UID);
	put_ranges(stream, survey, owner, SUBID_GID);
	(void)fputs("</tr>\n", stream);
}

static void put_owners(FILE *stream, const struct survey *survey)
{
	const char *used = survey->live ? "<th class=\"n\">Used</th>" : "";

	(void)fprintf(stream,
		      "<h2>Owners</h2>\n<div class=\"scroll\"><table>\n<thead><tr><th>Owner</th>"
		      "<th class=\"n\">UID</th><th class=\"n\">Subordinate UIDs</th>"
		      "<th class=\"n\">How many</th>%s<th class=\"n\">Subordinate GIDs</th>"
		      "<th class=\"n\">How many</th>%s</tr></thead>\n<tbody>\n",
		      used, used);
	for (size_t i = 0; i < survey->owners.n; i++) {
		const struct owner *owner = &survey->owners.items[i];

		if (owner->first[SUBID_UID] != OWNER_NO_ENTRY ||
		    owner->first[SUBID_GID] != OWNER_NO_ENTRY)
			put_owner(stream, survey, owner);
	}
	(void)fputs("</tbody></table></div>\n", stream);
}

/* --- files -------------------------------------------------------------------------- */

static void put_uses(FILE *stream, const struct holdings *holdings, enum subid_kind kind)
{
	for (size_t i = 0; i < holdings->n_uses[kind]; i++) {
		const struct holdings_use *use = &holdings->uses[kind][i];
		char *size = holdings_size(use->bytes);

		(void)fputs("<tr><td>", stream);
		put(stream, use->owner->name);
		(void)fprintf(stream,
			      "</td><td>%s</td><td class=\"n\">%" PRIu32
			      "</td><td class=\"n\">%" PRIu32 "</td><td class=\"n\">%" PRIu64
			      "</td><td class=\"n\">%s</td></tr>\n",
			      kind == SUBID_UID ? "UID" : "GID", use->ids.first, use->ids.last,
			      use->files, size);
		free(size);
	}
}

static void put_files(FILE *stream, const struct holdings *holdings)
{
	if (holdings->n_directories == 0)
		return;
	(void)fprintf(stream, "<h2>Files</h2>\n<p>%" PRIu64 " files below", holdings->n);
	for (size_t i = 0; i < holdings->n_directories; i++) {
		(void)fputs(" <code>", stream);
		put(stream, holdings->directories[i]);
		(void)fputs("</code>", stream);
	}
	(void)fputs(".</p>\n<div class=\"scroll\"><table>\n<thead><tr><th>Owner</th><th>Kind</th>"
		    "<th class=\"n\">First</th><th class=\"n\">Last</th><th class=\"n\">Files</th>"
		    "<th class=\"n\">Size</th></tr></thead>\n<tbody>\n",
		    stream);
	put_uses(stream, holdings, SUBID_UID);
	put_uses(stream, holdings, SUBID_GID);
	(void)fputs("</tbody></table></div>\n", stream);
}

/* --- the map ------------------------------------------------------------------------ */

/* A bar is as long as the logarithm of the number of IDs; that of one ID is 3 % wide. */
static void put_segment(FILE *stream, const struct segment *segment, enum subid_kind kind)
{
	char *label = segment_label(segment, kind);
	const char *remark = segment->what == SEGMENT_OVERLAP  ? "OVERLAP "
			     : segment->what == SEGMENT_NESTED ? "nested "
							       : "";

	(void)fprintf(stream,
		      "<tr><td class=\"n\">%" PRIu32 "</td><td class=\"n\">%" PRIu32
		      "</td><td class=\"n\">%" PRIu64 "</td><td class=\"bar\"><span "
		      "style=\"width:%.0f%%;background:var(--%s)\"></span></td><td>%s",
		      segment->ids.first, segment->ids.last, segment_size(segment),
		      3 + log2((double)segment_size(segment)) / 32 * 97, classes[segment->what],
		      remark);
	put(stream, label);
	(void)fputs("</td></tr>\n", stream);
	free(label);
}

static void put_map(FILE *stream, const struct survey *survey, enum subid_kind kind)
{
	struct segments segments;

	(void)fprintf(stream,
		      "<div class=\"scroll\"><table>\n<caption>%s</caption>\n<thead><tr>"
		      "<th class=\"n\">First</th><th class=\"n\">Last</th><th class=\"n\">IDs</th>"
		      "<th></th><th>Whose</th></tr></thead>\n<tbody>\n",
		      kind == SUBID_UID ? "UIDs" : "GIDs");
	segments_of(survey, kind, ROWS_MAX, &segments);
	for (size_t i = 0; i < segments.n; i++)
		put_segment(stream, &segments.items[i], kind);
	segments_free(&segments);
	(void)fputs("</tbody></table></div>\n", stream);
}

void html_print(const struct survey *survey, const struct findings *findings, FILE *stream)
{
	(void)fputs(head, stream);
	(void)fprintf(stream, "</style>\n</head>\n<body>\n<h1>Subordinate IDs</h1>\n"
			      "<p class=\"faint\">by subid-check " PACKAGE_VERSION "</p>\n");
	put_findings(stream, findings);
	put_owners(stream, survey);
	put_files(stream, &survey->holdings);
	(void)fputs("<h2>The ID space</h2>\n<p class=\"faint\">The bars grow with the logarithm of "
		    "the number of IDs.</p>\n<div class=\"maps\">\n",
		    stream);
	put_map(stream, survey, SUBID_UID);
	put_map(stream, survey, SUBID_GID);
	(void)fputs("</div>\n</body>\n</html>\n", stream);
}
