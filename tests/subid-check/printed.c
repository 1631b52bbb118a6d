/* SPDX-License-Identifier: BSD-3-Clause */
#include "printed.h"

#include <json-c/json.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive.h"
#include "check.h"
#include "scratch.h"

static void make_directories(const char *name)
{
	char path[256];

	(void)umask(022);
	(void)mkdir(name, 0755);
	(void)snprintf(path, sizeof(path), "%s/etc", name);
	(void)mkdir(path, 0755);
	assert_int_equal(access(path, W_OK), 0);
}

static void keep(const struct archive *archive, const char *name, struct host *host)
{
	const struct {
		const char *name;
		struct content *content;
	} outputs[] = {
		{ "report", &host->report },
		{ "map", &host->map },
		{ "json", &host->json },
		{ "svg", &host->svg },
	};
	char path[256];

	for (size_t i = 0; i < COUNT_OF(outputs); i++) {
		if (strcmp(outputs[i].name, archive->name) != 0)
			continue;
		content_add(outputs[i].content, archive->content.bytes, archive->content.len);
		content_add(outputs[i].content, "", 1);
		return;
	}
	(void)snprintf(path, sizeof(path), "%s/%s", name, archive->name);
	scratch_write_bytes(path, archive->content.bytes, archive->content.len);
}

void host_read(const char *name, struct host *ret)
{
	const char *top = getenv("abs_top_srcdir");
	const struct survey_request request = { .directory = name };
	struct archive archive;
	char path[4096];

	*ret = (struct host){ .report = { .bytes = NULL } };
	(void)snprintf(path, sizeof(path), "%s/tests/subid-check/hosts/%s", top ? top : "..", name);
	make_directories(name);
	archive_open(&archive, path);
	while (archive_next(&archive))
		keep(&archive, name, ret);
	archive_close(&archive);
	assert_true(ret->report.len > 0 && ret->map.len > 0 && ret->json.len > 0 &&
		    ret->svg.len > 0);

	survey_read(&request, &ret->survey);
	(void)snprintf(path, sizeof(path), "/tmp/subid-check.DIRECTOR/hosts/%s", name);
	free(ret->survey.prefix);
	ret->survey.prefix = strdup(path);
	assert_non_null(ret->survey.prefix);
	for (size_t kind = 0; kind < 2; kind++)
		ret->survey.databases[kind].stat.st_uid = 0;
	findings_of(&ret->survey, &ret->findings);
}

void host_free(struct host *host)
{
	findings_free(&host->findings);
	survey_free(&host->survey);
	content_free(&host->report);
	content_free(&host->map);
	content_free(&host->json);
	content_free(&host->svg);
}

/* --- what is printed --------------------------------------------------------------- */

int printed_setup(void **state)
{
	return setlocale(LC_CTYPE, "C.UTF-8") ? scratch_setup(state) : -1;
}

static int standard = -1;

void printed_begin(void)
{
	(void)fflush(stdout);
	standard = dup(STDOUT_FILENO);
	assert_true(standard >= 0);
	assert_non_null(freopen("printed", "w", stdout));
}

char *printed_end(void)
{
	struct content content = { .bytes = NULL };

	(void)fflush(stdout);
	assert_int_equal(dup2(standard, STDOUT_FILENO), STDOUT_FILENO);
	assert_int_equal(close(standard), 0);
	assert_int_equal(content_read(&content, "printed"), 0);
	content_add(&content, "", 1);
	return content.bytes;
}

void check_same(const char *what, char *got, const char *want)
{
	size_t same = 0, line = 0;

	if (strcmp(got, want) == 0) {
		free(got);
		return;
	}
	for (size_t i = 0; got[i] != '\0' && got[i] == want[i]; i++)
		if (got[i] == '\n')
			same = i + 1, line++;
	fail_msg("%s, line %zu: got \"%.*s\", want \"%.*s\"", what, line + 1,
		 (int)strcspn(got + same, "\n"), got + same, (int)strcspn(want + same, "\n"),
		 want + same);
}

void check_same_json(const char *what, char *got, const char *want)
{
	struct json_object *got_json = json_tokener_parse(got);
	struct json_object *want_json = json_tokener_parse(want);

	assert_non_null(want_json);
	if (!json_object_equal(got_json, want_json))
		check_same(what, got, want);
	else
		free(got);
	json_object_put(got_json);
	json_object_put(want_json);
}
