/* SPDX-License-Identifier: MIT */
/* Corpus chrF2 (Popović 2015) as sacreBLEU 2 reckons it by default (Post 2018,
 * https://github.com/mjpost/sacrebleu): n-grams of 1 to 6 characters without white space,
 * no words, beta 2, one reference, precision and recall averaged over the orders that
 * both sides have. */
#ifndef TJ_METRIC_CHRF_H
#define TJ_METRIC_CHRF_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/status.h"

enum { TJ_CHRF_ORDER = 6 };

/* Counts of a corpus: zero it, add lines, finish. */
struct tj_chrf {
	/* n-grams; the hypothesis' only of lines whose reference is long enough to have any */
	uint64_t hypothesis[TJ_CHRF_ORDER], reference[TJ_CHRF_ORDER], common[TJ_CHRF_ORDER];
	/* After tj_chrf_finish: */
	double precision, recall; /* 0 to 1 */
	double score;             /* 0 to 100 */
};

/* Add one line of n bytes each, UTF-8; an ill-formed byte counts as some character.
 * Fails for want of memory only. */
trujaman_status tj_chrf_add(struct tj_chrf *c, const char *hypothesis, size_t n_hypothesis,
                            const char *reference, size_t n_reference, struct tj_error *err);

/* The same bits on every machine. */
void tj_chrf_finish(struct tj_chrf *c);

#endif
