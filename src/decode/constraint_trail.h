/* SPDX-License-Identifier: MIT */
/* What a constraint knows about the live hypotheses of a sentence: which placeables are left to
 * each, what it wrote last, which pieces in a row it has written, and what its attention covered.
 * Hypothesis i is live[i] of the search. */
#ifndef TJ_DECODE_CONSTRAINT_TRAIL_H
#define TJ_DECODE_CONSTRAINT_TRAIL_H

#include "src/decode/constraint_model.h"
#include "src/decode/constraint_prefix.h"
#include "src/decode/constraint_text.h"

struct tj_node {
	int32_t token, from; /* from: index of the parent in the previous step */
	int32_t looked;      /* the source's position that had most of the attention, from 0; only
	                        where the search keeps that */
};

/* Where the hypotheses of a search are: node [step][i] is the piece that hypothesis i of that step
 * ends with. */
struct tj_trellis {
	const struct tj_node *nodes; /* [n_steps][ld] */
	size_t ld, n_steps, limit;   /* limit: the most pieces */
};

struct tj_held; /* of one hypothesis */

struct tj_trail { /* zero it before first use */
	const struct tj_constraint_model *model;
	struct tj_constraint constraint; /* active: whether there is one */
	struct tj_prefix prefix;         /* its arrays are not owned */
	size_t beam, n_source, n_steps;
	struct tj_held *held, *next;   /* [beam] each, in one block that `block` owns */
	float *covered, *next_covered; /* [beam][n_source] each: sums of attention weights; NULL if
	                                  there is no coverage penalty */
	void *block;
	size_t block_capacity;
};

/* Begins with one empty hypothesis. `prefix` may be NULL; its arrays must outlive the search.
 * n_source: the source's positions. Returns 0 if memory is short. */
int tj_trail_begin(struct tj_trail *t, const struct tj_constraint_model *model,
                   const struct tj_constraint *c, const struct tj_prefix *prefix, size_t beam,
                   size_t n_source);

enum tj_verdict {
	TJ_FORBIDDEN,
	TJ_ALLOWED,
	TJ_TOO_EARLY /* it would end, but placeables are left */
};

/* Whether a piece may follow hypothesis i. */
enum tj_verdict tj_trail_judge(const struct tj_trail *t, const struct tj_trellis *trellis, size_t i,
                               int32_t token, int32_t eos);

/* The one piece that may follow all hypotheses; -1: there are several. */
int32_t tj_trail_prescribed(const struct tj_trail *t);

/* Whether hypothesis i has all of the prefix. */
int tj_trail_has_prefix(const struct tj_trail *t, size_t i);

/* How many of a placeable are left to hypothesis i. */
size_t tj_trail_left(const struct tj_trail *t, size_t i, size_t placeable);

/* How many placeables are left to hypothesis i, whichever they are. */
size_t tj_trail_all_left(const struct tj_trail *t, size_t i);

/* Whether hypothesis i ends within a character. */
int tj_trail_is_broken(const struct tj_trail *t, size_t i);

/* Hypothesis `to` of the next step is `from` and a piece. */
void tj_trail_extend(struct tj_trail *t, size_t to, size_t from, int32_t token);

/* Go on to the next step. */
void tj_trail_advance(struct tj_trail *t);

/* Whether hypothesis i has its prefix, all placeables, no broken character and no beginning of a
 * number. */
int tj_trail_is_complete(const struct tj_trail *t, size_t i);

/* Adds a step's attention weights [n_source] of hypothesis i, if there is a coverage penalty. */
void tj_trail_cover(struct tj_trail *t, size_t i, const float *shares);

/* The coverage penalty of hypothesis i, at most 0: beta times the sum over the source's positions
 * of log min(sum of its weights, 1). A sum counts as at least 2^-20, so that no position alone
 * outweighs everything. */
double tj_trail_penalty(const struct tj_trail *t, size_t i);

void tj_trail_release(struct tj_trail *t);

#endif
