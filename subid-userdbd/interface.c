/* SPDX-License-Identifier: BSD-3-Clause */
#include "interface.h"

#include <string.h>

/* systemd's docs/USER_GROUP_API.md and varlink.org/Service specify these interfaces. */
static const struct {
	const char *name, *description;
} interfaces[] = {
	{ "io.systemd.UserDatabase",
	  "# Users and groups. This service has those of subordinate IDs, subuid(5) and "
	  "subgid(5).\n"
	  "interface io.systemd.UserDatabase\n"
	  "\n"
	  "# A user, by UID, by name, or by both. Nothing is enumerated.\n"
	  "method GetUserRecord(\n"
	  "  uid: ?int,\n"
	  "  userName: ?string,\n"
	  "  fuzzyNames: ?[]string,\n"
	  "  dispositionMask: ?[]string,\n"
	  "  uidMin: ?int,\n"
	  "  uidMax: ?int,\n"
	  "  service: string\n"
	  ") -> (record: object, incomplete: ?bool)\n"
	  "\n"
	  "# A group, by GID, by name, or by both. Nothing is enumerated.\n"
	  "method GetGroupRecord(\n"
	  "  gid: ?int,\n"
	  "  groupName: ?string,\n"
	  "  fuzzyNames: ?[]string,\n"
	  "  dispositionMask: ?[]string,\n"
	  "  gidMin: ?int,\n"
	  "  gidMax: ?int,\n"
	  "  service: string\n"
	  ") -> (record: object, incomplete: ?bool)\n"
	  "\n"
	  "# Groups of subordinate IDs have no members.\n"
	  "method GetMemberships(\n"
	  "  userName: ?string,\n"
	  "  groupName: ?string,\n"
	  "  service: string\n"
	  ") -> (userName: string, groupName: string)\n"
	  "\n"
	  "error NoRecordFound()\n"
	  "error BadService()\n"
	  "error ServiceNotAvailable()\n"
	  "error ConflictingRecordFound()\n"
	  "error NonMatchingRecordFound()\n"
	  "error EnumerationNotSupported()\n" },
	{ "org.varlink.service",
	  "# What every Varlink service tells of itself.\n"
	  "interface org.varlink.service\n"
	  "\n"
	  "method GetInfo() -> (\n"
	  "  vendor: string,\n"
	  "  product: string,\n"
	  "  version: string,\n"
	  "  url: string,\n"
	  "  interfaces: []string\n"
	  ")\n"
	  "\n"
	  "method GetInterfaceDescription(interface: string) -> (description: string)\n"
	  "\n"
	  "error InterfaceNotFound(interface: string)\n"
	  "error MethodNotFound(method: string)\n"
	  "error MethodNotImplemented(method: string)\n"
	  "error InvalidParameter(parameter: string)\n" },
};

#define INTERFACES (sizeof(interfaces) / sizeof(interfaces[0]))

const char *interface_name(size_t number)
{
	return number < INTERFACES ? interfaces[number].name : NULL;
}

const char *interface_description(const char *name)
{
	for (size_t i = 0; i < INTERFACES; i++)
		if (strcmp(interfaces[i].name, name) == 0)
			return interfaces[i].description;
	return NULL;
}
