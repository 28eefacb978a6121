/* SPDX-License-Identifier: MIT */
/* What the network looked at while it wrote a translation, and how probable it found each piece.
 * The search keeps the former (attended.h). Where it did not, or the latter is asked for, too, the
 * network reads the translation again, as when it scores one, and comes to the same shares. */
#ifndef TJ_DECODE_TRACE_H
#define TJ_DECODE_TRACE_H

#include "src/decode/chunk.h"
#include "src/decode/engine.h"

struct tj_trace { /* in the blocks of the chunk, with all that it points to */
	struct tj_part *part;
	size_t n, n_source; /* target pieces without `</s>`; source pieces, `</s>` counted if the
	                       model has it */
	int32_t *ids;       /* [n] */
	float *shares;      /* [n + 1][n_source]: attention weights of each step, `</s>` last */
	double *scores;     /* [n + 1]: natural log-probabilities of each piece; 0 where nobody
	                       asks for them */
	int is_filled;      /* nothing is left to be asked of the network */
};

/* Sets *trace to one with room for the n target pieces `ids` of a part, which are copied; to NULL
 * if the pieces of both sides are so many that their table would take more than 16 MiB. */
trujaman_status tj_trace_make(struct tj_part *part, const int32_t *ids, size_t n,
                              const struct tj_language *l, struct tj_trace **trace,
                              struct tj_error *err);

/* Fills a trace from the search that found its pieces as its hypothesis i, if that has kept all
 * that is asked for. */
void tj_trace_fill(struct tj_trace *t, const struct tj_result *result, size_t i,
                   const struct tj_language *l);

/* Queues those traces of the hypotheses of a part that are not filled. The chunk stays open until
 * they are. */
trujaman_status tj_trace_queue(struct tj_part *part, struct tj_error *err);

/* The request that fills trace number i of a chunk; its tag is that of a trace. */
struct tj_request tj_trace_request(const struct tj_chunk *c, const struct tj_language *l, size_t i);

/* The trace that a tag names; NULL: it names a part. */
struct tj_trace *tj_trace_of_tag(uint64_t tag);

#endif
