/* SPDX-License-Identifier: BSD-3-Clause */
#include "libsubid.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "decimal.h"

/* The ABI of libsubid.so.4 to .6. Ours, because <shadow/subid.h> exists only
 * where libsubid is installed and has a struct subid_range of its own. */
struct libsubid_range {
	unsigned long start;
	unsigned long count;
};
typedef int get_ranges_fn(const char *owner, struct libsubid_range **ret_ranges);
typedef int get_owners_fn(uid_t id, uid_t **ret_owners);

static struct {
	bool decided; /* the rest is never written again */
	bool takes_plugin;
	char plugin[sizeof("libsubid_.so") + SUBID_PLUGIN_MAX_BYTES];
	get_ranges_fn *get_ranges[2]; /* by enum subid_kind */
	get_owners_fn *get_owners[2];
	void (*free)(void *result);
} libsubid;

/* Tells packagers what no DT_NEEDED says (ELF dlopen metadata). */
#define DLOPEN_NOTE                                                                   \
	"[{\"feature\":\"libsubid\",\"description\":\"subordinate IDs from `subid:` " \
	"plugins\",\"priority\":\"recommended\",\"soname\":[\"" SUBID_LIBSUBID_SONAME "\"]}]"

__attribute__((used, section(".note.dlopen"), aligned(4))) static const struct {
	uint32_t name_size, text_size, type;
	char name[sizeof("FDO")];
	_Alignas(4) char text[sizeof(DLOPEN_NOTE)];
} dlopen_note = { sizeof("FDO"), sizeof(DLOPEN_NOTE), 0x407c0c0a, "FDO", DLOPEN_NOTE };

/*
 * How many threads are inside libsubid, below the PID in which they are. A
 * child that was forked meanwhile has the locks they held, and nobody who would
 * release them.
 */
static _Atomic(uint64_t) inside;

static bool enter(void)
{
	uint64_t pid = (uint64_t)getpid() << 32;
	uint64_t now = atomic_load(&inside), next;

	do {
		if ((uint32_t)now != 0 && now >> 32 != pid >> 32)
			return false;
		next = (uint32_t)now != 0 ? now + 1 : pid + 1;
	} while (!atomic_compare_exchange_weak(&inside, &now, next));
	return true;
}

static void leave(void)
{
	atomic_fetch_sub(&inside, 1);
}

static int load_fault(void)
{
	return errno == EMFILE || errno == ENFILE || errno == ENOMEM ? -errno : 0;
}

/* What libsubid demands of a plugin, so that it need not complain of one. */
static int check_plugin(void)
{
	static const char *const wanted[] = {
		"shadow_subid_has_range",
		"shadow_subid_list_owner_ranges",
		"shadow_subid_find_subid_owners",
	};
	bool complete = true;
	void *handle;

	errno = 0;
	handle = dlopen(libsubid.plugin, RTLD_LAZY | RTLD_LOCAL);
	if (!handle)
		return load_fault();
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		complete = complete && dlsym(handle, wanted[i]);
	(void)dlclose(handle);
	return complete;
}

/*
 * libsubid keeps its plugin loaded until it exits, we never do: so this tells
 * what it decided, also where the host made it decide before nsswitch.conf was
 * changed, and that it has not yet torn itself down at the host's exit.
 */
static bool plugin_is_taken(void)
{
	void *handle = dlopen(libsubid.plugin, RTLD_LAZY | RTLD_LOCAL | RTLD_NOLOAD);

	if (handle)
		(void)dlclose(handle);
	return handle;
}

/*
 * Any call makes libsubid decide. This one has no answer, and should libsubid
 * decide for the files, it calls getpwnam() only for lines that hold the ID.
 */
static void make_it_decide(void)
{
	uid_t *owners = NULL;

	if (libsubid.get_owners[SUBID_UID](UINT32_MAX, &owners) > 0)
		libsubid.free(owners);
}

/*
 * If libsubid finds fault with the plugin, it says so on stderr, which is the
 * host's. A stream of no descriptor takes it: subid_init()'s own would leak one
 * without O_CLOEXEC. Afterwards it writes where it would have.
 */
static void make_it_decide_silently(bool (*subid_init)(const char *, FILE *))
{
	FILE *nowhere = fopencookie(NULL, "w", (cookie_io_functions_t){ .write = NULL });

	if (nowhere)
		(void)subid_init(NULL, nowhere);
	make_it_decide();
	if (nowhere) {
		(void)subid_init(NULL, stderr);
		(void)fclose(nowhere);
	}
}

static void *symbol(void *handle, const char *name, bool *complete)
{
	void *found = dlsym(handle, name);

	*complete = *complete && found;
	return found;
}

static int load_libsubid(void)
{
	bool (*subid_init)(const char *, FILE *);
	void *handle, *hosts;
	bool complete = true;

	hosts = dlopen(SUBID_LIBSUBID_SONAME, RTLD_LAZY | RTLD_LOCAL | RTLD_NOLOAD);
	errno = 0;
	handle = dlopen(SUBID_LIBSUBID_SONAME, RTLD_LAZY | RTLD_LOCAL);
	if (!handle)
		return load_fault() < 0 ? load_fault() : -ELIBACC;

	subid_init = (bool (*)(const char *, FILE *))symbol(handle, "subid_init", &complete);
	libsubid.get_ranges[SUBID_UID] =
		(get_ranges_fn *)symbol(handle, "subid_get_uid_ranges", &complete);
	libsubid.get_ranges[SUBID_GID] =
		(get_ranges_fn *)symbol(handle, "subid_get_gid_ranges", &complete);
	libsubid.get_owners[SUBID_UID] =
		(get_owners_fn *)symbol(handle, "subid_get_uid_owners", &complete);
	libsubid.get_owners[SUBID_GID] =
		(get_owners_fn *)symbol(handle, "subid_get_gid_owners", &complete);
	if (!complete)
		return -ELIBACC;
	libsubid.free = (void (*)(void *))dlsym(handle, "subid_free");
	if (!libsubid.free)
		libsubid.free = free;

	if (hosts)
		make_it_decide();
	else
		make_it_decide_silently(subid_init);
	return plugin_is_taken();
}

static int open_locked(const char *plugin)
{
	char *end = stpcpy(libsubid.plugin, "libsubid_");
	int r;

	end = stpcpy(end, plugin);
	(void)stpcpy(end, ".so");

	r = check_plugin();
	if (r > 0)
		r = load_libsubid();
	if (r >= 0) {
		libsubid.decided = true;
		libsubid.takes_plugin = r > 0;
	}
	return r;
}

int subid_libsubid_open(const char *plugin)
{
	/* A plugin that looks a user up while it is being opened comes back here. */
	static pthread_mutex_t opening = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
	int r = -EAGAIN;

	if (!enter())
		return -EAGAIN;
	if (pthread_mutex_lock(&opening) == 0) {
		r = libsubid.decided ? libsubid.takes_plugin : open_locked(plugin);
		(void)pthread_mutex_unlock(&opening);
	}
	leave();
	return r;
}

/* As many as libsubid says, or -ENOENT; see the header about its -1. */
static int count_result(int n)
{
	if (n > 0)
		return n;
	return n < 0 && errno == ENOMEM ? -ENOMEM : -ENOENT;
}

static int ask_owner(enum subid_kind kind, uint32_t id, struct subid_owner *owner)
{
	char text[SUBID_DECIMAL_MAX_BYTES];
	struct subid_line line = { .owner = text };
	uid_t *owners = NULL;
	int n;

	errno = 0;
	n = count_result(libsubid.get_owners[kind](id, &owners));
	if (n < 0)
		return n;
	line.owner_len = subid_decimal_format(owners[0], text);
	libsubid.free(owners);

	return subid_owner_is(owner, &line) ? 0 : subid_owner_set(owner, text, line.owner_len);
}

static bool find_in_ranges(const struct libsubid_range *ranges, int n, struct subid_place *place)
{
	uint64_t laid = 0;

	for (int i = 0; i < n; i++) {
		struct subid_range range = {
			.start = (uint32_t)ranges[i].start,
			.count = (uint32_t)ranges[i].count,
		};

		/* The bounds of a line of the files; a plugin need not keep them. */
		if (ranges[i].start > UINT32_MAX || ranges[i].count == 0 ||
		    ranges[i].count - 1 > UINT32_MAX - ranges[i].start || range.count == 0)
			continue;
		if (subid_place_in_range(place, &range, laid))
			return true;
		laid += range.count;
	}
	return false;
}

static int ask_ranges(enum subid_kind kind, const struct subid_owner *owner,
		      struct subid_place *place)
{
	struct libsubid_range *ranges = NULL;
	bool found;
	int n;

	errno = 0;
	n = count_result(libsubid.get_ranges[kind](owner->name, &ranges));
	if (n < 0)
		return n;
	found = find_in_ranges(ranges, n, place);
	libsubid.free(ranges);
	return found ? 0 : -ENOENT;
}

int subid_libsubid_ask(enum subid_kind kind, struct subid_owner *owner, struct subid_place *place)
{
	int r = 0;

	if (!enter())
		return -EAGAIN;

	if (!plugin_is_taken())
		r = -ELIBACC;
	if (r == 0 && place->sought == SUBID_SEEK_OWNER)
		r = ask_owner(kind, place->id, owner);
	if (r == 0)
		r = subid_owner_lacks_name(owner) ? SUBID_UNRESOLVED
						  : ask_ranges(kind, owner, place);
	leave();
	return r;
}
