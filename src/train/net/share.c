/* SPDX-License-Identifier: MIT */
/* Distributes work among OpenMP threads, and implements the arena of an update. */
#include "src/train/net/share.h"

#include <omp.h>
#include <stdint.h>

#include "src/base/float_mode.h"
#include "src/base/memory.h"

void tj_share(size_t n_threads, size_t n_items, tj_work *work, void *context)
{
	if (n_threads <= 1 || n_items <= 1) {
		for (size_t i = 0; i < n_items; i++)
			work(context, i, 0);
		return;
	}
#pragma omp parallel num_threads((int)n_threads)
	{
		struct tj_float_mode mode; /* the thread may have been the calling program's */
		tj_float_enter(&mode);
#pragma omp for schedule(dynamic, 1)
		for (size_t i = 0; i < n_items; i++)
			work(context, i, (size_t)omp_get_thread_num());
		tj_float_leave(&mode);
	}
}

/* The newest block comes first; only that one has room left. */
struct tj_arena_block {
	struct tj_arena_block *next;
	float *floats;
	size_t n, used;
};

enum { LEAST_FLOATS = 1 << 20, FLOATS_A_POINTER = (int)(sizeof(void *) / sizeof(int32_t)) };

static struct tj_arena_block *add_block(struct tj_arena *a, size_t n)
{
	struct tj_arena_block *b = tj_alloc(1, sizeof *b);
	if (b == NULL)
		return NULL;
	b->n = n > LEAST_FLOATS ? n : LEAST_FLOATS;
	b->floats = tj_alloc_table(b->n, sizeof *b->floats);
	if (b->floats == NULL) {
		tj_free(b);
		return NULL;
	}
	b->next = a->blocks;
	a->blocks = b;
	return b;
}

float *tj_arena_floats(struct tj_arena *a, size_t n)
{
	if (a->failed || n > SIZE_MAX / 8) {
		a->failed = 1;
		return NULL;
	}
	n = tj_round_up(n, 16);
	struct tj_arena_block *b = a->blocks;
	if (b == NULL || b->n - b->used < n)
		b = add_block(a, n > a->used ? n : a->used); /* at least doubles the arena */
	if (b == NULL) {
		a->failed = 1;
		return NULL;
	}
	float *p = b->floats + b->used;
	b->used += n;
	a->used += n;
	a->peak = a->used > a->peak ? a->used : a->peak;
	return p;
}

const float **tj_arena_pointers(struct tj_arena *a, size_t n)
{
	size_t n_floats = n > SIZE_MAX / FLOATS_A_POINTER ? SIZE_MAX : n * FLOATS_A_POINTER;
	return (const float **)(void *)tj_arena_floats(a, n_floats);
}

struct tj_arena_mark tj_arena_mark(const struct tj_arena *a)
{
	return (struct tj_arena_mark){ a->blocks, a->blocks != NULL ? a->blocks->used : 0 };
}

void tj_arena_release(struct tj_arena *a, struct tj_arena_mark mark)
{
	if (mark.block == NULL || a->blocks != mark.block)
		return;
	a->used -= a->blocks->used - mark.used;
	a->blocks->used = mark.used;
}

/* Replaces several blocks by one of the size that was needed, so that the next update fits
 * in it. */
void tj_arena_reset(struct tj_arena *a)
{
	if (a->blocks != NULL && a->blocks->next != NULL) {
		size_t n = a->peak;
		tj_arena_free(a);
		if (add_block(a, n + n / 8) == NULL)
			a->failed = 0; /* a later request tries again and reports the failure */
	}
	if (a->blocks != NULL)
		a->blocks->used = 0;
	a->used = a->peak = 0;
	a->failed = 0;
}

void tj_arena_free(struct tj_arena *a)
{
	while (a->blocks != NULL) {
		struct tj_arena_block *b = a->blocks;
		a->blocks = b->next;
		tj_free(b->floats);
		tj_free(b);
	}
	a->used = a->peak = 0;
	a->failed = 0;
}
