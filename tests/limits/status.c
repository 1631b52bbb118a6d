/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * status MODULE DATABASE:KEY...: asks the module itself, as glibc would, and
 * prints what glibc would see: for each KEY (an ID if it is one, else a name)
 * in passwd or group a line of the status and the error or the record.
 */
#include <dlfcn.h>
#include <errno.h>
#include <grp.h>
#include <nss.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ERRNO_BEFORE 4711
#define RECORD_BYTES 2048

static void *entry(void *module, const char *symbol)
{
	void *found = module ? dlsym(module, symbol) : NULL;

	if (!found) {
		fprintf(stderr, "%s\n", dlerror());
		exit(2);
	}
	return found;
}

static const char *status_name(enum nss_status status)
{
	switch (status) {
	case NSS_STATUS_TRYAGAIN:
		return "TRYAGAIN";
	case NSS_STATUS_UNAVAIL:
		return "UNAVAIL";
	case NSS_STATUS_NOTFOUND:
		return "NOTFOUND";
	case NSS_STATUS_SUCCESS:
		return "SUCCESS";
	default:
		return "illegal";
	}
}

static void print(enum nss_status status, int fault)
{
	const char *name = fault == ERRNO_BEFORE ? "" : strerrorname_np(fault);

	if (!name)
		name = "an error without a name";
	printf("%s%s%s%s", status_name(status), *name ? " " : "", name,
	       errno == ERRNO_BEFORE ? "" : " errno-changed");
}

static void ask_passwd(void *module, const char *key, const uid_t *uid)
{
	nss_getpwuid_r *by_id = (nss_getpwuid_r *)entry(module, "_nss_subid_getpwuid_r");
	nss_getpwnam_r *by_name = (nss_getpwnam_r *)entry(module, "_nss_subid_getpwnam_r");
	char buf[RECORD_BYTES];
	struct passwd pwd;
	int fault = ERRNO_BEFORE;
	enum nss_status status;

	errno = ERRNO_BEFORE;
	status = uid ? by_id(*uid, &pwd, buf, sizeof(buf), &fault)
		     : by_name(key, &pwd, buf, sizeof(buf), &fault);
	print(status, fault);
	if (status == NSS_STATUS_SUCCESS)
		printf(" %s:%s:%lu:%lu:%s:%s:%s", pwd.pw_name, pwd.pw_passwd,
		       (unsigned long)pwd.pw_uid, (unsigned long)pwd.pw_gid, pwd.pw_gecos,
		       pwd.pw_dir, pwd.pw_shell);
}

static void ask_group(void *module, const char *key, const gid_t *gid)
{
	nss_getgrgid_r *by_id = (nss_getgrgid_r *)entry(module, "_nss_subid_getgrgid_r");
	nss_getgrnam_r *by_name = (nss_getgrnam_r *)entry(module, "_nss_subid_getgrnam_r");
	char buf[RECORD_BYTES];
	struct group grp;
	int fault = ERRNO_BEFORE;
	enum nss_status status;

	errno = ERRNO_BEFORE;
	status = gid ? by_id(*gid, &grp, buf, sizeof(buf), &fault)
		     : by_name(key, &grp, buf, sizeof(buf), &fault);
	print(status, fault);
	if (status == NSS_STATUS_SUCCESS)
		printf(" %s:%s:%lu:%s", grp.gr_name, grp.gr_passwd, (unsigned long)grp.gr_gid,
		       grp.gr_mem[0] ? grp.gr_mem[0] : "");
}

int main(int argc, char **argv)
{
	void *module = argc > 1 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;

	for (int i = 2; i < argc; i++) {
		const char *key = strchr(argv[i], ':');
		unsigned int id;
		char *end;

		if (!key++)
			return 2;
		id = (unsigned int)strtoul(key, &end, 10);
		if (strncmp(argv[i], "passwd:", 7) == 0)
			ask_passwd(module, key, *key && !*end ? &id : NULL);
		else
			ask_group(module, key, *key && !*end ? &id : NULL);
		putchar('\n');
	}
	return fflush(stdout) == 0 ? 0 : 1;
}
