/* SPDX-License-Identifier: MIT */
/* The parts of a chunk as requests to the engine or the cache, and what these answer. */
#ifndef TJ_DECODE_CHUNK_RESULT_H
#define TJ_DECODE_CHUNK_RESULT_H

#include "src/decode/chunk.h"
#include "src/decode/engine.h"
#include "src/decode/tools.h"

/* The engine's request for part i; its tag is the part's address. */
struct tj_request tj_chunk_request(struct tj_chunk *c, const struct tj_language *l, size_t i);

/* Look up part i in the cache. *known is set to 1 if it was found; the part is then done, as by
 * tj_chunk_result. */
trujaman_status tj_chunk_recall(struct tj_chunk *c, const struct tj_language *l, size_t i,
                                struct tj_tools *tools, int *known, struct tj_error *err);

/* Store the engine's result for a part, also in the cache. The hypotheses whose texts differ count;
 * a text that is empty (or white space) counts only if no other was found, or if only one is
 * wanted: then the best is taken whatever it is. Of a part that stands for a fragment, those are
 * kept that hold the promise, and parts may be added to the chunk in its place (accept.h). */
trujaman_status tj_chunk_result(const struct tj_result *result, const struct tj_language *l,
                                struct tj_tools *tools, struct tj_error *err);

/* The chunk that a result belongs to. */
struct tj_chunk *tj_chunk_of_result(const struct tj_result *result);

#endif
