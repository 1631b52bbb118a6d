/* SPDX-License-Identifier: BSD-3-Clause */
#include "worker.h"

#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>

#include "account.h"
#include "decimal.h"
#include "libsubid.h"
#include "scan.h"

/*
 * How many accounts of a plugin's reverse lookup are used. An ID should have one; a plugin that
 * returns many is wrong.
 */
#define OWNERS_MAX 16

#define GROUP_FIRST_BYTES 16384
#define GROUP_MAX_BYTES 4194304

static int answer_files(struct nss_host *host, const struct frame *question, struct frame *answer)
{
	enum subid_kind kind = question->kind == SUBID_GID ? SUBID_GID : SUBID_UID;
	const char *name = frame_next_text(question, NULL);
	struct nss_id found = { .gid = 0 };
	int r;

	if (question->code == FRAME_FILES_BY_ID)
		r = nss_lookup_by_id(host, kind, question->id, &found);
	else
		r = nss_lookup_by_name(host, kind, name ? name : "", &found);
	if (r < 0)
		return r;
	answer->kind = kind;
	answer->id = found.id;
	answer->gid = found.gid;
	answer->position = found.position;
	return frame_add_text(answer, found.owner.text);
}

static int add_ranges(struct frame *answer, const struct subid_range *ranges, size_t n)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++) {
		r = frame_add_value(answer, ranges[i].start);
		if (r == 0)
			r = frame_add_value(answer, ranges[i].count);
	}
	return r;
}

/* Add an owner's ranges of one kind. An owner without any may have ranges of the other kind. */
static int answer_ranges_of(enum subid_kind kind, const struct subid_owner *owner,
			    struct frame *answer)
{
	struct subid_range *ranges;
	size_t n;
	int r;

	r = subid_libsubid_ranges(kind, owner, &ranges, &n);
	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return r;
	r = add_ranges(answer, ranges, n);
	free(ranges);
	return r;
}

static int answer_ranges(const struct frame *question, struct frame *answer)
{
	const char *text = frame_next_text(question, NULL);
	struct subid_owner owner;
	int r;

	if (!text || subid_owner_set(&owner, text, strlen(text)) < 0)
		return -ENOENT;
	r = answer_ranges_of(SUBID_UID, &owner, answer);
	if (r < 0)
		return r;
	answer->n_uid_values = answer->n_values;
	r = answer_ranges_of(SUBID_GID, &owner, answer);
	return r == 0 && answer->n_values == 0 ? -ENOENT : r;
}

/* Add the name of a UID's account, if there is one. */
static int add_name(struct nss_host *host, uint32_t uid, struct frame *answer)
{
	struct subid_owner name;

	if (nss_account_name(&host->root, &host->databases[SUBID_UID], uid, &name) < 0)
		return 0;
	return frame_add_text(answer, name.text);
}

static int add_number(uint32_t uid, struct frame *answer)
{
	char digits[SUBID_DECIMAL_32_MAX_BYTES + 1];
	size_t len = subid_decimal_digits(uid);

	subid_decimal_write(uid, len, digits);
	digits[len] = '\0';
	return frame_add_text(answer, digits);
}

/* Add both the name and the UID of each account: a source may know the owner by either. */
static int answer_owners(struct nss_host *host, const struct frame *question, struct frame *answer)
{
	enum subid_kind kind = question->kind == SUBID_GID ? SUBID_GID : SUBID_UID;
	uint32_t *uids;
	size_t n;
	int r;

	r = subid_libsubid_owners(kind, question->id, &uids, &n);
	if (r < 0)
		return r;
	for (size_t i = 0; r == 0 && i < n && i < OWNERS_MAX; i++) {
		r = add_name(host, uids[i], answer);
		if (r == 0)
			r = add_number(uids[i], answer);
	}
	free(uids);
	return r;
}

static int answer_names(struct nss_host *host, const struct frame *question, struct frame *answer)
{
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < question->n_values; i++)
		r = add_name(host, question->values[i], answer);
	/* If the frame is full, the other accounts do not become candidates. */
	return r == -E2BIG ? 0 : r;
}

/* Services report "no such group" by several values, which getgrnam(3) lists. */
static int group_fault(int r)
{
	return r == 0 || r == ESRCH || r == EBADF || r == EPERM ? -ENOENT : -r;
}

/* Call getgrnam_r(3) with a buffer that is large enough. Ownership of @ret_buf: free(3). */
static int find_group(const char *name, struct group *ret, char **ret_buf)
{
	for (size_t size = GROUP_FIRST_BYTES; size <= GROUP_MAX_BYTES; size *= 4) {
		struct group *found = NULL;
		char *buf = (char *)malloc(size);
		int r;

		if (!buf)
			return -ENOMEM;
		r = getgrnam_r(name, ret, buf, size, &found);
		if (r == 0 && found) {
			*ret_buf = buf;
			return 0;
		}
		free(buf);
		if (r != ERANGE)
			return group_fault(r);
	}
	return -E2BIG;
}

static int answer_members(const struct frame *question, struct frame *answer)
{
	const char *name = frame_next_text(question, NULL);
	struct group group;
	char *buf = NULL;
	int r;

	if (!name)
		return -ENOENT;
	r = find_group(name, &group, &buf);
	if (r < 0)
		return r;
	for (char **member = group.gr_mem; r == 0 && *member; member++)
		r = frame_add_text(answer, *member);
	free(buf);
	/* If the frame is full, the other members do not become candidates. */
	return r == -E2BIG ? 0 : r;
}

static int answer_question(struct nss_host *host, const struct frame *question,
			   struct frame *answer)
{
	switch (question->code) {
	case FRAME_FILES_BY_ID:
	case FRAME_FILES_BY_NAME:
		return answer_files(host, question, answer);
	case FRAME_RANGES:
		return answer_ranges(question, answer);
	case FRAME_OWNERS:
		return answer_owners(host, question, answer);
	case FRAME_NAMES:
		return answer_names(host, question, answer);
	case FRAME_MEMBERS:
		return answer_members(question, answer);
	default:
		return -EOPNOTSUPP;
	}
}

/* Answer questions until the service closes its end. @host: NULL in the scanner. */
static int run(int fd, struct nss_host *host)
{
	for (;;) {
		struct frame question, answer = { .code = 0 };
		int r;

		r = frame_read(fd, &question);
		if (r < 0)
			return r == -EPIPE ? 0 : r;
		if (host)
			r = answer_question(host, &question, &answer);
		else
			r = question.code == FRAME_SCAN ? scan_user_namespaces("/proc", &answer)
							: -EOPNOTSUPP;
		frame_free(&question);
		if (r < 0) {
			frame_free(&answer);
			answer = (struct frame){ .code = r };
		}
		r = frame_write(fd, &answer);
		frame_free(&answer);
		if (r < 0)
			return r == -EPIPE ? 0 : r;
	}
}

int worker_run(int fd, struct nss_host *host)
{
	nss_account_note_root(&host->root);
	return run(fd, host);
}

int worker_run_scanner(int fd)
{
	return run(fd, NULL);
}
