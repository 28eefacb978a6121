/* SPDX-License-Identifier: MIT */
/* Prints scores of pairs: alone, before the rows of a table, or as an n-best list, best first. */
#ifndef TJ_API_PAIR_SCORES_H
#define TJ_API_PAIR_SCORES_H

#include "src/api/options.h"
#include "src/decode/chunk.h"

/* The score of a line of a chunk that is scored, as the options want it. */
double tj_pair_score(const trujaman_options *o, const struct tj_chunk_line *line);

/* Appends to c->out what is printed for its lines, and sets where each ends. Returns 0 if memory is
 * short. */
int tj_print_pairs(struct tj_chunk *c, const trujaman_options *o, enum trujaman_pairs_kind kind);

#endif
