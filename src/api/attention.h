/* SPDX-License-Identifier: MIT */
/* What trujaman_attention tells of a translation, made from the traces and the alignment of a
 * chunk. */
#ifndef TJ_API_ATTENTION_H
#define TJ_API_ATTENTION_H

#include "src/api/translator.h"
#include "src/decode/alignment.h"

/* Tells of a translation of a line, or with NULL of the scored target, in *attention, which lies in
 * `to` with all that it points to. Any thread. *attention becomes NULL if the options of `t` do not
 * ask for it. */
trujaman_status tj_make_attention(const trujaman_translator *t, struct tj_chunk *c,
                                  const struct tj_chunk_line *line, const struct tj_joined *joined,
                                  struct tj_blocks *to, const trujaman_attention **attention,
                                  struct tj_error *err);

/* For a stream: tells of all translations of all lines of a chunk, in the chunk, if somebody is to
 * be told. Any worker. Does nothing if *err has an error. */
trujaman_status tj_make_attentions(const trujaman_translator *t, struct tj_chunk *c,
                                   struct tj_error *err);

/* Calls options.attend for each of them. Chunks must come in their order. */
trujaman_status tj_tell_attentions(const trujaman_translator *t, const struct tj_chunk *c,
                                   struct tj_error *err);

#endif
