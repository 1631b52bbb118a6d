/* SPDX-License-Identifier: BSD-3-Clause */
#include "ranges.h"

const struct taken ranges_special[] = {
	{ .ids = { 0, 0 }, .whose = "root" },
	{ .ids = { 65534, 65534 }, .whose = "nobody" },
	{ .ids = { 65535, 65535 }, .whose = "-1 in 16 bits" },
	{ .ids = { UINT32_MAX, UINT32_MAX }, .whose = "-1 in 32 bits" },
};
const size_t ranges_n_special = sizeof(ranges_special) / sizeof(ranges_special[0]);

const struct taken ranges_systemd[] = {
	{ .ids = { 60001, 60513 }, .whose = "systemd-homed" },
	{ .ids = { 60578, 60705 }, .whose = "greeters" },
	{ .ids = { 61184, 65519 }, .whose = "DynamicUser=" },
	/* useradd(8)'s SUB_UID_MAX is 600100000, and systemd-nspawn asks NSS. */
	{ .ids = { 524288, 1879048191 }, .whose = "systemd-nspawn -U", .shared = true },
	{ .ids = { 2147352576, 2147418111 }, .whose = "foreign images" },
};
const size_t ranges_n_systemd = sizeof(ranges_systemd) / sizeof(ranges_systemd[0]);
