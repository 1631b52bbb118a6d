/* SPDX-License-Identifier: BSD-3-Clause */
#include "ask.h"

#include <dlfcn.h>
#include <errno.h>
#include <grp.h>
#include <nss.h>
#include <pwd.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#define BUFFER_BYTES 1024
#define ERRNO_BEFORE 4711
#define MODULE "libnss_subid.so.2"

#ifdef STRESS_LINKED
NSS_DECLARE_MODULE_FUNCTIONS(subid)
#endif

/* Written once, and then held by threads while the module is loaded and closed. */
static nss_getpwuid_r *getpwuid_entry;
static nss_getpwnam_r *getpwnam_entry;
static nss_getgrgid_r *getgrgid_entry;
static nss_getgrnam_r *getgrnam_entry;

static void copy(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from);
}

static void set_passwd(struct answer *ret, const struct passwd *pwd)
{
	ret->kind = ANSWER_FOUND;
	copy(ret->name, sizeof(ret->name), pwd->pw_name);
	ret->id = pwd->pw_uid;
	ret->gid = pwd->pw_gid;
	copy(ret->gecos, sizeof(ret->gecos), pwd->pw_gecos);
}

/* EINVAL stands for one of our groups that has members: no version answers that. */
static void set_group(struct answer *ret, const struct group *grp)
{
	ret->kind = grp->gr_mem[0] && strncmp(grp->gr_name, "sub", 3) == 0 ? EINVAL : ANSWER_FOUND;
	copy(ret->name, sizeof(ret->name), grp->gr_name);
	ret->id = grp->gr_gid;
	ret->gid = 0;
	ret->gecos[0] = '\0';
}

/* EPROTO stands for an errno that the module has changed: no version answers that. */
void ask_module(const struct question *q, struct answer *ret)
{
	char buf[BUFFER_BYTES];
	struct passwd pwd;
	struct group grp;
	enum nss_status status;
	int errnum = ERRNO_BEFORE;

	errno = ERRNO_BEFORE;
	if (q->is_group)
		status = q->name ? getgrnam_entry(q->name, &grp, buf, sizeof(buf), &errnum)
				 : getgrgid_entry(q->id, &grp, buf, sizeof(buf), &errnum);
	else
		status = q->name ? getpwnam_entry(q->name, &pwd, buf, sizeof(buf), &errnum)
				 : getpwuid_entry(q->id, &pwd, buf, sizeof(buf), &errnum);

	ret->kind = errnum;
	if (errno != ERRNO_BEFORE)
		ret->kind = EPROTO;
	else if (status == NSS_STATUS_NOTFOUND && errnum == ERRNO_BEFORE)
		ret->kind = ANSWER_ABSENT;
	else if (status == NSS_STATUS_SUCCESS && q->is_group)
		set_group(ret, &grp);
	else if (status == NSS_STATUS_SUCCESS)
		set_passwd(ret, &pwd);
}

#ifdef STRESS_LINKED

bool ask_prepare(void)
{
	getpwuid_entry = _nss_subid_getpwuid_r;
	getpwnam_entry = _nss_subid_getpwnam_r;
	getgrgid_entry = _nss_subid_getgrgid_r;
	getgrnam_entry = _nss_subid_getgrnam_r;
	/* For the owners' accounts. */
	return __nss_configure_lookup("passwd", "files") == 0;
}

void ask_host(const struct question *q, struct answer *ret)
{
	ask_module(q, ret);
}

bool ask_can_reload(void)
{
	return false;
}

bool ask_reload(void)
{
	return false;
}

#else

bool ask_prepare(void)
{
	void *module = dlopen(MODULE, RTLD_NOW | RTLD_LOCAL);

	if (!module) {
		fprintf(stderr, "%s\n", dlerror());
		return false;
	}
	getpwuid_entry = (nss_getpwuid_r *)dlsym(module, "_nss_subid_getpwuid_r");
	getpwnam_entry = (nss_getpwnam_r *)dlsym(module, "_nss_subid_getpwnam_r");
	getgrgid_entry = (nss_getgrgid_r *)dlsym(module, "_nss_subid_getgrgid_r");
	getgrnam_entry = (nss_getgrnam_r *)dlsym(module, "_nss_subid_getgrnam_r");
	/* From here on, lookups use a module that dlclose(3) has closed. */
	return dlclose(module) == 0 && getpwuid_entry && getpwnam_entry && getgrgid_entry &&
	       getgrnam_entry && __nss_configure_lookup("passwd", "files subid") == 0 &&
	       __nss_configure_lookup("group", "files subid") == 0;
}

void ask_host(const struct question *q, struct answer *ret)
{
	char buf[BUFFER_BYTES];
	struct passwd pwd, *found_pwd = NULL;
	struct group grp, *found_grp = NULL;

	if (q->is_group)
		ret->kind = q->name ? getgrnam_r(q->name, &grp, buf, sizeof(buf), &found_grp)
				    : getgrgid_r(q->id, &grp, buf, sizeof(buf), &found_grp);
	else
		ret->kind = q->name ? getpwnam_r(q->name, &pwd, buf, sizeof(buf), &found_pwd)
				    : getpwuid_r(q->id, &pwd, buf, sizeof(buf), &found_pwd);

	if (found_grp)
		set_group(ret, found_grp);
	else if (found_pwd)
		set_passwd(ret, found_pwd);
}

bool ask_can_reload(void)
{
	return true;
}

bool ask_reload(void)
{
	void *module = dlopen(MODULE, RTLD_NOW | RTLD_LOCAL);
	bool same;

	if (!module)
		return false;
	same = dlsym(module, "_nss_subid_getpwuid_r") == (void *)getpwuid_entry;
	return dlclose(module) == 0 && same;
}

#endif
