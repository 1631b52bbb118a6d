/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The installed libsubid, asked as exchange.h says.
 *
 *   oracle FILE    the file to be mapped
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <shadow/subid.h>

#include "exchange.h"

static uint32_t pairs;

static void add_pair(struct exchange *exchange, uint64_t start, uint64_t count)
{
	if (pairs == EXCHANGE_PAIRS)
		abort();
	exchange->pair[pairs++] = (struct exchange_pair){ .start = start, .count = count };
}

static int ask_owners(struct exchange *exchange, const struct exchange_question *question)
{
	uid_t *owners = NULL;
	int n = question->gid ? subid_get_gid_owners(question->id, &owners)
			      : subid_get_uid_owners(question->id, &owners);

	for (int i = 0; i < n; i++)
		add_pair(exchange, owners[i], 0);
	/* After a failure, the pointer is not valid. */
	if (n >= 0)
		free(owners);
	return n;
}

static int ask_ranges(struct exchange *exchange, const struct exchange_question *question)
{
	struct subid_range *ranges = NULL;
	int n = question->gid ? subid_get_gid_ranges(question->owner, &ranges)
			      : subid_get_uid_ranges(question->owner, &ranges);

	for (int i = 0; i < n; i++)
		add_pair(exchange, ranges[i].start, ranges[i].count);
	if (n >= 0)
		free(ranges);
	return n;
}

static void answer(struct exchange *exchange)
{
	pairs = 0;
	for (uint32_t i = 0; i < exchange->questions; i++) {
		const struct exchange_question *question = &exchange->question[i];
		struct exchange_reply *reply = &exchange->reply[i];

		reply->first = pairs;
		reply->count = question->by_id ? ask_owners(exchange, question)
					       : ask_ranges(exchange, question);
	}
}

int main(int argc, char **argv)
{
	FILE *messages = fopen("/dev/null", "w");
	struct exchange *exchange;
	char byte;
	int fd;

	if (argc != 2 || !messages || !subid_init("oracle", messages))
		return 2;
	fd = open(argv[1], O_RDWR);
	exchange = mmap(NULL, sizeof(*exchange), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (exchange == MAP_FAILED)
		return 2;

	while (read(STDIN_FILENO, &byte, 1) == 1) {
		answer(exchange);
		if (write(STDOUT_FILENO, &byte, 1) != 1)
			return 2;
	}
	return 0;
}
