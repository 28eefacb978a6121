/* SPDX-License-Identifier: MIT */
/* The parts of a chunk as requests to the engine or the cache, and what these answer. */
#ifndef TJ_DECODE_CHUNK_RESULT_H
#define TJ_DECODE_CHUNK_RESULT_H

#include "src/decode/chunk.h"

/* The engine's request for part i; its tag is the part's address. */
struct tj_request tj_chunk_request(struct tj_chunk *c, const struct tj_language *l, size_t i);

/* Look up part i in the cache. *known is set to 1 if it was found; the part is then done. */
trujaman_status tj_chunk_recall(struct tj_chunk *c, const struct tj_language *l, size_t i,
                                int *known, struct tj_error *err);

/* Store the engine's result for a part, also in the cache. Of the hypotheses the n_best best are
 * kept whose texts differ. A text that is empty (or white space) is kept only if no other was
 * found, or if n_best is 1: then the best is kept whatever it is. `scratch` belongs to the caller.
 */
trujaman_status tj_chunk_result(const struct tj_result *result, const struct tj_language *l,
                                struct tj_ids *scratch, struct tj_error *err);

#endif
