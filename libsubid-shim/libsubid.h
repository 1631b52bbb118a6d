/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include "owner.h"
#include "range.h"

/* libsubid ignores a plugin's name that is longer. */
#define SUBID_PLUGIN_MAX_BYTES 50

/*
 * subid_libsubid_open: have libsubid answer through its plugin.
 *
 * Loads libsubid, which reads nsswitch.conf for itself, and sees whether it
 * took the plugin. That and not the file is what counts: if libsubid read
 * /etc/subuid inside our call, it would call getpwnam() and wait for ever.
 *
 * @plugin: the word of nsswitch.conf, e.g. "sss".
 * Returns 1 if libsubid asks the plugin; 0 if there is no such plugin or
 * libsubid did not take it, which both mean the files; -ELIBACC if there is a
 * plugin but no libsubid; -EAGAIN in a process forked while another thread was
 * inside libsubid; -EMFILE and the like.
 * Ownership: libsubid and the plugin stay loaded.
 * Safety: MT-Safe, AS-Unsafe, AC-Unsafe. errno: clobbered.
 */
int subid_libsubid_open(const char *plugin);

/*
 * subid_libsubid_ask: find an owner's ID through libsubid, after
 * subid_libsubid_open() has returned 1.
 *
 * @owner, @place: as subid_files_ask(); the owner must be one that an account
 * name names, so a numeric one is SUBID_UNRESOLVED first.
 * Returns as subid_files_ask(). libsubid says -1 both for an unknown user and
 * for a broken connection, and SSSD says nothing else to a question by ID: it
 * means -ENOENT here, or every unknown UID of the host would be an error.
 * The plugin may ask glibc for accounts, and glibc us, but not for the very ID
 * that it is asked about. dlerror(3) of the thread is lost.
 * Safety: MT-Safe, AS-Unsafe, AC-Unsafe. errno: clobbered.
 */
int subid_libsubid_ask(enum subid_kind kind, struct subid_owner *owner, struct subid_place *place);
