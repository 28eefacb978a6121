/* SPDX-License-Identifier: MIT */
/* Scores the pairs of a chunk in the other direction, by another model: how probable the source is
 * as a translation of the target. */
#ifndef TJ_DECODE_REVERSE_H
#define TJ_DECODE_REVERSE_H

#include "src/decode/chunk.h"
#include "src/decode/engine.h"
#include "src/decode/tools.h"

/* Sets c->reverse, whose lines are those of c with source and target exchanged, and scores it: the
 * engine, tools and language are the other model's, and the engine has nothing else to do. After a
 * failure the engine may hold sentences, and must be freed. */
trujaman_status tj_chunk_reverse(struct tj_chunk *c, const struct tj_language *l,
                                 struct tj_tools *tools, struct tj_engine *engine,
                                 struct tj_error *err);

#endif
