/* SPDX-License-Identifier: MIT */
/* Adds pieces to a SentencePiece model that exists: what its text did not have, and placeables. */
#ifndef TJ_TEXT_PIECES_EXTEND_H
#define TJ_TEXT_PIECES_EXTEND_H

#include <stddef.h>

#include "src/base/status.h"

/* Appends to a serialized model a piece for each of n_characters bytes of UTF-8 that has none, and
 * placeables until there are n_placeables (more stay). The pieces that it has keep their ids,
 * texts and scores. On success *extended has *n_extended bytes, is allocated with malloc (the
 * caller releases it with free) and passes tj_pieces_open. `name` is for messages. */
trujaman_status tj_pieces_extend(const void *model, size_t n_bytes, const char *name,
                                 const char *characters, size_t n_characters, size_t n_placeables,
                                 void **extended, size_t *n_extended, struct tj_error *err);

#endif
