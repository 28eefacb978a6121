/* SPDX-License-Identifier: MIT */
/* Gives out what a result has. */
#include "src/api/result.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

trujaman_result *tj_result_new(size_t n_lines, size_t n_best)
{
	trujaman_result *r = NULL;
	if (n_lines <= (SIZE_MAX - sizeof *r) / sizeof *r->texts / n_best)
		r = malloc(sizeof *r + n_lines * n_best * sizeof *r->texts);
	if (r == NULL)
		return NULL;
	r->n_lines = n_lines;
	r->n_best = n_best;
	for (size_t i = 0; i < n_lines * n_best; i++)
		r->texts[i] = (struct tj_result_text){ .score = (double)NAN };
	return r;
}

void trujaman_result_free(trujaman_result *result)
{
	for (size_t i = 0; result != NULL && i < result->n_lines * result->n_best; i++) {
		free(result->texts[i].text);
		tj_blocks_release(&result->texts[i].blocks);
	}
	free(result);
}

size_t trujaman_result_lines(const trujaman_result *result)
{
	return result->n_lines;
}

/* NULL: the result has no such line or rank. */
static const struct tj_result_text *find(const trujaman_result *r, size_t line, size_t rank)
{
	return line < r->n_lines && rank < r->n_best ? &r->texts[line * r->n_best + rank] : NULL;
}

size_t trujaman_result_count(const trujaman_result *result, size_t line)
{
	const struct tj_result_text *t;
	size_t n = 0;
	while ((t = find(result, line, n)) != NULL && t->text != NULL)
		n++;
	return n;
}

const char *trujaman_result_text(const trujaman_result *result, size_t line, size_t rank,
                                 size_t *len)
{
	const struct tj_result_text *t = find(result, line, rank);
	if (len != NULL)
		*len = t != NULL ? t->n : 0;
	return t != NULL ? t->text : NULL;
}

double trujaman_result_score(const trujaman_result *result, size_t line, size_t rank)
{
	const struct tj_result_text *t = find(result, line, rank);
	return t != NULL ? t->score : (double)NAN;
}

const trujaman_attention *trujaman_result_attention(const trujaman_result *result, size_t line,
                                                    size_t rank)
{
	const struct tj_result_text *t = find(result, line, rank);
	return t != NULL ? t->attention : NULL;
}
