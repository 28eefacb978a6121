/* SPDX-License-Identifier: MIT */
/* Edit distance, in which two neighbours that changed places count as one slip. */
#include "src/base/nearest.h"

#include <string.h>

#include "src/base/string.h"

enum { MAX_LETTERS = 63, MAX_SLIPS = 2, LETTERS_PER_SLIP = 3, SHORTEST_BEGINNING = 3 };

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* row[i][j] is the distance of the first i letters of a and the first j of b; three rows are kept
 * in turn. */
static size_t distance(const char *a, size_t n_a, const char *b, size_t n_b)
{
	size_t row[3][MAX_LETTERS + 1];
	for (size_t j = 0; j <= n_b; j++)
		row[0][j] = j;
	for (size_t i = 1; i <= n_a; i++) {
		size_t *now = row[i % 3], *above = row[(i + 2) % 3], *second = row[(i + 1) % 3];
		now[0] = i;
		for (size_t j = 1; j <= n_b; j++) {
			size_t best = above[j - 1] + !tj_same_letter(a[i - 1], b[j - 1]);
			best = smaller(best, smaller(above[j], now[j - 1]) + 1);
			if (i > 1 && j > 1 && tj_same_letter(a[i - 1], b[j - 2]) &&
			    tj_same_letter(a[i - 2], b[j - 1]))
				best = smaller(best, second[j - 2] + 1);
			now[j] = best;
		}
	}
	return row[n_a % 3][n_b];
}

void tj_nearest_show(struct tj_nearest *n, const char *candidate)
{
	size_t n_word = strlen(n->word), n_candidate = strlen(candidate);
	if (n_word == 0 || n_word > MAX_LETTERS || n_candidate > MAX_LETTERS)
		return;
	size_t limit = smaller(n_word / LETTERS_PER_SLIP, MAX_SLIPS);
	size_t d = distance(n->word, n_word, candidate, n_candidate);
	if (d > limit && n_word >= SHORTEST_BEGINNING && n_word < n_candidate &&
	    tj_same_letters(n->word, candidate, n_word))
		d = MAX_SLIPS + 1; /* a beginning is less sure than any slip */
	else if (d > limit)
		return;
	if (n->found != NULL && d >= n->distance)
		return;
	n->found = candidate;
	n->distance = d;
}
