/* SPDX-License-Identifier: MIT */
/* What the SentencePiece library takes on trust in a model. It parses the
 * protobuf safely, but follows the compiled normalisation table without looking
 * at its bounds, so that one flipped bit there reads anywhere in memory; and it
 * ends the process over some pieces. */
#ifndef TJ_TEXT_PIECES_CHECK_H
#define TJ_TEXT_PIECES_CHECK_H

#include <stddef.h>

#include "src/base/status.h"

/* Check a serialized SentencePiece model of n bytes before the library sees it:
 * protobuf structure; pieces that are not empty, valid UTF-8 and without NUL;
 * normalisation tables that stay within themselves. `name` is for messages. */
trujaman_status tj_pieces_check(const void *model, size_t n_bytes, const char *name,
                                struct tj_error *err);

#endif
