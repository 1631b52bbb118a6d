/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accounts.h"
#include "database.h"
#include "directory.h"
#include "holdings.h"
#include "namespaces.h"
#include "nsswitch.h"
#include "pool.h"
#include "probe.h"
#include "root.h"
#include "services.h"
#include "usage.h"

/* The host to look at, and how. */
struct survey_request {
	const char *directory; /* of the host, or NULL for this one */
	bool services;	       /* read the accounts of all services, not only of the files */
	char **nested;	       /* owners whose ranges may lie inside those of others */
	size_t n_nested, nested_room;
	struct holdings_request files;
	uint32_t probe_seconds; /* for how long to ask services for delegated IDs; 0: do not ask */
};

/* Everything that is known about a host. Findings are computed from it alone. */
struct survey {
	bool live; /* it is the host on which the program runs */
	bool all_services;
	char *prefix;		      /* the absolute path of another host's directory, or "" */
	bool plain;		      /* a shell command can name the host's files by `prefix` */
	struct database databases[2]; /* by enum subid_kind */
	struct accounts accounts[2];
	struct owners owners;
	struct nsswitch nsswitch;
	struct pool pools[2];
	struct directories directories;
	struct avoid avoid[2];	   /* IDs that no proposal may contain */
	uint32_t kubelet_max_pods; /* of the kubelet's configuration; 0: it was not read */
	struct services services;
	struct usage usage; /* of a live host */
	struct probe probe;
	struct namespaces namespaces; /* of a live host */
	struct holdings holdings;     /* the files below the directories of --files */
};

/*
 * survey_read: examine a host.
 *
 * If a file cannot be read, the program ends with status 2 and a message.
 * Ownership: end with survey_free().
 */
__attribute__((nonnull)) void survey_read(const struct survey_request *request, struct survey *ret);
__attribute__((nonnull)) void survey_free(struct survey *survey);

/* The kubelet's own default of `maxPods`. */
#define SURVEY_MAX_PODS_DEFAULT 110

/* survey_max_pods: `maxPods` of a KubeletConfiguration in YAML or JSON, or its default. */
__attribute__((nonnull)) uint32_t survey_max_pods(const char *text, size_t len);
