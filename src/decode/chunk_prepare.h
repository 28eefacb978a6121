/* SPDX-License-Identifier: MIT */
/* Prepares a chunk for the engine: splits its lines into parts and encodes those as piece ids. */
#ifndef TJ_DECODE_CHUNK_PREPARE_H
#define TJ_DECODE_CHUNK_PREPARE_H

#include "src/decode/chunk.h"

/* Split into parts and tokenise. `sentences` was opened for l->sentences;
 * scoring does not use it. */
trujaman_status tj_chunk_prepare(struct tj_chunk *c, const struct tj_language *l,
                                 struct tj_sentences *sentences, struct tj_error *err);

#endif
