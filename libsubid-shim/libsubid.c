/* SPDX-License-Identifier: BSD-3-Clause */
#include "libsubid.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/types.h>

/*
 * The ABI of libsubid.so.4 to .6. Declared here, because <shadow/subid.h> has a
 * struct subid_range of its own.
 */
struct libsubid_range {
	unsigned long start;
	unsigned long count;
};

int subid_get_uid_ranges(const char *owner, struct libsubid_range **ret_ranges);
int subid_get_gid_ranges(const char *owner, struct libsubid_range **ret_ranges);
int subid_get_uid_owners(uid_t uid, uid_t **ret_owners);
int subid_get_gid_owners(gid_t gid, uid_t **ret_owners);

/* libsubid.so.4 does not have this function. Its results come from malloc(3). */
#ifdef HAVE_SUBID_FREE
void subid_free(void *result);
#else
#define subid_free free
#endif

/* Translate a failure of libsubid, which left @error in errno, as libsubid.h describes. */
static int fault_or_absence(int error)
{
	switch (error) {
	case EAGAIN:
	case ECONNABORTED:
	case ECONNREFUSED:
	case ECONNRESET:
	case EHOSTDOWN:
	case EHOSTUNREACH:
	case EMFILE:
	case ENETDOWN:
	case ENETUNREACH:
	case ENFILE:
	case ENOMEM:
	case ENOTCONN:
	case EPIPE:
	case ETIMEDOUT:
		return -error;
	default:
		return -ENOENT;
	}
}

/* Could a line of subuid(5) hold the range? A plugin may return any numbers. */
static bool is_range(const struct libsubid_range *range)
{
	return range->start <= UINT32_MAX && range->count > 0 && range->count <= UINT32_MAX &&
	       range->count - 1 <= UINT32_MAX - range->start;
}

static int take_ranges(const struct libsubid_range *found, size_t n, struct subid_range **ret,
		       size_t *ret_n)
{
	struct subid_range *ranges = (struct subid_range *)calloc(n, sizeof(*ranges));
	size_t kept = 0;

	if (!ranges)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		if (is_range(&found[i]))
			ranges[kept++] = (struct subid_range){
				.start = (uint32_t)found[i].start,
				.count = (uint32_t)found[i].count,
			};
	if (kept == 0) {
		free(ranges);
		return -ENOENT;
	}
	*ret = ranges;
	*ret_n = kept;
	return 0;
}

static int take_owners(const uid_t *found, size_t n, uint32_t **ret, size_t *ret_n)
{
	uint32_t *uids = (uint32_t *)calloc(n, sizeof(*uids));

	if (!uids)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		uids[i] = found[i];
	*ret = uids;
	*ret_n = n;
	return 0;
}

int subid_libsubid_ranges(enum subid_kind kind, const struct subid_owner *owner,
			  struct subid_range **ret, size_t *ret_n)
{
	struct libsubid_range *found = NULL;
	int n, r = -ENOENT;

	errno = 0;
	n = kind == SUBID_UID ? subid_get_uid_ranges(owner->text, &found)
			      : subid_get_gid_ranges(owner->text, &found);
	if (n < 0)
		return fault_or_absence(errno);
	if (n > 0 && found)
		r = take_ranges(found, (size_t)n, ret, ret_n);
	subid_free(found);
	return r;
}

int subid_libsubid_owners(enum subid_kind kind, uint32_t id, uint32_t **ret, size_t *ret_n)
{
	uid_t *found = NULL;
	int n, r = -ENOENT;

	errno = 0;
	n = kind == SUBID_UID ? subid_get_uid_owners(id, &found) : subid_get_gid_owners(id, &found);
	if (n < 0)
		return fault_or_absence(errno);
	if (n > 0 && found)
		r = take_owners(found, (size_t)n, ret, ret_n);
	subid_free(found);
	return r;
}

int subid_ranges_find_id(const struct subid_range *ranges, size_t n, uint32_t id,
			 uint64_t *ret_position)
{
	uint64_t laid = 0;

	for (size_t i = 0; i < n; i++) {
		if (subid_range_contains(&ranges[i], id)) {
			*ret_position = laid + (id - ranges[i].start);
			return 0;
		}
		laid += ranges[i].count;
	}
	return -ENOENT;
}

int subid_ranges_find_position(const struct subid_range *ranges, size_t n, uint64_t position,
			       uint32_t *ret_id)
{
	for (size_t i = 0; i < n; i++) {
		if (position < ranges[i].count) {
			*ret_id = ranges[i].start + (uint32_t)position;
			return 0;
		}
		position -= ranges[i].count;
	}
	return -ENOENT;
}
