/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * allowed MODULE TIMES CALL,CALL,... KEY...: looks each KEY (uN, gN, or a name
 * of ours) up TIMES times through the module alone, where the kernel kills a
 * process for any system call that is not in the list. Prints the record of
 * the last time, or how the process ended.
 */
#include <dlfcn.h>
#include <errno.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <nss.h>
#include <pwd.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_CALLS 32
#define MAX_KEYS 16
#define RECORD_BYTES 1024

static const struct {
	const char *name;
	unsigned int number;
} calls[] = {
	{ "openat", SYS_openat },
#ifdef SYS_newfstatat
	{ "newfstatat", SYS_newfstatat },
#endif
#ifdef SYS_fstat
	{ "fstat", SYS_fstat },
#endif
	{ "pread64", SYS_pread64 },	  { "close", SYS_close }, { "mmap", SYS_mmap },
	{ "munmap", SYS_munmap },
};

static nss_getpwuid_r *getpwuid_entry;
static nss_getpwnam_r *getpwnam_entry;
static nss_getgrgid_r *getgrgid_entry;
static nss_getgrnam_r *getgrnam_entry;

/* Shared memory: the child may make no system call to report its answer. */
struct answer {
	enum nss_status status;
	int fault;
	struct passwd pwd;
	struct group grp;
	char buf[RECORD_BYTES];
};

static void allow(struct sock_filter *filter, unsigned int *n, unsigned int number)
{
	filter[(*n)++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1);
	filter[(*n)++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
}

static unsigned int compile(char *list, struct sock_filter *filter)
{
	unsigned int n = 0;

	filter[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
						   offsetof(struct seccomp_data, nr));
	for (char *name = strtok(list, ","); name; name = strtok(NULL, ","))
		for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
			if (strcmp(name, calls[i].name) == 0)
				allow(filter, &n, calls[i].number);
	allow(filter, &n, SYS_exit_group);
	filter[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
	return n;
}

static void look_up(const char *key, struct answer *answer)
{
	unsigned long id = strtoul(key + 1, NULL, 10);
	char *buf = answer->buf;
	int *errnop = &answer->fault;

	if (key[1] >= '0' && key[1] <= '9')
		answer->status = key[0] == 'g' ? getgrgid_entry((gid_t)id, &answer->grp, buf,
								RECORD_BYTES, errnop)
					       : getpwuid_entry((uid_t)id, &answer->pwd, buf,
								RECORD_BYTES, errnop);
	else
		answer->status =
			key[3] == 'g'
				? getgrnam_entry(key, &answer->grp, buf, RECORD_BYTES, errnop)
				: getpwnam_entry(key, &answer->pwd, buf, RECORD_BYTES, errnop);
}

static void print(const struct answer *answer)
{
	if (answer->status == NSS_STATUS_NOTFOUND)
		puts("absent");
	else if (answer->status != NSS_STATUS_SUCCESS)
		printf("fault: %s\n", strerror(answer->fault));
	else if (answer->pwd.pw_name)
		printf("%s %lu %lu\n", answer->pwd.pw_name, (unsigned long)answer->pwd.pw_uid,
		       (unsigned long)answer->pwd.pw_gid);
	else
		printf("%s %lu\n", answer->grp.gr_name, (unsigned long)answer->grp.gr_gid);
}

static void *entry(void *module, const char *symbol)
{
	void *found = module ? dlsym(module, symbol) : NULL;

	if (!found) {
		fprintf(stderr, "%s\n", dlerror());
		exit(2);
	}
	return found;
}

int main(int argc, char **argv)
{
	struct sock_filter filter[2 * MAX_CALLS + 4];
	struct sock_fprog program = { .filter = filter };
	void *module = argc > 4 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
	struct answer *answers;
	int status;

	getpwuid_entry = (nss_getpwuid_r *)entry(module, "_nss_subid_getpwuid_r");
	getpwnam_entry = (nss_getpwnam_r *)entry(module, "_nss_subid_getpwnam_r");
	getgrgid_entry = (nss_getgrgid_r *)entry(module, "_nss_subid_getgrgid_r");
	getgrnam_entry = (nss_getgrnam_r *)entry(module, "_nss_subid_getgrnam_r");
	answers = (struct answer *)mmap(NULL, MAX_KEYS * sizeof(*answers), PROT_READ | PROT_WRITE,
					MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (argc - 4 > MAX_KEYS || answers == MAP_FAILED)
		return 2;
	program.len = (unsigned short)compile(argv[3], filter);

	if (fork() == 0) {
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
		    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
			_exit(2);
		for (long i = strtol(argv[2], NULL, 10); i > 0; i--)
			for (int key = 4; key < argc; key++)
				look_up(argv[key], &answers[key - 4]);
		_exit(0);
	}
	if (wait(&status) < 0)
		return 2;
	if (WIFSIGNALED(status)) {
		puts(strsignal(WTERMSIG(status)));
		return 0;
	}
	for (int key = 4; key < argc; key++)
		print(&answers[key - 4]);
	return WEXITSTATUS(status);
}
