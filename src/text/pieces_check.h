/* SPDX-License-Identifier: MIT */
/* Checks what the SentencePiece library does not check in a model. The library parses the protobuf
 * safely, but it follows the compiled normalisation table without bounds checks, so that one
 * flipped bit there can make it read anywhere in memory. It also ends the process on some
 * pieces. */
#ifndef TJ_TEXT_PIECES_CHECK_H
#define TJ_TEXT_PIECES_CHECK_H

#include <stddef.h>

#include "src/base/status.h"

/* Checks a serialized SentencePiece model of n_bytes before the library sees it: the protobuf has
 * a valid structure, the pieces are not empty and are valid UTF-8 without NUL, and the
 * normalisation tables do not point outside themselves. *n_placeables gets the number N of
 * user-defined symbols U+F0000 … U+F0000 + N - 1, at most 256. `name` is for messages. */
trujaman_status tj_pieces_check(const void *model, size_t n_bytes, const char *name,
                                size_t *n_placeables, struct tj_error *err);

#endif
