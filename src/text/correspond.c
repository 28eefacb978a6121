/* SPDX-License-Identifier: MIT */
/* A longest common subsequence between the characters in which two texts differ. */
#include "src/text/correspond.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "src/base/memory.h"

/* Cells of the table of lengths; beyond, a stretch corresponds in proportion. */
static const size_t MOST_CELLS = (size_t)1 << 22;

struct character {
	UChar32 c; /* folded */
	size_t first;
};

struct characters {
	struct character *items; /* [n + 1], the last one at the end of the text */
	size_t n;
};

static UChar32 fold(UChar32 c)
{
	if (u_isUWhiteSpace(c))
		return ' ';
	if (u_hasBinaryProperty(c, UCHAR_QUOTATION_MARK))
		return '"';
	if (u_charType(c) == U_DASH_PUNCTUATION)
		return '-';
	return u_foldCase(c, U_FOLD_CASE_DEFAULT);
}

static int read_characters(struct characters *list, const char *text, size_t n)
{
	list->n = 0;
	list->items = malloc((n + 1) * sizeof *list->items);
	if (list->items == NULL)
		return 0;
	for (size_t i = 0; i < n;) {
		UChar32 c;
		size_t first = i;
		U8_NEXT_OR_FFFD((const uint8_t *)text, i, n, c);
		list->items[list->n++] = (struct character){ fold(c), first };
	}
	list->items[list->n] = (struct character){ 0, n };
	return 1;
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* partner[j] of `made` becomes the index of its character in `given`, for a common subsequence of
 * the characters [first, first + n) and [at, at + m). Row i of the table has the lengths for what
 * follows character i. Returns 0 if memory is short. */
static int match_middle(const struct character *given, size_t n, const struct character *made,
                        size_t m, size_t first, size_t *partner)
{
	uint16_t *table = malloc((n + 1) * (m + 1) * sizeof *table);
	if (table == NULL)
		return 0;
	memset(table + n * (m + 1), 0, (m + 1) * sizeof *table);
	for (size_t i = n; i-- > 0;) {
		uint16_t *row = table + i * (m + 1), *below = row + m + 1;
		row[m] = 0;
		for (size_t j = m; j-- > 0;)
			row[j] = given[i].c == made[j].c ? (uint16_t)(below[j + 1] + 1)
			         : below[j] > row[j + 1] ? below[j]
			                                 : row[j + 1];
	}
	for (size_t i = 0, j = 0; i < n && j < m;) {
		const uint16_t *row = table + i * (m + 1), *below = row + m + 1;
		if (given[i].c == made[j].c)
			partner[j++] = first + i++;
		else if (below[j] >= row[j + 1])
			i++;
		else
			j++;
	}
	free(table);
	return 1;
}

static void match_in_proportion(size_t n, size_t m, size_t first, size_t *partner)
{
	for (size_t j = 0; n > 0 && j < m; j++)
		partner[j] = first + (size_t)((double)j * (double)n / (double)m);
}

static int match(const struct characters *given, const struct characters *made, size_t *partner)
{
	size_t least = smaller(given->n, made->n), ahead = 0, behind = 0;
	while (ahead < least && given->items[ahead].c == made->items[ahead].c)
		ahead++;
	while (behind < least - ahead &&
	       given->items[given->n - 1 - behind].c == made->items[made->n - 1 - behind].c)
		behind++;
	size_t n = given->n - ahead - behind, m = made->n - ahead - behind;
	for (size_t j = 0; j < made->n; j++)
		partner[j] = j < ahead               ? j
		             : j >= made->n - behind ? given->n - (made->n - j)
		                                     : SIZE_MAX;
	if (n == 0 || m == 0)
		return 1;
	if (n >= UINT16_MAX || m >= UINT16_MAX || n > MOST_CELLS / (m + 1)) {
		match_in_proportion(n, m, ahead, partner + ahead);
		return 1;
	}
	return match_middle(given->items + ahead, n, made->items + ahead, m, ahead,
	                    partner + ahead);
}

/* The bytes of `given` for each byte of `made`. */
static void fill(const struct characters *given, const struct characters *made,
                 const size_t *partner, struct tj_range *ranges)
{
	size_t gap = 0; /* the character of `given` behind the last partner */
	for (size_t j = 0; j < made->n; j++) {
		struct tj_range r;
		if (partner[j] != SIZE_MAX) {
			gap = partner[j] + 1;
			r = (struct tj_range){ given->items[partner[j]].first,
				               given->items[gap].first };
		} else {
			size_t next = j;
			while (next < made->n && partner[next] == SIZE_MAX)
				next++;
			size_t end = next < made->n ? partner[next] : given->n;
			r = (struct tj_range){ given->items[gap].first, given->items[end].first };
		}
		for (size_t i = made->items[j].first; i < made->items[j + 1].first; i++)
			ranges[i] = r;
	}
}

trujaman_status tj_correspond(const char *given, size_t n_given, const char *made, size_t n_made,
                              struct tj_range *ranges, struct tj_error *err)
{
	struct characters from = { NULL, 0 }, to = { NULL, 0 };
	size_t *partner = NULL;
	int good = read_characters(&from, given, n_given) && read_characters(&to, made, n_made);
	if (good) {
		partner = malloc((to.n + 1) * sizeof *partner);
		good = partner != NULL && match(&from, &to, partner);
	}
	if (good)
		fill(&from, &to, partner, ranges);
	free(from.items);
	free(to.items);
	free(partner);
	return good ? TRUJAMAN_OK : tj_fail_memory(err, "where texts correspond", n_given + n_made);
}
