/* SPDX-License-Identifier: BSD-3-Clause */
#include "request.h"

#include <errno.h>
#include <json-c/json.h>
#include <limits.h>
#include <string.h>
#include <strings.h>

#include "name.h"

/* A call, its parameters, and in them arrays of strings. */
#define DEPTH_MAX 4

/* The fields that `parameters` may have, by method. */
enum field {
	FIELD_ID,
	FIELD_NAME,
	FIELD_OTHER_NAME, /* of a membership; read, but there are none */
	FIELD_SERVICE,
	FIELD_INTERFACE,
	FIELD_MIN,
	FIELD_MAX,
	FIELD_DISPOSITIONS,
	FIELD_FUZZY,
};

struct field_name {
	const char *name;
	enum field field;
};

#define FIELDS_MAX 7

static const struct method {
	const char *name;
	enum request_method method;
	struct field_name fields[FIELDS_MAX + 1];
} methods[] = {
	{ "io.systemd.UserDatabase.GetUserRecord",
	  REQUEST_USER,
	  { { "uid", FIELD_ID },
	    { "userName", FIELD_NAME },
	    { "service", FIELD_SERVICE },
	    { "uidMin", FIELD_MIN },
	    { "uidMax", FIELD_MAX },
	    { "dispositionMask", FIELD_DISPOSITIONS },
	    { "fuzzyNames", FIELD_FUZZY } } },
	{ "io.systemd.UserDatabase.GetGroupRecord",
	  REQUEST_GROUP,
	  { { "gid", FIELD_ID },
	    { "groupName", FIELD_NAME },
	    { "service", FIELD_SERVICE },
	    { "gidMin", FIELD_MIN },
	    { "gidMax", FIELD_MAX },
	    { "dispositionMask", FIELD_DISPOSITIONS },
	    { "fuzzyNames", FIELD_FUZZY } } },
	{ "io.systemd.UserDatabase.GetMemberships",
	  REQUEST_MEMBERSHIPS,
	  { { "userName", FIELD_NAME },
	    { "groupName", FIELD_OTHER_NAME },
	    { "service", FIELD_SERVICE } } },
	{ "org.varlink.service.GetInfo", REQUEST_INFO, { { NULL, FIELD_ID } } },
	{ "org.varlink.service.GetInterfaceDescription",
	  REQUEST_DESCRIPTION,
	  { { "interface", FIELD_INTERFACE } } },
};

#define METHODS (sizeof(methods) / sizeof(methods[0]))

static void refuse(struct request *request, const char *error, const char *key, const char *value)
{
	if (request->error)
		return;
	request->error = error;
	request->error_key = key;
	request->error_value = value;
}

/* A string. One with a NUL is refused: in C it would end there. */
static bool is_text(struct json_object *json)
{
	return json_object_is_type(json, json_type_string) &&
	       strlen(json_object_get_string(json)) == (size_t)json_object_get_string_len(json);
}

static bool is_texts(struct json_object *json)
{
	if (!json_object_is_type(json, json_type_array))
		return false;
	for (size_t i = 0; i < json_object_array_length(json); i++)
		if (!is_text(json_object_array_get_idx(json, i)))
			return false;
	return true;
}

/* Returns false if the value is not a number of 32 bits. */
static bool get_number(struct json_object *json, uint32_t *ret)
{
	int64_t number;

	if (!json_object_is_type(json, json_type_int))
		return false;
	number = json_object_get_int64(json);
	if (number < 0 || number > UINT32_MAX)
		return false;
	*ret = (uint32_t)number;
	return true;
}

/* Every record has the disposition `container`. Is that one missing in the client's list? */
static bool lacks_container(struct json_object *dispositions)
{
	for (size_t i = 0; i < json_object_array_length(dispositions); i++)
		if (strcmp(json_object_get_string(json_object_array_get_idx(dispositions, i)),
			   "container") == 0)
			return false;
	return true;
}

static bool set_service(struct request *request, struct json_object *value)
{
	if (!is_text(value))
		return false;
	if (strcmp(json_object_get_string(value), SERVICE_NAME) != 0)
		refuse(request, ERROR_BAD_SERVICE, NULL, NULL);
	return true;
}

/* Returns false if the field cannot have this value. */
static bool set_field(struct request *request, enum field field, struct json_object *value)
{
	switch (field) {
	case FIELD_ID:
		request->has_id = get_number(value, &request->id);
		return request->has_id;
	case FIELD_NAME:
		request->name = is_text(value) ? json_object_get_string(value) : NULL;
		return request->name;
	case FIELD_OTHER_NAME:
		return is_text(value);
	case FIELD_SERVICE:
		return set_service(request, value);
	case FIELD_INTERFACE:
		request->interface = is_text(value) ? json_object_get_string(value) : NULL;
		return request->interface;
	case FIELD_MIN:
		return get_number(value, &request->min);
	case FIELD_MAX:
		return get_number(value, &request->max);
	case FIELD_DISPOSITIONS:
		if (!is_texts(value))
			return false;
		request->wants_other_disposition = lacks_container(value);
		return true;
	case FIELD_FUZZY:
		request->fuzzy_names = is_texts(value) ? value : NULL;
		return request->fuzzy_names;
	}
	return false;
}

static const struct field_name *find_field(const struct method *method, const char *name)
{
	for (const struct field_name *field = method->fields; field->name; field++)
		if (strcmp(field->name, name) == 0)
			return field;
	return NULL;
}

/* A key whose value is null counts as absent. */
static void read_parameters(struct request *request, const struct method *method,
			    struct json_object *parameters)
{
	json_object_object_foreach (parameters, key, value) {
		const struct field_name *field = find_field(method, key);

		if (!field || (value && !set_field(request, field->field, value)))
			refuse(request, ERROR_PARAMETER, "parameter", key);
	}
}

static const struct method *find_method(const char *name)
{
	for (size_t i = 0; i < METHODS; i++)
		if (strcmp(methods[i].name, name) == 0)
			return &methods[i];
	return NULL;
}

/* Is there a method of the interface that this name begins with? */
static bool has_interface(const char *name)
{
	const char *dot = strrchr(name, '.');

	if (!dot)
		return false;
	for (size_t i = 0; i < METHODS; i++)
		if (strncmp(methods[i].name, name, (size_t)(dot - name) + 1) == 0 &&
		    strrchr(methods[i].name, '.') == methods[i].name + (dot - name))
			return true;
	return false;
}

static bool has_key(const struct request *request, const char *key)
{
	struct json_object *parameters, *value;

	return json_object_object_get_ex(request->json, "parameters", &parameters) && parameters &&
	       json_object_object_get_ex(parameters, key, &value) && value;
}

/* Refuse a call that lacks a parameter that its method needs. */
static void check_complete(struct request *request)
{
	switch (request->method) {
	case REQUEST_USER:
	case REQUEST_GROUP:
	case REQUEST_MEMBERSHIPS:
		if (!has_key(request, "service"))
			refuse(request, ERROR_BAD_SERVICE, NULL, NULL);
		break;
	case REQUEST_DESCRIPTION:
		if (!request->interface)
			refuse(request, ERROR_PARAMETER, "parameter", "interface");
		break;
	case REQUEST_INFO:
		break;
	}
}

static void read_method(struct request *request, const char *name, struct json_object *parameters)
{
	const struct method *method = find_method(name);

	if (!method) {
		if (has_interface(name))
			refuse(request, ERROR_METHOD, "method", name);
		else
			refuse(request, ERROR_INTERFACE, "interface", name);
		return;
	}
	request->method = method->method;
	if (parameters)
		read_parameters(request, method, parameters);
	check_complete(request);
}

static bool get_flag(struct json_object *value, bool *ret)
{
	if (!value)
		return true;
	*ret = json_object_get_boolean(value);
	return json_object_is_type(value, json_type_boolean);
}

/* Returns 0, or -EBADMSG if the object is not a call or has a key that Varlink does not know. */
static int read_call(struct request *request)
{
	struct json_object *parameters = NULL;
	const char *method = NULL;
	bool upgrade = false;

	json_object_object_foreach (request->json, key, value) {
		bool valid = false;

		if (strcmp(key, "method") == 0) {
			valid = is_text(value);
			method = valid ? json_object_get_string(value) : NULL;
		} else if (strcmp(key, "parameters") == 0) {
			valid = !value || json_object_is_type(value, json_type_object);
			parameters = value;
		} else if (strcmp(key, "oneway") == 0) {
			valid = get_flag(value, &request->oneway);
		} else if (strcmp(key, "more") == 0) {
			valid = get_flag(value, &request->more);
		} else if (strcmp(key, "upgrade") == 0) {
			valid = get_flag(value, &upgrade);
		}
		if (!valid)
			return -EBADMSG;
	}

	if (!method)
		return -EBADMSG;
	if (upgrade)
		refuse(request, ERROR_NOT_IMPLEMENTED, "method", method);
	read_method(request, method, parameters);
	return 0;
}

/* Parse a text that must be exactly one JSON object. Returns NULL with errno set on failure. */
static struct json_object *parse_object(const char *text, size_t len)
{
	struct json_tokener *tokener = json_tokener_new_ex(DEPTH_MAX);
	struct json_object *json = NULL;

	errno = ENOMEM;
	if (!tokener)
		return NULL;
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	if (len > 0 && len < INT_MAX)
		json = json_tokener_parse_ex(tokener, text, (int)len);
	if (json && (json_tokener_get_parse_end(tokener) != len ||
		     !json_object_is_type(json, json_type_object))) {
		json_object_put(json);
		json = NULL;
	}
	json_tokener_free(tokener);
	errno = EBADMSG;
	return json;
}

int request_parse(const char *text, size_t len, struct request *ret)
{
	struct request request = { .max = UINT32_MAX };
	int r;

	request.json = parse_object(text, len);
	if (!request.json)
		return -errno;
	r = read_call(&request);
	if (r < 0) {
		request_free(&request);
		return r;
	}
	*ret = request;
	return 0;
}

static bool is_in_any(const char *text, const char *const *names, size_t n_names)
{
	for (size_t i = 0; i < n_names; i++)
		if (strcasestr(names[i], text))
			return true;
	return false;
}

bool request_matches(const struct request *request, uint32_t id, const char *const *names,
		     size_t n_names)
{
	struct json_object *wanted = request->fuzzy_names;

	if (id < request->min || id > request->max || request->wants_other_disposition)
		return false;
	for (size_t i = 0; wanted && i < json_object_array_length(wanted); i++)
		if (is_in_any(json_object_get_string(json_object_array_get_idx(wanted, i)), names,
			      n_names))
			return true;
	return !wanted || json_object_array_length(wanted) == 0;
}

void request_free(struct request *request)
{
	(void)json_object_put(request->json);
	*request = (struct request){ .json = NULL };
}
