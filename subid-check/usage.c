/* SPDX-License-Identifier: BSD-3-Clause */
#include "usage.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memory.h"

/* Enough for the lines up to Gid: of /proc/PID/status. */
#define STATUS_BYTES 1024

void usage_add(struct usage *usage, enum subid_kind kind, uint32_t id, pid_t pid)
{
	usage->uses[kind] = (struct use *)memory_room(usage->uses[kind], usage->n[kind],
						      &usage->room[kind], sizeof(struct use));
	usage->uses[kind][usage->n[kind]++] = (struct use){ .id = id, .pid = pid };
}

static int compare(const void *a, const void *b)
{
	const struct use *left = (const struct use *)a, *right = (const struct use *)b;

	if (left->id != right->id)
		return left->id < right->id ? -1 : 1;
	return (left->pid > right->pid) - (left->pid < right->pid);
}

void usage_sort(struct usage *usage)
{
	for (size_t kind = 0; kind < 2; kind++) {
		struct use *uses = usage->uses[kind];
		size_t n = 0;

		if (usage->n[kind] == 0)
			continue;
		qsort(uses, usage->n[kind], sizeof(*uses), compare);
		for (size_t i = 0; i < usage->n[kind]; i++)
			if (n == 0 || compare(&uses[n - 1], &uses[i]) != 0)
				uses[n++] = uses[i];
		usage->n[kind] = n;
	}
}

static void add_line(struct usage *usage, enum subid_kind kind, const char *status,
		     const char *label, pid_t pid)
{
	const char *at = strstr(status, label);
	uint32_t last = UINT32_MAX;

	if (!at)
		return;
	at += strlen(label);
	while (*at == '\t' || *at == ' ') {
		char *end;
		uint32_t id = (uint32_t)strtoul(at, &end, 10);

		if (end == at)
			return;
		if (id != last)
			usage_add(usage, kind, id, pid);
		last = id;
		at = end;
	}
}

/* Returns 0 or a negative errno. To skip a process that has ended or is hidden is no error. */
static int add_process(struct usage *usage, int proc, const char *name)
{
	char path[64], status[STATUS_BYTES + 1];
	pid_t pid = (pid_t)strtol(name, NULL, 10);
	ssize_t len;
	int fd;

	(void)snprintf(path, sizeof(path), "%s/status", name);
	fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT || errno == ESRCH || errno == EACCES || errno == EPERM
			       ? 0
			       : -errno;
	len = read(fd, status, STATUS_BYTES);
	(void)close(fd);
	if (len <= 0)
		return 0;
	status[len] = '\0';
	add_line(usage, SUBID_UID, status, "\nUid:", pid);
	add_line(usage, SUBID_GID, status, "\nGid:", pid);
	return 0;
}

int usage_read(struct usage *ret)
{
	const struct dirent *entry;
	DIR *proc;
	int r = 0;

	*ret = (struct usage){ .n = { 0 } };
	proc = opendir("/proc");
	if (!proc)
		return -errno;
	while (r == 0 && (errno = 0, entry = readdir(proc)))
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9')
			r = add_process(ret, dirfd(proc), entry->d_name);
	if (r == 0)
		r = -errno;
	(void)closedir(proc);
	usage_sort(ret);
	return r;
}

void usage_free(struct usage *usage)
{
	free(usage->uses[0]);
	free(usage->uses[1]);
	*usage = (struct usage){ .n = { 0 } };
}

/* Returns the index of the first ID that is at least @id. @ids: ascending, each once. */
static size_t lower_bound(const uint32_t *ids, size_t n, uint64_t id)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (ids[middle] < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void usage_count(const struct usage *usage, struct database databases[2], struct owners *owners)
{
	for (size_t kind = 0; kind < 2; kind++) {
		struct database *database = &databases[kind];
		uint32_t *ids;
		size_t n = 0;

		if (usage->n[kind] == 0)
			continue;
		ids = (uint32_t *)memory_check(
			reallocarray(NULL, usage->n[kind], sizeof(uint32_t)));
		for (size_t i = 0; i < usage->n[kind]; i++)
			if (n == 0 || ids[n - 1] != usage->uses[kind][i].id)
				ids[n++] = usage->uses[kind][i].id;

		for (size_t i = 0; i < database->n; i++) {
			struct entry *entry = &database->entries[i];

			entry->used = lower_bound(ids, n, (uint64_t)entry_last(entry) + 1) -
				      lower_bound(ids, n, entry->range.start);
			owners->items[entry->owner].used[kind] += entry->used;
		}
		free(ids);
	}
}

size_t usage_of(const struct usage *usage, enum subid_kind kind, uint32_t id,
		const struct use **ret_first)
{
	const struct use *uses = usage->uses[kind];
	size_t low = 0, high = usage->n[kind], n = 0;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (uses[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	while (low + n < usage->n[kind] && uses[low + n].id == id)
		n++;
	if (n > 0)
		*ret_first = &uses[low];
	return n;
}

int usage_map(FILE *map, uint32_t id, uint32_t *ret_inside)
{
	uint32_t inside, outside, count;
	char line[128];

	while (fgets(line, sizeof(line), map)) {
		if (sscanf(line, "%" SCNu32 " %" SCNu32 " %" SCNu32, /* NOLINT(cert-err34-c) */
			   &inside, &outside, &count) != 3)
			continue;
		if (id >= outside && id - outside < count) {
			*ret_inside = inside + (id - outside);
			return 0;
		}
	}
	return -ENOENT;
}

static int find_in_map(const char *process, enum subid_kind kind, uint32_t id, uint32_t *ret_inside)
{
	char path[64];
	FILE *map;
	int r;

	(void)snprintf(path, sizeof(path), "/proc/%s/%s", process,
		       kind == SUBID_UID ? "uid_map" : "gid_map");
	map = fopen(path, "re");
	if (!map)
		return errno == ENOENT ? -ESRCH : -errno;
	r = usage_map(map, id, ret_inside);
	(void)fclose(map);
	return r;
}

/* Is this the initial user namespace? Its map maps every ID to itself. */
static bool is_initial_namespace(void)
{
	uint32_t inside = 0;

	return find_in_map("self", SUBID_UID, UINT32_MAX - 1, &inside) == 0 &&
	       inside == UINT32_MAX - 1;
}

/* Returns 1 if the process is in our user namespace, 0 if it is not, or a negative errno. */
static int shares_namespace(const char *process)
{
	char path[64];
	struct stat ours, other;

	(void)snprintf(path, sizeof(path), "/proc/%s/ns/user", process);
	if (stat("/proc/self/ns/user", &ours) < 0)
		return -errno;
	if (stat(path, &other) < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	return ours.st_dev == other.st_dev && ours.st_ino == other.st_ino;
}

int usage_inside(pid_t pid, enum subid_kind kind, uint32_t id, uint32_t *ret_inside)
{
	char process[16];
	int r;

	(void)snprintf(process, sizeof(process), "%jd", (intmax_t)pid);
	/*
	 * For a process in our own namespace, the map's outside IDs are those of the parent
	 * namespace, see user_namespaces(7). So the map is of no use, unless ours is the initial
	 * namespace, which has no parent.
	 */
	if (!is_initial_namespace()) {
		r = shares_namespace(process);
		if (r < 0)
			return r;
		if (r > 0) {
			*ret_inside = id;
			return 0;
		}
	}
	return find_in_map(process, kind, id, ret_inside);
}

int usage_effective(pid_t pid, uint32_t *ret_uid)
{
	char path[64], line[256];
	FILE *status;
	int r = -ENODATA;

	(void)snprintf(path, sizeof(path), "/proc/%jd/status", (intmax_t)pid);
	status = fopen(path, "re");
	if (!status)
		return errno == ENOENT ? -ESRCH : -errno;
	while (r < 0 && fgets(line, sizeof(line), status))
		/* NOLINTNEXTLINE(cert-err34-c): the kernel wrote it */
		if (sscanf(line, "Uid: %*u %" SCNu32, ret_uid) == 1)
			r = 0;
	(void)fclose(status);
	return r;
}

char *usage_command(pid_t pid)
{
	char path[64], name[64] = "";
	FILE *comm;

	(void)snprintf(path, sizeof(path), "/proc/%jd/comm", (intmax_t)pid);
	comm = fopen(path, "re");
	if (comm) {
		size_t len = fread(name, 1, sizeof(name) - 1, comm);

		(void)fclose(comm);
		while (len > 0 && name[len - 1] == '\n')
			len--;
		name[len] = '\0';
	}
	return memory_text(name, strlen(name));
}
