/* SPDX-License-Identifier: MIT */
/* Makes the parts of a line from its plan: gives sentences and stretches of them to the network in
 * one of several ways. */
#ifndef TJ_DECODE_EMIT_H
#define TJ_DECODE_EMIT_H

#include "src/decode/chunk.h"
#include "src/decode/line_plan.h"

/* Where parts are added: `done` bytes of the line are in its parts already. */
struct tj_emitter {
	struct tj_chunk *chunk;
	struct tj_chunk_line *line;
	struct tj_plan *plan;
	const struct tj_language *language;
	struct tj_tools *tools;
	struct tj_part *after; /* parts follow this one; NULL: none is before them */
	const char *prefix;    /* [n_prefix]: the first part's translation begins with it */
	size_t n_prefix;       /* 0: there is none */
	size_t done;
	int exact; /* readings are exact (struct tj_reading) */
};

/* Adds the parts of the bytes [first, end) of plan->normal, in which no span lies partly, read in
 * one way; with TJ_WAY_BETWEEN, of the stretches between its spans. A stretch without a letter has
 * no part. RAW becomes BETWEEN if a span would have to be cut. */
trujaman_status tj_emit(struct tj_emitter *e, size_t first, size_t end, enum tj_way way,
                        struct tj_error *err);

/* Sets the constraint of a fragment. */
trujaman_status tj_fragment_constrain(struct tj_fragment *f, const struct tj_language *l,
                                      struct tj_tools *tools, struct tj_error *err);

/* Adds a part that copies the line up to byte `end`, if that is behind `done`. */
trujaman_status tj_emit_copy(struct tj_emitter *e, size_t end, struct tj_error *err);

/* Whether the source vocabulary has all characters of the spans in [first, end) of plan->normal. */
int tj_readable(const struct tj_plan *p, const struct tj_language *l, size_t first, size_t end);

#endif
