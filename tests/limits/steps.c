/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * steps STEP...: one step after the other, in one process:
 *
 *   passwd:KEY, group:KEY  look KEY up, as an ID if it is one, and print the
 *                          record, "absent", or "fault: " with the error
 *   shadow:NAME            likewise
 *   times=N                each lookup from here on, N times
 *   threads=N              each by N threads at once, on the smallest stacks
 *   services=NAMES         as nsswitch.conf would have them
 *   fds=N                  descriptors are below N
 *   memory=BYTES           may be mapped besides what is mapped now
 *   rename=FROM:TO         replaces a file
 *   root=DIRECTORY         is the root from here on
 *   user=UID               gives up privileges
 */
#include <errno.h>
#include <grp.h>
#include <nss.h>
#include <pthread.h>
#include <pwd.h>
#include <shadow.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define MAX_THREADS 64
#define RECORD_BYTES 1024

/* Nothing of it on the stack, which may have no room. */
struct lookup {
	const char *database, *key;
	bool is_id;
	unsigned long id;
	struct passwd pwd, *pwd_found;
	struct group grp, *grp_found;
	struct spwd spwd, *spwd_found;
	char buf[RECORD_BYTES];
	int r;
};

static long times = 1, threads;
static pthread_barrier_t start;

static void look_up(struct lookup *lookup)
{
	char *buf = lookup->buf;

	if (strcmp(lookup->database, "passwd") == 0)
		lookup->r = lookup->is_id ? getpwuid_r((uid_t)lookup->id, &lookup->pwd, buf,
						       RECORD_BYTES, &lookup->pwd_found)
					  : getpwnam_r(lookup->key, &lookup->pwd, buf, RECORD_BYTES,
						       &lookup->pwd_found);
	else if (strcmp(lookup->database, "shadow") == 0)
		lookup->r = getspnam_r(lookup->key, &lookup->spwd, buf, RECORD_BYTES,
				       &lookup->spwd_found);
	else
		lookup->r = lookup->is_id ? getgrgid_r((gid_t)lookup->id, &lookup->grp, buf,
						       RECORD_BYTES, &lookup->grp_found)
					  : getgrnam_r(lookup->key, &lookup->grp, buf, RECORD_BYTES,
						       &lookup->grp_found);
}

static void print(const struct lookup *lookup)
{
	const struct passwd *pwd = lookup->pwd_found;
	const struct group *grp = lookup->grp_found;

	if (lookup->r != 0)
		printf("fault: %s\n", strerror(lookup->r));
	else if (pwd)
		printf("%s:%s:%lu:%lu:%s:%s:%s\n", pwd->pw_name, pwd->pw_passwd,
		       (unsigned long)pwd->pw_uid, (unsigned long)pwd->pw_gid, pwd->pw_gecos,
		       pwd->pw_dir, pwd->pw_shell);
	else if (grp)
		printf("%s:%s:%lu:%s\n", grp->gr_name, grp->gr_passwd, (unsigned long)grp->gr_gid,
		       grp->gr_mem[0] ? grp->gr_mem[0] : "");
	else if (lookup->spwd_found)
		printf("%s:%s\n", lookup->spwd.sp_namp, lookup->spwd.sp_pwdp);
	else
		puts("absent");
}

static void *look_up_on_small_stack(void *arg)
{
	(void)pthread_barrier_wait(&start);
	look_up((struct lookup *)arg);
	return NULL;
}

static void begin_thread(pthread_t *thread, struct lookup *lookup)
{
	pthread_attr_t attr;
	int r;

	r = pthread_attr_init(&attr);
	if (r == 0)
		r = pthread_attr_setstacksize(&attr, (size_t)sysconf(_SC_THREAD_STACK_MIN));
	if (r == 0)
		r = pthread_create(thread, &attr, look_up_on_small_stack, lookup);
	if (r != 0) {
		fprintf(stderr, "a thread: %s\n", strerror(r));
		exit(3);
	}
	(void)pthread_attr_destroy(&attr);
}

static void ask(const char *database, const char *key)
{
	static struct lookup lookups[MAX_THREADS];
	pthread_t ids[MAX_THREADS];
	long n = threads > 0 ? threads : 1;
	char *end;
	unsigned long id = strtoul(key, &end, 10);

	for (long i = 0; i < n; i++)
		lookups[i] = (struct lookup){
			.database = database,
			.key = key,
			.is_id = *end == '\0',
			.id = id,
		};

	if (threads > 0) {
		(void)pthread_barrier_init(&start, NULL, (unsigned int)n);
		for (long i = 0; i < n; i++)
			begin_thread(&ids[i], &lookups[i]);
		for (long i = 0; i < n; i++)
			(void)pthread_join(ids[i], NULL);
		(void)pthread_barrier_destroy(&start);
	} else {
		look_up(&lookups[0]);
	}

	for (long i = 0; i < n; i++)
		print(&lookups[i]);
}

static int limit(__rlimit_resource_t resource, unsigned long value)
{
	struct rlimit rlimit;

	if (getrlimit(resource, &rlimit) < 0)
		return -1;
	rlimit.rlim_cur = value;
	return setrlimit(resource, &rlimit);
}

static unsigned long mapped_bytes(void)
{
	FILE *statm = fopen("/proc/self/statm", "re");
	unsigned long pages = 0;

	if (!statm || fscanf(statm, "%lu", &pages) != 1)
		exit(3);
	(void)fclose(statm);
	return pages * (unsigned long)sysconf(_SC_PAGESIZE);
}

static int replace(char *from)
{
	char *to = strchr(from, ':');

	if (!to)
		return -1;
	*to = '\0';
	return rename(from, to + 1);
}

static int step(char *what)
{
	char *value = what + strcspn(what, "=:");
	bool is_lookup = *value == ':';

	if (*value == '\0')
		return -1;
	*value++ = '\0';

	if (is_lookup) {
		for (long i = 0; i < times; i++)
			ask(what, value);
		return 0;
	}
	if (strcmp(what, "services") == 0)
		return __nss_configure_lookup("passwd", value) |
		       __nss_configure_lookup("shadow", value) |
		       __nss_configure_lookup("group", value);
	if (strcmp(what, "fds") == 0)
		return limit(RLIMIT_NOFILE, strtoul(value, NULL, 10));
	if (strcmp(what, "memory") == 0)
		return limit(RLIMIT_AS, mapped_bytes() + strtoul(value, NULL, 10));
	if (strcmp(what, "rename") == 0)
		return replace(value);
	if (strcmp(what, "root") == 0)
		return chroot(value) | chdir("/");
	if (strcmp(what, "user") == 0) {
		uid_t uid = (uid_t)strtoul(value, NULL, 10);

		return setgroups(0, NULL) | setresgid(uid, uid, uid) | setresuid(uid, uid, uid);
	}
	if (strcmp(what, "times") == 0)
		times = strtol(value, NULL, 10);
	else if (strcmp(what, "threads") == 0)
		threads = strtol(value, NULL, 10);
	else
		return -1;
	return times > 0 && threads >= 0 && threads <= MAX_THREADS ? 0 : -1;
}

int main(int argc, char **argv)
{
	static char output[1 << 20];

	/* The limits are for lookups: the program's own output must not need memory. */
	setvbuf(stdout, output, _IOFBF, sizeof(output));
	for (int i = 1; i < argc; i++)
		if (step(argv[i]) < 0) {
			fprintf(stderr, "steps: %s: %s\n", argv[i], strerror(errno));
			return 2;
		}
	return fflush(stdout) == 0 ? 0 : 1;
}
