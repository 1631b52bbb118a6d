/* SPDX-License-Identifier: BSD-3-Clause */
#include "directory.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ini.h"
#include "memory.h"

/* Decimal digits and nothing else. */
static bool parse_number(const char *text, uint64_t *ret)
{
	char *end;
	unsigned long long value;

	if (!isdigit((unsigned char)text[0]))
		return false;
	errno = 0;
	value = strtoull(text, &end, 10);
	if (errno != 0 || *end != '\0')
		return false;
	*ret = value;
	return true;
}

/* Adds the IDs from @first to @last; those above UINT32_MAX are left out. @whose: handed over. */
static void add(struct directories *directories, uint64_t first, uint64_t last, char *whose,
		const char *file, uint32_t line)
{
	if (first > last || first > UINT32_MAX) {
		free(whose);
		return;
	}
	directories->items = (struct directory_area *)memory_room(
		directories->items, directories->n, &directories->room,
		sizeof(*directories->items));
	directories->items[directories->n++] = (struct directory_area){
		.ids = { (uint32_t)first, last > UINT32_MAX ? UINT32_MAX : (uint32_t)last },
		.whose = whose,
		.file = file,
		.line = line,
	};
}

/* --- SSSD ------------------------------------------------------------------------- */

enum mapping {
	MAPPING_BY_PROVIDER,
	MAPPING_ON,
	MAPPING_OFF,
};

enum use {
	USE_IF_LISTED, /* in `domains` of [sssd] */
	USE_NEVER,     /* `enabled = false` */
	USE_ALWAYS,    /* `enabled = true` */
};

struct domain {
	char *name;
	bool is_ad; /* the provider is `ad`, which maps IDs by default */
	enum use use;
	enum mapping mapping;
	uint64_t min, max, size;
	const char *file;
	uint32_t line;
};

struct sssd {
	struct domain *domains;
	size_t n, room;
	char *list; /* `domains` of [sssd], or NULL */
};

/* Real files have few domains. Domains beyond this number are ignored. */
#define DOMAINS_MAX 256

static struct domain *find_domain(struct sssd *sssd, const char *name)
{
	for (size_t i = 0; i < sssd->n; i++)
		if (strcasecmp(sssd->domains[i].name, name) == 0)
			return &sssd->domains[i];
	if (sssd->n == DOMAINS_MAX)
		return NULL;
	sssd->domains = (struct domain *)memory_room(sssd->domains, sssd->n, &sssd->room,
						     sizeof(*sssd->domains));
	/* The defaults are those of sssd-ad(5) and sssd-ldap(5). */
	sssd->domains[sssd->n] = (struct domain){
		.name = memory_text(name, strlen(name)),
		.min = 200000,
		.max = 2000200000,
		.size = 200000,
	};
	return &sssd->domains[sssd->n++];
}

static bool is_true(const char *text)
{
	return strcasecmp(text, "true") == 0;
}

static void read_domain(struct domain *domain, const struct ini *ini, const char *path)
{
	uint64_t number = 0;
	bool is_number = parse_number(ini->value, &number);

	if (strcmp(ini->key, "id_provider") == 0)
		domain->is_ad = strcasecmp(ini->value, "ad") == 0;
	else if (strcmp(ini->key, "ldap_id_mapping") == 0)
		domain->mapping = is_true(ini->value) ? MAPPING_ON : MAPPING_OFF;
	else if (strcmp(ini->key, "enabled") == 0)
		domain->use = is_true(ini->value) ? USE_ALWAYS : USE_NEVER;
	else if (is_number && strcmp(ini->key, "ldap_idmap_range_min") == 0)
		domain->min = number;
	else if (is_number && strcmp(ini->key, "ldap_idmap_range_max") == 0)
		domain->max = number;
	else if (is_number && strcmp(ini->key, "ldap_idmap_range_size") == 0)
		domain->size = number;
	else
		return;
	domain->file = path;
	domain->line = ini->line;
}

static void read_sssd(struct sssd *sssd, const struct directory_text *text)
{
	struct domain *domain;
	struct ini ini;

	ini_begin(&ini, text->text, text->len);
	while (ini_next(&ini)) {
		if (!ini.section)
			continue;
		if (strcmp(ini.section, "sssd") == 0 && strcmp(ini.key, "domains") == 0) {
			free(sssd->list);
			sssd->list = memory_text(ini.value, strlen(ini.value));
		} else if (strncmp(ini.section, "domain/", 7) == 0 &&
			   (domain = find_domain(sssd, ini.section + 7))) {
			read_domain(domain, &ini, text->path);
		}
	}
}

/* Is @name in @list, whose names are separated by commas and blanks? @list may be NULL. */
static bool is_listed(const char *list, const char *name)
{
	size_t len = strlen(name);

	for (; list && *list != '\0'; list += strcspn(list, ", \t")) {
		list += strspn(list, ", \t");
		if (strcspn(list, ", \t") == len && strncasecmp(list, name, len) == 0)
			return true;
	}
	return false;
}

static bool maps_ids(const struct sssd *sssd, const struct domain *domain)
{
	if (domain->use == USE_NEVER ||
	    (domain->use == USE_IF_LISTED && !is_listed(sssd->list, domain->name)))
		return false;
	return domain->mapping == MAPPING_BY_PROVIDER ? domain->is_ad
						      : domain->mapping == MAPPING_ON;
}

void directories_parse_sssd(const struct directory_text *texts, size_t n,
			    struct directories *directories)
{
	struct sssd sssd = { .n = 0 };

	for (size_t i = 0; i < n; i++)
		read_sssd(&sssd, &texts[i]);
	for (size_t i = 0; i < sssd.n; i++) {
		const struct domain *domain = &sssd.domains[i];

		/* SSSD uses whole slices of `size` IDs, all of them below `max`. */
		if (maps_ids(&sssd, domain) && domain->size > 0 && domain->min < domain->max &&
		    domain->max - domain->min >= domain->size)
			add(directories, domain->min,
			    domain->min +
				    (domain->max - domain->min) / domain->size * domain->size - 1,
			    memory_print("SSSD's domain %s", domain->name), domain->file,
			    domain->line);
		free(domain->name);
	}
	free(sssd.domains);
	free(sssd.list);
}

/* --- winbind ---------------------------------------------------------------------- */

/* Samba ignores case and blanks when it compares names. */
static bool is_key(const char *key, const char *wanted)
{
	for (;; key++, wanted++) {
		key += strspn(key, INI_BLANKS);
		if (tolower((unsigned char)*key) != *wanted || *key == '\0')
			return *key == *wanted;
	}
}

/* Returns the domain of a key "idmap config DOMAIN : range", or NULL. Ownership: free(3). */
static char *domain_of_range(const char *key)
{
	const char *colon = strchr(key, ':');
	char *prefix, *domain = NULL;

	if (!colon || !is_key(colon + 1, "range") || strncasecmp(key, "idmap", 5) != 0)
		return NULL;
	prefix = ini_trim(key + 5, (size_t)(colon - key) - 5);
	if (strncasecmp(prefix, "config", 6) == 0)
		domain = ini_trim(prefix + 6, strlen(prefix + 6));
	free(prefix);
	return domain;
}

/* Parses "FIRST-LAST". */
static bool parse_range(const char *text, uint64_t *ret_first, uint64_t *ret_last)
{
	const char *dash = strchr(text, '-');
	char *first, *last;
	bool valid;

	if (!dash)
		return false;
	first = ini_trim(text, (size_t)(dash - text));
	last = ini_trim(dash + 1, strlen(dash + 1));
	valid = parse_number(first, ret_first) && parse_number(last, ret_last);
	free(first);
	free(last);
	return valid;
}

void directories_parse_samba(const struct directory_text *text, struct directories *directories)
{
	struct ini ini;
	size_t n = 0;

	ini_begin(&ini, text->text, text->len);
	while (ini_next(&ini)) {
		uint64_t first = 0, last = 0;
		char *domain;

		if (!ini.section || !is_key(ini.section, "global") || n >= DOMAINS_MAX)
			continue;
		domain = domain_of_range(ini.key);
		if (!domain && (is_key(ini.key, "idmapuid") || is_key(ini.key, "idmapgid")))
			domain = memory_text("*", 1);
		if (domain && parse_range(ini.value, &first, &last)) {
			n++;
			add(directories, first, last,
			    strcmp(domain, "*") == 0 ? memory_print("winbind")
						     : memory_print("winbind's domain %s", domain),
			    text->path, ini.line);
		}
		free(domain);
	}
}

/* --- the files of a host ---------------------------------------------------------- */

static const char *keep_path(struct directories *directories, char *path)
{
	directories->paths =
		(char **)memory_room(directories->paths, directories->n_paths,
				     &directories->paths_room, sizeof(*directories->paths));
	directories->paths[directories->n_paths++] = path;
	return path;
}

/* Files that are parsed together: a later one overrides an earlier one. */
struct texts {
	struct directory_text *items;
	struct root_file *files;
	size_t n, items_room, files_room;
};

/* Note a file that may not be read: only root may read SSSD's. @path: handed over. */
static void note_unread(struct directories *directories, char *path)
{
	directories->unread = keep_path(directories, path);
}

/* Read a file, unless it is absent or may not be read. @path: handed over. */
static int add_text(const struct root *root, char *path, struct directories *directories,
		    struct texts *texts)
{
	struct root_file file;
	int r = root_read(root, path, ROOT_CONFIG_MAX_BYTES, &file);

	if (r == -EACCES) {
		note_unread(directories, path);
		return 0;
	}
	if (r < 0) {
		free(path);
		/* A file that is not regular counts as absent: SSSD skips it. */
		return r == -ENOENT || r == -EINVAL ? 0 : r;
	}
	texts->items = (struct directory_text *)memory_room(
		texts->items, texts->n, &texts->items_room, sizeof(*texts->items));
	texts->files = (struct root_file *)memory_room(texts->files, texts->n, &texts->files_room,
						       sizeof(*texts->files));
	texts->items[texts->n] = (struct directory_text){ .path = keep_path(directories, path),
							  .text = file.text,
							  .len = file.len };
	texts->files[texts->n++] = file;
	return 0;
}

static void free_texts(struct texts *texts)
{
	for (size_t i = 0; i < texts->n; i++)
		root_file_free(&texts->files[i]);
	free(texts->items);
	free(texts->files);
}

static bool is_snippet(const char *name)
{
	size_t len = strlen(name);

	return len > 5 && strcmp(name + len - 5, ".conf") == 0;
}

static int add_snippets(const struct root *root, struct directories *directories,
			struct texts *texts)
{
	static const char directory[] = "/etc/sssd/conf.d";
	char **names = NULL;
	int r = 0, n = root_list(root, directory, &names);

	if (n == -EACCES)
		note_unread(directories, memory_print("%s", directory));
	else if (n < 0 && n != -ENOENT)
		r = n;
	for (int i = 0; i < n; i++) {
		if (r == 0 && is_snippet(names[i]))
			r = add_text(root, memory_print("%s/%s", directory, names[i]), directories,
				     texts);
		free(names[i]);
	}
	free(names);
	return r;
}

static int read_sssd_files(const struct root *root, struct directories *directories)
{
	struct texts texts = { .n = 0 };
	int r = add_text(root, memory_print("/etc/sssd/sssd.conf"), directories, &texts);

	if (r == 0)
		r = add_snippets(root, directories, &texts);
	if (r == 0 && texts.n > 0)
		directories_parse_sssd(texts.items, texts.n, directories);
	free_texts(&texts);
	return r;
}

static int read_samba_file(const struct root *root, struct directories *directories)
{
	struct texts texts = { .n = 0 };
	int r = add_text(root, memory_print("/etc/samba/smb.conf"), directories, &texts);

	if (r == 0 && texts.n > 0)
		directories_parse_samba(&texts.items[0], directories);
	free_texts(&texts);
	return r;
}

int directories_read(const struct root *root, struct directories *ret)
{
	int r;

	*ret = (struct directories){ .n = 0 };
	r = read_sssd_files(root, ret);
	if (r == 0)
		r = read_samba_file(root, ret);
	return r;
}

void directories_free(struct directories *directories)
{
	for (size_t i = 0; i < directories->n; i++)
		free(directories->items[i].whose);
	for (size_t i = 0; i < directories->n_paths; i++)
		free(directories->paths[i]);
	free(directories->items);
	free(directories->paths);
	*directories = (struct directories){ .n = 0 };
}
