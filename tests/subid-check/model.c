/* SPDX-License-Identifier: BSD-3-Clause */
#include "model.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "scratch.h"

const struct model model_clean = {
	.subuid = "alice:100000:65536\nbob:165536:65536\n",
	.subgid = "alice:100000:65536\nbob:165536:65536\n",
	.users = "root 0 alice 1000 bob 1001",
	.groups = "root 0 alice 1000 bob 1001",
	.nsswitch = "passwd: files systemd subid\ngroup: files systemd subid\n",
};

static const char *choose(const char *text, const char *otherwise)
{
	return text ? text : otherwise;
}

static void add_accounts(struct accounts *accounts, const char *text)
{
	char name[64];
	uint32_t id;
	int len;

	for (; sscanf(text, "%63s %" SCNu32 "%n", name, &id, &len) == 2; text += len)
		accounts_add(accounts, name, id);
	accounts_sort(accounts);
}

static void read_database(const char *path, const char *name, const char *text, bool absent,
			  struct survey *survey, enum subid_kind kind)
{
	struct database *database = &survey->databases[kind];

	scratch_write(path, text);
	check_int(name, database_read(absent ? NULL : path, name, &survey->owners, database), 0);
	database->stat.st_uid = 0;
	database->stat.st_mode = S_IFREG | 0644;
}

void model_survey(const struct model *model, struct survey *ret)
{
	const char *nsswitch = choose(model->nsswitch, model_clean.nsswitch);
	FILE *stream = fmemopen((void *)(uintptr_t)nsswitch, strlen(nsswitch), "r");

	*ret = (struct survey){
		.live = !model->away,
		.services = model->services,
		.module = model->module,
		.nscd = model->nscd,
	};
	if (model->source)
		(void)strncpy(ret->source, model->source, SUBID_SOURCE_MAX_BYTES);
	if (model->module_error)
		ret->module.error = strdup(model->module_error);
	read_database("subuid", "/etc/subuid", choose(model->subuid, model_clean.subuid),
		      model->absent, ret, SUBID_UID);
	read_database("subgid", "/etc/subgid", choose(model->subgid, model_clean.subgid), false,
		      ret, SUBID_GID);
	ret->databases[SUBID_UID].stat.st_uid = model->owner;
	if (model->mode)
		ret->databases[SUBID_UID].stat.st_mode = S_IFREG | model->mode;
	add_accounts(&ret->accounts[SUBID_UID], choose(model->users, model_clean.users));
	add_accounts(&ret->accounts[SUBID_GID], choose(model->groups, model_clean.groups));
	database_join(ret->databases, &ret->owners, &ret->accounts[SUBID_UID]);
	for (size_t i = 0; i < ret->owners.n; i++)
		if (model->nested && strcmp(ret->owners.items[i].name, model->nested) == 0)
			ret->owners.items[i].nested = true;
	assert_non_null(stream);
	nsswitch_parse(stream, &ret->nsswitch);
	assert_int_equal(fclose(stream), 0);
}
