/* SPDX-License-Identifier: MIT */
/* Keeps the best models of the validations, whose mean may be better than each of them. */
#ifndef TJ_TRAIN_SNAPSHOTS_H
#define TJ_TRAIN_SNAPSHOTS_H

#include <stdint.h>

#include "src/base/status.h"

struct tj_score {
	uint64_t update;        /* update count of the weights; 0: no weights yet */
	int validated;          /* 0: no dev set, so the latest weights are the best */
	double nll, bleu, chrf; /* means over the dev sets; chrf < 0: unknown */
};

/* Whether the weights of `a`, which come later, are better than those of `b`. */
int tj_score_is_better(const struct tj_score *a, const struct tj_score *b);

struct tj_snapshots { /* all zero: none are kept */
	size_t capacity, n, n_floats;
	float *values;           /* [capacity][n_floats] */
	struct tj_score *scores; /* [capacity] */
};

/* Release with tj_snapshots_free, also after a failure. */
trujaman_status tj_snapshots_open(struct tj_snapshots *s, size_t capacity, size_t n_floats,
                                  struct tj_error *err);
void tj_snapshots_free(struct tj_snapshots *s);

/* Adds weights that come later than all others. If there is no room, they replace the worst ones,
 * or are left out if no others are worse. */
void tj_snapshots_add(struct tj_snapshots *s, const struct tj_score *score, const float *values);

/* Writes the mean of the n > 0 snapshots to mean[n_floats]. Their order, which decides on the last
 * bit, follows from their scores, and a checkpoint keeps it. */
void tj_snapshots_mean(const struct tj_snapshots *s, float *mean);

/* Prints their updates and scores, "UPDATE VALIDATED NLL BLEU CHRF" of each. Allocated with malloc;
 * NULL if out of memory. `s` may be NULL: none. */
char *tj_snapshots_print(const struct tj_snapshots *s);
/* Sets n and the scores from such a text. Returns 1, or 0 if it is no text of n snapshots or n is
 * above the capacity. */
int tj_snapshots_read(struct tj_snapshots *s, size_t n, const char *text);

#endif
