/* SPDX-License-Identifier: BSD-3-Clause */
#include "account.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROOM 512

static struct account accounts[ROOM], groups[ROOM];
static size_t n_accounts, n_groups;

static bool add(struct account *table, size_t *n, const char *name, uint32_t id)
{
	if (*n == ROOM || strlen(name) >= sizeof(table->name))
		return false;
	strcpy(table[*n].name, name);
	table[(*n)++].uid = id;
	return true;
}

bool accounts_read(void)
{
	struct passwd *pwd;
	struct group *grp;
	bool fits = true;

	while (fits && (pwd = getpwent()))
		fits = add(accounts, &n_accounts, pwd->pw_name, pwd->pw_uid);
	while (fits && (grp = getgrent()))
		fits = add(groups, &n_groups, grp->gr_name, grp->gr_gid);
	endpwent();
	endgrent();
	return fits;
}

static const struct account *by_id(const struct account *table, size_t n, uint32_t id)
{
	for (size_t i = 0; i < n; i++)
		if (table[i].uid == id)
			return &table[i];
	return NULL;
}

const struct account *account_by_name(const char *name)
{
	for (size_t i = 0; i < n_accounts; i++)
		if (strcmp(accounts[i].name, name) == 0)
			return &accounts[i];
	return NULL;
}

const struct account *account_by_uid(uint32_t uid)
{
	return by_id(accounts, n_accounts, uid);
}

const struct account *group_by_gid(uint32_t gid)
{
	return by_id(groups, n_groups, gid);
}

bool account_uid_of_text(const char *text, uint32_t *ret_uid)
{
	char canonical[16];
	unsigned long uid = strtoul(text, NULL, 10);

	if (uid >= UINT32_MAX)
		return false;
	snprintf(canonical, sizeof(canonical), "%lu", uid);
	if (strcmp(canonical, text) != 0)
		return false;
	*ret_uid = (uint32_t)uid;
	return true;
}
