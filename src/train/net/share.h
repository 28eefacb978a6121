/* SPDX-License-Identifier: MIT */
/* Work shared out among threads, and memory for one update. */
#ifndef TJ_TRAIN_NET_SHARE_H
#define TJ_TRAIN_NET_SHARE_H

#include <stddef.h>

/* Call work(context, item, thread) once for every item below n_items, on up to n_threads
 * threads, in any order; thread < n_threads. Returns when all are done. What an item
 * computes must not depend on which thread took it. Always called from the same thread
 * of the process (OpenMP). */
typedef void tj_work(void *context, size_t item, size_t thread);
void tj_share(size_t n_threads, size_t n_items, tj_work *work, void *context);

/* Floats that live until the next tj_arena_reset. Zero it before first use. What is
 * given out holds whatever was there before. */
struct tj_arena {
	struct tj_arena_block *blocks;
	size_t used, peak; /* floats given out now, and at most since the last reset */
	int failed;        /* once memory was refused: all later ones are NULL too */
};

/* n floats rounded up to 16, 64-byte aligned; NULL, and a->failed, without memory. */
float *tj_arena_floats(struct tj_arena *a, size_t n);
/* n pointers to floats, likewise. */
const float **tj_arena_pointers(struct tj_arena *a, size_t n);

/* Give back what was taken since the mark; harmless where other blocks came between. */
struct tj_arena_mark {
	struct tj_arena_block *block;
	size_t used;
};
struct tj_arena_mark tj_arena_mark(const struct tj_arena *a);
void tj_arena_release(struct tj_arena *a, struct tj_arena_mark mark);

void tj_arena_reset(struct tj_arena *a);
void tj_arena_free(struct tj_arena *a);

#endif
