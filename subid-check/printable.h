/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

/*
 * Owners, accounts and processes are called what somebody called them. None of
 * these bytes reaches a terminal or a document as it is.
 * Ownership: free(3).
 */

/*
 * printable: for a terminal, in the locale's encoding.
 *
 * What is no printable character, or turns the direction of writing, is shown
 * as ls -b does, each byte as \ooo.
 */
char *printable(const char *text);

/* printable_utf8: valid UTF-8; U+FFFD for each byte that is not. */
char *printable_utf8(const char *text);

/*
 * printable_json: a JSON document in UTF-8, in which what printable() would not
 * show is written as \uXXXX. It stands in strings alone, so it means the same.
 */
char *printable_json(const char *document);

/* printable_xml: likewise, and escaped for text and attributes of XML 1.0. U+FFFD also
 * for what would not show. */
char *printable_xml(const char *text);
