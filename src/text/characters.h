/* SPDX-License-Identifier: MIT */
/* Which characters get a piece of their own in a new vocabulary. A character without a piece can
 * only be written byte by byte, which a network learns badly if it learns it at all. */
#ifndef TJ_TEXT_CHARACTERS_H
#define TJ_TEXT_CHARACTERS_H

#include "src/base/status.h"
#include "src/base/string.h"
#include "src/text/pieces_train.h"

struct tj_characters {
	double coverage;           /* of the text's own characters, as in tj_vocabulary_options */
	struct tj_string required; /* UTF-8, ends with a NUL that n does not count */
};

/* Appends to *s, which UTF-8 and no NUL ends, all characters that a vocabulary for European
 * languages should have whatever its text: printable ASCII, common signs, the letters of Latin-1
 * and Latin Extended-A. */
trujaman_status tj_characters_list(struct tj_string *s, struct tj_error *err);

/* Chooses for a text of `next` and a vocabulary that has room for `n_pieces` besides its special
 * ones. All characters of the text count, unless they would take more than half of the room: then
 * the commonest ones. Printable ASCII, common signs and the letters of Latin-1 and Latin Extended-A
 * follow, in this order, until a quarter of the room is taken. Release c->required.data with free,
 * also after a failure. */
trujaman_status tj_characters_choose(struct tj_characters *c, tj_next_text *next, void *context,
                                     size_t n_pieces, struct tj_error *err);

#endif
