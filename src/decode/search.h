/* SPDX-License-Identifier: MIT */
/* Beam search over one sentence: keeps the live and the ended hypotheses. Greedy search is a beam
 * of 1. */
#ifndef TJ_DECODE_SEARCH_H
#define TJ_DECODE_SEARCH_H

#include <stddef.h>
#include <stdint.h>

#include "simd/kernels.h"
#include "src/decode/constraint_trail.h"
#include "src/decode/sample.h"

enum { TJ_MAX_BEAM = 64 };

struct tj_search_options {
	size_t beam;           /* 1 to TJ_MAX_BEAM */
	size_t n_best;         /* 1 to beam */
	double length_penalty; /* at least 0 */
	double threshold; /* above 0: drop a hypothesis whose score is further below the best of
	                     its step than this (natural log); 0: the exact search */
	int need_scores;  /* 0: a beam of 1 may skip the log-softmax; scores are then 0 */
	int32_t eos, unk; /* target ids; unk is never chosen; -1: the vocabulary has none */
	int looks;        /* keep what attention looked at most: tj_search_look */
	struct tj_sampling sampling; /* on: the pieces of a beam of 1 are drawn */
	struct tj_sampler *sampler;  /* then: memory for it; not owned */
};

/* A live hypothesis. */
struct tj_live {
	double score;  /* sum of natural log-probabilities so far */
	int32_t token; /* its last piece */
	int32_t row;   /* its decoder row in the previous step; -1 before the first step */
};

/* A hypothesis that ended, with `</s>` or unfinished at the length limit. */
struct tj_ended {
	double score,
	    rank;        /* score: natural log-probability; rank: score / length^length_penalty */
	size_t n_pieces; /* without `</s>` */
	size_t at;       /* the last piece is trellis[n_pieces - 1][at] */
	size_t length;   /* n_pieces, plus 1 if it ended with `</s>` */
	double coverage; /* the coverage penalty, at most 0, which is not in the rank; ended
	                    hypotheses are sorted by their sum */
	int complete;    /* 1, unless a constraint wanted what it does not have: all placeables,
	                    and a whole character and number at its end */
};

struct tj_search {
	size_t n_live, n_ended, n_steps, limit; /* limit: the most pieces of a hypothesis */
	struct tj_live live[TJ_MAX_BEAM];
	struct tj_ended ended[TJ_MAX_BEAM]; /* best first after tj_search_rank */
	struct tj_node *trellis;            /* [limit][beam]; owned */
	size_t trellis_capacity;            /* in nodes */
	struct tj_trail trail;              /* of the constraint, if there is one */
	int32_t looked[TJ_MAX_BEAM];        /* of this step */
	uint64_t key;                       /* of the draws */
};

/* Begin with one empty hypothesis whose next input is `start`. Grows the trellis to limit * beam
 * nodes. Returns 0 if memory is short. Zero *s before its first use. */
int tj_search_begin(struct tj_search *s, const struct tj_search_options *o, size_t limit,
                    int32_t start);

/* Constrain a search that has just begun. `c` may be NULL and is copied; `model`, which lives as
 * long as the search, may be NULL where nothing is constrained; so may `prefix`, of which the
 * arrays must live as long. n_source: the source's positions. Returns 0 if memory is short. */
int tj_search_constrain(struct tj_search *s, const struct tj_search_options *o,
                        const struct tj_constraint_model *model, const struct tj_constraint *c,
                        const struct tj_prefix *prefix, size_t n_source);

/* Add the attention weights of this step, row i of [n_live][ld_shares] being those of live[i].
 * Call it before the search advances; it does nothing unless there is a coverage penalty. */
void tj_search_cover(struct tj_search *s, const float *shares, size_t ld_shares);

/* Note which of the first n_source positions, at least 1, has most of the attention weights of this
 * step, the first among equals; rows as above. Call it before the search advances; it does nothing
 * unless the options have `looks`. */
void tj_search_look(struct tj_search *s, const struct tj_search_options *o, const float *shares,
                    size_t ld_shares, size_t n_source);

/* Advance by one step. Row i of `logits`, [n_live][ld_logits], belongs to live[i] and is row
 * first_row + i of the decoder. Hypotheses of equal length compete for the beam places that ended
 * hypotheses do not occupy; with a threshold, those that fall behind are dropped (Freitag and
 * Al-Onaizan 2017), unless they are needed for the n_best or placeables have to be written. Returns
 * 1 when the search is over. */
int tj_search_advance(struct tj_search *s, const struct tj_search_options *o,
                      const struct tj_kernels *kernels, const float *logits, size_t ld_logits,
                      size_t first_row);

/* Advance a beam of 1 without scores, which needs only the best piece: one that
 * tj_search_accepts. */
int tj_search_advance_greedy(struct tj_search *s, const struct tj_search_options *o,
                             const struct tj_best *best, size_t first_row);

/* Whether the constraint, if there is one, allows what tj_search_advance_greedy is to take. */
int tj_search_accepts(const struct tj_search *s, const struct tj_search_options *o,
                      const struct tj_best *best);

/* Sort the ended hypotheses by rank and coverage penalty, best first, but complete ones before all
 * others; equal ones keep the order in which they ended. */
void tj_search_rank(struct tj_search *s);

/* Copy the n_pieces pieces of ended[i] to `ids`. */
void tj_search_pieces(const struct tj_search *s, const struct tj_search_options *o, size_t i,
                      int32_t *ids);

/* The same, and the position that was looked at for each piece; `looked` may be NULL. */
void tj_search_looked(const struct tj_search *s, const struct tj_search_options *o, size_t i,
                      int32_t *ids, int32_t *looked);

void tj_search_release(struct tj_search *s);

#endif
