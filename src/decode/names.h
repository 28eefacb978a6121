/* SPDX-License-Identifier: MIT */
/* Names that the network has not learnt come through as they stand in the source, where its
 * attention points at them. */
#ifndef TJ_DECODE_NAMES_H
#define TJ_DECODE_NAMES_H

#include "src/decode/chunk.h"
#include "src/decode/line_plan.h"
#include "src/decode/tools.h"

/* Finds the names of a plan's sentences. It does nothing if l->known_words is NULL. */
trujaman_status tj_plan_find_names(struct tj_plan *p, const struct tj_language *l,
                                   struct tj_tools *tools, struct tj_blocks *blocks,
                                   struct tj_error *err);

/* Whether the bytes [first, end) of the plan's source have a name. */
int tj_plan_has_name(const struct tj_plan *p, size_t first, size_t end);

/* Puts names into the translations of a chunk whose lines are joined and, where they have names,
 * aligned. A translation that would lose or gain a span stays as it is; one that becomes equal to a
 * better one of its line is left out. */
trujaman_status tj_chunk_copy_names(struct tj_chunk *c, const struct tj_language *l,
                                    struct tj_tools *tools, struct tj_error *err);

#endif
