/* SPDX-License-Identifier: MIT */
/* Joins the parts of lines that are done to translations of the lines, and sees to it that each of
 * them holds the promise: the spans that must not change stand in it as in the source. */
#ifndef TJ_DECODE_LINE_JOIN_H
#define TJ_DECODE_LINE_JOIN_H

#include "src/decode/chunk.h"
#include "src/decode/tools.h"

/* Sets the translations of all lines of a chunk whose parts are all done: up to n_best of each
 * line, best first, at least one. */
trujaman_status tj_chunk_join_lines(struct tj_chunk *c, const struct tj_language *l,
                                    struct tj_tools *tools, struct tj_error *err);

#endif
