/* SPDX-License-Identifier: BSD-3-Clause */
#include "accounts.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "record.h"

void accounts_add(struct accounts *accounts, const char *name, uint32_t id)
{
	accounts->items = (struct account *)memory_room(accounts->items, accounts->n,
							&accounts->room, sizeof(*accounts->items));
	accounts->items[accounts->n] = (struct account){
		.id = id,
		.order = accounts->n,
		.name = memory_text(name, strlen(name)),
	};
	accounts->n++;
}

static int compare_ids(const void *a, const void *b)
{
	const struct account *left = (const struct account *)a;
	const struct account *right = (const struct account *)b;

	if (left->id != right->id)
		return left->id < right->id ? -1 : 1;
	return (left->order > right->order) - (left->order < right->order);
}

static int compare_names(const void *a, const void *b)
{
	const struct account *const *left = (const struct account *const *)a;
	const struct account *const *right = (const struct account *const *)b;

	return strcmp((*left)->name, (*right)->name);
}

void accounts_sort(struct accounts *accounts)
{
	free(accounts->by_name);
	accounts->by_name = NULL;
	if (accounts->n == 0)
		return;
	qsort(accounts->items, accounts->n, sizeof(*accounts->items), compare_ids);
	accounts->by_name = (struct account **)memory_check(
		reallocarray(NULL, accounts->n, sizeof(struct account *)));
	for (size_t i = 0; i < accounts->n; i++)
		accounts->by_name[i] = &accounts->items[i];
	qsort(accounts->by_name, accounts->n, sizeof(struct account *), compare_names);
}

void accounts_free(struct accounts *accounts)
{
	for (size_t i = 0; i < accounts->n; i++)
		free(accounts->items[i].name);
	free(accounts->items);
	free(accounts->by_name);
	*accounts = (struct accounts){ .n = 0 };
}

static int add_users(FILE *file, struct accounts *accounts)
{
	struct passwd *pwd;

	errno = 0;
	while ((pwd = fgetpwent(file)))
		if (pwd->pw_name[0] != '+' && pwd->pw_name[0] != '-')
			accounts_add(accounts, pwd->pw_name, pwd->pw_uid);
	return ferror(file) ? -EIO : 0;
}

static int add_groups(FILE *file, struct accounts *accounts)
{
	struct group *grp;

	errno = 0;
	while ((grp = fgetgrent(file)))
		if (grp->gr_name[0] != '+' && grp->gr_name[0] != '-')
			accounts_add(accounts, grp->gr_name, grp->gr_gid);
	return ferror(file) ? -EIO : 0;
}

int accounts_read_files(const struct root *root, enum subid_kind kind, struct accounts *ret)
{
	FILE *file = NULL;
	int r;

	*ret = (struct accounts){ .n = 0 };
	r = root_fopen(root, kind == SUBID_UID ? "/etc/passwd" : "/etc/group", &file);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	r = kind == SUBID_UID ? add_users(file, ret) : add_groups(file, ret);
	(void)fclose(file);
	accounts_sort(ret);
	return r;
}

int accounts_read_services(enum subid_kind kind, struct accounts *ret)
{
	struct passwd *pwd;
	struct group *grp;

	*ret = (struct accounts){ .n = 0 };
	if (kind == SUBID_UID) {
		setpwent();
		while ((pwd = getpwent()))
			accounts_add(ret, pwd->pw_name, pwd->pw_uid);
		endpwent();
	} else {
		setgrent();
		while ((grp = getgrent()))
			accounts_add(ret, grp->gr_name, grp->gr_gid);
		endgrent();
	}
	accounts_sort(ret);
	return 0;
}

void accounts_ask_user(struct accounts *accounts, const char *name, uint32_t uid)
{
	const struct passwd *pwd = name ? getpwnam(name) : getpwuid(uid);

	if (pwd && !nss_record_name_is_ours(SUBID_UID, pwd->pw_name))
		accounts_add(accounts, pwd->pw_name, pwd->pw_uid);
}

/* The first with an ID of at least @id. */
static size_t lower_bound(const struct accounts *accounts, uint32_t id)
{
	size_t low = 0, high = accounts->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (accounts->items[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct account *accounts_by_id(const struct accounts *accounts, uint32_t id)
{
	size_t at = lower_bound(accounts, id);

	return at < accounts->n && accounts->items[at].id == id ? &accounts->items[at] : NULL;
}

const struct account *accounts_by_name(const struct accounts *accounts, const char *name)
{
	size_t low = 0, high = accounts->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(accounts->by_name[middle]->name, name);

		if (order == 0)
			return accounts->by_name[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

size_t accounts_within(const struct accounts *accounts, const struct subid_range *range,
		       const struct account **ret_first)
{
	uint32_t last = range->start + (range->count - 1);
	size_t first = lower_bound(accounts, range->start);
	size_t end = last == UINT32_MAX ? accounts->n : lower_bound(accounts, last + 1);

	if (first < end)
		*ret_first = &accounts->items[first];
	return end - first;
}
