/* SPDX-License-Identifier: MIT */
/* Aligned blocks from calloc, page-backed tables from mmap, and growing arrays from realloc. */
#include "src/base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { CACHE_LINE = 64, HUGE_PAGE = 2 << 20 };

/* Uses calloc, not aligned_alloc: calloc takes large blocks as pages that the system zeroes
 * on first touch. Buffers sized for the worst case therefore cost nothing until they are used,
 * and they lie on the NUMA node of the thread that uses them.
 * The pointer from calloc is stored just before the aligned block. */
static void *alloc_aligned(size_t bytes, size_t alignment)
{
	if (bytes > SIZE_MAX / 2)
		return NULL;
	char *p = calloc(1, bytes + alignment + sizeof(void *));
	if (p == NULL)
		return NULL;
	uintptr_t start = tj_round_up((uintptr_t)p + sizeof(void *), alignment);
	char *block = p + (start - (uintptr_t)p);
	memcpy(block - sizeof p, &p, sizeof p);
	return block;
}

/* Fewer, larger pages cause fewer TLB misses, and fewer page faults while they are filled. This is
 * only advice to the system; a refusal does no harm. The tail below one huge page is left out: it
 * would cost the zeroing of half a huge page. */
static void advise_huge_pages(char *block, size_t bytes)
{
#ifdef MADV_HUGEPAGE
	size_t whole = bytes & ~((size_t)HUGE_PAGE - 1);
	if (whole > 0)
		(void)madvise(block, whole, MADV_HUGEPAGE);
#else
	(void)block;
	(void)bytes;
#endif
}

void *tj_alloc(size_t n, size_t size)
{
	size_t bytes;
	return __builtin_mul_overflow(n, size, &bytes) ? NULL : alloc_aligned(bytes, CACHE_LINE);
}

void *tj_alloc_table(size_t n, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(n, size, &bytes))
		return NULL;
	if (bytes < HUGE_PAGE)
		return alloc_aligned(bytes, CACHE_LINE);
	char *block = alloc_aligned(bytes, HUGE_PAGE);
	if (block != NULL)
		advise_huge_pages(block, bytes);
	return block;
}

void *tj_alloc_pages(size_t n_bytes)
{
	if (n_bytes > SIZE_MAX / 2)
		return NULL;
	char *p = mmap(NULL, n_bytes + HUGE_PAGE, PROT_READ | PROT_WRITE,
	               MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return NULL;
	/* Unmap the part before the aligned start and the part after the end. */
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t before = tj_round_up((uintptr_t)p, HUGE_PAGE) - (uintptr_t)p;
	size_t end = tj_round_up(before + n_bytes, page);
	size_t mapped = tj_round_up(n_bytes + HUGE_PAGE, page);
	if (before > 0)
		(void)munmap(p, before);
	if (end < mapped)
		(void)munmap(p + end, mapped - end);
	advise_huge_pages(p + before, n_bytes);
	return p + before;
}

void tj_free_pages(void *p, size_t n_bytes)
{
	if (p != NULL)
		(void)munmap(p, n_bytes);
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
