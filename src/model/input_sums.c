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
	size_t width, n_kept;         /* floats per piece; pieces that have entries */
	float *sums;                  /* [n_kept][width]; uses RAM only as it fills */
	_Atomic unsigned char *state; /* [n_kept]: UNKNOWN, CLAIMED or MADE */
	int is_shared;                /* sums and state belong to another table */
};

size_t tj_input_sums_entry(const struct tj_weights *weights)
{
	return weights->n_groups * TJ_GROUP * sizeof(float);
}

size_t tj_input_sums_bytes(const struct tj_input_sums *t)
{
	return t != NULL ? t->width * sizeof *t->sums : 0;
}

struct tj_input_sums *tj_input_sums_new(const struct tj_weights *weights,
                                        const struct tj_matrix *embedding, size_t n_kept,
                                        struct tj_error *err)
{
	struct tj_input_sums *t = calloc(1, sizeof *t);
	if (t == NULL) {
		tj_fail_memory(err, "a table of input sums", sizeof *t);
		return NULL;
	}
	tj_weights_split(weights, &t->embedded, &t->rest);
	t->embedding = embedding;
	t->width = weights->n_groups * TJ_GROUP;
	t->n_kept = n_kept < embedding->n_rows ? n_kept : embedding->n_rows;
	t->sums = tj_alloc(t->n_kept, t->width * sizeof *t->sums);
	t->state = calloc(t->n_kept, sizeof *t->state);
	if (t->sums == NULL || t->state == NULL) {
		tj_fail_memory(err, "a table of input sums",
		               t->n_kept * t->width * sizeof *t->sums);
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

/* out[i] = the sums of piece ids[i], of up to BLOCK pieces. */
static void compute(const struct tj_input_sums *t, const struct tj_kernels *kernels, size_t n,
                    const int32_t *ids, float *embedded, void *scratch, float *const *out)
{
	const float *rows[BLOCK];
	for (size_t i = 0; i < n; i++)
		rows[i] = tj_embedding_row(t->embedding, ids[i],
		                           embedded + i * t->embedding->n_columns);
	kernels->gemm(&(struct tj_gemm){ .n_rows = n,
	                                 .weights = &t->embedded,
	                                 .rows = { rows },
	                                 .out = out,
	                                 .scratch = scratch });
}

/* Whether this thread is the first to need the entry of a piece: then it has to compute it. */
static int claims(struct tj_input_sums *t, int32_t id)
{
	unsigned char state = UNKNOWN;
	return atomic_load_explicit(&t->state[id], memory_order_relaxed) == UNKNOWN &&
	       atomic_compare_exchange_strong_explicit(&t->state[id], &state, CLAIMED,
	                                               memory_order_relaxed, memory_order_relaxed);
}

/* Those of up to BLOCK pieces. A thread that claims a piece computes it before it waits for any
 * other piece. So no thread waits for long, and threads never wait for each other in a circle. */
static void find_block(struct tj_input_sums *t, const struct tj_kernels *kernels, size_t n,
                       const int32_t *ids, float *embedded, void *scratch, float *others,
                       const float **start)
{
	int32_t wanted[BLOCK];
	float *out[BLOCK];
	size_t n_wanted = 0;
	for (size_t i = 0; i < n; i++) {
		int is_kept = (size_t)ids[i] < t->n_kept;
		float *to = is_kept ? t->sums + (size_t)ids[i] * t->width : others + i * t->width;
		start[i] = to;
		if (is_kept && !claims(t, ids[i]))
			continue;
		out[n_wanted] = to;
		wanted[n_wanted++] = ids[i];
	}
	if (n_wanted > 0)
		compute(t, kernels, n_wanted, wanted, embedded, scratch, out);
	for (size_t i = 0; i < n_wanted; i++)
		if ((size_t)wanted[i] < t->n_kept)
			atomic_store_explicit(&t->state[wanted[i]], MADE, memory_order_release);
	for (size_t i = 0; i < n; i++)
		while ((size_t)ids[i] < t->n_kept &&
		       atomic_load_explicit(&t->state[ids[i]], memory_order_acquire) != MADE)
			sched_yield();
}

void tj_input_sums_find(struct tj_input_sums *t, const struct tj_kernels *kernels, size_t n,
                        const int32_t *ids, float *embedded, void *scratch, float *others,
                        const float **start)
{
	for (size_t i = 0; i < n; i += BLOCK)
		find_block(t, kernels, n - i < BLOCK ? n - i : BLOCK, ids + i, embedded, scratch,
		           others + i * t->width, start + i);
}
