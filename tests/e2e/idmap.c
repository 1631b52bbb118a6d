/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What NFSv4 sends as the owner of a file: asks libnfsidmap, as nfsidmap(8) and
 * rpc.idmapd(8) do.
 *
 *   idmap UID       prints the owner that is sent, or "none"
 *   idmap OWNER     prints the UID that a received owner means, or "none"
 */
#include <ctype.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>

static void *symbol(void *library, const char *name)
{
	void *address = dlsym(library, name);

	if (!address) {
		fprintf(stderr, "%s\n", dlerror());
		exit(2);
	}
	return address;
}

int main(int argc, char **argv)
{
	int (*init)(char *config);
	int (*uid_to_owner)(uid_t uid, char *domain, char *owner, size_t size);
	int (*owner_to_uid)(char *owner, uid_t *uid);
	char domain[] = "example.org", owner[512];
	void *library;
	uid_t uid;

	if (argc != 2)
		return 2;
	/* Global, since its plugin for NSS takes symbols from it. */
	library = dlopen("libnfsidmap.so.1", RTLD_NOW | RTLD_GLOBAL);
	if (!library) {
		fprintf(stderr, "%s\n", dlerror());
		return 2;
	}
	*(void **)&init = symbol(library, "nfs4_init_name_mapping");
	*(void **)&uid_to_owner = symbol(library, "nfs4_uid_to_name");
	*(void **)&owner_to_uid = symbol(library, "nfs4_name_to_uid");
	if (init(NULL) != 0)
		return 2;
	if (isdigit((unsigned char)argv[1][0])) {
		uid = (uid_t)strtoul(argv[1], NULL, 10);
		puts(uid_to_owner(uid, domain, owner, sizeof(owner)) == 0 ? owner : "none");
	} else if (owner_to_uid(argv[1], &uid) == 0) {
		printf("%u\n", (unsigned int)uid);
	} else {
		puts("none");
	}
	return 0;
}
