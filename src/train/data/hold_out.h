/* SPDX-License-Identifier: MIT */
/* Holds out pairs of the training text as dev set. A model that has seen a sentence translates it
 * from memory, so no source of the dev set may stay in the training text. */
#ifndef TJ_TRAIN_DATA_HOLD_OUT_H
#define TJ_TRAIN_DATA_HOLD_OUT_H

#include <stdint.h>

#include "src/train/data/pair_text.h"

/* What a line of the training text is for. */
enum tj_line_use {
	TJ_LINE_TRAINS,  /* or cannot be used */
	TJ_LINE_JUDGES,  /* it is held out */
	TJ_LINE_IS_COPY, /* its source is that of a held-out line: it does neither */
};

struct tj_held_out {
	size_t n, n_copies;   /* lines that judge; lines that do neither */
	unsigned char *lines; /* [lines] of enum tj_line_use; NULL: nothing is held out */
};

/* Whether line i is a usable pair: both sides valid UTF-8 and not blank. */
int tj_is_usable_pair(const struct tj_pair_text *t, size_t i);

/* Holds out 1 in 100 of the n usable pairs, at most 1000 and at most 1 in 10 different sources;
 * none if there are fewer than 200 pairs. Sources that occur once are preferred, so that little
 * is lost to copies; the seed chooses among them. Lines with a tag are never held out. Two sources
 * are the same if their words are. Release h->lines with free, also after a failure. */
trujaman_status tj_hold_out(struct tj_held_out *h, const struct tj_pair_text *t, size_t n,
                            uint64_t seed, struct tj_error *err);

/* Counts the usable pairs of `dev` whose source is that of a usable pair of `t`. */
trujaman_status tj_count_shared(const struct tj_pair_text *dev, const struct tj_pair_text *t,
                                size_t *n_shared, struct tj_error *err);

#endif
