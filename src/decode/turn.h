/* SPDX-License-Identifier: MIT */
/* Turns a text into a sentence of the kind that networks are trained on, and the translation back:
 * sentences in capitals, in lower case or in title case, and fragments of sentences. Spans must be
 * hidden behind placeables. */
#ifndef TJ_DECODE_TURN_H
#define TJ_DECODE_TURN_H

#include "src/decode/language.h"
#include "src/text/letter_case.h"
#include "src/text/mapped.h"

struct tj_turn {
	struct tj_case letter_case;
	int is_fragment; /* a stretch between spans */
	int is_small;    /* of a fragment: it begins with a small letter */
	int is_marked;   /* of a fragment: a full stop or the like ends it */
};

/* Appends the text, as a sentence, to *m, which maps to it. `fragment`: the text is a stretch of a
 * sentence. *turn says what was done. */
trujaman_status tj_turn_to_sentence(const struct tj_language *l, int fragment, const char *text,
                                    size_t n, struct tj_turn *turn, struct tj_mapped *m,
                                    struct tj_error *err);

/* Appends the translation of such a sentence, turned back, to *out. A fragment's gets neither a
 * capital nor a full stop that the fragment does not have. */
trujaman_status tj_turn_back(const struct tj_language *l, const struct tj_turn *turn,
                             const char *translated, size_t n, struct tj_string *out,
                             struct tj_error *err);

/* Whether turning back leaves every translation as it is. */
int tj_turns_nothing(const struct tj_turn *turn);

#endif
