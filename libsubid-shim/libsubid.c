/* SPDX-License-Identifier: BSD-3-Clause */
#include "libsubid.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include "decimal.h"
#include "text.h"

/* The ABI of libsubid.so.4 to .6. Ours, because <shadow/subid.h> exists only
 * where libsubid is installed and has a struct subid_range of its own. */
struct libsubid_range {
	unsigned long start;
	unsigned long count;
};
typedef int get_ranges_fn(const char *owner, struct libsubid_range **ret_ranges);
typedef int get_owners_fn(uid_t id, uid_t **ret_owners);
typedef void free_fn(void *result);
typedef bool subid_init_fn(const char *progname, FILE *log);
typedef FILE *fopencookie_fn(void *cookie, const char *mode, cookie_io_functions_t functions);
typedef int fclose_fn(FILE *stream);
typedef void *dlopen_fn(const char *name, int flags);
typedef int dlclose_fn(void *handle);
typedef pid_t getpid_fn(void);
typedef int nanosleep_fn(const struct timespec *pause, struct timespec *ret_rest);

static struct {
	bool decided; /* the rest is never written again */
	int decision; /* what subid_libsubid_open() returns */
	char plugin[sizeof("libsubid_.so") + SUBID_PLUGIN_MAX_BYTES];
	dlopen_fn *dlopen;
	dlclose_fn *dlclose;
	get_ranges_fn *get_ranges[2]; /* by enum subid_kind */
	get_owners_fn *get_owners[2];
	free_fn *free;
} libsubid;

/*
 * A function of libc for this source alone. Every one that is imported costs
 * 1,000 instructions in each process that loads us, with the files too.
 */
#define LIBC(name) ((name##_fn *)dlsym(RTLD_DEFAULT, #name))

/* How long a thread waits for another that is loading libsubid, at most. */
#define OPEN_WAIT_MS 5000

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
	uint64_t pid = (uint64_t)LIBC(getpid)() << 32;
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

/* Has the plugin all that every libsubid demands of it? */
static bool plugin_is_complete(void *plugin)
{
	static const char *const wanted[] = {
		"shadow_subid_has_range",
		"shadow_subid_list_owner_ranges",
		"shadow_subid_find_subid_owners",
	};

	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		if (!dlsym(plugin, wanted[i]))
			return false;
	return true;
}

/*
 * libsubid keeps its plugin loaded until it exits, we never do: so this tells
 * what it decided, also where the host made it decide before nsswitch.conf was
 * changed, and that it has not yet torn itself down at the host's exit.
 */
static bool plugin_is_mapped(void)
{
	void *handle = libsubid.dlopen(libsubid.plugin, RTLD_LAZY | RTLD_LOCAL | RTLD_NOLOAD);

	if (handle)
		(void)libsubid.dlclose(handle);
	return handle;
}

static void set_plugin(const char *name)
{
	size_t len = subid_text_length(name, SUBID_PLUGIN_MAX_BYTES);
	char *end = libsubid.plugin;

	memcpy(end, "libsubid_", 9);
	memcpy(end + 9, name, len);
	memcpy(end + 9 + len, ".so", 4);
}

/*
 * Any call makes libsubid decide. Nobody's range should hold this ID, and
 * should libsubid decide for the files, it calls getpwnam() only if one does.
 */
static void make_it_decide(void)
{
	uid_t *owners = NULL;

	if (libsubid.get_owners[SUBID_UID](UINT32_MAX, &owners) >= 0)
		libsubid.free(owners);
}

/*
 * If libsubid finds fault with the plugin, it says so on stderr, which is the
 * host's. A stream without a descriptor takes it: subid_init()'s own would leak
 * one without O_CLOEXEC. Afterwards it writes where it would have.
 */
static void make_it_decide_silently(subid_init_fn *subid_init)
{
	fopencookie_fn *open_stream = LIBC(fopencookie);
	fclose_fn *close_stream = LIBC(fclose);
	FILE **standard_error = (FILE **)dlsym(RTLD_DEFAULT, "stderr");
	FILE *nowhere = NULL;

	if (open_stream && close_stream && standard_error)
		nowhere = open_stream(NULL, "w", (cookie_io_functions_t){ .write = NULL });
	if (nowhere)
		(void)subid_init(NULL, nowhere);
	make_it_decide();
	if (nowhere) {
		(void)subid_init(NULL, *standard_error);
		(void)close_stream(nowhere);
	}
}

static void *symbol(void *handle, const char *name, bool *complete)
{
	void *found = dlsym(handle, name);

	*complete = *complete && found;
	return found;
}

static int load_libsubid(subid_init_fn **ret_init)
{
	bool complete = true;
	void *handle;
	int r;

	errno = 0;
	handle = libsubid.dlopen(SUBID_LIBSUBID_SONAME, RTLD_LAZY | RTLD_LOCAL);
	if (!handle) {
		r = load_fault();
		return r < 0 ? r : -ELIBACC;
	}

	*ret_init = (subid_init_fn *)symbol(handle, "subid_init", &complete);
	libsubid.get_ranges[SUBID_UID] =
		(get_ranges_fn *)symbol(handle, "subid_get_uid_ranges", &complete);
	libsubid.get_ranges[SUBID_GID] =
		(get_ranges_fn *)symbol(handle, "subid_get_gid_ranges", &complete);
	libsubid.get_owners[SUBID_UID] =
		(get_owners_fn *)symbol(handle, "subid_get_uid_owners", &complete);
	libsubid.get_owners[SUBID_GID] =
		(get_owners_fn *)symbol(handle, "subid_get_gid_owners", &complete);

	/* Before ABI 5, results come from the host's malloc. */
	libsubid.free = (free_fn *)dlsym(handle, "subid_free");
	if (!libsubid.free)
		libsubid.free = (free_fn *)symbol(RTLD_DEFAULT, "free", &complete);
	return complete ? 0 : -ELIBACC;
}

/* Where the host has loaded libsubid itself, its settings are the host's. */
static int load_and_decide(void)
{
	void *hosts = libsubid.dlopen(SUBID_LIBSUBID_SONAME, RTLD_LAZY | RTLD_LOCAL | RTLD_NOLOAD);
	subid_init_fn *subid_init;
	int r;

	r = load_libsubid(&subid_init);
	if (r < 0)
		return r;
	if (hosts)
		make_it_decide();
	else
		make_it_decide_silently(subid_init);
	return 1;
}

/*
 * A plugin that stays mapped with nobody to hold it (-z nodelete) is refused:
 * of it nothing would tell whether libsubid asks it, and if not, we would wait
 * for ever.
 */
static int open_plugin(void)
{
	bool was_mapped = plugin_is_mapped();
	void *plugin;
	int r;

	errno = 0;
	plugin = libsubid.dlopen(libsubid.plugin, RTLD_LAZY | RTLD_LOCAL);
	if (plugin && !was_mapped) {
		(void)libsubid.dlclose(plugin);
		if (plugin_is_mapped())
			return -ELIBACC;
		plugin = libsubid.dlopen(libsubid.plugin, RTLD_LAZY | RTLD_LOCAL);
	}
	if (!plugin)
		return load_fault();

	/* Held until libsubid has it, which then needs no descriptor: a host that
	 * is short of them must not be given the files for good. */
	r = plugin_is_complete(plugin) ? load_and_decide() : 0;
	(void)libsubid.dlclose(plugin);
	return r > 0 ? plugin_is_mapped() : r;
}

static int open_once(const char *name)
{
	int r;

	if (libsubid.decided)
		return libsubid.decision;

	set_plugin(name);
	libsubid.dlopen = LIBC(dlopen);
	libsubid.dlclose = LIBC(dlclose);
	r = libsubid.dlopen && libsubid.dlclose ? open_plugin() : -ELIBACC;
	/* Faults pass, but a plugin that was refused would look taken next time. */
	if (r >= 0 || (r == -ELIBACC && plugin_is_mapped())) {
		libsubid.decision = r;
		libsubid.decided = true;
	}
	return r;
}

/*
 * One thread opens, the others wait for it: but not for ever, since it may wait
 * for the loader's lock, and they may hold that in a library's constructor. Nor
 * at all if it is they who are opening, and a plugin looks a user up: errno's
 * address is as good a thread's name as any, and costs no further symbol.
 */
static bool begin_opening(_Atomic(int *) *opener)
{
	static const struct timespec pause = { .tv_nsec = 1000000 };
	int *nobody, *self = &errno;

	for (int i = 0; i < OPEN_WAIT_MS && atomic_load(opener) != self; i++) {
		nobody = NULL;
		if (atomic_compare_exchange_strong(opener, &nobody, self))
			return true;
		(void)LIBC(nanosleep)(&pause, NULL);
	}
	return false;
}

int subid_libsubid_open(const char *plugin)
{
	static _Atomic(int *) opener;
	int r = -EAGAIN;

	if (!enter())
		return -EAGAIN;
	if (begin_opening(&opener)) {
		r = open_once(plugin);
		atomic_store(&opener, NULL);
	}
	leave();
	return r;
}

/* 0 for a result, see the header about libsubid's -1. One of nothing is to be freed too. */
static int check_result(int n, void *result)
{
	if (n > 0)
		return 0;
	if (n == 0)
		libsubid.free(result);
	return n < 0 && errno == ENOMEM ? -ENOMEM : -ENOENT;
}

static int ask_owner(enum subid_kind kind, uint32_t id, struct subid_owner *owner)
{
	char text[SUBID_DECIMAL_MAX_BYTES];
	struct subid_line line = { .owner = text };
	uid_t *owners = NULL;
	int r;

	errno = 0;
	r = libsubid.get_owners[kind](id, &owners);
	r = check_result(r, owners);
	if (r < 0)
		return r;
	line.owner_len = subid_decimal_format(owners[0], text);
	libsubid.free(owners);

	if (!subid_owner_is(owner, &line))
		subid_owner_set_line(owner, &line);
	return 0;
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
	int n, r;

	errno = 0;
	n = libsubid.get_ranges[kind](owner->name, &ranges);
	r = check_result(n, ranges);
	if (r < 0)
		return r;
	found = find_in_ranges(ranges, n, place);
	libsubid.free(ranges);
	return found ? 0 : -ENOENT;
}

int subid_libsubid_ask(enum subid_kind kind, struct subid_owner *owner, struct subid_place *place)
{
	int r = 0;

	if (!enter())
		return -EAGAIN;

	if (!plugin_is_mapped())
		r = -ELIBACC;
	if (r == 0 && place->sought == SUBID_SEEK_OWNER)
		r = ask_owner(kind, place->id, owner);
	if (r == 0)
		r = subid_owner_lacks_name(owner) ? SUBID_UNRESOLVED
						  : ask_ranges(kind, owner, place);
	leave();
	return r;
}
