/* SPDX-License-Identifier: MIT */
/* Keeps, averages, prints and reads snapshots. */
#include "src/train/snapshots.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"
#include "src/base/number.h"

int tj_score_is_better(const struct tj_score *a, const struct tj_score *b)
{
	if (b->update == 0 || !a->validated)
		return 1;
	return a->bleu != b->bleu ? a->bleu > b->bleu : a->nll < b->nll;
}

trujaman_status tj_snapshots_open(struct tj_snapshots *s, size_t capacity, size_t n_floats,
                                  struct tj_error *err)
{
	size_t n;
	memset(s, 0, sizeof *s);
	if (capacity == 0)
		return TRUJAMAN_OK;
	if (!tj_multiply(capacity, n_floats, &n))
		return tj_fail_memory(err, "the models to average", SIZE_MAX);
	*s = (struct tj_snapshots){ .capacity = capacity,
		                    .n_floats = n_floats,
		                    .values = tj_alloc(n, sizeof *s->values),
		                    .scores = calloc(capacity, sizeof *s->scores) };
	return s->values != NULL && s->scores != NULL
	           ? TRUJAMAN_OK
	           : tj_fail_memory(err, "the models to average", n * sizeof *s->values);
}

void tj_snapshots_free(struct tj_snapshots *s)
{
	tj_free(s->values);
	free(s->scores);
	memset(s, 0, sizeof *s);
}

/* The worst one; of equals, and without scores, the earliest. */
static size_t find_worst(const struct tj_snapshots *s)
{
	size_t worst = 0;
	for (size_t i = 1; i < s->n; i++) {
		const struct tj_score *a = &s->scores[i], *w = &s->scores[worst];
		int is_worse = a->validated &&
		               (a->bleu != w->bleu ? a->bleu < w->bleu : a->nll > w->nll);
		int is_equal = !a->validated || (a->bleu == w->bleu && a->nll == w->nll);
		if (is_worse || (is_equal && a->update < w->update))
			worst = i;
	}
	return worst;
}

void tj_snapshots_add(struct tj_snapshots *s, const struct tj_score *score, const float *values)
{
	size_t at = s->n;
	if (s->capacity == 0)
		return;
	if (s->n == s->capacity) {
		at = find_worst(s);
		if (!tj_score_is_better(score, &s->scores[at]))
			return;
	} else {
		s->n++;
	}
	s->scores[at] = *score;
	memcpy(s->values + at * s->n_floats, values, s->n_floats * sizeof *values);
}

void tj_snapshots_mean(const struct tj_snapshots *s, float *mean)
{
	for (size_t i = 0; i < s->n_floats; i++) {
		double sum = 0;
		for (size_t k = 0; k < s->n; k++)
			sum += (double)s->values[k * s->n_floats + i];
		mean[i] = (float)(sum / (double)s->n);
	}
}

/* --- As text ----------------------------------------------------------------------- */

enum { DIGITS = TJ_NUMBER_TEXT, SNAPSHOT_TEXT = 24 + 4 * (TJ_NUMBER_TEXT + 1) };

char *tj_snapshots_print(const struct tj_snapshots *s)
{
	size_t n = s != NULL ? s->n : 0, at = 0;
	char *text = calloc(n + 1, SNAPSHOT_TEXT);
	for (size_t i = 0; text != NULL && i < n; i++) {
		const struct tj_score *x = &s->scores[i];
		at += (size_t)tj_number_print(text + at, SNAPSHOT_TEXT, "%s%" PRIu64 " %d %a %a %a",
		                              i > 0 ? " " : "", x->update, x->validated, x->nll,
		                              x->bleu, x->chrf);
	}
	return text;
}

/* Reads the next word of a text, which is at most DIGITS - 1 bytes long. */
static int next_word(const char **text, char word[DIGITS])
{
	size_t n = strcspn(*text, " ");
	if (n == 0 || n >= DIGITS)
		return 0;
	memcpy(word, *text, n);
	word[n] = '\0';
	*text += n + ((*text)[n] == ' ');
	return 1;
}

static int read_count(const char *text, uint64_t *count)
{
	char *end;
	errno = 0;
	*count = strtoull(text, &end, 10);
	return errno == 0 && end != text && *end == '\0';
}

static int read_score(const char **text, struct tj_score *x)
{
	char word[DIGITS];
	uint64_t validated;
	double *const reals[] = { &x->nll, &x->bleu, &x->chrf };
	if (!next_word(text, word) || !read_count(word, &x->update) || !next_word(text, word) ||
	    !read_count(word, &validated) || validated > 1)
		return 0;
	x->validated = (int)validated;
	for (size_t i = 0; i < sizeof reals / sizeof *reals; i++)
		if (!next_word(text, word) || !tj_number_read_exact(word, reals[i]))
			return 0;
	return 1;
}

int tj_snapshots_read(struct tj_snapshots *s, size_t n, const char *text)
{
	if (n > s->capacity)
		return 0;
	s->n = n;
	for (size_t i = 0; i < n; i++)
		if (!read_score(&text, &s->scores[i]))
			return 0;
	return *text == '\0';
}
