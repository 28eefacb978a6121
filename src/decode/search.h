/* SPDX-License-Identifier: MIT */
/* The search over one sentence: which hypotheses live, which have ended. Greedy
 * search is a beam of one. */
#ifndef TJ_DECODE_SEARCH_H
#define TJ_DECODE_SEARCH_H

#include <stddef.h>
#include <stdint.h>

#include "simd/kernels.h"

enum { TJ_MAX_BEAM = 64 };

struct tj_search_options {
	size_t beam;           /* 1 to TJ_MAX_BEAM */
	size_t n_best;         /* 1 to beam */
	double length_penalty; /* at least 0 */
	int need_scores;       /* 0: a beam of one may skip the log-softmax; scores are then 0 */
	int32_t eos, unk;      /* unk: never taken; -1: the vocabulary has none */
};

/* A hypothesis that still grows. */
struct tj_live {
	double score;  /* sum of natural log-probabilities so far */
	int32_t token; /* its last piece */
	int32_t row;   /* the row of the last step that it continues; -1 before the first */
};

/* One that has ended: in `</s>`, or unfinished at the length limit. */
struct tj_ended {
	double score, rank; /* rank = score / length^length_penalty */
	size_t n_pieces;    /* without `</s>` */
	size_t at;          /* its last piece is at trellis[n_pieces - 1][at] */
	size_t length;      /* with `</s>` */
};

struct tj_node {
	int32_t token, from; /* from: index in the step before */
};

struct tj_search {
	size_t n_live, n_ended, n_steps, limit; /* limit: pieces at most */
	struct tj_live live[TJ_MAX_BEAM];
	struct tj_ended ended[TJ_MAX_BEAM]; /* after tj_search_rank: best first */
	struct tj_node *trellis;            /* [step][beam] */
	size_t trellis_capacity;            /* nodes */
};

/* Begin with one empty hypothesis whose next input is `start`. The trellis is
 * grown to limit * beam nodes; 0 when there is no memory. */
int tj_search_begin(struct tj_search *s, const struct tj_search_options *o, size_t limit,
                    int32_t start);

/* One step on: row i of `logits` (first_row + i of the decoder) belongs to live[i].
 * Hypotheses compete at equal length for the places that ended ones have not
 * taken. Returns 1 when the search is over. */
int tj_search_advance(struct tj_search *s, const struct tj_search_options *o,
                      const struct tj_kernels *kernels, const float *logits, size_t ld_logits,
                      size_t first_row);

/* The same for a beam of one without scores, of which the best piece is all there is. */
int tj_search_advance_greedy(struct tj_search *s, const struct tj_search_options *o,
                             const struct tj_best *best, size_t first_row);

/* Sort what ended by rank, best first; among equals what ended first. */
void tj_search_rank(struct tj_search *s);

/* Copy the pieces of ended[i] (n_pieces of them) to `ids`. */
void tj_search_pieces(const struct tj_search *s, const struct tj_search_options *o, size_t i,
                      int32_t *ids);

void tj_search_release(struct tj_search *s);

#endif
