/* SPDX-License-Identifier: BSD-3-Clause */
#include "inject.h"

#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

#include "check.h"

#define MAPS 16

/* The mappings that still exist. A reset does not clear this list. */
static struct map {
	void *memory;
	size_t size;
	void *mapped; /* with the guard page */
	size_t mapped_size;
} maps[MAPS];

unsigned int inject_open_maps(void)
{
	unsigned int count = 0;

	for (size_t i = 0; i < MAPS; i++)
		count += maps[i].memory != NULL;
	return count;
}

/* A call has one of two names: see inject.c. */
void *__real_mmap(void *at, size_t size, int prot, int flags, int fd, off_t offset);
void *__real_mmap64(void *at, size_t size, int prot, int flags, int fd, off64_t offset);
int __real_munmap(void *memory, size_t size);

void *__wrap_mmap(void *at, size_t size, int prot, int flags, int fd, off_t offset);
void *__wrap_mmap64(void *at, size_t size, int prot, int flags, int fd, off64_t offset);
int __wrap_munmap(void *memory, size_t size);

static struct map *find_map(const void *memory)
{
	size_t i = 0;

	while (i < MAPS && maps[i].memory != memory)
		i++;
	assert_in_range(i, 0, MAPS - 1);
	return &maps[i];
}

/*
 * The mapping has a guard page at its end. The memory returned ends where this page begins, up
 * to an alignment of 16 bytes, so an access past its end faults.
 */
static void *wrap_mmap(void *(*real)(void *, size_t, int, int, int, off64_t), size_t size, int prot,
		       int flags)
{
	int fault = inject_begin(INJECT_MMAP);
	size_t page = (size_t)sysconf(_SC_PAGESIZE), pages = (size + page - 1) / page * page;
	struct map *map = find_map(NULL);

	inject_end(fault);
	if (fault != 0)
		return MAP_FAILED;

	map->mapped_size = pages + page;
	map->mapped = real(NULL, map->mapped_size, prot, flags, -1, 0);
	if (map->mapped == MAP_FAILED)
		return MAP_FAILED;
	assert_int_equal(mprotect((char *)map->mapped + pages, page, PROT_NONE), 0);
	map->memory = (char *)map->mapped + (pages - (size + 15) / 16 * 16);
	map->size = size;
	inject_end(0);
	return map->memory;
}

static void *mmap_as_64(void *at, size_t size, int prot, int flags, int fd, off64_t offset)
{
	return __real_mmap(at, size, prot, flags, fd, (off_t)offset);
}

void *__wrap_mmap(void *at, size_t size, int prot, int flags, int fd, off_t offset)
{
	assert_true(!at && fd == -1 && offset == 0);
	return wrap_mmap(mmap_as_64, size, prot, flags);
}

void *__wrap_mmap64(void *at, size_t size, int prot, int flags, int fd, off64_t offset)
{
	assert_true(!at && fd == -1 && offset == 0);
	return wrap_mmap(__real_mmap64, size, prot, flags);
}

int __wrap_munmap(void *memory, size_t size)
{
	int fault = inject_begin(INJECT_MUNMAP);
	struct map *map = find_map(memory);

	assert_non_null(memory);
	assert_int_equal(size, map->size);
	map->memory = NULL;
	assert_int_equal(__real_munmap(map->mapped, map->mapped_size), 0);
	inject_end(fault);
	return fault == 0 ? 0 : -1;
}
