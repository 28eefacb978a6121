/* SPDX-License-Identifier: MIT */
/* Counts character n-gram matches and computes corpus chrF2. */
#include "src/metric/chrf.h"

#include <stdlib.h>

#include "src/metric/bleu.h"
#include "src/metric/tokenize_13a.h"

/* A line's characters, followed by TJ_CHRF_ORDER zeros (no character is 0), and the sorted starts
 * of its n-grams. Starts that are sorted by six characters are also sorted by fewer. */
struct line {
	uint32_t *characters;
	const uint32_t **grams; /* [n], one per character */
	size_t n;
};

/* Sets *character to the character's UTF-8 bytes read as a big-endian number, plus 1, so that
 * U+0000 does not become 0. Returns the bytes used. */
static size_t read_character(const char *text, size_t n, uint32_t *character)
{
	uint32_t bytes = (unsigned char)text[0];
	size_t used = 1;
	while (bytes >= 0xc0 && used < n && used < 4 && ((unsigned char)text[used] & 0xc0) == 0x80)
		bytes = bytes << 8 | (unsigned char)text[used++];
	*character = bytes + 1;
	return used;
}

static int compare(const uint32_t *a, const uint32_t *b, size_t order)
{
	for (size_t i = 0; i < order; i++)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return 0;
}

static int compare_grams(const void *a, const void *b)
{
	return compare(*(const uint32_t *const *)a, *(const uint32_t *const *)b, TJ_CHRF_ORDER);
}

/* Returns 1, or 0 if out of memory; call free_line in both cases. */
static int read_line(const char *text, size_t n, struct line *l)
{
	l->characters = calloc(n + TJ_CHRF_ORDER, sizeof *l->characters);
	l->grams = calloc(n + 1, sizeof *l->grams);
	if (l->characters == NULL || l->grams == NULL)
		return 0;
	for (size_t i = 0, used; i < n; i += used) {
		used = tj_python_space(text + i, n - i);
		if (used > 0)
			continue;
		used = read_character(text + i, n - i, &l->characters[l->n]);
		l->grams[l->n] = &l->characters[l->n];
		l->n++;
	}
	qsort(l->grams, l->n, sizeof *l->grams, compare_grams);
	return 1;
}

static void free_line(struct line *l)
{
	free(l->characters);
	free(l->grams);
}

/* Counts the n-grams of one order that a and b share; each counts as often as it is in both. */
static uint64_t common(const struct line *a, const struct line *b, size_t order)
{
	uint64_t n = 0;
	for (size_t i = 0, j = 0; i < a->n && j < b->n;) {
		int c = compare(a->grams[i], b->grams[j], order);
		n += c == 0 && a->grams[i][order - 1] != 0;
		i += c <= 0;
		j += c >= 0;
	}
	return n;
}

trujaman_status tj_chrf_add(struct tj_chrf *c, const char *hypothesis, size_t n_hypothesis,
                            const char *reference, size_t n_reference, struct tj_error *err)
{
	struct line a = { 0 }, b = { 0 };
	int ok = read_line(hypothesis, n_hypothesis, &a) && read_line(reference, n_reference, &b);
	for (size_t order = 1; ok && order <= TJ_CHRF_ORDER && order <= b.n; order++) {
		c->hypothesis[order - 1] += a.n >= order ? a.n - order + 1 : 0;
		c->reference[order - 1] += b.n - order + 1;
		c->common[order - 1] += common(&a, &b, order);
	}
	free_line(&a);
	free_line(&b);
	return ok ? TRUJAMAN_OK
	          : tj_fail_memory(err, "counting n-grams", n_hypothesis + n_reference);
}

void tj_chrf_finish(struct tj_chrf *c)
{
	const double beta2 = 4;
	double n_orders = 0;
	c->precision = c->recall = c->score = 0;
	for (int i = 0; i < TJ_CHRF_ORDER; i++) {
		if (c->hypothesis[i] == 0 || c->reference[i] == 0)
			continue;
		c->precision += (double)c->common[i] / (double)c->hypothesis[i];
		c->recall += (double)c->common[i] / (double)c->reference[i];
		n_orders++;
	}
	if (n_orders == 0)
		return;
	c->precision /= n_orders;
	c->recall /= n_orders;
	double both = beta2 * c->precision + c->recall;
	if (both > 0)
		c->score = 100 * ((1 + beta2) * c->precision * c->recall / both);
}
