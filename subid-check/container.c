/* SPDX-License-Identifier: BSD-3-Clause */
#include "container.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "memory.h"

/* Enough for /proc/PID/cgroup, which has a line for each hierarchy; what is longer is cut. */
#define CGROUP_BYTES 4096
/* As many digits of an ID as the engines' own lists show. */
#define SHORT_ID 12

/* A component of a path. */
struct component {
	const char *text;
	size_t len;
};

static bool begins(const struct component *component, const char *prefix)
{
	size_t len = strlen(prefix);

	return component->len >= len && memcmp(component->text, prefix, len) == 0;
}

static bool ends(const struct component *component, const char *suffix)
{
	size_t len = strlen(suffix);

	return component->len > len &&
	       memcmp(component->text + component->len - len, suffix, len) == 0;
}

static bool equals(const struct component *component, const char *text)
{
	return component->len == strlen(text) && begins(component, text);
}

/* Sets *ret to the text between PREFIX and SUFFIX. Returns false if the component lacks them. */
static bool between(const struct component *component, const char *prefix, const char *suffix,
		    struct component *ret)
{
	size_t outer = strlen(prefix) + strlen(suffix);

	if (component->len <= outer || !begins(component, prefix) ||
	    (suffix[0] != '\0' && !ends(component, suffix)))
		return false;
	*ret = (struct component){ component->text + strlen(prefix), component->len - outer };
	return true;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Engines name containers by up to 64 hexadecimal digits. Fewer than SHORT_ID are no ID. */
static bool is_id(const struct component *component)
{
	for (size_t i = 0; i < component->len; i++)
		if (hex_digit(component->text[i]) < 0)
			return false;
	return component->len >= SHORT_ID && component->len <= 64;
}

/* Copies the name, and replaces each \xXX of systemd-escape(1) by its byte. */
static void unescape(const struct component *component, char ret[CONTAINER_NAME_BYTES])
{
	size_t n = 0;

	for (size_t i = 0; i < component->len && n < CONTAINER_NAME_BYTES - 1; i++) {
		const char *at = component->text + i;
		int high = -1, low = -1;

		if (component->len - i >= 4 && at[0] == '\\' && at[1] == 'x') {
			high = hex_digit(at[2]);
			low = hex_digit(at[3]);
		}
		if (high < 0 || low < 0 || high * 16 + low == 0) {
			ret[n++] = *at;
			continue;
		}
		ret[n++] = (char)(high * 16 + low);
		i += 3;
	}
	ret[n] = '\0';
}

static void copy(const struct component *component, char ret[CONTAINER_NAME_BYTES])
{
	size_t len =
		component->len < CONTAINER_NAME_BYTES ? component->len : CONTAINER_NAME_BYTES - 1;

	memcpy(ret, component->text, len);
	ret[len] = '\0';
}

/* --- engines ---------------------------------------------------------------------- */

/* Components that name a container: the prefix, the name and the suffix. */
static const struct pattern {
	const char *engine, *prefix, *suffix;
	bool id;      /* the name is a hexadecimal ID */
	bool escaped; /* systemd has escaped the name */
	bool monitor;
} patterns[] = {
	{ "Podman", "libpod-conmon-", ".scope", true, false, true },
	{ "Podman", "libpod-", ".scope", true, false, false },
	{ "Podman", "libpod-", "", true, false, false },
	{ "Docker", "docker-", ".scope", true, false, false },
	{ "CRI-O", "crio-conmon-", ".scope", true, false, true },
	{ "CRI-O", "crio-", ".scope", true, false, false },
	{ "CRI-O", "crio-", "", true, false, false },
	{ "containerd", "cri-containerd-", ".scope", true, false, false },
	{ "containerd", "nerdctl-", ".scope", true, false, false },
	{ "machine", "machine-", ".scope", false, true, false },
	{ "machine", "systemd-nspawn@", ".service", false, true, false },
	{ "LXC", "lxc.payload.", "", false, false, false },
	{ "LXC", "lxc.monitor.", "", false, false, true },
};

/* Directories whose children are containers, on hosts where systemd does not make the cgroups. */
static const struct parent {
	const char *engine, *prefix;
	bool whole; /* the directory's name is the prefix, and nothing more */
	bool id;
} parents[] = {
	{ "Docker", "docker", true, true },
	{ "Kubernetes", "pod", false, true }, /* /kubepods/burstable/podUID/ID */
	{ "LXC", "lxc", true, false },
	{ "LXC", "lxc.payload", true, false },
};

static bool match_pattern(const struct component *component, struct container *container)
{
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		const struct pattern *pattern = &patterns[i];
		struct component name;

		if (!between(component, pattern->prefix, pattern->suffix, &name) ||
		    (pattern->id && !is_id(&name)))
			continue;
		container->engine = pattern->engine;
		container->monitor = pattern->monitor;
		container->hashed = pattern->id;
		if (pattern->escaped)
			unescape(&name, container->name);
		else
			copy(&name, container->name);
		return true;
	}
	return false;
}

static bool match_child(const struct component *before, const struct component *component,
			struct container *container)
{
	for (size_t i = 0; i < sizeof(parents) / sizeof(parents[0]); i++) {
		const struct parent *parent = &parents[i];

		if (!(parent->whole ? equals(before, parent->prefix)
				    : begins(before, parent->prefix)) ||
		    (parent->id && !is_id(component)))
			continue;
		container->engine = parent->engine;
		container->hashed = parent->id;
		copy(component, container->name);
		return true;
	}
	return false;
}

/* --- paths ------------------------------------------------------------------------ */

static bool is_unit(const struct component *component)
{
	return ends(component, ".service") || ends(component, ".scope") ||
	       ends(component, ".socket") || ends(component, ".mount") || ends(component, ".swap");
}

/* systemd puts a _ before a unit whose name the kernel could take for its own file. */
static void set_unit(const struct component *component, struct container *container)
{
	struct component unit = *component;

	if (unit.text[0] == '_') {
		unit.text++;
		unit.len--;
	}
	if (container->unit[0] == '\0')
		copy(&unit, container->unit);
	else if (container->user_unit[0] == '\0' &&
		 strncmp(container->unit, "user@", strlen("user@")) == 0)
		copy(&unit, container->user_unit);
}

static void parse_path(const char *path, size_t len, struct container *ret)
{
	struct component before = { "", 0 }, component;

	*ret = (struct container){ .engine = NULL };
	for (size_t at = 0; at < len && !ret->engine; at += component.len + 1) {
		const char *slash = (const char *)memchr(path + at, '/', len - at);

		component.text = path + at;
		component.len = slash ? (size_t)(slash - component.text) : len - at;
		if (component.len == 0)
			continue;
		if (is_unit(&component))
			set_unit(&component, ret);
		if (!match_pattern(&component, ret))
			(void)match_child(&before, &component, ret);
		before = component;
	}
}

/* The path of `ID:CONTROLLERS:PATH`. */
static bool find_path(const char *line, size_t len, struct component *ret)
{
	static const char deleted[] = " (deleted)";
	const char *end = line + len, *colon = (const char *)memchr(line, ':', len);

	if (colon)
		colon = (const char *)memchr(colon + 1, ':', (size_t)(end - colon - 1));
	if (!colon)
		return false;
	*ret = (struct component){ colon + 1, (size_t)(end - colon - 1) };
	if (ends(ret, deleted))
		ret->len -= strlen(deleted);
	return true;
}

bool container_parse(const char *text, size_t len, struct container *ret)
{
	size_t line_len;

	*ret = (struct container){ .engine = NULL };
	/* The kernel writes no NUL. If there is one, ignore it and what follows. */
	len = strnlen(text, len);
	for (size_t at = 0; at < len && !ret->engine; at += line_len + 1) {
		const char *newline = (const char *)memchr(text + at, '\n', len - at);
		struct container container;
		struct component path;

		line_len = newline ? (size_t)(newline - (text + at)) : len - at;
		if (!find_path(text + at, line_len, &path))
			continue;
		parse_path(path.text, path.len, &container);
		if (container.engine || ret->unit[0] == '\0')
			*ret = container;
	}
	return ret->engine || ret->unit[0] != '\0';
}

int container_of(pid_t pid, struct container *ret)
{
	char path[64], text[CGROUP_BYTES];
	size_t len = 0;
	ssize_t n;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%jd/cgroup", (intmax_t)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	while (len < sizeof(text) && (n = read(fd, text + len, sizeof(text) - len)) > 0)
		len += (size_t)n;
	(void)close(fd);
	(void)container_parse(text, len, ret);
	return 0;
}

char *container_label(const struct container *container)
{
	const char *unit = container->user_unit[0] != '\0' ? container->user_unit : container->unit;

	if (container->engine)
		return memory_print("%s %.*s%s", container->engine,
				    container->hashed ? SHORT_ID : CONTAINER_NAME_BYTES,
				    container->name, container->monitor ? " (its monitor)" : "");
	if (container->user_unit[0] != '\0')
		return memory_print("%s of %s", unit, container->unit);
	return memory_print("%s", unit[0] != '\0' ? unit : "-");
}
