/* SPDX-License-Identifier: BSD-3-Clause */
#include "print.h"

#include <errno.h>
#include <inttypes.h>
#include <libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "container.h"
#include "memory.h"
#include "printable.h"

static const char *const ID_NAME[] = { [SUBID_UID] = "UID", [SUBID_GID] = "GID" };

static void print_label(const char *label)
{
	printf("  %-12s", label);
}

static void print_name(const char *name)
{
	char *shown = printable(name);

	(void)fputs(shown, stdout);
	free(shown);
}

static void print_heading(const struct survey *survey, const struct identity *identity,
			  const struct style *style)
{
	const struct account *account =
		accounts_by_id(&survey->accounts[identity->kind], identity->id);

	printf("%s%s %" PRIu32 "%s", style_begin(style, STYLE_BOLD), ID_NAME[identity->kind],
	       identity->id, style_end(style, STYLE_BOLD));
	if (identity->name) {
		printf(" is ");
		print_name(identity->name);
	} else if (identity->entry) {
		printf(" is reserved, so the module has no record of it");
	} else {
		printf(" is not delegated");
	}
	if (account) {
		printf("%s the %s ", identity->entry ? ", and is" : "; it is",
		       identity->kind == SUBID_UID ? "user" : "group");
		print_name(account->name);
	}
	printf("\n");
}

static void print_owner(const struct identity *identity)
{
	const struct owner *owner = identity->owner;

	print_label("owner");
	print_name(owner->name);
	if (owner->account == OWNER_HAS_ACCOUNT)
		printf(" (UID %" PRIu32 ")", owner->uid);
	else if (owner->account == OWNER_IS_SUBORDINATE)
		printf(" (subordinate UID %" PRIu32 ")", owner->uid);
	else
		printf(" (no account)");
	printf("\n");
}

static void print_line(const struct survey *survey, enum subid_kind kind, const struct entry *entry)
{
	printf("%s:%" PRIu32 "  ", survey->databases[kind].path, entry->line);
	print_name(survey->owners.items[entry->owner].name);
	printf(":%" PRIu32 ":%" PRIu32 "\n", entry->range.start, entry->range.count);
}

/* Prints later lines that have the ID, too. The module uses the first line alone. */
static void print_others(const struct survey *survey, const struct identity *identity)
{
	const struct database *database = &survey->databases[identity->kind];
	size_t shown = 0;

	for (const struct entry *entry = identity->entry + 1;
	     entry < database->entries + database->n && shown < 5; entry++) {
		if (!subid_range_contains(&entry->range, identity->id))
			continue;
		print_label(shown++ == 0 ? "but also" : "");
		print_line(survey, identity->kind, entry);
	}
}

static void print_counterpart(const struct survey *survey, const struct identity *identity)
{
	print_label("its GID");
	if (!identity->counterpart_entry) {
		print_name(identity->owner->name);
		printf(" has none at that position\n");
		return;
	}
	printf("%" PRIu32 ", by ", identity->counterpart);
	print_line(survey, SUBID_GID, identity->counterpart_entry);
}

/* Returns the ID inside the namespace, such as "33", or the reason why there is none. */
static char *inside(const struct identity *identity, pid_t pid)
{
	uint32_t id;
	int r = usage_inside(pid, identity->kind, identity->id, &id);

	if (r == 0)
		return memory_print("%" PRIu32, id);
	return memory_print("%s", r == -ENOENT ? "not mapped" : strerrordesc_np(-r));
}

static void set(struct libscols_line *line, size_t column, char *data)
{
	if (scols_line_refer_data(line, column, data) != 0)
		memory_fail();
}

/* The container or unit of a process. Ownership: free(3). */
static char *where(pid_t pid)
{
	struct container container;
	char *label, *shown;

	if (container_of(pid, &container) < 0)
		return memory_print("-");
	label = container_label(&container);
	shown = printable(label);
	free(label);
	return shown;
}

static void print_processes(const struct survey *survey, const struct identity *identity)
{
	struct libscols_table *table;
	const struct use *first = NULL;
	size_t n = usage_of(&survey->usage, identity->kind, identity->id, &first);

	print_label("processes");
	printf("%zu\n", n);
	if (n == 0)
		return;
	table = (struct libscols_table *)memory_check(scols_new_table());
	memory_check(scols_table_new_column(table, "       PID", 0, SCOLS_FL_RIGHT));
	memory_check(scols_table_new_column(
		table, identity->kind == SUBID_UID ? "UID INSIDE" : "GID INSIDE", 0,
		SCOLS_FL_RIGHT));
	memory_check(scols_table_new_column(table, "COMMAND", 0, 0));
	memory_check(scols_table_new_column(table, "CONTAINER OR UNIT", 0, 0));
	for (size_t i = 0; i < n; i++) {
		struct libscols_line *line =
			(struct libscols_line *)memory_check(scols_table_new_line(table, NULL));
		char *command = usage_command(first[i].pid);

		set(line, 0, memory_print("%jd", (intmax_t)first[i].pid));
		set(line, 1, inside(identity, first[i].pid));
		set(line, 2, printable(command));
		set(line, 3, where(first[i].pid));
		free(command);
	}
	(void)scols_print_table(table);
	scols_unref_table(table);
}

void answer_print(const struct survey *survey, const struct identity *identity, pid_t pid,
		  const struct style *style)
{
	print_heading(survey, identity, style);
	if (identity->entry) {
		print_owner(identity);
		print_label("position");
		printf("%" PRIu64 " of %" PRIu64 "\n", identity->position,
		       identity->owner->total[identity->kind]);
		print_label("line");
		print_line(survey, identity->kind, identity->entry);
		print_others(survey, identity);
		if (identity->kind == SUBID_UID)
			print_counterpart(survey, identity);
	}
	if (identity->record) {
		print_label("record");
		print_name(identity->record);
		printf("\n");
	}
	if (pid != 0) {
		char *id = inside(identity, pid);

		print_label("inside");
		printf("%s, in the user namespace of PID %jd\n", id, (intmax_t)pid);
		free(id);
		print_label("runs in");
		id = where(pid);
		printf("%s\n", id);
		free(id);
	} else if (survey->live) {
		print_processes(survey, identity);
	}
}
