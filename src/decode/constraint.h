/* SPDX-License-Identifier: MIT */
/* What the hypotheses of a sentence may write. The search asks a constraint which pieces may
 * follow a hypothesis; pieces that may not leave its list of candidates. Scores stay the model's
 * own log-probabilities.
 *
 *   placeables  Piece U+F0000 + k, which stands for a span of the source, may be used count[k]
 *               times, and a hypothesis may not end before all are used up. Where it would end,
 *               only those that are left may follow. No letter or digit may touch one.
 *   guard       A hypothesis writes nothing itself that the finder of spans (src/text/spans.h)
 *               would find: no run of three digits, no digits that touch signs, no "@", no
 * camelCase and so on. The guard is stricter than the finder, except where a span depends on whole
 * words ("5 km"). Byte pieces complete a valid character that has no piece itself but in its other
 * case. Numbers of one or two digits and signs such as "&" and "[" are written as often, or if, the
 * source has them. repeat      Of the pieces that a hypothesis has written, placeables left out, no
 * four in a row may occur more often than this.
 *
 *   suppress    A hypothesis has none of the unwanted words (src/text/unwanted.h), also if its last
 *               word ended where a piece ends: a longer word that begins with an unwanted one has
 *               to be written in other pieces.
 *   prefix      See constraint_prefix.h: what is prescribed there may be written whatever is said
 *               above.
 *
 * Where nothing is allowed, the placeables that are left may follow; where none is, `</s>`. */
#ifndef TJ_DECODE_CONSTRAINT_H
#define TJ_DECODE_CONSTRAINT_H

#include <stddef.h>
#include <stdint.h>

enum { TJ_CONSTRAINED_PLACEABLES = 64, TJ_MOST_SMALL = 32 };

/* The constraint of one sentence. It has no padding: two are equal if their bytes are. Zeros are no
 * constraint. */
struct tj_constraint {
	uint8_t active;       /* 0: nothing of this counts, and the search is that without it */
	uint8_t guard;        /* 1: as above */
	uint8_t repeat;       /* the most occurrences of four pieces; 0: no limit */
	uint8_t n_placeables; /* no placeable from this one on may be used */
	uint8_t count[TJ_CONSTRAINED_PLACEABLES]; /* how often each must be written */
	uint8_t small_only;     /* 1: the guard allows no numbers of digits but those of `small` */
	uint8_t n_small;        /* at most TJ_MOST_SMALL */
	uint8_t any_placeables; /* 1: pieces of placeables are pieces like any other */
	uint8_t suppress;       /* 1: no unwanted word of the model may be written */
	uint16_t small[TJ_MOST_SMALL]; /* value | digits << 8, each once per time in the source */
	uint32_t symbols;   /* bit k: the source has symbol k of tj_char_code outside its spans */
	int32_t min_length; /* fewest pieces before `</s>` */
	float coverage_penalty; /* beta of Wu et al. (2016), equation 14: ranks the ended
	                           hypotheses; 0: none */
};

/* Sets count, n_placeables, small, small_only and symbols to what n bytes of the text for the
 * network have. Returns 0, and leaves them alone, if one placeable occurs more than 255 times or
 * one is numbered TJ_CONSTRAINED_PLACEABLES or more. */
int tj_constraint_read(struct tj_constraint *c, const char *text, size_t n);

#endif
