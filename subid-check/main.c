/* SPDX-License-Identifier: BSD-3-Clause */
/* subid-check: see a host's subordinate IDs and what is wrong with them. */
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exit.h"
#include "findings.h"
#include "memory.h"
#include "report.h"
#include "style.h"
#include "survey.h"
#include "table.h"

struct options {
	struct survey_request request;
	size_t nested_room;
	bool wide, all;
	const char *colour; /* auto, always or never */
};

static void usage(FILE *stream)
{
	(void)fputs(
		"usage: subid-check [OPTION...]\n"
		"Show a host's subordinate IDs and what is wrong with them.\n\n"
		"  -R, --root DIR      look at the host below DIR instead of this one\n"
		"      --nss           ask all account services, not /etc/passwd and /etc/group\n"
		"      --nested OWNER  OWNER's ranges may lie inside others' (repeatable)\n"
		"  -a, --all           every finding, however many of a kind\n"
		"  -w, --wide          lines as long as they need\n"
		"      --color WHEN    auto, always or never\n"
		"  -h, --help          this text\n"
		"  -V, --version       the version\n\n"
		"Status: 0 no error and no warning, 1 some, 2 could not look.\n"
		"subid-check(8) says more.\n",
		stream);
}

enum {
	OPTION_NSS = 256,
	OPTION_NESTED,
	OPTION_COLOR,
};

static const struct option long_options[] = {
	{ "all", no_argument, NULL, 'a' },
	{ "color", required_argument, NULL, OPTION_COLOR },
	{ "colour", required_argument, NULL, OPTION_COLOR },
	{ "help", no_argument, NULL, 'h' },
	{ "nested", required_argument, NULL, OPTION_NESTED },
	{ "nss", no_argument, NULL, OPTION_NSS },
	{ "root", required_argument, NULL, 'R' },
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

static void parse(int argc, char **argv, struct options *options)
{
	int option;

	/* NOLINTNEXTLINE(concurrency-mt-unsafe) */
	while ((option = getopt_long(argc, argv, "ahR:Vw", long_options, NULL)) >= 0) {
		switch (option) {
		case 'a':
			options->all = true;
			break;
		case 'h':
			usage(stdout);
			exit(CHECK_STATUS_CLEAN); /* NOLINT(concurrency-mt-unsafe) */
		case 'R':
			options->request.directory = optarg;
			break;
		case 'V':
			printf("subid-check (%s) %s\n", PACKAGE_NAME, PACKAGE_VERSION);
			exit(CHECK_STATUS_CLEAN); /* NOLINT(concurrency-mt-unsafe) */
		case 'w':
			options->wide = true;
			break;
		case OPTION_COLOR:
			options->colour = optarg;
			break;
		case OPTION_NESTED:
			allow_nesting(options, optarg);
			break;
		case OPTION_NSS:
			options->request.services = true;
			break;
		default:
			usage(stderr);
			exit(CHECK_STATUS_BLIND); /* NOLINT(concurrency-mt-unsafe) */
		}
	}
	if (optind < argc)
		errx(CHECK_STATUS_BLIND, "it takes no arguments, such as %s", argv[optind]);
	if (options->request.services && options->request.directory)
		errx(CHECK_STATUS_BLIND, "--nss asks this host's services, not those below --root");
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

static int check(const struct survey *survey, const struct style *style)
{
	struct findings findings;
	int status;

	findings_of(survey, &findings);
	table_print(survey, style);
	(void)putchar('\n');
	report_print(&findings, style);
	status = findings.count[FINDING_ERROR] + findings.count[FINDING_WARNING] > 0
			 ? CHECK_STATUS_FINDINGS
			 : CHECK_STATUS_CLEAN;
	findings_free(&findings);
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
	status = check(&survey, &style);
	survey_free(&survey);
	free(options.request.nested);
	if (fflush(stdout) != 0 || ferror(stdout))
		err(CHECK_STATUS_BLIND, "standard output");
	return status;
}
