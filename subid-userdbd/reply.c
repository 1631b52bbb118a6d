/* SPDX-License-Identifier: BSD-3-Clause */
#include "reply.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "interface.h"
#include "name.h"

/* A message that is being made. `json` is NULL once memory has been short. */
struct draft {
	struct json_object *json;
};

static void fail(struct draft *draft)
{
	(void)json_object_put(draft->json);
	draft->json = NULL;
}

/* @key: a literal, used once. @value: handed over; NULL if there was no memory for it. */
static void put(struct draft *draft, const char *key, struct json_object *value)
{
	const unsigned int flags = JSON_C_OBJECT_ADD_KEY_IS_NEW | JSON_C_OBJECT_KEY_IS_CONSTANT;

	if (!draft->json || !value ||
	    json_object_object_add_ex(draft->json, key, value, flags) != 0) {
		(void)json_object_put(value);
		fail(draft);
	}
}

static void put_text(struct draft *draft, const char *key, const char *text)
{
	put(draft, key, json_object_new_string(text));
}

static void put_number(struct draft *draft, const char *key, uint32_t number)
{
	put(draft, key, json_object_new_int64(number));
}

static void put_bool(struct draft *draft, const char *key, bool value)
{
	put(draft, key, json_object_new_boolean(value));
}

static struct draft draft_new(void)
{
	return (struct draft){ .json = json_object_new_object() };
}

/* Turn the draft into a text, and free the draft. */
static char *finish(struct draft *draft, size_t *ret_size)
{
	const int flags = JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE;
	const char *text = NULL;
	char *copy = NULL;
	size_t len = 0;

	if (draft->json)
		text = json_object_to_json_string_length(draft->json, flags, &len);
	if (text)
		copy = (char *)malloc(len + 1);
	if (copy) {
		memcpy(copy, text, len + 1);
		*ret_size = len + 1;
	}
	fail(draft);
	return copy;
}

static char *finish_parameters(struct draft *parameters, size_t *ret_size)
{
	struct draft message = draft_new();

	put(&message, "parameters", parameters->json);
	return finish(&message, ret_size);
}

static char *finish_record(struct draft *record, size_t *ret_size)
{
	struct draft parameters = draft_new();

	put_text(record, "service", SERVICE_NAME);
	put_text(record, "disposition", "container");
	put(&parameters, "record", record->json);
	/* The record is complete: our records have no `privileged` section to leave out. */
	put_bool(&parameters, "incomplete", false);
	return finish_parameters(&parameters, ret_size);
}

char *reply_user(const struct passwd *pwd, size_t *ret_size)
{
	struct draft record = draft_new();

	put_text(&record, "userName", pwd->pw_name);
	put_number(&record, "uid", pwd->pw_uid);
	put_number(&record, "gid", pwd->pw_gid);
	put_text(&record, "realName", pwd->pw_gecos);
	put_text(&record, "homeDirectory", pwd->pw_dir);
	put_text(&record, "shell", pwd->pw_shell);
	put_bool(&record, "locked", true);
	return finish_record(&record, ret_size);
}

char *reply_group(const struct group *grp, size_t *ret_size)
{
	struct draft record = draft_new();

	put_text(&record, "groupName", grp->gr_name);
	put_number(&record, "gid", grp->gr_gid);
	return finish_record(&record, ret_size);
}

static struct json_object *interfaces(void)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; list && interface_name(i); i++) {
		struct json_object *name = json_object_new_string(interface_name(i));

		if (!name || json_object_array_add(list, name) != 0) {
			(void)json_object_put(name);
			(void)json_object_put(list);
			return NULL;
		}
	}
	return list;
}

char *reply_info(size_t *ret_size)
{
	struct draft parameters = draft_new();

	put_text(&parameters, "vendor", PACKAGE_NAME);
	put_text(&parameters, "product", "subid-userdbd");
	put_text(&parameters, "version", PACKAGE_VERSION);
	put_text(&parameters, "url", PACKAGE_URL);
	put(&parameters, "interfaces", interfaces());
	return finish_parameters(&parameters, ret_size);
}

char *reply_description(const char *description, size_t *ret_size)
{
	struct draft parameters = draft_new();

	put_text(&parameters, "description", description);
	return finish_parameters(&parameters, ret_size);
}

char *reply_error(const char *error, const char *key, const char *value, size_t *ret_size)
{
	struct draft message = draft_new(), parameters = draft_new();

	if (key && value)
		put_text(&parameters, key, value);
	put_text(&message, "error", error);
	put(&message, "parameters", parameters.json);
	return finish(&message, ret_size);
}

/* How many bytes a UTF-8 sequence has that begins with @lead; 0 if none begins with it. */
static size_t sequence_length(unsigned char lead)
{
	if (lead < 0x80)
		return 1;
	if (lead >= 0xc2 && lead < 0xe0)
		return 2;
	if (lead >= 0xe0 && lead < 0xf0)
		return 3;
	return lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
}

/* May @byte follow @lead? If not, the sequence is overlong, a surrogate, or beyond Unicode. */
static bool is_second(unsigned char lead, unsigned char byte)
{
	unsigned char min = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
	unsigned char max = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;

	return byte >= min && byte <= max;
}

bool reply_is_utf8(const char *text)
{
	for (size_t len; *text != '\0'; text += len) {
		const unsigned char *bytes = (const unsigned char *)text;

		len = sequence_length(bytes[0]);
		if (len == 0 || (len > 1 && !is_second(bytes[0], bytes[1])))
			return false;
		for (size_t i = 2; i < len; i++)
			if ((bytes[i] & 0xc0) != 0x80)
				return false;
	}
	return true;
}
