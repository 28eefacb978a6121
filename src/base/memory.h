/* SPDX-License-Identifier: MIT */
/* Aligned allocation and growing arrays, with sizes checked for overflow. */
#ifndef TJ_BASE_MEMORY_H
#define TJ_BASE_MEMORY_H

#include <stddef.h>

/* Allocates n * size zeroed bytes, 64-byte aligned. Returns NULL if out of memory or if the
 * product overflows. n * size == 0 gives a pointer that may be freed. A large block takes
 * physical memory only when it is touched. Release with tj_free. */
void *tj_alloc(size_t n, size_t size);

/* The same for a table that is filled once and then read from end to end many times: a block of
 * 2 MiB or more is aligned to 2 MiB, and the system is asked for huge pages. */
void *tj_alloc_table(size_t n, size_t size);

void tj_free(void *p);

/* Maps fresh zeroed pages for a table as above. Each page is placed on the NUMA node of the thread
 * that first touches it; memory that malloc reuses stays where it is. n_bytes is at least 1.
 * Returns NULL if out of memory. Release with tj_free_pages and the same n_bytes. */
void *tj_alloc_pages(size_t n_bytes);
void tj_free_pages(void *p, size_t n_bytes);

/* Makes room for at least `need` elements of `size` bytes in *array, which now has room for
 * *capacity. The array grows by at least half and keeps its contents. `array` is the address of
 * the pointer; the pointer is allocated with malloc (release it with free). Returns 1, or 0 if out
 * of memory; nothing has changed then. */
int tj_reserve(void *array, size_t *capacity, size_t need, size_t size);

/* Stores a * b in *product. Returns 1, or 0 if that is too large. */
static inline int tj_multiply(size_t a, size_t b, size_t *product)
{
	return !__builtin_mul_overflow(a, b, product);
}

/* n rounded up to a multiple of `step`, a power of two. */
static inline size_t tj_round_up(size_t n, size_t step)
{
	return (n + step - 1) & ~(step - 1);
}

#endif
