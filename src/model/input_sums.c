/* SPDX-License-Identifier: MIT */
/* Tables of input sums: each thread computes the entries that it is first to claim. */
#include "src/model/input_sums.h"

#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "src/base/memory.h"
#include "src/model/embedding.h"

enum { UNKNOWN, CLAIMED, MADE, BLOCK = 64 };

struct tj_input_sums {
	struct tj_weights embedded, rest; /* two views of the layer's weights */
	const struct tj_matrix *embedding;
	size_t width;                 /* floats per piece */
	float *sums;                  /* [pieces][width]; uses RAM only as it fills */
	_Atomic unsigned char *state; /* [pieces]: UNKNOWN, CLAIMED or MADE */
	int is_shared;                /* sums and state belong to another table */
};

size_t tj_input_sums_bytes(const struct tj_weights *weights, const struct tj_matrix *embedding)
{
	size_t bytes;
	if (__builtin_mul_overflow(weights->n_groups * TJ_GROUP * sizeof(float), embedding->n_rows,
	                           &bytes))
		return SIZE_MAX;
	return bytes;
}

struct tj_input_sums *tj_input_sums_new(const struct tj_weights *weights,
                                        const struct tj_matrix *embedding, struct tj_error *err)
{
	struct tj_input_sums *t = calloc(1, sizeof *t);
	if (t == NULL) {
		tj_fail_memory(err, "a table of input sums", sizeof *t);
		return NULL;
	}
	tj_weights_split(weights, &t->embedded, &t->rest);
	t->embedding = embedding;
	t->width = weights->n_groups * TJ_GROUP;
	t->sums = tj_alloc(embedding->n_rows, t->width * sizeof *t->sums);
	t->state = calloc(embedding->n_rows, sizeof *t->state);
	if (t->sums == NULL || t->state == NULL) {
		tj_fail_memory(err, "a table of input sums",
		               tj_input_sums_bytes(weights, embedding));
		tj_input_sums_free(t);
		return NULL;
	}
	return t;
}

struct tj_input_sums *tj_input_sums_share(const struct tj_input_sums *t,
                                          const struct tj_weights *weights)
{
	struct tj_input_sums *shared = malloc(sizeof *shared);
	if (shared == NULL)
		return NULL;
	*shared = *t;
	shared->is_shared = 1;
	tj_weights_split(weights, &shared->embedded, &shared->rest);
	return shared;
}

void tj_input_sums_free(struct tj_input_sums *t)
{
	if (t == NULL)
		return;
	if (!t->is_shared) {
		tj_free(t->sums);
		free(t->state);
	}
	free(t);
}

const struct tj_weights *tj_input_sums_rest(const struct tj_input_sums *t)
{
	return &t->rest;
}

static void make(struct tj_input_sums *t, const struct tj_kernels *kernels, size_t n,
                 const int32_t *ids, float *embedded, void *scratch)
{
	const float *rows[BLOCK];
	float *out[BLOCK];
	for (size_t i = 0; i < n; i++) {
		rows[i] = tj_embedding_row(t->embedding, ids[i],
		                           embedded + i * t->embedding->n_columns);
		out[i] = t->sums + (size_t)ids[i] * t->width;
	}
	kernels->gemm(&(struct tj_gemm){ .n_rows = n,
	                                 .weights = &t->embedded,
	                                 .rows = { rows },
	                                 .out = out,
	                                 .scratch = scratch });
	for (size_t i = 0; i < n; i++)
		atomic_store_explicit(&t->state[ids[i]], MADE, memory_order_release);
}

/* A thread that claims a piece computes it before it waits for any other piece. So no thread
 * waits for long, and threads never wait for each other in a circle. */
void tj_input_sums_find(struct tj_input_sums *t, const struct tj_kernels *kernels, size_t n,
                        const int32_t *ids, float *embedded, void *scratch, const float **start)
{
	int32_t claimed[BLOCK];
	size_t n_claimed = 0;
	for (size_t i = 0; i < n; i++) {
		unsigned char state = UNKNOWN;
		start[i] = t->sums + (size_t)ids[i] * t->width;
		if (atomic_load_explicit(&t->state[ids[i]], memory_order_relaxed) != UNKNOWN ||
		    !atomic_compare_exchange_strong_explicit(&t->state[ids[i]], &state, CLAIMED,
		                                             memory_order_relaxed,
		                                             memory_order_relaxed))
			continue;
		claimed[n_claimed++] = ids[i];
		if (n_claimed == BLOCK) {
			make(t, kernels, n_claimed, claimed, embedded, scratch);
			n_claimed = 0;
		}
	}
	if (n_claimed > 0)
		make(t, kernels, n_claimed, claimed, embedded, scratch);
	for (size_t i = 0; i < n; i++)
		while (atomic_load_explicit(&t->state[ids[i]], memory_order_acquire) != MADE)
			sched_yield();
}
