/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

/* What the program ends with. */
enum {
	CHECK_STATUS_CLEAN = 0,	   /* no error and no warning; or the ID is delegated */
	CHECK_STATUS_FINDINGS = 1, /* or it is not */
	CHECK_STATUS_BLIND = 2,	   /* could not look */
};
