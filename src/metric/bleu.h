/* SPDX-License-Identifier: MIT */
/* Corpus BLEU (Papineni et al. 2002) as sacreBLEU computes it by default (Post 2018,
 * https://github.com/mjpost/sacrebleu): one reference, the tokeniser "13a" of mteval,
 * case-sensitive, n-grams up to order 4, "exp" smoothing. */
#ifndef TJ_METRIC_BLEU_H
#define TJ_METRIC_BLEU_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/status.h"

enum { TJ_BLEU_ORDER = 4 };

/* The counts of a corpus. Zero it, call tj_bleu_add for each line, then tj_bleu_finish. */
struct tj_bleu {
	uint64_t correct[TJ_BLEU_ORDER], total[TJ_BLEU_ORDER]; /* n-grams of the hypotheses */
	uint64_t hypothesis_words, reference_words;
	/* After tj_bleu_finish: */
	double score;                     /* 0 to 100 */
	double precisions[TJ_BLEU_ORDER]; /* 0 to 100, smoothed */
	double brevity_penalty;
};

/* Adds one line: a hypothesis and its reference, UTF-8. Fails only if out of memory. */
trujaman_status tj_bleu_add(struct tj_bleu *b, const char *hypothesis, size_t n_hypothesis,
                            const char *reference, size_t n_reference, struct tj_error *err);

/* Computes the score from the counts. It is 0 if no n-gram matches or if the hypotheses have no
 * 4-gram. The result has the same bits on every machine. */
void tj_bleu_finish(struct tj_bleu *b);

/* Computes the score of n hypotheses and their references at once; *score is 0 to 100. */
trujaman_status tj_bleu_corpus(size_t n, const char *const *hypotheses, const size_t *n_hypothesis,
                               const char *const *references, const size_t *n_reference,
                               double *score, struct tj_error *err);

#endif
