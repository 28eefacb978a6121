/* SPDX-License-Identifier: MIT */
/* Which words of a line the words of its translation come from, and how probable these are: what
 * traces know of pieces, told of the words of both texts as they were given and written. */
#ifndef TJ_DECODE_ALIGNMENT_H
#define TJ_DECODE_ALIGNMENT_H

#include <stdint.h>

#include "src/decode/chunk.h"
#include "src/text/correspond.h"
#include "trujaman.h"

struct tj_link {
	uint32_t source, target; /* words, from 0, as ASCII white space separates them */
	float share;             /* of the target word's attention, 0 to 1; 1: it was copied */
};

/* A part that the network has read again, and where its pieces lie in the texts of the line. */
struct tj_aligned_part {
	const struct tj_trace *trace;
	const struct tj_range *source; /* [trace->part->n_ids]: bytes of the line's field */
	size_t source_end;             /* where the part ends in it */
	const struct tj_range *target; /* [trace->n]: bytes of the translation of the field */
	size_t target_end;
};

struct tj_alignment {          /* in the blocks of the chunk */
	struct tj_link *links; /* [n_links], sorted by target, then by source */
	size_t n_links;
	double *scores; /* [n_target]: log-probability of each word of the translation, the
	                   sum of its pieces' ones; 0: it was copied */
	size_t n_source, n_target;     /* words */
	struct tj_aligned_part *parts; /* [n_parts], in the order of the translation */
	size_t n_parts;
	const trujaman_attention *told; /* for the job; in the blocks */
};

/* Aligns all translations of all lines of a chunk whose traces are filled, or of the lines that
 * have names (names.h). */
trujaman_status tj_chunk_align(struct tj_chunk *c, const struct tj_language *l, int only_with_names,
                               struct tj_error *err);

#endif
