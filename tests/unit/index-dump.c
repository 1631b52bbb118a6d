/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Prints the index of a file in the terms of the picture in index.h.
 *
 *   index-dump FILE    in the format of subuid(5)
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "index.h"
#include "index_layout.h"
#include "stamp.h"

static void print_lines(const struct subid_index *index)
{
	printf("lines[]  number      start      count      reach       laid  next  owner\n");
	for (uint32_t i = 0; i < index->n_lines; i++) {
		const struct subid_index_line *line = &index->lines[i];
		int width = printf("[%" PRIu32 "]", i);

		printf("%*" PRIu32 " %10" PRIu32 " %10" PRIu32 " %10" PRIu32 " %10" PRIu32 "  ",
		       15 - width, line->number, line->range.start, line->range.count, line->reach,
		       line->laid);
		if (line->next == SUBID_INDEX_NO_LINE)
			printf("  - ");
		else
			printf(" [%" PRIu32 "]", line->next);
		printf("  \"%.*s\"\n", (int)line->owner_len, index->owners + line->owner);
	}
}

static void print_buckets(const struct subid_index *index)
{
	printf("\nbuckets[]");
	for (uint32_t i = 0; i < index->n_buckets; i++) {
		if (index->buckets[i] == 0)
			printf(" -");
		else
			printf(" [%" PRIu32 "]", index->buckets[i] - 1);
	}
	printf("\nstep      %" PRIu32 "\n", index->step);
}

static int build(const char *path, struct subid_index **ret)
{
	struct stat stamp;
	int r = subid_stamp_of_path(path, &stamp);

	return r < 0 ? r : subid_index_build(path, &stamp, ret);
}

int main(int argc, char **argv)
{
	struct subid_index *index;
	int r;

	if (argc != 2) {
		fprintf(stderr, "usage: index-dump FILE\n");
		return 2;
	}
	r = build(argv[1], &index);
	if (r < 0) {
		fprintf(stderr, "index-dump: %s: %s\n", argv[1], strerror(-r));
		return 1;
	}

	print_lines(index);
	print_buckets(index);
	subid_index_free(index);
	return 0;
}
