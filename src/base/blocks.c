/* SPDX-License-Identifier: MIT */
/* A list of blocks, of which the newest is being filled. */
#include "src/base/blocks.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 8192 };

struct tj_block {
	struct tj_block *older;
	size_t n, capacity; /* bytes used, bytes there */
	alignas(max_align_t) unsigned char bytes[];
};

static struct tj_block *new_block(struct tj_blocks *a, size_t need)
{
	size_t capacity = need > BLOCK_BYTES ? need : BLOCK_BYTES;
	if (capacity > SIZE_MAX - sizeof(struct tj_block))
		return NULL;
	struct tj_block *b = calloc(1, sizeof *b + capacity);
	if (b == NULL)
		return NULL;
	b->capacity = capacity;
	b->older = a->newest;
	a->newest = b;
	return b;
}

void *tj_blocks_take(struct tj_blocks *a, size_t n)
{
	enum { ALIGNMENT = alignof(max_align_t) };
	struct tj_block *b = a->newest;
	if (n > SIZE_MAX - ALIGNMENT)
		return NULL;
	n = (n + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (b == NULL || b->capacity - b->n < n)
		b = new_block(a, n);
	if (b == NULL)
		return NULL;
	void *taken = b->bytes + b->n;
	b->n += n;
	return taken;
}

char *tj_blocks_copy(struct tj_blocks *a, const void *bytes, size_t n)
{
	char *copy = tj_blocks_take(a, n > 0 ? n : 1);
	if (copy != NULL && n > 0)
		memcpy(copy, bytes, n);
	return copy;
}

void tj_blocks_release(struct tj_blocks *a)
{
	for (struct tj_block *b = a->newest, *older; b != NULL; b = older) {
		older = b->older;
		free(b);
	}
	a->newest = NULL;
}
