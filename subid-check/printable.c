/* SPDX-License-Identifier: BSD-3-Clause */
#include "printable.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include "memory.h"

/*
 * Control characters, characters without a shape that change how others are shown (Unicode's
 * Cf), and the code points that are no characters: U+FFFE and U+FFFF must not be in XML.
 */
static bool is_invisible(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0xad || c == 0x61c || c == 0x180e ||
	       (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) ||
	       (c >= 0xe0000 && c <= 0xe0fff) || (c >= 0xfdd0 && c <= 0xfdef) ||
	       (c & 0xfffe) == 0xfffe;
}

char *printable(const char *text)
{
	size_t len = strlen(text), n = 0;
	char *shown = (char *)memory_check(malloc(len * 4 + 1));
	mbstate_t state;

	memset(&state, 0, sizeof(state));
	for (size_t i = 0; i < len;) {
		wchar_t c = 0;
		size_t bytes = mbrtowc(&c, text + i, len - i, &state);

		if (bytes > 0 && bytes <= len - i && iswprint((wint_t)c) &&
		    !is_invisible((uint32_t)c)) {
			memcpy(shown + n, text + i, bytes);
			n += bytes;
			i += bytes;
			continue;
		}
		memset(&state, 0, sizeof(state));
		n += (size_t)snprintf(shown + n, 5, "\\%03o", (unsigned char)text[i]);
		i++;
	}
	shown[n] = '\0';
	return shown;
}

/* Returns how many bytes the first character of @text has, or 0 if it is not valid UTF-8. */
static size_t character_bytes(const char *text)
{
	const unsigned char *byte = (const unsigned char *)text;
	size_t bytes = byte[0] < 0x80	? 1
		       : byte[0] < 0xc2 ? 0
		       : byte[0] < 0xe0 ? 2
		       : byte[0] < 0xf0 ? 3
		       : byte[0] < 0xf5 ? 4
					: 0;
	uint32_t lead; /* the first two bytes */

	for (size_t i = 1; i < bytes; i++)
		if ((byte[i] & 0xc0) != 0x80)
			return 0;
	/* Refuse overlong forms, surrogates, and characters above U+10FFFF. */
	lead = bytes >= 3 ? (uint32_t)byte[0] << 8 | byte[1] : 0xe0a0;
	if (lead < 0xe0a0 || (lead >= 0xeda0 && lead <= 0xedbf) ||
	    (lead >= 0xf000 && lead < 0xf090) || lead > 0xf48f)
		return 0;
	return bytes;
}

char *printable_utf8(const char *text)
{
	char *shown = (char *)memory_check(malloc(strlen(text) * 3 + 1));
	size_t n = 0;

	while (*text != '\0') {
		size_t bytes = character_bytes(text);

		memcpy(shown + n, bytes > 0 ? text : "\xef\xbf\xbd", bytes > 0 ? bytes : 3);
		n += bytes > 0 ? bytes : 3;
		text += bytes > 0 ? bytes : 1;
	}
	shown[n] = '\0';
	return shown;
}

/* The character that @text begins with, which is valid. */
static uint32_t character(const char *text, size_t bytes)
{
	static const unsigned char masks[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	uint32_t c = (unsigned char)text[0] & masks[bytes];

	for (size_t i = 1; i < bytes; i++)
		c = c << 6 | ((unsigned char)text[i] & 0x3f);
	return c;
}

char *printable_json(const char *document)
{
	char *shown = NULL;
	size_t len = 0;
	FILE *stream = (FILE *)memory_check(open_memstream(&shown, &len));

	while (*document != '\0') {
		size_t bytes = character_bytes(document);
		uint32_t c = bytes > 0 ? character(document, bytes) : 0xfffd;

		if (c == '\n' || (bytes > 0 && !is_invisible(c)))
			(void)fwrite(document, 1, bytes, stream);
		else if (c > 0xffff)
			(void)fprintf(stream, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10),
				      0xdc00 + ((c - 0x10000) & 0x3ff));
		else
			(void)fprintf(stream, "\\u%04x", c);
		document += bytes > 0 ? bytes : 1;
	}
	if (fclose(stream) != 0)
		memory_fail();
	return shown;
}

char *printable_xml(const char *text)
{
	char *valid = printable_utf8(text), *shown = NULL;
	size_t len = 0;
	FILE *stream = (FILE *)memory_check(open_memstream(&shown, &len));

	for (const char *at = valid; *at != '\0';) {
		size_t bytes = character_bytes(at);

		if (is_invisible(character(at, bytes)))
			(void)fputs("\xef\xbf\xbd", stream);
		else if (*at == '&')
			(void)fputs("&amp;", stream);
		else if (*at == '<')
			(void)fputs("&lt;", stream);
		else if (*at == '>')
			(void)fputs("&gt;", stream);
		else if (*at == '"')
			(void)fputs("&quot;", stream);
		else
			(void)fwrite(at, 1, bytes, stream);
		at += bytes;
	}
	free(valid);
	if (fclose(stream) != 0)
		memory_fail();
	return shown;
}
