/* SPDX-License-Identifier: MIT */
/* The k best translations of a line of several parts, from the lists of its parts. */
#ifndef TJ_DECODE_K_BEST_H
#define TJ_DECODE_K_BEST_H

#include "src/decode/chunk.h"

/* How a translation of the first p + 1 parts continues one of the first p parts. */
struct tj_choice {
	uint8_t from;       /* the translation of the first p parts, 0 being the best */
	uint8_t hypothesis; /* the hypothesis of part p */
};

/* The result of tj_k_best_find. Zero it before its first use; it can be used for one line after
 * the other. */
struct tj_k_best {
	const struct tj_chunk *chunk; /* not owned, and neither is the line */
	const struct tj_chunk_line *line;
	size_t k, n;                  /* n: how many translations there are, 1 to k */
	struct tj_choice *choices;    /* [n_parts][k] */
	uint8_t *picks;               /* [n_parts], of one translation */
	const struct tj_part **parts; /* [n_parts] of the line */
	size_t choices_capacity, picks_capacity, parts_capacity;
};

/* Find the k (1 to TJ_MAX_BEAM) best translations of a line, which all differ. All parts of the
 * line are done. A translation takes a hypothesis of each part; its score is the sum of theirs,
 * added from left to right. Of two with the same score the one comes first whose beginning,
 * without the last part, comes first; then the one whose last part does. Of the ways to compose
 * a text only the first counts. Returns 0 if memory is short. */
int tj_k_best_find(struct tj_k_best *b, const struct tj_chunk *c, const struct tj_chunk_line *line,
                   size_t k);

/* Append translation `rank`, less than n, to *out; see tj_chunk_join. */
int tj_k_best_join(struct tj_k_best *b, size_t rank, struct tj_string *out, double *score);

void tj_k_best_release(struct tj_k_best *b);

#endif
