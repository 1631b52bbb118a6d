/* SPDX-License-Identifier: BSD-3-Clause */
#include "survey.h"

#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "owner.h"
#include "progress.h"
#include "record.h"

static void check(int r, const char *directory, const char *what)
{
	if (r >= 0)
		return;
	if (r == -EINVAL)
		errx(CHECK_STATUS_BLIND, "%s%s: Not a regular file", directory, what);
	if (r == -EFBIG)
		errx(CHECK_STATUS_BLIND,
		     "%s%s: Larger than subid-check reads: %u MiB or %u lines, and 1 MiB of "
		     "configuration",
		     directory, what, ROOT_FILE_MAX_BYTES >> 20, ROOT_LINES_MAX);
	if (r == -ENOSYS)
		errx(CHECK_STATUS_BLIND, "%s%s: Cannot be read where /proc is not mounted",
		     directory, what);
	errno = -r;
	err(CHECK_STATUS_BLIND, "%s%s", directory, what);
}

static void read_databases(const struct root *root, struct survey *survey)
{
	static const char *const paths[] = {
		[SUBID_UID] = "/etc/subuid", [SUBID_GID] = "/etc/subgid"
	};

	survey->plain = true;
	for (size_t kind = 0; kind < 2; kind++) {
		progress_begin(paths[kind]);
		check(database_read(root, paths[kind], &survey->owners, &survey->databases[kind]),
		      root->directory, paths[kind]);
		if (!root_is_plain(root, survey->databases[kind].exists ? paths[kind] : "/etc"))
			survey->plain = false;
	}
}

/* --- accounts --------------------------------------------------------------------- */

/* Asks for owners whose account was not listed: a service may know it, but not enumerate. */
static void add_owners(struct survey *survey)
{
	struct accounts *users = &survey->accounts[SUBID_UID], found = { .n = 0 };

	for (size_t i = 0; i < survey->owners.n; i++) {
		const char *name = survey->owners.items[i].name;
		uint32_t uid = 0;
		bool is_uid = subid_owner_uid(name, strlen(name), &uid) == 0;

		if (is_uid ? !accounts_by_id(users, uid) : !accounts_by_name(users, name))
			accounts_add_user(&found, is_uid ? NULL : name, uid);
	}
	for (size_t i = 0; i < found.n; i++)
		accounts_add(users, found.items[i].name, found.items[i].id);
	accounts_sort(users);
	accounts_free(&found);
}

static void read_accounts(const struct root *root, struct survey *survey)
{
	for (size_t i = 0; i < 2; i++) {
		enum subid_kind kind = (enum subid_kind)i;
		const char *path = kind == SUBID_UID ? "/etc/passwd" : "/etc/group";

		progress_begin(survey->all_services ? "the accounts of all services" : path);
		check(survey->all_services
			      ? accounts_read_services(kind, &survey->accounts[kind])
			      : accounts_read_files(root, kind, &survey->accounts[kind]),
		      root->directory, path);
	}
	if (survey->all_services)
		add_owners(survey);
}

static void allow_nesting(struct owners *owners, char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < owners->n; j++)
			if (strcmp(owners->items[j].name, names[i]) == 0)
				owners->items[j].nested = true;
}

/* --- configuration ---------------------------------------------------------------- */

uint32_t survey_max_pods(const char *text, size_t len)
{
	static const char key[] = "maxPods";
	char *copy = memory_text(text, len), *at = copy;
	unsigned long value = 0;

	/* At the top level, YAML has the key at the beginning of a line, JSON in quotes. */
	while (value == 0 && (at = strstr(at, key))) {
		bool begins = at == copy || at[-1] == '\n' || at[-1] == '"';

		at += strlen(key);
		at += *at == '"';
		at += strspn(at, " \t");
		if (begins && *at == ':')
			value = strtoul(at + 1, NULL, 10);
	}
	free(copy);
	return value > 0 && value < UINT32_MAX ? (uint32_t)value : SURVEY_MAX_PODS_DEFAULT;
}

static void read_kubelet(const struct root *root, struct survey *survey)
{
	static const char path[] = "/var/lib/kubelet/config.yaml";
	struct root_file file;
	int r = root_read(root, path, ROOT_CONFIG_MAX_BYTES, &file);

	/* Only root may read the file. Other users still get the other findings. */
	if (r == -ENOENT || r == -EACCES)
		return;
	check(r, root->directory, path);
	survey->kubelet_max_pods = survey_max_pods(file.text, file.len);
	root_file_free(&file);
}

static void read_configuration(const struct root *root, struct survey *survey)
{
	progress_begin("the configuration");
	check(nsswitch_read(root, &survey->nsswitch), root->directory, "/etc/nsswitch.conf");
	check(pool_read(root, survey->pools), root->directory, "/etc/login.defs");
	check(directories_read(root, &survey->directories), root->directory,
	      "/etc/sssd or /etc/samba/smb.conf");
	check(services_read(root, &survey->services), root->directory, "/etc/pam.d or /usr/sbin");
	read_kubelet(root, survey);
	for (size_t kind = 0; kind < 2; kind++) {
		for (size_t i = 0; i < survey->directories.n; i++)
			avoid_add(&survey->avoid[kind], survey->directories.items[i].ids);
		avoid_sort(&survey->avoid[kind]);
	}
}

/* --- a running host --------------------------------------------------------------- */

/* Returns a UID for which the module must have a record, or 0 if there is none. */
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
	check(services_try(known_uid(&survey->databases[SUBID_UID]), &survey->services), "",
	      "/etc/nsswitch.conf");
	progress_begin("the user namespaces");
	check(namespaces_read(&survey->namespaces), "", "/proc");
}

/* IDs that own files are not proposed, because a new owner of such an ID would get its files. */
static void avoid_strays(struct survey *survey)
{
	for (size_t kind = 0; kind < 2; kind++) {
		for (size_t i = 0; i < survey->holdings.n_strays[kind]; i++)
			avoid_add(&survey->avoid[kind], survey->holdings.strays[kind][i].ids);
		avoid_sort(&survey->avoid[kind]);
	}
}

static void read_files(const struct root *root, const struct holdings_request *request,
		       struct survey *survey)
{
	const char *failed = "";
	int r;

	if (request->n == 0)
		return;
	r = holdings_read(root, request, survey, &survey->holdings, &failed);
	if (r == -ENOTDIR || r == -ELOOP)
		errx(CHECK_STATUS_BLIND, "%s%s: Not a directory", root->directory, failed);
	check(r, root->directory, failed);
	avoid_strays(survey);
}

static void set_prefix(const struct root *root, struct survey *survey)
{
	char *path;

	if (root_is_live(root)) {
		survey->prefix = memory_text("", 0);
		return;
	}
	path = realpath(root->directory, NULL);
	if (!path)
		err(CHECK_STATUS_BLIND, "%s", root->directory);
	survey->prefix = memory_text(path, strcmp(path, "/") == 0 ? 0 : strlen(path));
	free(path);
}

void survey_read(const struct survey_request *request, struct survey *ret)
{
	struct root root;

	*ret = (struct survey){ .all_services = request->services };
	check(root_set(&root, request->directory), "",
	      request->directory ? request->directory : "");
	ret->live = root_is_live(&root);
	set_prefix(&root, ret);

	read_databases(&root, ret);
	read_accounts(&root, ret);
	database_join(ret->databases, &ret->owners, &ret->accounts[SUBID_UID]);
	allow_nesting(&ret->owners, request->nested, request->n_nested);
	read_configuration(&root, ret);
	if (ret->live)
		read_live(ret);
	progress_end();
	if (request->probe_seconds > 0)
		check(probe_services(ret->databases, request->probe_seconds, ret->accounts,
				     &ret->probe),
		      "", "the account services");
	read_files(&root, &request->files, ret);
	root_close(&root);
}

void survey_free(struct survey *survey)
{
	free(survey->prefix);
	for (size_t kind = 0; kind < 2; kind++) {
		database_free(&survey->databases[kind]);
		accounts_free(&survey->accounts[kind]);
		avoid_free(&survey->avoid[kind]);
	}
	namespaces_free(&survey->namespaces);
	holdings_free(&survey->holdings);
	owners_free(&survey->owners);
	directories_free(&survey->directories);
	services_free(&survey->services);
	usage_free(&survey->usage);
}
