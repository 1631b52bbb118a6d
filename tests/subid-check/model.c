/* SPDX-License-Identifier: BSD-3-Clause */
#include "model.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "check.h"

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

static void read_database(const char *name, const char *text, struct survey *survey,
			  enum subid_kind kind)
{
	struct database *database = &survey->databases[kind];

	*database = (struct database){ .path = name, .exists = true };
	check_int(name, database_parse(text, strlen(text), &survey->owners, database), 0);
	database->stat.st_mode = S_IFREG | 0644;
}

static void read_configuration(const struct model *model, struct survey *ret)
{
	const char *nsswitch = choose(model->nsswitch, model_clean.nsswitch);
	const char *login_defs = choose(model->login_defs, "");
	const char *sssd = choose(model->sssd, ""), *samba = choose(model->samba, "");

	nsswitch_parse(nsswitch, strlen(nsswitch), &ret->nsswitch);
	pool_parse(login_defs, strlen(login_defs), ret->pools);
	directories_parse_sssd(&(const struct directory_text){ .path = "/etc/sssd/sssd.conf",
							       .text = sssd,
							       .len = strlen(sssd) },
			       1, &ret->directories);
	directories_parse_samba(&(const struct directory_text){ .path = "/etc/samba/smb.conf",
								.text = samba,
								.len = strlen(samba) },
				&ret->directories);
	ret->directories.unread = model->unread;
	for (size_t kind = 0; kind < 2; kind++) {
		for (size_t i = 0; i < ret->directories.n; i++)
			avoid_add(&ret->avoid[kind], ret->directories.items[i].ids);
		avoid_sort(&ret->avoid[kind]);
	}
}

static void read_services(const struct model *model, struct survey *ret)
{
	ret->services = model->services;
	if (model->module_error)
		ret->services.module.error = strdup(model->module_error);
	if (model->pam && services_has_broken_shadow(model->pam)) {
		ret->services.broken_shadow = strdup("/etc/pam.d/su");
		ret->services.broken_shadow_line = 1;
	}
}

void model_survey(const struct model *model, struct survey *ret)
{
	*ret = (struct survey){
		.live = !model->away,
		.all_services = model->all_services,
		.prefix = strdup(choose(model->prefix, "")),
		.plain = !model->linked,
		.kubelet_max_pods = model->max_pods,
		.probe = model->probe,
	};
	read_database("/etc/subuid", choose(model->subuid, model_clean.subuid), ret, SUBID_UID);
	read_database("/etc/subgid", choose(model->subgid, model_clean.subgid), ret, SUBID_GID);
	ret->databases[SUBID_UID].exists = !model->absent;
	ret->databases[SUBID_UID].stat.st_uid = model->owner;
	if (model->mode)
		ret->databases[SUBID_UID].stat.st_mode = S_IFREG | model->mode;
	add_accounts(&ret->accounts[SUBID_UID], choose(model->users, model_clean.users));
	add_accounts(&ret->accounts[SUBID_GID], choose(model->groups, model_clean.groups));
	database_join(ret->databases, &ret->owners, &ret->accounts[SUBID_UID]);
	for (size_t i = 0; i < ret->owners.n; i++)
		if (model->nested && strcmp(ret->owners.items[i].name, model->nested) == 0)
			ret->owners.items[i].nested = true;
	read_configuration(model, ret);
	read_services(model, ret);
}
