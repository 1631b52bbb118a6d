/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "content.h"

/* How a file is there. */
enum stored {
	STORED_FILE,
	STORED_SYMLINK,
	STORED_ABSENT,
};

struct fixture {
	char name[128];
	enum stored stored;
	struct content content;
};

/*
 * fixture_next: the next one of a file of fixtures, whose head says what it
 * looks like. Returns false at the end; a mistake in it ends the program.
 */
bool fixture_next(FILE *file, struct fixture *fixture);
