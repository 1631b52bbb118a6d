/* SPDX-License-Identifier: BSD-3-Clause */
/* The output on a terminal: its width, colours, lines of that width, and progress. */
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "check.h"
#include "print.h"
#include "printed.h"
#include "progress.h"
#include "scratch.h"
#include "style.h"

/* --- a terminal of our own -------------------------------------------------------------- */

static int keyboard = -1, screen = -1, saved;

static void open_terminal(void)
{
	struct termios mode;

	keyboard = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
	assert_true(keyboard >= 0 && grantpt(keyboard) == 0 && unlockpt(keyboard) == 0);
	screen = open(ptsname(keyboard), O_RDWR | O_NOCTTY);
	assert_true(screen >= 0 && tcgetattr(screen, &mode) == 0);
	cfmakeraw(&mode);
	assert_int_equal(tcsetattr(screen, TCSANOW, &mode), 0);
}

static void close_terminal(void)
{
	assert_int_equal(close(screen), 0);
	assert_int_equal(close(keyboard), 0);
}

/* @fd is the terminal until its_own_again(). */
static void redirect(int fd)
{
	(void)fflush(NULL);
	saved = dup(fd);
	assert_true(saved >= 0 && dup2(screen, fd) == fd);
}

static void its_own_again(int fd)
{
	assert_int_equal(dup2(saved, fd), fd);
	assert_int_equal(close(saved), 0);
}

static const char *on_screen(void)
{
	static char text[4096];
	ssize_t n = read(keyboard, text, sizeof(text) - 1);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

/* --- style ---------------------------------------------------------------------------------- */

static struct style style_with(unsigned short columns, const char *term, const char *no_color)
{
	const struct winsize size = { .ws_col = columns };
	struct style style;

	assert_int_equal(ioctl(screen, TIOCSWINSZ, &size), 0);
	assert_int_equal(term ? setenv("TERM", term, 1) : unsetenv("TERM"), 0);
	assert_int_equal(no_color ? setenv("NO_COLOR", no_color, 1) : unsetenv("NO_COLOR"), 0);
	redirect(STDOUT_FILENO);
	style_of_terminal(&style);
	its_own_again(STDOUT_FILENO);
	return style;
}

static void lines_are_as_wide_as_the_terminal_and_at_least_60(void **state)
{
	static const struct {
		unsigned short columns;
		size_t width;
	} rows[] = { { 0, 80 }, { 1, 60 }, { 59, 60 }, { 60, 60 }, { 61, 61 }, { 120, 120 } };

	(void)state;
	open_terminal();
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_int_equal(style_with(rows[i].columns, "xterm", NULL).width, rows[i].width);
	close_terminal();
}

static void only_a_terminal_that_has_colours_gets_some(void **state)
{
	struct style style;

	(void)state;
	open_terminal();
	assert_true(style_with(80, "xterm", NULL).colours);
	assert_true(style_with(80, "xterm", "").colours);
	assert_false(style_with(80, "xterm", "1").colours);
	assert_false(style_with(80, "dumb", NULL).colours);
	assert_false(style_with(80, NULL, NULL).colours);
	assert_int_equal(setenv("TERM", "xterm", 1), 0);
	printed_begin();
	style_of_terminal(&style);
	free(printed_end());
	assert_false(style.colours);
	assert_int_equal(style.width, 80);
	assert_true(style.utf8);
	assert_non_null(setlocale(LC_CTYPE, "C"));
	style_of_terminal(&style);
	assert_false(style.utf8);
	assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
	close_terminal();
}

static void each_colour_has_a_sequence_that_ends(void **state)
{
	static const char *const sequences[] = { "",	       "\x1b[1m",    "\x1b[2m",
						 "\x1b[1;31m", "\x1b[1;33m", "\x1b[32m",
						 "\x1b[36m",   "\x1b[34m",   "\x1b[35m" };
	const struct style with = { .colours = true }, without = { .colours = false };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(sequences); i++) {
		enum style_colour colour = (enum style_colour)i;

		check_text("begin", style_begin(&with, colour), sequences[i]);
		check_text("end", style_end(&with, colour), i == STYLE_PLAIN ? "" : "\x1b[0m");
		check_text("without", style_begin(&without, colour), "");
		check_text("without", style_end(&without, colour), "");
	}
}

static void columns_are_those_of_the_characters(void **state)
{
	static const struct {
		const char *text;
		size_t columns;
	} rows[] = {
		{ "", 0 },
		{ "abc", 3 },
		{ "J\xc3\xb6rg", 4 },
		{ "\xe6\xbc\xa2\xe5\xad\x97", 4 }, /* two wide ones */
	};
	char longer[1001];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		check_int(rows[i].text, (intmax_t)style_columns(rows[i].text),
			  (intmax_t)rows[i].columns);
	/* It is converted in pieces of 256 characters. */
	for (size_t n = 254; n <= 1000; n = n < 258 ? n + 1 : n + 371) {
		memset(longer, 'x', n);
		longer[n] = '\0';
		assert_int_equal(style_columns(longer), n);
	}
}

static void words_are_wrapped_at_the_width(void **state)
{
	static const struct {
		const char *reason, *text;
		size_t width, indent, first;
		bool wide, command;
		const char *want;
	} rows[] = {
		{ "no word", "", 20, 2, 2, false, false, "\n" },
		{ "just fits", "aaaa bbbb cc", 12, 0, 0, false, false, "aaaa bbbb cc\n" },
		{ "does not", "aaaa bbbb ccc", 12, 0, 0, false, false, "aaaa bbbb\nccc\n" },
		{ "behind what is printed", "aaaa bbbb cc", 14, 3, 2, false, false,
		  "aaaa bbbb cc\n" },
		{ "one more", "aaaa bbbb cc", 14, 3, 3, false, false, "aaaa bbbb\n   cc\n" },
		{ "blanks count", "a   b c", 5, 1, 0, false, false, "a   b\n c\n" },
		{ "a long word", "aaaaaaaaaaaa b", 5, 1, 0, false, false, "aaaaaaaaaaaa\n b\n" },
		{ "wide", "aaaa bbbb cccc", 5, 1, 0, true, false, "aaaa bbbb cccc\n" },
		{ "a command", "aaaa bbbb cc", 12, 1, 0, false, true, "aaaa bbbb \\\n cc\n" },
		{ "which just fits", "aaaa bbbb cc", 14, 1, 0, false, true, "aaaa bbbb cc\n" },
		{ "a quoted word", "a 'b  c d' e", 8, 1, 0, false, true,
		  "a \\\n 'b  c d' \\\n e\n" },
		{ "behind a quote", "a 'b'\\''c d' e", 8, 0, 0, false, true,
		  "a \\\n'b'\\''c d' \\\ne\n" },
		{ "a quote in a sentence", "a 'b c d", 6, 1, 0, false, false, "a 'b c\n d\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct style style = { .width = rows[i].width, .wide = rows[i].wide };

		printed_begin();
		style_wrap(&style, rows[i].text, rows[i].indent, rows[i].first, rows[i].command);
		check_same(rows[i].reason, printed_end(), rows[i].want);
	}
}

/* With --wide, a name is as long as it is, also on a terminal. */
static void a_wide_table_cuts_no_name(void **state)
{
	static char name[101];
	static const char *directories[] = { "/srv" };
	struct owner owner = { .name = name };
	struct holdings_use use = { { 100000, 100000 }, &owner, 1, 0 };
	const struct survey survey = { .holdings = { .directories = directories,
						     .n_directories = 1,
						     .n = 1,
						     .uses = { &use, NULL },
						     .n_uses = { 1, 0 } } };
	const struct winsize size = { .ws_col = 60 };

	(void)state;
	memset(name, 'x', sizeof(name) - 1);
	open_terminal();
	assert_int_equal(ioctl(screen, TIOCSWINSZ, &size), 0);
	redirect(STDOUT_FILENO);
	holdings_print(&survey, &(const struct style){ .wide = true, .width = 60 });
	(void)fflush(stdout);
	assert_non_null(strstr(on_screen(), name));
	holdings_print(&survey, &(const struct style){ .width = 60 });
	(void)fflush(stdout);
	assert_null(strstr(on_screen(), name));
	its_own_again(STDOUT_FILENO);
	close_terminal();
}

/* --- progress ----------------------------------------------------------------------------- */

/* Lets the time that progress_begin() waits for pass, which is a second, if it has not. */
static void let_time_pass(void)
{
	unsigned int left = alarm(100);
	sigset_t pending;

	assert_int_equal(sigpending(&pending), 0);
	if (sigismember(&pending, SIGALRM) == 1)
		return;
	assert_int_equal(left, 1);
	assert_int_equal(raise(SIGALRM), 0);
}

static void progress_is_for_a_terminal(void **state)
{
	sigset_t alarms;

	(void)state;
	assert_int_equal(sigemptyset(&alarms), 0);
	assert_int_equal(sigaddset(&alarms, SIGALRM), 0);
	open_terminal();
	redirect(STDERR_FILENO);
	progress_clear();
	check_text("nothing to clear", on_screen(), "");
	progress_show("asking", 1, 3);
	check_text("a third", on_screen(),
		   "\rsubid-check: asking [##########....................]  33 %");
	progress_show("asking", 3, 3);
	check_text("all", on_screen(),
		   "\rsubid-check: asking [##############################] 100 %");
	progress_show("asking", 0, 0);
	check_text("of nothing", on_screen(),
		   "\rsubid-check: asking [##############################] 100 %");
	progress_clear();
	check_text("clear", on_screen(), "\r\x1b[K");
	progress_clear();
	check_text("once", on_screen(), "");
	progress_count("files", 4711);
	check_text("a count", on_screen(), "\r\x1b[Ksubid-check: 4711 files");
	progress_clear();
	check_text("clear a count", on_screen(), "\r\x1b[K");
	assert_int_equal(sigprocmask(SIG_BLOCK, &alarms, NULL), 0);
	progress_begin("the accounts");
	check_text("not at once", on_screen(), "");
	let_time_pass();
	assert_int_equal(sigprocmask(SIG_UNBLOCK, &alarms, NULL), 0);
	check_text("after a while", on_screen(), "subid-check: still reading the accounts\n");
	progress_end();
	assert_int_equal(alarm(0), 0);
	its_own_again(STDERR_FILENO);
	close_terminal();
}

static void a_file_gets_no_progress(void **state)
{
	char *said;

	(void)state;
	printed_begin();
	saved = dup(STDERR_FILENO);
	assert_int_equal(dup2(STDOUT_FILENO, STDERR_FILENO), STDERR_FILENO);
	progress_show("asking", 1, 3);
	progress_count("files", 4711);
	progress_clear();
	progress_begin("the accounts");
	its_own_again(STDERR_FILENO);
	said = printed_end();
	assert_int_equal(alarm(0), 0);
	check_same("a file", said, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_as_wide_as_the_terminal_and_at_least_60),
		cmocka_unit_test(only_a_terminal_that_has_colours_gets_some),
		cmocka_unit_test(each_colour_has_a_sequence_that_ends),
		cmocka_unit_test(columns_are_those_of_the_characters),
		cmocka_unit_test(words_are_wrapped_at_the_width),
		cmocka_unit_test(a_wide_table_cuts_no_name),
		cmocka_unit_test(progress_is_for_a_terminal),
		cmocka_unit_test(a_file_gets_no_progress),
	};

	keyboard = posix_openpt(O_RDWR | O_NOCTTY);
	if (keyboard < 0) {
		(void)printf("1..0 # SKIP no pseudo-terminal can be made here\n");
		return 0;
	}
	(void)close(keyboard);
	return cmocka_run_group_tests(tests, printed_setup, scratch_teardown);
}
