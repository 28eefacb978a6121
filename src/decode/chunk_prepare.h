/* SPDX-License-Identifier: MIT */
/* Prepares a chunk for the engine: splits its lines into parts and encodes those as piece ids. */
#ifndef TJ_DECODE_CHUNK_PREPARE_H
#define TJ_DECODE_CHUNK_PREPARE_H

#include "src/decode/chunk.h"
#include "src/decode/tools.h"

/* Split into parts and tokenise. `tools` was opened for `l`. */
trujaman_status tj_chunk_prepare(struct tj_chunk *c, const struct tj_language *l,
                                 struct tj_tools *tools, struct tj_error *err);

#endif
