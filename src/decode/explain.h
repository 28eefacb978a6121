/* SPDX-License-Identifier: MIT */
/* Tells what became of a line, and why, for people who wonder. */
#ifndef TJ_DECODE_EXPLAIN_H
#define TJ_DECODE_EXPLAIN_H

#include "src/decode/chunk.h"
#include "src/decode/line_plan.h"

/* Appends records of a line whose chunk has been joined, in the form that include/trujaman.h
 * describes (trujaman_explanation). The chunk was prepared with l->explain. */
trujaman_status tj_explain_line(const struct tj_chunk *c, const struct tj_chunk_line *line,
                                const struct tj_language *l, struct tj_string *out,
                                struct tj_error *err);

#endif
