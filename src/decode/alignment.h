/* SPDX-License-Identifier: MIT */
/* Which words of a line the words of its translation come from, and how probable these are: what
 * traces know of pieces, told of the words of both texts as they were given and written. */
#ifndef TJ_DECODE_ALIGNMENT_H
#define TJ_DECODE_ALIGNMENT_H

#include <stdint.h>

#include "src/decode/chunk.h"

struct tj_link {
	uint32_t source, target; /* words, from 0, as ASCII white space separates them */
	float share;             /* of the target word's attention, 0 to 1; 1: it was copied */
};

struct tj_alignment {          /* in the blocks of the chunk */
	struct tj_link *links; /* [n_links], sorted by target, then by source */
	size_t n_links;
	double *scores; /* [n_target]: log-probability of each word of the translation, the
	                   sum of its pieces' ones; 0: it was copied */
	size_t n_source, n_target; /* words */
};

/* Aligns all translations of all lines of a chunk whose traces are filled. */
trujaman_status tj_chunk_align(struct tj_chunk *c, const struct tj_language *l,
                               struct tj_error *err);

#endif
