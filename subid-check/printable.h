/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

/*
 * Somebody may have chosen the name of an owner, an account or a process to do harm. These
 * functions make a name harmless before it is written to a terminal or a document.
 * Ownership of all results: free(3).
 */

/*
 * printable: a text for a terminal, in the locale's encoding.
 *
 * A character that cannot be printed, or that changes the direction of writing, is shown as
 * ls -b shows it, each byte as \ooo.
 */
__attribute__((nonnull)) char *printable(const char *text);

/* printable_utf8: a text in valid UTF-8, with U+FFFD for each byte that is not. */
__attribute__((nonnull)) char *printable_utf8(const char *text);

/*
 * printable_json: a JSON document in UTF-8, with characters that cannot be printed as \uXXXX.
 * They stand inside strings only, so the document means the same.
 */
__attribute__((nonnull)) char *printable_json(const char *document);

/*
 * printable_xml: a text in UTF-8, escaped for elements and attributes of XML 1.0, with U+FFFD
 * for characters that cannot be printed.
 */
__attribute__((nonnull)) char *printable_xml(const char *text);
