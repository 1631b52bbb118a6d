/* SPDX-License-Identifier: BSD-3-Clause */
/* subid-check reads the input as /proc/PID/cgroup. */
#include <stdlib.h>
#include <string.h>

#include "container.h"
#include "fuzz.h"

const char fuzz_target[] = "cgroup";
const char fuzz_corpus[] = "cgroup";

/* A unit is copied from a line without a change. */
static void check_unit(const char *text, size_t size, const char *unit)
{
	if (memchr(unit, '\0', CONTAINER_NAME_BYTES) == NULL)
		fuzz_fail("a unit does not end with a NUL");
	if (unit[0] != '\0' && !memmem(text, size, unit, strlen(unit)))
		fuzz_fail("the unit \"%s\" is not in the input", unit);
	if (strpbrk(unit, "/\n"))
		fuzz_fail("the unit \"%s\" has a slash or a newline", unit);
}

static void check_container(const char *text, size_t size, const struct container *container)
{
	if (memchr(container->name, '\0', CONTAINER_NAME_BYTES) == NULL)
		fuzz_fail("a container's name does not end with a NUL");
	if (!container->engine != (container->name[0] == '\0'))
		fuzz_fail("an engine without a name, or a name without an engine");
	if (container->hashed && strspn(container->name, "0123456789abcdef") < 12)
		fuzz_fail("the ID \"%s\" has fewer than 12 digits", container->name);
	if (container->hashed && !memmem(text, size, container->name, strlen(container->name)))
		fuzz_fail("the ID %s is not in the input", container->name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_copy(data, size), *label;
	struct container container;
	bool found = container_parse(text, size, &container);

	if (found != (container.engine || container.unit[0] != '\0'))
		fuzz_fail("%s", found ? "found, but neither an engine nor a unit"
				      : "not found, but an engine or a unit");
	check_unit(text, size, container.unit);
	check_unit(text, size, container.user_unit);
	check_container(text, size, &container);
	label = container_label(&container);
	if (label[0] == '\0')
		fuzz_fail("the label is empty");
	free(label);
	free(text);
	return 0;
}
