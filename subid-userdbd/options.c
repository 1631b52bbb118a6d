/* SPDX-License-Identifier: BSD-3-Clause */
#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decimal.h"

#define DEFAULT_DEADLINE_SECONDS 5
#define DEFAULT_WORKERS 4
#define DEFAULT_IDLE_SECONDS 900

enum {
	OPTION_GROUP = 256,
	OPTION_DEADLINE,
	OPTION_IDLE,
	OPTION_WORKERS,
	OPTION_ROLE,
};

static const struct option long_options[] = {
	{ "candidates-of-group", required_argument, NULL, OPTION_GROUP },
	{ "deadline", required_argument, NULL, OPTION_DEADLINE },
	{ "help", no_argument, NULL, 'h' },
	{ "idle-exit", required_argument, NULL, OPTION_IDLE },
	{ "role", required_argument, NULL, OPTION_ROLE },
	{ "version", no_argument, NULL, 'V' },
	{ "workers", required_argument, NULL, OPTION_WORKERS },
	{ NULL, 0, NULL, 0 },
};

static void usage(FILE *stream)
{
	(void)fputs(
		"usage: subid-userdbd [OPTION...]\n"
		"Users and groups of subordinate IDs, for systemd's user database. It is started\n"
		"by subid-userdbd.socket.\n\n"
		"      --candidates-of-group GROUP  its members may own subordinate IDs\n"
		"                                   (repeatable)\n"
		"      --deadline SECONDS           for a question to the source (5)\n"
		"      --idle-exit SECONDS          end when nobody asks for so long (900);\n"
		"                                   0: never\n"
		"      --workers N                  questions to the source at a time (4)\n"
		"  -h, --help                       this text\n"
		"  -V, --version                    the version\n\n"
		"subid-userdbd(8) says more.\n",
		stream);
}

static uint32_t read_number(const char *option, const char *text, uint32_t min, uint32_t max)
{
	uint32_t number;

	if (subid_decimal_parse(text, strlen(text), &number) < 0 || number < min || number > max) {
		(void)fprintf(stderr, "subid-userdbd: --%s takes a number from %u to %u\n", option,
			      min, max);
		exit(EXIT_FAILURE);
	}
	return number;
}

static void add_group(struct options *options, const char *group)
{
	if (options->n_groups == OPTIONS_GROUPS_MAX) {
		(void)fprintf(stderr, "subid-userdbd: more than %d groups\n", OPTIONS_GROUPS_MAX);
		exit(EXIT_FAILURE);
	}
	options->groups[options->n_groups++] = group;
}

static void read_option(struct options *options, int option)
{
	switch (option) {
	case OPTION_GROUP:
		add_group(options, optarg);
		break;
	case OPTION_DEADLINE:
		options->deadline_seconds = read_number("deadline", optarg, 1, 300);
		break;
	case OPTION_IDLE:
		options->idle_seconds = read_number("idle-exit", optarg, 0, 31536000);
		break;
	case OPTION_WORKERS:
		options->workers = read_number("workers", optarg, 1, 64);
		break;
	case OPTION_ROLE:
		options->role = optarg;
		break;
	case 'h':
		usage(stdout);
		exit(EXIT_SUCCESS);
	case 'V':
		(void)puts("subid-userdbd " PACKAGE_VERSION);
		exit(EXIT_SUCCESS);
	default:
		usage(stderr);
		exit(EXIT_FAILURE);
	}
}

void options_read(int argc, char **argv, struct options *ret)
{
	int option;

	*ret = (struct options){
		.deadline_seconds = DEFAULT_DEADLINE_SECONDS,
		.workers = DEFAULT_WORKERS,
		.idle_seconds = DEFAULT_IDLE_SECONDS,
	};
	while ((option = getopt_long(argc, argv, "hV", long_options, NULL)) >= 0)
		read_option(ret, option);
	if (optind < argc) {
		usage(stderr);
		exit(EXIT_FAILURE);
	}
}
