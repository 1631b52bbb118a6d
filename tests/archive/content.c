/* SPDX-License-Identifier: BSD-3-Clause */
#include "content.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN_BYTES 2000

void content_add(struct content *content, const void *bytes, size_t len)
{
	/* ">=", so that even an empty content has memory: memcpy(3) must not be given a NULL. */
	if (content->len + len >= content->room) {
		content->room = 2 * (content->len + len) + 64;
		content->bytes = realloc(content->bytes, content->room);
		if (!content->bytes)
			abort();
	}
	if (len > 0)
		memcpy(content->bytes + content->len, bytes, len);
	content->len += len;
}

void content_print(struct content *content, const char *format, ...)
{
	char text[4096];
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (len < 0 || (size_t)len >= sizeof(text))
		abort();
	content_add(content, text, (size_t)len);
}

int content_read(struct content *content, const char *path)
{
	FILE *file = fopen(path, "re");
	char buf[4096];
	size_t len;
	int r = 0;

	if (!file)
		return -errno;
	while ((len = fread(buf, 1, sizeof(buf), file)) > 0)
		content_add(content, buf, len);
	if (ferror(file))
		r = -errno;
	(void)fclose(file);
	return r;
}

void content_clear(struct content *content)
{
	content->len = 0;
}

void content_free(struct content *content)
{
	free(content->bytes);
	*content = (struct content){ .bytes = NULL };
}

bool content_line(const struct content *content, size_t *at, const char **ret_text, size_t *ret_len)
{
	size_t left = content->len - *at;
	const char *newline;

	if (left == 0)
		return false;
	*ret_text = content->bytes + *at;
	newline = memchr(*ret_text, '\n', left);
	*ret_len = newline ? (size_t)(newline - *ret_text) : left;
	*at += newline ? *ret_len + 1 : *ret_len;
	return true;
}

void content_show(const struct content *content)
{
	size_t shown = content->len < SHOWN_BYTES ? content->len : SHOWN_BYTES;

	printf("# ");
	for (size_t i = 0; i < shown; i++) {
		unsigned char c = (unsigned char)content->bytes[i];

		if (c == '\n')
			printf("\\n\n# ");
		else if (c < ' ' || c > '~' || c == '\\')
			printf("\\x%02x", c);
		else
			putchar(c);
	}
	printf("%s\n", shown < content->len ? "..." : "");
}
