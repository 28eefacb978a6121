/* SPDX-License-Identifier: MIT */
/* Gives the caller's options.explain what became of each line. */
#ifndef TJ_API_EXPLANATIONS_H
#define TJ_API_EXPLANATIONS_H

#include "src/api/translator.h"
#include "src/decode/chunk.h"

/* Explains the lines of a joined chunk, in the chunk, if the options of `t` ask for it. Any worker
 * may call this. Does nothing if *err has an error. */
trujaman_status tj_make_explanations(const trujaman_translator *t, struct tj_chunk *c,
                                     struct tj_error *err);

/* Calls options.explain for each line. Chunks must come in their order. */
trujaman_status tj_tell_explanations(const trujaman_translator *t, const struct tj_chunk *c,
                                     struct tj_error *err);

#endif
