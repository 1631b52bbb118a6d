/* SPDX-License-Identifier: BSD-3-Clause */
#include "survey.h"

#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "exit.h"
#include "memory.h"
#include "progress.h"
#include "record.h"

static void check(int r, const char *directory, const char *what)
{
	if (r >= 0)
		return;
	errno = -r;
	err(CHECK_STATUS_BLIND, "%s%s", directory, what);
}

static void read_databases(const struct root *root, struct survey *survey)
{
	static const char *const paths[] = {
		[SUBID_UID] = "/etc/subuid", [SUBID_GID] = "/etc/subgid"
	};

	for (size_t kind = 0; kind < 2; kind++) {
		struct root_file file = { .fd = -1 };
		int r;

		progress_begin(paths[kind]);
		r = root_find(root, paths[kind], &file);
		if (r == 0 || r == -ENOENT)
			r = database_read(file.path, paths[kind], &survey->owners,
					  &survey->databases[kind]);
		root_release(&file);
		check(r, root->directory, paths[kind]);
	}
}

/* Services that do not enumerate may know the owners nevertheless. */
static void ask_owners(struct survey *survey)
{
	struct accounts *users = &survey->accounts[SUBID_UID], asked = { .n = 0 };

	for (size_t i = 0; i < survey->owners.n; i++) {
		const char *name = survey->owners.items[i].name;
		uint32_t uid = 0;
		bool is_uid = subid_owner_uid(name, strlen(name), &uid) == 0;

		if (is_uid ? !accounts_by_id(users, uid) : !accounts_by_name(users, name))
			accounts_ask_user(&asked, is_uid ? NULL : name, uid);
	}
	for (size_t i = 0; i < asked.n; i++)
		accounts_add(users, asked.items[i].name, asked.items[i].id);
	accounts_sort(users);
	accounts_free(&asked);
}

static void read_accounts(const struct root *root, struct survey *survey)
{
	for (size_t kind = 0; kind < 2; kind++) {
		const char *path = kind == SUBID_UID ? "/etc/passwd" : "/etc/group";

		progress_begin(survey->services ? "the accounts of all services" : path);
		check(survey->services ? accounts_read_services((enum subid_kind)kind,
								&survey->accounts[kind])
				       : accounts_read_files(root, (enum subid_kind)kind,
							     &survey->accounts[kind]),
		      root->directory, path);
	}
	if (survey->services)
		ask_owners(survey);
}

static bool nscd_runs(void)
{
	struct stat stamp;

	return (stat("/run/nscd/socket", &stamp) == 0 ||
		stat("/var/run/nscd/socket", &stamp) == 0) &&
	       S_ISSOCK(stamp.st_mode);
}

/* A UID that the module must know, whatever else is wrong; 0 if there is none. */
static uint32_t known_uid(const struct database *subuid)
{
	for (size_t i = 0; i < subuid->n; i++)
		if (!nss_id_is_reserved(subuid->entries[i].range.start))
			return subuid->entries[i].range.start;
	return 0;
}

static void read_live(struct survey *survey)
{
	progress_begin("the processes");
	check(usage_read(&survey->usage), "", "/proc");
	usage_count(&survey->usage, survey->databases, &survey->owners);

	progress_begin("the module");
	check(subid_source_read("/etc/nsswitch.conf", survey->source), "", "/etc/nsswitch.conf");
	module_try(survey->source[0] != '\0' ? 0 : known_uid(&survey->databases[SUBID_UID]),
		   &survey->module);
	survey->nscd = nscd_runs();
}

static void allow_nesting(struct owners *owners, char **names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < owners->n; j++)
			if (strcmp(owners->items[j].name, names[i]) == 0)
				owners->items[j].nested = true;
}

void survey_read(const struct survey_request *request, struct survey *ret)
{
	struct root root;

	*ret = (struct survey){ .services = request->services };
	check(root_set(&root, request->directory), "",
	      request->directory ? request->directory : "");
	ret->live = root_is_live(&root);

	read_databases(&root, ret);
	read_accounts(&root, ret);
	database_join(ret->databases, &ret->owners, &ret->accounts[SUBID_UID]);
	allow_nesting(&ret->owners, request->nested, request->n_nested);
	check(nsswitch_read(&root, &ret->nsswitch), root.directory, "/etc/nsswitch.conf");
	if (ret->live)
		read_live(ret);
	progress_end();
	root_close(&root);
}

void survey_free(struct survey *survey)
{
	for (size_t kind = 0; kind < 2; kind++) {
		database_free(&survey->databases[kind]);
		accounts_free(&survey->accounts[kind]);
	}
	owners_free(&survey->owners);
	usage_free(&survey->usage);
	module_free(&survey->module);
}
