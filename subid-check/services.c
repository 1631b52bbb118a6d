/* SPDX-License-Identifier: BSD-3-Clause */
#include "services.h"

#include <dlfcn.h>
#include <errno.h>
#include <nss.h>
#include <poll.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "memory.h"
#include "record.h"

#define MODULE "libnss_subid.so.2"
#define USERDBD_PATIENCE_MS 5000

/* --- the module ------------------------------------------------------------------- */

static void fail(struct module *module)
{
	const char *error = dlerror();

	if (!error)
		error = "the loader gives no reason";
	module->error = memory_text(error, strlen(error));
}

static void try_module(uint32_t uid, struct module *ret)
{
	enum nss_status (*getpwuid_of_module)(uid_t, struct passwd *, char *, size_t, int *);
	struct passwd pwd;
	char buf[4096];
	void *handle, *symbol;
	int fault = 0;

	*ret = (struct module){ .uid = uid };
	/* The module is linked with -z nodelete, so dlclose(3) would do nothing. */
	handle = dlopen(MODULE, RTLD_NOW | RTLD_LOCAL);
	symbol = handle ? dlsym(handle, "_nss_subid_getpwuid_r") : NULL;
	if (!symbol) {
		fail(ret);
		return;
	}
	if (uid == 0)
		return;

	memcpy(&getpwuid_of_module, &symbol, sizeof(symbol));
	ret->answer =
		getpwuid_of_module(uid, &pwd, buf, sizeof(buf), &fault) == NSS_STATUS_SUCCESS &&
				pwd.pw_uid == uid && nss_record_name_is_ours(SUBID_UID, pwd.pw_name)
			? MODULE_ANSWERED
			: MODULE_SILENT;
}

/* --- subid-userdbd ---------------------------------------------------------------- */

/* Sends a question that any Varlink service answers, and waits for any reply. */
static bool is_answered(int fd)
{
	static const char question[] = "{\"method\":\"org.varlink.service.GetInfo\"}";
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	char reply[16];

	return send(fd, question, sizeof(question), MSG_NOSIGNAL) == (ssize_t)sizeof(question) &&
	       poll(&poll_fd, 1, USERDBD_PATIENCE_MS) == 1 && recv(fd, reply, sizeof(reply), 0) > 0;
}

static enum userdbd try_userdbd(void)
{
	const struct sockaddr_un address = {
		.sun_family = AF_UNIX,
		.sun_path = SERVICES_USERDBD_SOCKET,
	};
	enum userdbd userdbd = USERDBD_ABSENT;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return USERDBD_ABSENT;
	if (access(SERVICES_USERDBD_SOCKET, F_OK) == 0)
		userdbd = USERDBD_SILENT;
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0 && is_answered(fd))
		userdbd = USERDBD_ANSWERS;
	(void)close(fd);
	return userdbd;
}

static bool is_socket(const char *path)
{
	struct stat stamp;

	return stat(path, &stamp) == 0 && S_ISSOCK(stamp.st_mode);
}

int services_try(uint32_t uid, struct services *services)
{
	int r = subid_source_read("/etc/nsswitch.conf", services->source);

	if (r < 0)
		return r;
	services->nscd = is_socket("/run/nscd/socket") || is_socket("/var/run/nscd/socket");
	if (services->source[0] != '\0')
		services->userdbd = try_userdbd();
	try_module(services->source[0] == '\0' ? uid : 0, &services->module);
	return 0;
}

/* --- mail servers ----------------------------------------------------------------- */

/* Returns 0 or a negative errno. */
static int find_mta(const struct root *root, const char **ret)
{
	static const struct {
		const char *path, *name;
	} servers[] = {
		{ "/usr/sbin/exim4", "Exim" },
		{ "/usr/sbin/exim", "Exim" },
		{ "/usr/sbin/postfix", "Postfix" },
	};
	struct stat stamp;

	*ret = NULL;
	for (size_t i = 0; i < sizeof(servers) / sizeof(servers[0]); i++) {
		int r = root_stat(root, servers[i].path, &stamp);

		if (r < 0 && r != -ENOENT && r != -ENOTDIR && r != -ELOOP && r != -EACCES)
			return r;
		if (r == 0 && S_ISREG(stamp.st_mode)) {
			*ret = servers[i].name;
			break;
		}
	}
	return 0;
}

/* --- PAM -------------------------------------------------------------------------- */

#define BLANKS " \t"

bool services_has_broken_shadow(const char *line)
{
	size_t len = strcspn(line, "#"), word;
	bool is_unix = false;

	for (size_t at = 0; at < len; at += word) {
		const char *text = line + at + strspn(line + at, BLANKS);

		at = (size_t)(text - line);
		word = strcspn(text, BLANKS "#");
		if (word == 0)
			break;
		/* The word may be a path that ends in the module's name. */
		if (word >= 11 && memcmp(text + word - 11, "pam_unix.so", 11) == 0)
			is_unix = true;
		else if (is_unix && word == 13 && memcmp(text, "broken_shadow", 13) == 0)
			return true;
	}
	return false;
}

static void find_in_pam(const char *path, const struct root_file *file, struct services *services)
{
	struct root_lines lines;
	const char *line;
	size_t len;

	root_lines_begin(&lines, file->text, file->len);
	while (!services->broken_shadow && (line = root_lines_next(&lines, &len))) {
		char *copy = memory_text(line, len);

		if (services_has_broken_shadow(copy)) {
			services->broken_shadow = memory_text(path, strlen(path));
			services->broken_shadow_line = lines.number;
		}
		free(copy);
	}
}

static int read_pam(const struct root *root, struct services *services)
{
	char **names = NULL;
	int n = root_list(root, "/etc/pam.d", &names), r = 0;

	if (n < 0)
		return n == -ENOENT ? 0 : n;
	for (int i = 0; i < n; i++) {
		char *path = memory_print("/etc/pam.d/%s", names[i]);
		struct root_file file;

		if (r == 0) {
			r = root_read(root, path, ROOT_CONFIG_MAX_BYTES, &file);
			if (r == 0) {
				find_in_pam(path, &file, services);
				root_file_free(&file);
			}
			/* Skip subdirectories, links to nothing, and files that are not readable.
			 */
			if (r == -EINVAL || r == -ENOENT || r == -ELOOP || r == -EACCES)
				r = 0;
		}
		free(path);
		free(names[i]);
	}
	free(names);
	return r;
}

int services_read(const struct root *root, struct services *services)
{
	int r = find_mta(root, &services->mta);

	return r < 0 ? r : read_pam(root, services);
}

void services_free(struct services *services)
{
	free(services->module.error);
	free(services->broken_shadow);
	*services = (struct services){ .mta = NULL };
}
