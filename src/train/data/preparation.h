/* SPDX-License-Identifier: MIT */
/* How the pairs of a training are made (src/text/pair_maker.h), and which of them are varied on
 * purpose. Every draw is a function of the seed and the line alone. */
#ifndef TJ_TRAIN_DATA_PREPARATION_H
#define TJ_TRAIN_DATA_PREPARATION_H

#include <stdint.h>

#include "src/text/pair_maker.h"

struct tj_preparation { /* all zero: texts stay as they are */
	struct tj_pair_rules rules;
	const char *source_language, *target_language; /* NULL: unknown */
	/* Shares of the pairs, 0 to 1: */
	double raw_spans;    /* spans stay although the rules have placeables */
	double letter_cases; /* capitals, lower case, title case, a third each */
	double no_marks;     /* no final mark */
	double copies;       /* the target is there once more, as a source of itself */
	uint64_t seed;       /* of the draws; another one in each epoch */
};

/* Whether anything is done to a pair, so that a maker is needed. */
int tj_preparation_is_needed(const struct tj_preparation *p);

/* Whether a pair may differ from epoch to epoch. */
int tj_preparation_varies(const struct tj_preparation *p);

/* The same without what is done on purpose: for a dev set. */
struct tj_preparation tj_preparation_without_variation(const struct tj_preparation *p);

struct tj_pair_variation tj_draw_variation(const struct tj_preparation *p, size_t line);
int tj_draw_copy(const struct tj_preparation *p, size_t line);

#endif
