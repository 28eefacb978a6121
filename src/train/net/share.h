/* SPDX-License-Identifier: MIT */
/* Distribution of work among threads, and an arena for the arrays of one update. */
#ifndef TJ_TRAIN_NET_SHARE_H
#define TJ_TRAIN_NET_SHARE_H

#include <stddef.h>

/* Calls work(context, item, thread) once for every item below n_items, on up to n_threads
 * threads, in any order; thread < n_threads. Returns when all items are done. The result of
 * an item must not depend on the thread that runs it. Always call it from the same thread of
 * the process (OpenMP). */
typedef void tj_work(void *context, size_t item, size_t thread);
void tj_share(size_t n_threads, size_t n_items, tj_work *work, void *context);

/* An arena: floats that live until the next tj_arena_reset. Zero it before first use. New
 * floats are not initialised. */
struct tj_arena {
	struct tj_arena_block *blocks;
	size_t used, peak; /* floats in use now, and the maximum since the last reset */
	int failed;        /* an allocation failed: all later ones return NULL too */
};

/* Returns n floats, rounded up to 16, 64-byte aligned; NULL, and sets a->failed, if there is
 * no RAM. */
float *tj_arena_floats(struct tj_arena *a, size_t n);
/* Returns n pointers to floats in the same way. */
const float **tj_arena_pointers(struct tj_arena *a, size_t n);

/* Releases what was allocated since the mark. Does nothing if a new block was added in
 * between. */
struct tj_arena_mark {
	struct tj_arena_block *block;
	size_t used;
};
struct tj_arena_mark tj_arena_mark(const struct tj_arena *a);
void tj_arena_release(struct tj_arena *a, struct tj_arena_mark mark);

void tj_arena_reset(struct tj_arena *a);
void tj_arena_free(struct tj_arena *a);

#endif
