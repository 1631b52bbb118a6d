/* SPDX-License-Identifier: BSD-3-Clause */
/* The command line: what it sets, what it refuses and why. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "content.h"
#include "leaks.h"
#include "options.h"
#include "scratch.h"

#define WORDS_MAX 12

/* The words of a line, behind the program's name. Returns how many there are. */
static int split(char *line, char *words[WORDS_MAX])
{
	int n = 0;

	words[n++] = (char *)(uintptr_t) "subid-check";
	for (char *word; (word = strsep(&line, " "));)
		if (*word != '\0')
			words[n++] = word;
	words[n] = NULL;
	return n;
}

/* The status of a child in which options_parse() has not ended the program. */
#define RETURNED 77

/* options_parse() may end the program, and getopt(3) has a state: so each in a child. */
static int run(const char *line, void (*look)(const struct options *options), char *ret_said,
	       size_t size)
{
	struct content said = { .bytes = NULL };
	int status = 0;
	pid_t child;

	(void)fflush(NULL);
	child = fork();
	if (child == 0) {
		char copy[512], *words[WORDS_MAX];
		struct options options;

		(void)snprintf(copy, sizeof(copy), "%s", line);
		if (!freopen("said", "w", stdout) || dup2(STDOUT_FILENO, STDERR_FILENO) < 0)
			_exit(99);
		options_parse(split(copy, words), words, &options);
		if (look)
			look(&options);
		options_free(&options);
		(void)fflush(stdout);
		_exit(options.request.nested || options.request.files.directories ? 98 : RETURNED);
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(content_read(&said, "said"), 0);
	(void)snprintf(ret_said, size, "%.*s", (int)said.len, said.bytes ? said.bytes : "");
	content_free(&said);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* --- what it sets ------------------------------------------------------------------------ */

static void show_word(const char *name, const char *value)
{
	if (value)
		printf("%s=%s ", name, value);
}

static void show_flag(const char *name, bool value)
{
	if (value)
		printf("%s ", name);
}

static void show(const struct options *options)
{
	const struct survey_request *request = &options->request;

	show_flag("all", options->all);
	show_flag("json", options->json);
	show_flag("map", options->map);
	show_flag("noheadings", options->noheadings);
	show_flag("raw", options->raw);
	show_flag("wide", options->wide);
	show_flag("nss", request->services);
	show_flag("mounts", request->files.mounts);
	show_flag("one", options_are_about_one(options));
	show_word("output", options->columns);
	show_word("colour", strcmp(options->colour, "auto") == 0 ? NULL : options->colour);
	show_word("svg", options->svg);
	show_word("html", options->html);
	show_word("name", options->name);
	show_word("root", request->directory);
	for (size_t i = 0; i < request->n_nested; i++)
		show_word("nested", request->nested[i]);
	for (size_t i = 0; i < request->files.n; i++)
		show_word("files", request->files.directories[i]);
	if (options->has_id)
		printf("id=%u ", options->id);
	if (options->pid)
		printf("pid=%d ", (int)options->pid);
	if (request->probe_seconds)
		printf("probe=%u ", request->probe_seconds);
}

static void options_set_what_they_say(void **state)
{
	static const struct {
		const char *line, *want;
	} rows[] = {
		{ "", "" },
		{ "-a -J", "all json " },
		{ "--all --json", "all json " },
		{ "-m -w", "map wide " },
		{ "--map --wide --nss", "map wide nss " },
		{ "-n -r -o OWNER,uid", "noheadings raw output=OWNER,uid " },
		{ "--noheadings --raw --output +LOGIN", "noheadings raw output=+LOGIN " },
		{ "--color=never", "colour=never " },
		{ "--colour=always", "colour=always " },
		{ "--color=always --color", "" },
		{ "--color=auto", "" },
		{ "--svg x.svg", "svg=x.svg " },
		{ "--html x.html", "html=x.html " },
		{ "-R /srv", "root=/srv " },
		{ "--root /srv --files /srv/home", "root=/srv files=/srv/home " },
		{ "--files a --mounts", "mounts files=a " },
		{ "--files a b c", "files=a files=b files=c " },
		{ "--files a -w --files b", "wide files=a files=b " },
		{ "--nested alice --nested bob", "nested=alice nested=bob " },
		{ "--probe", "probe=10 " },
		{ "--probe=1", "probe=1 " },
		{ "--probe=86400", "probe=86400 " },
		{ "0", "one id=0 " },
		{ "4294967295", "one id=4294967295 " },
		{ "100005 -J", "json one id=100005 " },
		{ "subuid-alice-100005", "one name=subuid-alice-100005 " },
		{ "-p 1", "one pid=1 " },
		{ "--pid 2147483647 5", "one id=5 pid=2147483647 " },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char said[4096];

		check_int(rows[i].line, run(rows[i].line, show, said, sizeof(said)), RETURNED);
		check_text(rows[i].line, said, rows[i].want);
	}
}

/* --- what it refuses ------------------------------------------------------------------------ */

static void a_wrong_command_line_is_status_2(void **state)
{
	static const struct {
		const char *line, *want;
	} rows[] = {
		{ "--unknown", "Try 'subid-check --help' for more information.\n" },
		{ "-p", "Try 'subid-check --help' for more information.\n" },
		{ "-1", "Try 'subid-check --help' for more information.\n" },
		{ "4294967296", "invalid ID argument: '4294967296', not a number from 0 to "
				"4294967295\n" },
		{ "007", "invalid ID argument: '007', not a number from 0 to 4294967295\n" },
		{ "1x", "invalid ID argument: '1x', not a number from 0 to 4294967295\n" },
		{ "--pid 0", "invalid --pid argument: '0', not a number from 1 to 2147483647\n" },
		{ "--pid 2147483648",
		  "invalid --pid argument: '2147483648', not a number from 1 to "
		  "2147483647\n" },
		{ "--probe=0", "invalid --probe argument: '0', not a number from 1 to 86400\n" },
		{ "--probe=86401",
		  "invalid --probe argument: '86401', not a number from 1 to 86400\n" },
		{ "--color=red", "invalid --color argument: 'red', not auto, always or never\n" },
		{ "1 2", "unexpected argument: 2\n" },
		{ "--output x", "unknown column: x\n" },
		{ "--output OWNER,,UID", "unknown column: \n" },
		{ "--output=", "no columns\n" },
		{ "--mounts", "--mounts is for --files\n" },
		{ "--nss --root /", "mutually exclusive arguments: --nss --root\n" },
		{ "--pid 1 --root /", "mutually exclusive arguments: --pid --root\n" },
		{ "--probe --root /", "mutually exclusive arguments: --probe --root\n" },
		{ "--files a --pid 1", "mutually exclusive arguments: --pid --files\n" },
		{ "--json --map", "mutually exclusive arguments: --json --map\n" },
		{ "--json -n", "mutually exclusive arguments: --json --noheadings\n" },
		{ "--json -o UID", "mutually exclusive arguments: --json --output\n" },
		{ "--json -r", "mutually exclusive arguments: --json --raw\n" },
		{ "--json --svg -", "mutually exclusive arguments: --json --svg\n" },
		{ "--json --html -", "mutually exclusive arguments: --json --html\n" },
		{ "--map -n", "mutually exclusive arguments: --map --noheadings\n" },
		{ "--map --svg -", "mutually exclusive arguments: --map --svg\n" },
		{ "-n --svg -", "mutually exclusive arguments: --noheadings --svg\n" },
		{ "-o UID --html -", "mutually exclusive arguments: --output --html\n" },
		{ "-r --svg -", "mutually exclusive arguments: --raw --svg\n" },
		{ "--svg - --html -", "mutually exclusive arguments: --svg --html\n" },
		{ "5 --map", "mutually exclusive arguments: ID --map\n" },
		{ "alice -n", "mutually exclusive arguments: ID --noheadings\n" },
		{ "--pid 1 -r", "mutually exclusive arguments: --pid --raw\n" },
		{ "5 --html -", "mutually exclusive arguments: ID --html\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char said[4096];
		const char *message;

		check_int(rows[i].line, run(rows[i].line, NULL, said, sizeof(said)), 2);
		/* Before it stands the program's name; before the last hint, getopt's reason. */
		message = strstr(said, rows[i].want);
		check_text(rows[i].line, message ? message : said, rows[i].want);
	}
}

/* Returns where a text has another one, which it must have. */
static const char *part(const char *text, const char *of)
{
	const char *at = strstr(text, of);

	if (!at)
		fail_msg("no \"%s\" in %s", of, text);
	return at;
}

static void help_version_and_columns_are_status_0(void **state)
{
	char said[8192];
	const char *at;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(run(i == 0 ? "-h" : "--help", NULL, said, sizeof(said)), 0);
		at = part(said, "Usage:\n subid-check [options]\n");
		at = part(at, " -a, --all ");
		at = part(at, " -V, --version ");
		(void)part(at, "For more details see subid-check(8).\n");
		assert_int_equal(run(i == 0 ? "-V" : "--version", NULL, said, sizeof(said)), 0);
		check_text("version", said, "subid-check (nss-subid) " PACKAGE_VERSION "\n");
		assert_int_equal(run(i == 0 ? "-H" : "--list-columns", NULL, said, sizeof(said)),
				 0);
		(void)part(said, "\nUUSED ");
	}
}

/* --- memory -------------------------------------------------------------------------------- */

static void parse_and_free(void)
{
	char line[] = "--nested alice --files /a /b", *words[WORDS_MAX];
	struct options options;

	optind = 0; /* getopt_long(3) of glibc begins anew */
	options_parse(split(line, words), words, &options);
	options_free(&options);
}

static void a_command_line_loses_no_memory(void **state)
{
	(void)state;
	check_loses_no_memory(parse_and_free);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_set_what_they_say),
		cmocka_unit_test(a_wrong_command_line_is_status_2),
		cmocka_unit_test(help_version_and_columns_are_status_0),
		cmocka_unit_test(a_command_line_loses_no_memory),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
