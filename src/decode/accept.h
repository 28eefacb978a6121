/* SPDX-License-Identifier: MIT */
/* Turns what the network wrote for a part into text of its line, and judges it: only what holds the
 * promise is taken. A part without such a translation is split at its spans or copied. */
#ifndef TJ_DECODE_ACCEPT_H
#define TJ_DECODE_ACCEPT_H

#include "src/decode/emit.h"

/* Take up to n_best of the n texts that were found for a part that stands for a fragment; the part
 * is then done, though others behind it may not be. The texts pass to this function, also if it
 * fails. */
trujaman_status tj_accept(struct tj_part *part, struct tj_hypothesis *found, size_t n,
                          const struct tj_language *l, struct tj_tools *tools,
                          struct tj_error *err);

/* Let a part that is done be a copy of its source; `why` is kept. */
trujaman_status tj_part_copy(struct tj_part *part, enum tj_why why, struct tj_error *err);

#endif
