/* SPDX-License-Identifier: MIT */
#include "src/base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { CACHE_LINE = 64, HUGE_PAGE = 2 << 20 };

void *tj_alloc(size_t n, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(n, size, &bytes) || bytes > SIZE_MAX - HUGE_PAGE)
		return NULL;
	if (bytes == 0)
		bytes = 1;
	size_t alignment = bytes >= HUGE_PAGE ? HUGE_PAGE : CACHE_LINE;
	bytes = tj_round_up(bytes, CACHE_LINE);
	void *p = aligned_alloc(alignment, tj_round_up(bytes, alignment));
	if (p == NULL)
		return NULL;
#ifdef MADV_HUGEPAGE
	/* Packed weights are read from end to end at every step: fewer, larger
	 * pages spare TLB misses. It is advice; a refusal costs nothing. */
	if (alignment == HUGE_PAGE)
		(void)madvise(p, bytes & ~((size_t)HUGE_PAGE - 1), MADV_HUGEPAGE);
#endif
	return memset(p, 0, bytes);
}

void tj_free(void *p)
{
	free(p);
}

int tj_reserve(void *array, size_t *capacity, size_t need, size_t size)
{
	if (need <= *capacity)
		return 1;
	size_t grown = *capacity + *capacity / 2, bytes;
	if (grown < need)
		grown = need;
	if (__builtin_mul_overflow(grown, size, &bytes))
		return 0;
	void *old;
	memcpy(&old, array, sizeof old);
	void *p = realloc(old, bytes);
	if (p == NULL)
		return 0;
	memcpy(array, &p, sizeof p);
	*capacity = grown;
	return 1;
}
