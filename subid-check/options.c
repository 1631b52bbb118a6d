/* SPDX-License-Identifier: BSD-3-Clause */
#include "options.h"

#include <ctype.h>
#include <err.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decimal.h"
#include "memory.h"
#include "table.h"

#define PROBE_SECONDS 10

static void print_help(FILE *stream)
{
	(void)fputs(
		"Usage:\n"
		" subid-check [options]\n"
		" subid-check [options] <ID>|<name>\n"
		" subid-check [options] --pid <PID> [<ID>|<name>]\n\n"
		"Show a host's subordinate IDs and what is wrong with them; or one UID or GID, or\n"
		"one record's name: whose it is, and who runs as it.\n\n"
		"Options:\n"
		" -a, --all              every finding, however many of a kind\n"
		"     --color[=<when>]   auto, always or never\n"
		"     --files <directory>... say whose the files below these directories are, and\n"
		"                        which of them are dangerous\n"
		"     --html <file>      all of it as a page for a browser; - for standard output\n"
		" -J, --json             all of it, or the ID, as JSON\n"
		" -m, --map              the ID space as a picture in the terminal\n"
		"     --mounts           let --files enter what is mounted below\n"
		"     --nested <owner>   the owner's ranges may lie inside others' (repeatable)\n"
		" -n, --noheadings       the table alone, without headings\n"
		"     --nss              ask all account services, not /etc/passwd and /etc/group\n"
		" -o, --output <columns> the table alone, with these columns\n"
		" -p, --pid <PID>        what the ID, or the process's own UID, is in the user\n"
		"                        namespace of a process\n"
		"     --probe[=<seconds>] ask all account services for the delegated IDs\n"
		" -r, --raw              the table alone, for programs\n"
		" -R, --root <directory> look at the host below it instead of this one\n"
		"     --svg <file>       the map as a picture for documents; - for standard "
		"output\n"
		" -w, --wide             lines as long as they need\n"
		" -H, --list-columns     the columns of the table\n"
		" -h, --help             this text\n"
		" -V, --version          the version\n\n"
		"Status: 0 no error and no warning, or the ID is delegated; 1 otherwise; 2 it "
		"could\n"
		"not look.\n\n"
		"For more details see subid-check(8).\n",
		stream);
}

enum {
	OPTION_NSS = 256,
	OPTION_FILES,
	OPTION_HTML,
	OPTION_MOUNTS,
	OPTION_NESTED,
	OPTION_COLOR,
	OPTION_PROBE,
	OPTION_SVG,
};

static const struct option long_options[] = {
	{ "all", no_argument, NULL, 'a' },
	{ "color", optional_argument, NULL, OPTION_COLOR },
	{ "colour", optional_argument, NULL, OPTION_COLOR },
	{ "files", required_argument, NULL, OPTION_FILES },
	{ "help", no_argument, NULL, 'h' },
	{ "html", required_argument, NULL, OPTION_HTML },
	{ "json", no_argument, NULL, 'J' },
	{ "list-columns", no_argument, NULL, 'H' },
	{ "map", no_argument, NULL, 'm' },
	{ "mounts", no_argument, NULL, OPTION_MOUNTS },
	{ "nested", required_argument, NULL, OPTION_NESTED },
	{ "noheadings", no_argument, NULL, 'n' },
	{ "nss", no_argument, NULL, OPTION_NSS },
	{ "output", required_argument, NULL, 'o' },
	{ "pid", required_argument, NULL, 'p' },
	{ "probe", optional_argument, NULL, OPTION_PROBE },
	{ "raw", no_argument, NULL, 'r' },
	{ "root", required_argument, NULL, 'R' },
	{ "svg", required_argument, NULL, OPTION_SVG },
	{ "version", no_argument, NULL, 'V' },
	{ "wide", no_argument, NULL, 'w' },
	{ NULL, 0, NULL, 0 },
};

/* --- arguments -------------------------------------------------------------------- */

static void allow_nesting(struct options *options, char *name)
{
	struct survey_request *request = &options->request;

	request->nested = (char **)memory_room(request->nested, request->n_nested,
					       &request->nested_room, sizeof(char *));
	request->nested[request->n_nested++] = name;
}

static void look_below(struct options *options, const char *directory)
{
	struct holdings_request *files = &options->request.files;

	files->directories = (const char **)memory_room(files->directories, files->n, &files->room,
							sizeof(char *));
	files->directories[files->n++] = directory;
}

static uint32_t parse_number(const char *what, const char *text, uint32_t least, uint32_t most)
{
	uint32_t number;

	if (subid_decimal_parse(text, strlen(text), &number) < 0 || number < least || number > most)
		errx(CHECK_STATUS_BLIND,
		     "invalid %s argument: '%s', not a number from %" PRIu32 " to %" PRIu32, what,
		     text, least, most);
	return number;
}

static const char *parse_colour(const char *when)
{
	if (!when)
		return "auto";
	if (strcmp(when, "auto") != 0 && strcmp(when, "always") != 0 && strcmp(when, "never") != 0)
		errx(CHECK_STATUS_BLIND,
		     "invalid --color argument: '%s', not auto, always or never", when);
	return when;
}

/* A text that begins with a digit is an ID, because no record's name does. */
static void parse_operand(struct options *options, const char *text)
{
	if (!isdigit((unsigned char)text[0])) {
		options->name = text;
		return;
	}
	options->id = parse_number("ID", text, 0, UINT32_MAX);
	options->has_id = true;
}

/* --- what goes together ----------------------------------------------------------- */

bool options_are_about_one(const struct options *options)
{
	return options->has_id || options->name || options->pid != 0;
}

/* Ends the program if two arguments that exclude each other are both given. */
static void exclude(bool first, const char *first_name, bool second, const char *second_name)
{
	if (first && second)
		errx(CHECK_STATUS_BLIND, "mutually exclusive arguments: %s %s", first_name,
		     second_name);
}

static void check_together(const struct options *options)
{
	bool root = options->request.directory != NULL;
	const struct {
		bool given;
		const char *name;
	} outputs[] = {
		{ options_are_about_one(options), options->pid != 0 ? "--pid" : "ID" },
		{ options->json, "--json" },
		{ options->map, "--map" },
		{ options->noheadings, "--noheadings" },
		{ options->columns != NULL, "--output" },
		{ options->raw, "--raw" },
		{ options->svg != NULL, "--svg" },
		{ options->html != NULL, "--html" },
	};
	const size_t n = sizeof(outputs) / sizeof(outputs[0]);

	exclude(options->request.services, "--nss", root, "--root");
	exclude(options->pid != 0, "--pid", root, "--root");
	exclude(options->request.probe_seconds > 0, "--probe", root, "--root");
	exclude(options_are_about_one(options), outputs[0].name, options->request.files.n > 0,
		"--files");
	if (options->request.files.mounts && options->request.files.n == 0)
		errx(CHECK_STATUS_BLIND, "--mounts is for --files");
	for (size_t i = 0; i < n; i++)
		for (size_t j = i + 1; j < n; j++) {
			/* Allowed: --noheadings, --output and --raw together; an ID with --json. */
			bool table = i >= 3 && j <= 5, one = i == 0 && j == 1;

			if (!table && !one)
				exclude(outputs[i].given, outputs[i].name, outputs[j].given,
					outputs[j].name);
		}
}

static void read_option(int option, struct options *options)
{
	switch (option) {
	case 'a':
		options->all = true;
		break;
	case 'H':
		table_list_columns();
		exit(CHECK_STATUS_CLEAN);
	case 'h':
		print_help(stdout);
		exit(CHECK_STATUS_CLEAN);
	case 'J':
		options->json = true;
		break;
	case 'm':
		options->map = true;
		break;
	case 'n':
		options->noheadings = true;
		break;
	case 'o':
		options->columns = optarg;
		break;
	case 'p':
		options->pid = (pid_t)parse_number("--pid", optarg, 1, INT32_MAX);
		break;
	case 'R':
		options->request.directory = optarg;
		break;
	case 'r':
		options->raw = true;
		break;
	case 'V':
		printf("subid-check (%s) %s\n", PACKAGE_NAME, PACKAGE_VERSION);
		exit(CHECK_STATUS_CLEAN);
	case 'w':
		options->wide = true;
		break;
	case OPTION_COLOR:
		options->colour = parse_colour(optarg);
		break;
	case OPTION_FILES:
		look_below(options, optarg);
		break;
	case OPTION_HTML:
		options->html = optarg;
		break;
	case OPTION_MOUNTS:
		options->request.files.mounts = true;
		break;
	case OPTION_NESTED:
		allow_nesting(options, optarg);
		break;
	case OPTION_NSS:
		options->request.services = true;
		break;
	case OPTION_PROBE:
		options->request.probe_seconds =
			optarg ? parse_number("--probe", optarg, 1, 86400) : PROBE_SECONDS;
		break;
	case OPTION_SVG:
		options->svg = optarg;
		break;
	default:
		(void)fputs("Try 'subid-check --help' for more information.\n", stderr);
		exit(CHECK_STATUS_BLIND);
	}
}

void options_parse(int argc, char **argv, struct options *ret)
{
	int option;

	*ret = (struct options){ .colour = "auto" };
	while ((option = getopt_long(argc, argv, "aHhJmno:p:R:rVw", long_options, NULL)) >= 0)
		read_option(option, ret);
	while (ret->request.files.n > 0 && optind < argc)
		look_below(ret, argv[optind++]);
	if (optind < argc)
		parse_operand(ret, argv[optind++]);
	if (optind < argc)
		errx(CHECK_STATUS_BLIND, "unexpected argument: %s", argv[optind]);
	check_together(ret);
	if (ret->columns)
		table_check_columns(ret->columns);
}

void options_free(struct options *options)
{
	free(options->request.nested);
	options->request.nested = NULL;
	free(options->request.files.directories);
	options->request.files.directories = NULL;
}
