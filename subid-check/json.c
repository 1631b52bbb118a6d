/* SPDX-License-Identifier: BSD-3-Clause */
#include "print.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>

#include "container.h"
#include "memory.h"
#include "printable.h"

static const char *const KIND[] = { [SUBID_UID] = "uid", [SUBID_GID] = "gid" };

static struct json_object *object(void)
{
	return (struct json_object *)memory_check(json_object_new_object());
}

static struct json_object *array(void)
{
	return (struct json_object *)memory_check(json_object_new_array());
}

/* @key: a literal, used once. @value: handed over. NULL is JSON's null. */
static void put(struct json_object *object, const char *key, struct json_object *value)
{
	const unsigned int flags = JSON_C_OBJECT_ADD_KEY_IS_NEW | JSON_C_OBJECT_KEY_IS_CONSTANT;

	if (json_object_object_add_ex(object, key, value, flags) != 0)
		memory_fail();
}

static void append(struct json_object *array, struct json_object *value)
{
	if (json_object_array_add(array, value) != 0)
		memory_fail();
}

static void put_number(struct json_object *object, const char *key, uint64_t value)
{
	put(object, key, (struct json_object *)memory_check(json_object_new_int64((int64_t)value)));
}

static void put_bool(struct json_object *object, const char *key, bool value)
{
	put(object, key, (struct json_object *)memory_check(json_object_new_boolean(value)));
}

static void put_text(struct json_object *object, const char *key, const char *text)
{
	char *valid;

	if (!text) {
		put(object, key, NULL);
		return;
	}
	valid = printable_utf8(text);
	put(object, key, (struct json_object *)memory_check(json_object_new_string(valid)));
	free(valid);
}

/* @document: handed over. */
static void print(struct json_object *document)
{
	const char *text = json_object_to_json_string_ext(
		document,
		JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE);
	char *shown;

	if (text) {
		shown = printable_json(text);
		puts(shown);
		free(shown);
	} else {
		memory_fail();
	}
	json_object_put(document);
}

static struct json_object *database_object(const struct database *database, enum subid_kind kind)
{
	struct json_object *json = object();
	uint64_t ids = 0;

	for (size_t i = 0; i < database->n_covered; i++)
		ids += (uint64_t)database->covered[i].last - database->covered[i].first + 1;
	put_text(json, "kind", KIND[kind]);
	put_text(json, "path", database->path);
	put_bool(json, "exists", database->exists);
	put_number(json, "lines", database->lines);
	put_number(json, "ranges", database->n);
	put_number(json, "ids", ids);
	return json;
}

static struct json_object *ranges_object(const struct survey *survey, const struct owner *owner,
					 enum subid_kind kind)
{
	const struct database *database = &survey->databases[kind];
	struct json_object *json = object(), *ranges = array();

	put_number(json, "total", owner->total[kind]);
	if (survey->live)
		put_number(json, "used", owner->used[kind]);
	for (size_t i = owner->first[kind]; i != OWNER_NO_ENTRY; i = database->entries[i].next) {
		const struct entry *entry = &database->entries[i];
		struct json_object *range = object();

		put_number(range, "start", entry->range.start);
		put_number(range, "count", entry->range.count);
		put_number(range, "line", entry->line);
		if (survey->live)
			put_number(range, "used", entry->used);
		append(ranges, range);
	}
	put(json, "ranges", ranges);
	return json;
}

static void put_account(struct json_object *json, const struct owner *owner)
{
	static const char *const accounts[] = {
		[OWNER_HAS_NO_ACCOUNT] = "none",
		[OWNER_HAS_ACCOUNT] = "user",
		[OWNER_IS_SUBORDINATE] = "subordinate",
	};

	put_text(json, "account", accounts[owner->account]);
	if (owner->account == OWNER_HAS_NO_ACCOUNT)
		put(json, "uid", NULL);
	else
		put_number(json, "uid", owner->uid);
	put_text(json, "login", owner->login);
}

static struct json_object *owners_array(const struct survey *survey)
{
	struct json_object *json = array();

	for (size_t i = 0; i < survey->owners.n; i++) {
		const struct owner *owner = &survey->owners.items[i];
		struct json_object *item = object();

		put_text(item, "name", owner->name);
		put_account(item, owner);
		put(item, "uids", ranges_object(survey, owner, SUBID_UID));
		put(item, "gids", ranges_object(survey, owner, SUBID_GID));
		append(json, item);
	}
	return json;
}

static struct json_object *uses_array(const struct holdings *holdings, enum subid_kind kind)
{
	struct json_object *json = array();

	for (size_t i = 0; i < holdings->n_uses[kind]; i++) {
		const struct holdings_use *use = &holdings->uses[kind][i];
		struct json_object *item = object();

		put_text(item, "owner", use->owner->name);
		put_number(item, "first", use->ids.first);
		put_number(item, "last", use->ids.last);
		put_number(item, "files", use->files);
		put_number(item, "bytes", use->bytes);
		append(json, item);
	}
	return json;
}

static struct json_object *strays_array(const struct holdings *holdings, enum subid_kind kind)
{
	struct json_object *json = array();

	for (size_t i = 0; i < holdings->n_strays[kind]; i++) {
		const struct holdings_stray *stray = &holdings->strays[kind][i];
		struct json_object *item = object();

		put_number(item, "first", stray->ids.first);
		put_number(item, "last", stray->ids.last);
		put_number(item, "files", stray->files);
		put_number(item, "bytes", stray->bytes);
		put_number(item, "acl_entries", stray->named);
		append(json, item);
	}
	return json;
}

static struct json_object *files_object(const struct holdings *holdings)
{
	struct json_object *json = object(), *directories = array();

	for (size_t i = 0; i < holdings->n_directories; i++) {
		char *valid = printable_utf8(holdings->directories[i]);

		append(directories,
		       (struct json_object *)memory_check(json_object_new_string(valid)));
		free(valid);
	}
	put(json, "directories", directories);
	put_number(json, "files", holdings->n);
	put_number(json, "mount_points", holdings->mounts);
	put(json, "uids", uses_array(holdings, SUBID_UID));
	put(json, "gids", uses_array(holdings, SUBID_GID));
	put(json, "stray_uids", strays_array(holdings, SUBID_UID));
	put(json, "stray_gids", strays_array(holdings, SUBID_GID));
	return json;
}

static struct json_object *finding_object(const struct finding *finding)
{
	struct json_object *json = object();

	put_text(json, "severity", finding_severity_name(finding->severity));
	put_text(json, "code", finding->code);
	put_text(json, "file", finding->file);
	if (finding->line > 0)
		put_number(json, "line", finding->line);
	else
		put(json, "line", NULL);
	if (finding->has_ids) {
		put_number(json, "first", finding->ids.first);
		put_number(json, "last", finding->ids.last);
	}
	put_text(json, "reason", finding->reason);
	put_text(json, "fix", finding->fix);
	return json;
}

void json_print(const struct survey *survey, const struct findings *findings)
{
	struct json_object *json = object(), *databases = array(), *all = array();

	put_number(json, "version", JSON_VERSION);
	put_bool(json, "clean",
		 findings->count[FINDING_ERROR] + findings->count[FINDING_WARNING] == 0);
	put_number(json, "errors", findings->count[FINDING_ERROR]);
	put_number(json, "warnings", findings->count[FINDING_WARNING]);
	put_number(json, "notes", findings->count[FINDING_NOTE]);
	put_bool(json, "complete", findings->dropped == 0);
	for (size_t kind = 0; kind < 2; kind++)
		append(databases, database_object(&survey->databases[kind], (enum subid_kind)kind));
	put(json, "databases", databases);
	put(json, "owners", owners_array(survey));
	for (size_t i = 0; i < findings->n; i++)
		append(all, finding_object(&findings->items[i]));
	put(json, "findings", all);
	if (survey->holdings.n_directories > 0)
		put(json, "files", files_object(&survey->holdings));
	print(json);
}

static void put_inside(struct json_object *json, const struct identity *identity, pid_t pid)
{
	uint32_t id;

	put_number(json, "pid", (uint64_t)pid);
	if (usage_inside(pid, identity->kind, identity->id, &id) == 0)
		put_number(json, "inside", id);
	else
		put(json, "inside", NULL);
}

/* A member is null if it is not known, or if the process is in no such unit or container. */
static void put_container(struct json_object *json, pid_t pid)
{
	struct container container = { .engine = NULL };
	struct json_object *of = NULL;

	if (container_of(pid, &container) < 0)
		container = (struct container){ .engine = NULL };
	put_text(json, "unit", container.unit[0] != '\0' ? container.unit : NULL);
	put_text(json, "user_unit", container.user_unit[0] != '\0' ? container.user_unit : NULL);
	if (container.engine) {
		of = object();
		put_text(of, "engine", container.engine);
		put_text(of, "name", container.name);
		put_bool(of, "monitor", container.monitor);
	}
	put(json, "container", of);
}

static struct json_object *processes_array(const struct survey *survey,
					   const struct identity *identity, pid_t pid)
{
	const struct use *first = NULL;
	size_t n = usage_of(&survey->usage, identity->kind, identity->id, &first);
	const struct use only = { .id = identity->id, .pid = pid };
	struct json_object *json = array();

	if (pid != 0) {
		first = &only;
		n = 1;
	}
	for (size_t i = 0; i < n; i++) {
		struct json_object *process = object();
		char *command = usage_command(first[i].pid);

		put_inside(process, identity, first[i].pid);
		put_text(process, "command", command);
		put_container(process, first[i].pid);
		append(json, process);
		free(command);
	}
	return json;
}

static struct json_object *identity_object(const struct survey *survey,
					   const struct identity *identity, pid_t pid)
{
	struct json_object *json = object();

	put_text(json, "kind", KIND[identity->kind]);
	put_number(json, "id", identity->id);
	put_bool(json, "delegated", identity_is_delegated(identity));
	if (identity->entry) {
		put_text(json, "name", identity->name);
		put_text(json, "record", identity->record);
		put_text(json, "owner", identity->owner->name);
		put_account(json, identity->owner);
		put_number(json, "position", identity->position);
		put_text(json, "file", survey->databases[identity->kind].path);
		put_number(json, "line", identity->entry->line);
		put_number(json, "start", identity->entry->range.start);
		put_number(json, "count", identity->entry->range.count);
	}
	if (identity->counterpart_entry)
		put_number(json, "gid", identity->counterpart);
	if (survey->live)
		put(json, "processes", processes_array(survey, identity, pid));
	return json;
}

void json_print_identities(const struct survey *survey, const struct identity *identities, size_t n,
			   pid_t pid)
{
	struct json_object *json = object(), *ids = array();

	put_number(json, "version", JSON_VERSION);
	for (size_t i = 0; i < n; i++)
		append(ids, identity_object(survey, &identities[i], pid));
	put(json, "ids", ids);
	print(json);
}
