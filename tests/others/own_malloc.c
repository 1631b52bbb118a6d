/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * own_malloc MODULE SERVICES UID: a program with an allocator of its own, as
 * many have, that ends with status 70 when it is called from inside a lookup:
 * it may be one that looks users up, or hold a lock at that moment. The UID is
 * looked up in the module alone, from the first time on, and then through
 * glibc, which may allocate for the first time and no more. Prints its name and
 * how often the allocator was called at all.
 */
#include <dlfcn.h>
#include <errno.h>
#include <nss.h>
#include <pwd.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOOKUPS 100
#define BLOCK_BYTES 16

static _Alignas(BLOCK_BYTES) char arena[16 << 20];
static size_t used;
static unsigned int allocations;
static bool inside;

static void called(void)
{
	static const char complaint[] = "the allocator was called inside a lookup\n";

	if (inside) {
		(void)!write(2, complaint, sizeof(complaint) - 1);
		_exit(70);
	}
}

/* Each block stands behind one that holds its size. Nothing is used again. */
void *malloc(size_t size)
{
	size_t blocks = 1 + (size + BLOCK_BYTES - 1) / BLOCK_BYTES;
	char *block = arena + used;

	called();
	if (blocks > (sizeof(arena) - used) / BLOCK_BYTES) {
		errno = ENOMEM;
		return NULL;
	}
	allocations++;
	used += blocks * BLOCK_BYTES;
	memcpy(block, &size, sizeof(size));
	return block + BLOCK_BYTES;
}

void free(void *memory)
{
	if (memory)
		called();
}

void *calloc(size_t count, size_t size)
{
	return size > 0 && count > sizeof(arena) / size ? NULL : malloc(count * size);
}

void *realloc(void *memory, size_t size)
{
	void *moved = malloc(size);
	size_t had = 0;

	if (moved && memory) {
		memcpy(&had, (char *)memory - BLOCK_BYTES, sizeof(had));
		memcpy(moved, memory, had < size ? had : size);
	}
	return moved;
}

static char buf[1024];
static struct passwd pwd;

static const char *look_up_directly(nss_getpwuid_r *entry, uid_t uid)
{
	int fault = 0;
	enum nss_status status;

	inside = true;
	status = entry(uid, &pwd, buf, sizeof(buf), &fault);
	inside = false;
	return status == NSS_STATUS_SUCCESS ? pwd.pw_name : "absent";
}

static const char *look_up(uid_t uid, bool may_allocate)
{
	struct passwd *found = NULL;

	inside = !may_allocate;
	(void)getpwuid_r(uid, &pwd, buf, sizeof(buf), &found);
	inside = false;
	return found ? found->pw_name : "absent";
}

int main(int argc, char **argv)
{
	void *module = argc == 4 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
	nss_getpwuid_r *entry =
		module ? (nss_getpwuid_r *)dlsym(module, "_nss_subid_getpwuid_r") : NULL;
	uid_t uid = argc == 4 ? (uid_t)strtoul(argv[3], NULL, 10) : 0;
	const char *name = "absent";

	if (!entry || __nss_configure_lookup("passwd", argv[2]) != 0)
		return 2;

	for (int i = 0; i < LOOKUPS; i++)
		name = look_up_directly(entry, uid);
	printf("%s, ", name);
	for (int i = 0; i < LOOKUPS; i++)
		name = look_up(uid, i == 0);
	printf("%s, %u allocations\n", name, allocations);
	return fflush(stdout) == 0 ? 0 : 1;
}
