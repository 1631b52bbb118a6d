/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>

#include "difference.h"

#define QUESTIONS_IDS_MAX 400
#define QUESTIONS_OWNERS_MAX 128

/*
 * questions_choose: what is worth asking about a file: each owner in it and some others, and the
 * IDs around both ends of each range. A large file gets few questions.
 * @ret: its IDs are in ascending order. Its arrays are valid until the next call.
 */
void questions_choose(const struct content *content, enum stored stored, bool gid,
		      struct original *ret);
