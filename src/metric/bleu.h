/* SPDX-License-Identifier: MIT */
/* Corpus BLEU (Papineni and others 2002) as sacreBLEU reckons it by default (Post 2018,
 * https://github.com/mjpost/sacrebleu): one reference, the tokeniser "13a" of mteval,
 * case kept, n-grams up to 4, "exp" smoothing. */
#ifndef TJ_METRIC_BLEU_H
#define TJ_METRIC_BLEU_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/status.h"

enum { TJ_BLEU_ORDER = 4 };

/* Counts of a corpus: zero it, add lines, finish. */
struct tj_bleu {
	uint64_t correct[TJ_BLEU_ORDER], total[TJ_BLEU_ORDER]; /* n-grams of the hypothesis */
	uint64_t hypothesis_words, reference_words;
	/* After tj_bleu_finish: */
	double score;                     /* 0 to 100 */
	double precisions[TJ_BLEU_ORDER]; /* 0 to 100, smoothed */
	double brevity_penalty;
};

/* Add one line of n bytes each, UTF-8. Fails for want of memory only. */
trujaman_status tj_bleu_add(struct tj_bleu *b, const char *hypothesis, size_t n_hypothesis,
                            const char *reference, size_t n_reference, struct tj_error *err);

/* Without any n-gram in common, or any of four words, the score is 0. The same bits on every
 * machine. */
void tj_bleu_finish(struct tj_bleu *b);

/* All at once: n lines a side; *score 0 to 100. */
trujaman_status tj_bleu_corpus(size_t n, const char *const *hypotheses, const size_t *n_hypothesis,
                               const char *const *references, const size_t *n_reference,
                               double *score, struct tj_error *err);

#endif
