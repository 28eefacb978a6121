/* SPDX-License-Identifier: MIT */
/* An automaton that reads what a hypothesis writes, character by character, and refuses what would
 * make a span of it. It knows classes of characters (src/text/char_code.h) only. */
#ifndef TJ_DECODE_CONSTRAINT_GUARD_H
#define TJ_DECODE_CONSTRAINT_GUARD_H

#include "src/decode/constraint.h"

struct tj_guard {      /* zeros: at the beginning of a text */
	uint32_t used; /* bit i: number small[i] has been written */
	uint8_t last;  /* what the last character leaves behind: enum after in constraint_guard.c */
	uint8_t before;  /* the same of the one before it */
	uint8_t letters; /* of the word, at most 4; behind a full stop: of the word before it */
	uint8_t word;    /* what the word is like: enum word_trait in constraint_guard.c */
	uint8_t n_digits, value; /* of the number that is being written */
};

/* Reads one character. Returns 0 if it may not follow; *g is then undefined. */
int tj_guard_read(struct tj_guard *g, const struct tj_constraint *c, uint8_t code);

/* Whether the text may end here. */
int tj_guard_ends(const struct tj_guard *g, const struct tj_constraint *c);

/* Whether the number that is being written is only the beginning of one of the source's. */
int tj_guard_in_number(const struct tj_guard *g, const struct tj_constraint *c);

#endif
