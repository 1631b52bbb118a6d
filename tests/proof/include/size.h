/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * In front of everything: on PowerPC, Frama-C's headers have another size_t than its machine,
 * and then its models of malloc(3) and memcpy(3) are not used.
 */
#pragma once

#define __FC_DEFINE_SIZE_T

typedef __typeof__(sizeof(int)) size_t;
