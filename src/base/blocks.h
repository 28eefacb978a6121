/* SPDX-License-Identifier: MIT */
/* Many small blocks of memory that stay where they are and are released together. */
#ifndef TJ_BASE_BLOCKS_H
#define TJ_BASE_BLOCKS_H

#include <stddef.h>

struct tj_blocks { /* zero it before first use */
	struct tj_block *newest;
};

/* Returns n zeroed bytes, aligned for any type, valid until all are released; NULL if out of
 * memory. */
void *tj_blocks_take(struct tj_blocks *a, size_t n);

/* Returns a copy of n bytes. */
char *tj_blocks_copy(struct tj_blocks *a, const void *bytes, size_t n);

void tj_blocks_release(struct tj_blocks *a);

#endif
