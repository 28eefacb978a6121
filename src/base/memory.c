/* SPDX-License-Identifier: MIT */
#include "src/base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { CACHE_LINE = 64, HUGE_PAGE = 2 << 20 };

/* calloc and not aligned_alloc: large blocks come as pages that the system zeroes
 * when they are first touched, so buffers sized for the worst case cost nothing
 * until they are used, and lie on the memory node of the thread that uses them.
 * What calloc gave stands just before the aligned block. */
void *tj_alloc(size_t n, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(n, size, &bytes) || bytes > SIZE_MAX / 2)
		return NULL;
	size_t alignment = bytes >= HUGE_PAGE ? HUGE_PAGE : CACHE_LINE;
	char *p = calloc(1, bytes + alignment + sizeof(void *));
	if (p == NULL)
		return NULL;
	uintptr_t start = tj_round_up((uintptr_t)p + sizeof(void *), alignment);
	char *block = p + (start - (uintptr_t)p);
	memcpy(block - sizeof p, &p, sizeof p);
#ifdef MADV_HUGEPAGE
	/* Packed weights are read from end to end at every step: fewer, larger
	 * pages spare TLB misses. It is advice; a refusal costs nothing. */
	if (alignment == HUGE_PAGE)
		(void)madvise(block, bytes & ~((size_t)HUGE_PAGE - 1), MADV_HUGEPAGE);
#endif
	return block;
}

void tj_free(void *block)
{
	if (block == NULL)
		return;
	void *p;
	memcpy(&p, (char *)block - sizeof p, sizeof p);
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
