/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "module.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static nss_getpwuid_r *getpwuid_entry;
static nss_getpwnam_r *getpwnam_entry;
static nss_getgrgid_r *getgrgid_entry;
static nss_getgrnam_r *getgrnam_entry;
static nss_getspnam_r *getspnam_entry;

static void *entry(void *module, const char *symbol)
{
	void *found = dlsym(module, symbol);

	if (!found)
		fprintf(stderr, "%s\n", dlerror());
	return found;
}

bool module_load(const char *path)
{
	void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL);

	if (!module) {
		fprintf(stderr, "%s\n", dlerror());
		return false;
	}
	getpwuid_entry = (nss_getpwuid_r *)entry(module, "_nss_subid_getpwuid_r");
	getpwnam_entry = (nss_getpwnam_r *)entry(module, "_nss_subid_getpwnam_r");
	getgrgid_entry = (nss_getgrgid_r *)entry(module, "_nss_subid_getgrgid_r");
	getgrnam_entry = (nss_getgrnam_r *)entry(module, "_nss_subid_getgrnam_r");
	getspnam_entry = (nss_getspnam_r *)entry(module, "_nss_subid_getspnam_r");
	return getpwuid_entry && getpwnam_entry && getgrgid_entry && getgrnam_entry &&
	       getspnam_entry;
}

#define PASSWD_BYTES                                      \
	(sizeof("subuid-ftweedal-100033") + sizeof("x") + \
	 sizeof("Subordinate UID 33 of ftweedal") + sizeof("/") + sizeof("/sbin/nologin"))
#define GROUP_BYTES (sizeof("subgid-ftweedal-500033") + sizeof("x") + sizeof(char *))
#define SHADOW_BYTES (sizeof("subuid-ftweedal-100033") + sizeof("!*"))

const size_t record_bytes[] = { PASSWD_BYTES, GROUP_BYTES, SHADOW_BYTES };

enum nss_status module_ask(const struct question *q, union record *ret, char *buf, size_t len,
			   int *errnop)
{
	if (q->kind == SPWD)
		return getspnam_entry(q->name, &ret->spwd, buf, len, errnop);
	if (q->kind == GROUP)
		return q->name ? getgrnam_entry(q->name, &ret->grp, buf, len, errnop)
			       : getgrgid_entry(q->id, &ret->grp, buf, len, errnop);
	return q->name ? getpwnam_entry(q->name, &ret->pwd, buf, len, errnop)
		       : getpwuid_entry(q->id, &ret->pwd, buf, len, errnop);
}

static void assert_untouched(const void *memory, size_t size)
{
	const char *bytes = memory;

	for (size_t i = 0; i < size; i++)
		assert_int_equal(bytes[i], CANARY);
}

static void assert_inside(const void *p, size_t size, const char *buf, size_t len)
{
	assert_true((const char *)p >= buf);
	assert_true((const char *)p + size <= buf + len);
}

static void assert_string_inside(const char *text, const char *want, const char *buf, size_t len)
{
	assert_inside(text, strlen(text) + 1, buf, len);
	assert_string_equal(text, want);
}

static void assert_answer(const struct question *q, const union record *got, const char *buf,
			  size_t len)
{
	if (q->kind == SPWD) {
		assert_string_inside(got->spwd.sp_namp, "subuid-ftweedal-100033", buf, len);
		assert_string_inside(got->spwd.sp_pwdp, "!*", buf, len);
		assert_int_equal(got->spwd.sp_expire, 1);
		return;
	}
	if (q->kind == GROUP) {
		assert_string_inside(got->grp.gr_name, "subgid-ftweedal-500033", buf, len);
		assert_string_inside(got->grp.gr_passwd, "x", buf, len);
		assert_int_equal(got->grp.gr_gid, 500033);
		assert_int_equal((uintptr_t)got->grp.gr_mem % _Alignof(char *), 0);
		assert_inside(got->grp.gr_mem, sizeof(char *), buf, len);
		assert_null(got->grp.gr_mem[0]);
		return;
	}
	assert_string_inside(got->pwd.pw_name, "subuid-ftweedal-100033", buf, len);
	assert_string_inside(got->pwd.pw_passwd, "x", buf, len);
	assert_int_equal(got->pwd.pw_uid, 100033);
	assert_int_equal(got->pwd.pw_gid, 500033);
	assert_string_inside(got->pwd.pw_gecos, "Subordinate UID 33 of ftweedal", buf, len);
	assert_string_inside(got->pwd.pw_dir, "/", buf, len);
	assert_string_inside(got->pwd.pw_shell, "/sbin/nologin", buf, len);
}

enum nss_status module_ask_checked(const struct question *q, size_t offset, size_t len)
{
	_Alignas(64) char memory[BUFFER_BYTES];
	char *buf = memory + 64 + offset;
	union record record;
	enum nss_status status;
	int errnum = ERRNO_BEFORE;

	memset(memory, CANARY, sizeof(memory));
	memset(&record, CANARY, sizeof(record));
	errno = ERRNO_BEFORE;
	status = module_ask(q, &record, buf, len, &errnum);

	assert_int_equal(errno, ERRNO_BEFORE);
	assert_untouched(memory, (size_t)(buf - memory));
	assert_untouched(buf + len, sizeof(memory) - (size_t)(buf - memory) - len);
	if (status == NSS_STATUS_SUCCESS) {
		assert_int_equal(errnum, ERRNO_BEFORE);
		assert_answer(q, &record, buf, len);
	} else {
		assert_untouched(&record, sizeof(record));
		assert_int_equal(errnum, status == NSS_STATUS_TRYAGAIN ? ERANGE : ERRNO_BEFORE);
	}
	return status;
}
