/* SPDX-License-Identifier: BSD-3-Clause */
/* subid-check: see a host's subordinate IDs and what is wrong with them. */
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "decimal.h"
#include "findings.h"
#include "json.h"
#include "identity.h"
#include "map.h"
#include "memory.h"
#include "report.h"
#include "style.h"
#include "survey.h"
#include "svg.h"
#include "table.h"

struct options {
	struct survey_request request;
	size_t nested_room;
	bool wide, all, json, map;
	const char *colour; /* auto, always or never */
	const char *svg;    /* a file to write, or NULL */
	const char *name;   /* of a record, or NULL */
	bool has_id;
	uint32_t id;
	pid_t pid; /* or 0 */
};

static void usage(FILE *stream)
{
	(void)fputs(
		"usage: subid-check [OPTION...]\n"
		"Show a host's subordinate IDs and what is wrong with them.\n\n"
		"  -i, --id ID         one UID or GID: whose it is, and who runs as it\n"
		"  -n, --name NAME     likewise, by the name of its record\n"
		"  -p, --pid PID       with either, or with PID's own UID: what the ID is in\n"
		"                      PID's user namespace\n"
		"  -j, --json          all of it, or the ID, as JSON\n"
		"  -m, --map           the ID space as a picture in the terminal\n"
		"      --svg FILE      the same as a picture for documents; - for standard output\n"
		"  -R, --root DIR      look at the host below DIR instead of this one\n"
		"      --nss           ask all account services, not /etc/passwd and /etc/group\n"
		"      --nested OWNER  OWNER's ranges may lie inside others' (repeatable)\n"
		"  -a, --all           every finding, however many of a kind\n"
		"  -w, --wide          lines as long as they need\n"
		"      --color WHEN    auto, always or never\n"
		"  -h, --help          this text\n"
		"  -V, --version       the version\n\n"
		"Status: 0 no error and no warning, or the ID is delegated; 1 otherwise;\n"
		"2 could not look.\n"
		"subid-check(8) says more.\n",
		stream);
}

enum {
	OPTION_NSS = 256,
	OPTION_NESTED,
	OPTION_COLOR,
	OPTION_SVG,
};

static const struct option long_options[] = {
	{ "all", no_argument, NULL, 'a' },
	{ "color", required_argument, NULL, OPTION_COLOR },
	{ "colour", required_argument, NULL, OPTION_COLOR },
	{ "help", no_argument, NULL, 'h' },
	{ "id", required_argument, NULL, 'i' },
	{ "json", no_argument, NULL, 'j' },
	{ "map", no_argument, NULL, 'm' },
	{ "name", required_argument, NULL, 'n' },
	{ "nested", required_argument, NULL, OPTION_NESTED },
	{ "nss", no_argument, NULL, OPTION_NSS },
	{ "pid", required_argument, NULL, 'p' },
	{ "root", required_argument, NULL, 'R' },
	{ "svg", required_argument, NULL, OPTION_SVG },
	{ "version", no_argument, NULL, 'V' },
	{ "wide", no_argument, NULL, 'w' },
	{ NULL, 0, NULL, 0 },
};

static void allow_nesting(struct options *options, char *name)
{
	struct survey_request *request = &options->request;

	request->nested = (char **)memory_room(request->nested, request->n_nested,
					       &options->nested_room, sizeof(char *));
	request->nested[request->n_nested++] = name;
}

static uint32_t parse_number(const char *text, uint32_t most)
{
	uint32_t number;

	if (subid_decimal_parse(text, strlen(text), &number) < 0 || number > most)
		errx(CHECK_STATUS_BLIND, "%s is not a number from 0 to %" PRIu32, text, most);
	return number;
}

static bool asks_for_one(const struct options *options)
{
	return options->has_id || options->name || options->pid != 0;
}

/* What would be ignored is refused. */
static void check_together(const struct options *options)
{
	if (options->request.services && options->request.directory)
		errx(CHECK_STATUS_BLIND, "--nss asks this host's services, not those below --root");
	if (options->pid != 0 && options->request.directory)
		errx(CHECK_STATUS_BLIND,
		     "--pid asks this host's processes, not those below --root");
	if (options->has_id && options->name)
		errx(CHECK_STATUS_BLIND, "--id and --name are two questions");
	if (options->json + options->map + (options->svg != NULL) > 1)
		errx(CHECK_STATUS_BLIND, "--json, --map and --svg are three answers");
	if (asks_for_one(options) && (options->map || options->svg))
		errx(CHECK_STATUS_BLIND, "one ID is no picture");
}

static void parse(int argc, char **argv, struct options *options)
{
	int option;

	while ((option = getopt_long(argc, argv, "ahi:jmn:p:R:Vw", long_options, NULL)) >= 0) {
		switch (option) {
		case 'a':
			options->all = true;
			break;
		case 'h':
			usage(stdout);
			exit(CHECK_STATUS_CLEAN);
		case 'i':
			options->id = parse_number(optarg, UINT32_MAX);
			options->has_id = true;
			break;
		case 'j':
			options->json = true;
			break;
		case 'm':
			options->map = true;
			break;
		case 'n':
			options->name = optarg;
			break;
		case 'p':
			options->pid = (pid_t)parse_number(optarg, INT32_MAX);
			break;
		case 'R':
			options->request.directory = optarg;
			break;
		case 'V':
			printf("subid-check (%s) %s\n", PACKAGE_NAME, PACKAGE_VERSION);
			exit(CHECK_STATUS_CLEAN);
		case 'w':
			options->wide = true;
			break;
		case OPTION_COLOR:
			options->colour = optarg;
			break;
		case OPTION_NESTED:
			allow_nesting(options, optarg);
			break;
		case OPTION_SVG:
			options->svg = optarg;
			break;
		case OPTION_NSS:
			options->request.services = true;
			break;
		default:
			usage(stderr);
			exit(CHECK_STATUS_BLIND);
		}
	}
	if (optind < argc)
		errx(CHECK_STATUS_BLIND, "it takes no arguments, such as %s", argv[optind]);
	check_together(options);
}

static void set_style(const struct options *options, struct style *ret)
{
	style_of_terminal(ret);
	ret->wide = options->wide;
	ret->all = options->all;
	if (strcmp(options->colour, "always") == 0)
		ret->colours = true;
	else if (strcmp(options->colour, "never") == 0)
		ret->colours = false;
	else if (strcmp(options->colour, "auto") != 0)
		errx(CHECK_STATUS_BLIND, "--color takes auto, always or never");
}

static void draw(const struct survey *survey, const char *path)
{
	bool standard = strcmp(path, "-") == 0;
	FILE *stream = standard ? stdout : fopen(path, "we");

	if (!stream)
		err(CHECK_STATUS_BLIND, "%s", path);
	svg_print(survey, stream);
	if (ferror(stream) || (standard ? fflush(stream) : fclose(stream)) != 0)
		err(CHECK_STATUS_BLIND, "%s", standard ? "standard output" : path);
}

static int check(const struct survey *survey, const struct options *options,
		 const struct style *style)
{
	struct findings findings;
	int status;

	findings_of(survey, &findings);
	if (options->json) {
		json_print(survey, &findings);
	} else if (options->map) {
		map_print(survey, style);
	} else if (options->svg) {
		draw(survey, options->svg);
	} else {
		table_print(survey, style);
		(void)putchar('\n');
		report_print(&findings, style);
	}
	status = findings.count[FINDING_ERROR] + findings.count[FINDING_WARNING] > 0
			 ? CHECK_STATUS_FINDINGS
			 : CHECK_STATUS_CLEAN;
	if (findings.dropped > 0)
		status = CHECK_STATUS_BLIND;
	findings_free(&findings);
	return status;
}

/* An ID may be delegated as a UID and as a GID; one as which it is not goes
 * unmentioned then. Returns how many there are to show. */
static size_t look_up(const struct survey *survey, const struct options *options,
		      struct identity ret[2])
{
	struct identity identity;
	uint32_t id = options->id;
	size_t n = 0;

	if (options->name) {
		if (!identity_of_name(survey, options->name, &ret[0]))
			errx(CHECK_STATUS_FINDINGS,
			     "%s is not called like a record of the module's", options->name);
		return 1;
	}
	if (!options->has_id) {
		int r = usage_effective(options->pid, &id);

		if (r < 0)
			errx(CHECK_STATUS_BLIND, "process %jd: %s", (intmax_t)options->pid,
			     strerrordesc_np(-r));
	}
	identity_of_id(survey, SUBID_UID, id, &ret[n++]);
	identity_of_id(survey, SUBID_GID, id, &identity);
	if (identity.entry && !ret[0].entry)
		ret[0] = identity; /* nothing of the other one was allocated */
	else if (identity.entry && options->has_id)
		ret[n++] = identity;
	else
		identity_free(&identity);
	return n;
}

static int answer(const struct survey *survey, const struct options *options,
		  const struct style *style)
{
	struct identity identities[2];
	size_t n = look_up(survey, options, identities);
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
	struct options options = { .colour = "auto" };
	struct survey survey;
	struct style style;
	int status;

	(void)setlocale(LC_CTYPE, "");
	parse(argc, argv, &options);
	set_style(&options, &style);
	survey_read(&options.request, &survey);
	status = asks_for_one(&options) ? answer(&survey, &options, &style)
					: check(&survey, &options, &style);
	survey_free(&survey);
	free(options.request.nested);
	if (fflush(stdout) != 0 || ferror(stdout))
		err(CHECK_STATUS_BLIND, "standard output");
	return status;
}
