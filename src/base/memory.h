/* SPDX-License-Identifier: MIT */
/* Aligned allocation and growing arrays, with sizes checked for overflow. */
#ifndef TJ_BASE_MEMORY_H
#define TJ_BASE_MEMORY_H

#include <stddef.h>

/* n * size zeroed bytes, 64-byte aligned; NULL when there is no memory or the
 * product overflows. n * size == 0 gives a pointer that may be freed. What is
 * large takes real memory only as it is touched. Release with tj_free. */
void *tj_alloc(size_t n, size_t size);

/* The same for what will be filled and then read from end to end again and again:
 * from 2 MiB on it is aligned to that, and huge pages are asked for. */
void *tj_alloc_table(size_t n, size_t size);

void tj_free(void *p);

/* Fresh zeroed pages from the system, for a table as above: they take memory as they are
 * touched, on the NUMA node of the thread that first does, which memory that malloc has had
 * before does not. n_bytes is at least 1. NULL when there is no memory; release with
 * tj_free_pages and the same n_bytes. */
void *tj_alloc_pages(size_t n_bytes);
void tj_free_pages(void *p, size_t n_bytes);

/* Make room for at least `need` elements of `size` bytes in *array, which has
 * *capacity; grows by half at least, keeps the contents. *array is malloc's
 * (free it with free). 0 when there is no memory: nothing has changed then. */
int tj_reserve(void *array, size_t *capacity, size_t need, size_t size);

/* n rounded up to a multiple of `step`, a power of two. */
static inline size_t tj_round_up(size_t n, size_t step)
{
	return (n + step - 1) & ~(step - 1);
}

#endif
