/* SPDX-License-Identifier: MIT */
/* Counts n-gram matches between hypotheses and references and computes corpus BLEU. */
#include "src/metric/bleu.h"

#include <stdlib.h>
#include <string.h>

#include "simd/kernels.h"
#include "src/base/memory.h"
#include "src/metric/tokenize_13a.h"

struct word {
	const char *text;
	size_t n, place; /* place: index in the pair, hypothesis before reference */
};

struct pair {
	char *text; /* tokens of both lines, separated by spaces; n_first bytes of hypothesis */
	size_t n_text, n_first, capacity;
	struct word *words;
	size_t n_words, n_hypothesis, word_capacity;
	size_t *numbers; /* [place] < n_words; equal words have equal numbers */
};

static int compare_words(const void *a, const void *b)
{
	const struct word *x = a, *y = b;
	int c = memcmp(x->text, y->text, x->n < y->n ? x->n : y->n);
	if (c != 0)
		return c;
	return x->n < y->n ? -1 : x->n > y->n;
}

static int add_words(struct pair *p, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		if (p->text[i] == ' ')
			continue;
		size_t n = 1;
		while (i + n < to && p->text[i + n] != ' ')
			n++;
		if (!tj_reserve(&p->words, &p->word_capacity, p->n_words + 1, sizeof *p->words))
			return 0;
		p->words[p->n_words] = (struct word){ p->text + i, n, p->n_words };
		p->n_words++;
		i += n;
	}
	return 1;
}

static int number_words(struct pair *p)
{
	p->numbers = malloc((p->n_words + 1) * sizeof *p->numbers);
	if (p->numbers == NULL)
		return 0;
	if (p->n_words > 0)
		qsort(p->words, p->n_words, sizeof *p->words, compare_words);
	size_t number = 0;
	for (size_t i = 0; i < p->n_words; i++) {
		number += i > 0 && compare_words(&p->words[i - 1], &p->words[i]) != 0;
		p->numbers[p->words[i].place] = number;
	}
	return 1;
}

static int read_pair(struct pair *p, const char *hypothesis, size_t n_hypothesis,
                     const char *reference, size_t n_reference)
{
	if (!tj_tokenize_13a(hypothesis, n_hypothesis, &p->text, &p->n_text, &p->capacity))
		return 0;
	p->n_first = p->n_text;
	if (!tj_tokenize_13a(reference, n_reference, &p->text, &p->n_text, &p->capacity))
		return 0;
	if (!add_words(p, 0, p->n_first))
		return 0;
	p->n_hypothesis = p->n_words;
	return add_words(p, p->n_first, p->n_text) && number_words(p);
}

static void free_pair(struct pair *p)
{
	free(p->text);
	free(p->words);
	free(p->numbers);
}

struct gram {
	size_t words[TJ_BLEU_ORDER];
};

static int compare_grams(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct gram));
}

/* Lists and sorts the n-grams of n words each; unused elements of a gram are 0. */
static size_t list_grams(const size_t *numbers, size_t n_words, size_t n, struct gram *grams)
{
	size_t count = n_words >= n ? n_words - n + 1 : 0;
	for (size_t i = 0; i < count; i++) {
		grams[i] = (struct gram){ { 0 } };
		memcpy(grams[i].words, numbers + i, n * sizeof *numbers);
	}
	if (count > 0)
		qsort(grams, count, sizeof *grams, compare_grams);
	return count;
}

/* Counts the n-grams that a and b share; each counts as often as it occurs in both. */
static uint64_t common(const struct gram *a, size_t n_a, const struct gram *b, size_t n_b)
{
	uint64_t n = 0;
	for (size_t i = 0, j = 0; i < n_a && j < n_b;) {
		int c = compare_grams(&a[i], &b[j]);
		n += c == 0;
		i += c <= 0;
		j += c >= 0;
	}
	return n;
}

static int count_grams(struct tj_bleu *b, const struct pair *p)
{
	size_t n_reference = p->n_words - p->n_hypothesis;
	struct gram *grams = malloc((p->n_words + 1) * sizeof *grams);
	if (grams == NULL)
		return 0;
	for (size_t n = 1; n <= TJ_BLEU_ORDER; n++) {
		struct gram *others = grams + p->n_hypothesis;
		size_t mine = list_grams(p->numbers, p->n_hypothesis, n, grams);
		size_t theirs = list_grams(p->numbers + p->n_hypothesis, n_reference, n, others);
		b->correct[n - 1] += common(grams, mine, others, theirs);
		b->total[n - 1] += mine;
	}
	free(grams);
	b->hypothesis_words += p->n_hypothesis;
	b->reference_words += n_reference;
	return 1;
}

trujaman_status tj_bleu_add(struct tj_bleu *b, const char *hypothesis, size_t n_hypothesis,
                            const char *reference, size_t n_reference, struct tj_error *err)
{
	struct pair p = { 0 };
	int ok = read_pair(&p, hypothesis, n_hypothesis, reference, n_reference) &&
	         count_grams(b, &p);
	free_pair(&p);
	return ok ? TRUJAMAN_OK
	          : tj_fail_memory(err, "counting n-grams", n_hypothesis + n_reference);
}

static double brevity_penalty(const struct tj_bleu *b)
{
	const double euler = 2.718281828459045;
	if (b->hypothesis_words >= b->reference_words)
		return 1;
	if (b->hypothesis_words == 0)
		return 0;
	return tj_pow(euler, 1 - (double)b->reference_words / (double)b->hypothesis_words);
}

void tj_bleu_finish(struct tj_bleu *b)
{
	double smoothing = 1, product = 1;
	uint64_t any = 0;
	b->score = 0;
	b->brevity_penalty = brevity_penalty(b);
	for (int n = 0; n < TJ_BLEU_ORDER; n++) {
		b->precisions[n] = 0;
		any |= b->correct[n];
	}
	if (any == 0)
		return;
	for (int n = 0; n < TJ_BLEU_ORDER; n++) {
		double total = (double)b->total[n];
		if (b->total[n] == 0)
			return;
		smoothing *= b->correct[n] == 0 ? 2 : 1;
		b->precisions[n] = b->correct[n] == 0 ? 100 / (smoothing * total)
		                                      : 100 * (double)b->correct[n] / total;
		product *= b->precisions[n] / 100;
	}
	b->score = 100 * b->brevity_penalty * tj_pow(product, 1.0 / TJ_BLEU_ORDER);
}

trujaman_status tj_bleu_corpus(size_t n, const char *const *hypotheses, const size_t *n_hypothesis,
                               const char *const *references, const size_t *n_reference,
                               double *score, struct tj_error *err)
{
	struct tj_bleu b = { 0 };
	for (size_t i = 0; i < n; i++)
		if (tj_bleu_add(&b, hypotheses[i], n_hypothesis[i], references[i], n_reference[i],
		                err) != TRUJAMAN_OK)
			return err->status;
	tj_bleu_finish(&b);
	*score = b.score;
	return TRUJAMAN_OK;
}
