/* SPDX-License-Identifier: MIT */
/* Corpus chrF2 (Popović 2015) as sacreBLEU 2 computes it by default (Post 2018,
 * https://github.com/mjpost/sacrebleu): n-grams of 1 to 6 characters without white space,
 * no word n-grams, beta 2, one reference, precision and recall averaged over the orders for
 * which both sides have n-grams. */
#ifndef TJ_METRIC_CHRF_H
#define TJ_METRIC_CHRF_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/status.h"

enum { TJ_CHRF_ORDER = 6 };

/* The counts of a corpus. Zero it, call tj_chrf_add for each line, then tj_chrf_finish. */
struct tj_chrf {
	/* n-grams; those of a hypothesis count only if its reference has n-grams of that order */
	uint64_t hypothesis[TJ_CHRF_ORDER], reference[TJ_CHRF_ORDER], common[TJ_CHRF_ORDER];
	/* After tj_chrf_finish: */
	double precision, recall; /* 0 to 1 */
	double score;             /* 0 to 100 */
};

/* Adds one line: a hypothesis and its reference, UTF-8; an ill-formed byte counts as a character.
 * Fails only if out of memory. */
trujaman_status tj_chrf_add(struct tj_chrf *c, const char *hypothesis, size_t n_hypothesis,
                            const char *reference, size_t n_reference, struct tj_error *err);

/* Computes precision, recall and score. The result has the same bits on every machine. */
void tj_chrf_finish(struct tj_chrf *c);

#endif
