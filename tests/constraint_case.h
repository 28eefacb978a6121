/* SPDX-License-Identifier: MIT */
/* A small vocabulary for tests of constraints, and a second opinion on what may be written: regular
 * expressions over the whole text, instead of an automaton over pieces. */
#ifndef TJ_TESTS_CONSTRAINT_CASE_H
#define TJ_TESTS_CONSTRAINT_CASE_H

#include <regex.h>

#include "src/decode/constraint_model.h"

enum {
	CASE_UNK,
	CASE_BOS,
	CASE_EOS,
	CASE_FIRST,          /* the first piece of text */
	CASE_O = CASE_FIRST, /* "▁o" */
	CASE_B,              /* "b" */
	CASE_CAPITAL,        /* "B" */
	CASE_X,              /* "▁x" */
	CASE_SPACE,          /* "▁" */
	CASE_1,              /* "1" */
	CASE_23,             /* "23" */
	CASE_4,              /* "▁4" */
	CASE_STOP,           /* "." */
	CASE_COMMA,          /* "," */
	CASE_DASH,           /* "-" */
	CASE_OPEN,           /* "▁(" */
	CASE_CLOSE,          /* ")" */
	CASE_COLON,          /* ":" */
	CASE_AND,            /* "&" */
	CASE_ELLIPSIS,       /* "…" */
	CASE_PLACEABLE_0,    /* U+F0000 */
	CASE_PLACEABLE_1,    /* U+F0001 */
	CASE_BYTES,          /* 256 of them */
	CASE_PIECES = CASE_BYTES + 256,
	CASE_ROW = (CASE_PIECES + 15) / 16 * 16, /* floats of a row of logits */
	CASE_LONGEST = 64                        /* pieces */
};

struct constraint_case {
	struct tj_constraint_model *model;
	regex_t forbidden, forbidden_bare; /* with the guard, and without it */
};

void constraint_case_open(struct constraint_case *k);
void constraint_case_close(struct constraint_case *k);

/* Whether the n pieces `ids` may be the beginning of a translation of at most `limit` pieces, or,
 * if `ends`, a whole one, apart from what placeables are left. `min` pieces are wanted. */
int constraint_case_allows(const struct constraint_case *k, const struct tj_constraint *c,
                           const int32_t *ids, size_t n, size_t limit, int ends);

/* How many placeables are left behind the pieces; negative: too many were used. */
int constraint_case_left(const struct tj_constraint *c, const int32_t *ids, size_t n);

/* The pieces that may follow n pieces, as the bits of *allowed, [CASE_PIECES]: where the constraint
 * leaves nothing, what src/decode/constraint.h says. Not known, and 0 is returned, where a forced
 * placeable would break the guard. */
int constraint_case_next(const struct constraint_case *k, const struct tj_constraint *c,
                         const int32_t *ids, size_t n, size_t limit, const float *logits,
                         char *allowed);

#endif
