/* SPDX-License-Identifier: MIT */
/* Tests of the k best translations of a line: compared with those found by trying all ways to
 * compose a line, and found for long lines. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/random.h"
#include "src/decode/k_best.h"
#include "tests/same_bytes.h"

TestSuite(k_best);

/* --- Lines made by hand --------------------------------------------------------- */

/* A chunk with one line of n_parts parts, each with room for k hypotheses. */
static struct tj_chunk *new_line(size_t n_parts, size_t k)
{
	struct tj_error err = { 0 };
	struct tj_chunk *c = tj_chunk_new(&err);
	cr_assert_not_null(c);
	cr_assert_not_null(tj_chunk_add(c, "", 0, NULL, 0, NULL, NULL));
	for (size_t p = 0; p < n_parts; p++)
		cr_assert_not_null(
		    tj_chunk_add_part(c, c->lines, c->lines->last_part, &(struct tj_part){ 0 }, k));
	return c;
}

static void give(struct tj_chunk *c, size_t p, const char *text, double score)
{
	struct tj_part *part = c->parts[p];
	struct tj_hypothesis *h = &part->hypotheses[part->n_hypotheses++];
	*h = (struct tj_hypothesis){ .text = strdup(text),
		                     .n_bytes = strlen(text),
		                     .score = score };
	cr_assert_not_null(h->text);
}

static void put_before(struct tj_chunk *c, size_t p, const char *before)
{
	c->parts[p]->before = before;
	c->parts[p]->n_before = strlen(before);
}

static void expect(struct tj_k_best *best, size_t rank, const char *wanted, double wanted_score)
{
	struct tj_string s = { NULL, 0, 0 };
	double score = 77;
	cr_assert(tj_k_best_join(best, rank, &s, &score));
	cr_expect(same_bytes(s.data, s.n, wanted, strlen(wanted)), "rank %zu: '%.*s', wanted '%s'",
	          rank, (int)s.n, s.data, wanted);
	cr_expect_eq(score, wanted_score, "rank %zu: %a, wanted %a", rank, score, wanted_score);
	free(s.data);
}

/* --- Against all combinations --------------------------------------------------- */

enum { MAX_PARTS = 5, MAX_LIST = 4, MAX_WAYS = 1024, MAX_TEXT = 64 };

/* One way to compose a line. sums[p]: of the scores of parts 0 to p. */
struct way {
	size_t n_parts, picks[MAX_PARTS];
	double sums[MAX_PARTS];
	char text[MAX_TEXT];
};

static int compare_ways(const void *a, const void *b)
{
	const struct way *x = a, *y = b;
	for (size_t p = x->n_parts; p-- > 0;)
		if (x->sums[p] != y->sums[p])
			return x->sums[p] < y->sums[p] ? 1 : -1;
	for (size_t p = 0; p < x->n_parts; p++)
		if (x->picks[p] != y->picks[p])
			return x->picks[p] > y->picks[p] ? 1 : -1;
	return 0;
}

/* Set picks to the next way. Returns 0 after the last. */
static int next_way(const struct tj_chunk *c, size_t *picks)
{
	for (size_t p = 0; p < c->n_parts; p++) {
		if (++picks[p] < c->parts[p]->n_hypotheses)
			return 1;
		picks[p] = 0;
	}
	return 0;
}

/* Compose all lines, sort them, and leave out those whose text came before. Returns how many are
 * left. */
static size_t all_ways(const struct tj_chunk *c, struct way *ways)
{
	size_t picks[MAX_PARTS] = { 0 }, n = 0, n_left = 0;
	do {
		struct way *w = &ways[n++];
		double sum = 0;
		cr_assert_leq(n, MAX_WAYS);
		*w = (struct way){ .n_parts = c->n_parts };
		for (size_t p = 0; p < c->n_parts; p++) {
			const struct tj_part *part = c->parts[p];
			const struct tj_hypothesis *h = &part->hypotheses[picks[p]];
			w->sums[p] = sum += h->score;
			w->picks[p] = picks[p];
			strncat(w->text, part->before, part->n_before);
			strcat(w->text, h->text);
		}
	} while (next_way(c, picks));
	qsort(ways, n, sizeof *ways, compare_ways);
	for (size_t i = 0; i < n; i++) {
		size_t j = 0;
		while (j < n_left && strcmp(ways[j].text, ways[i].text) != 0)
			j++;
		if (j == n_left)
			ways[n_left++] = ways[i];
	}
	return n_left;
}

static size_t below(uint64_t *state, size_t n)
{
	return (size_t)tj_random_below(5, (*state)++, n);
}

/* A line of few different letters and, with `coarse`, few different scores: many ways to compose
 * it give the same text, the same score, or both. Otherwise scores differ so much in size that
 * sums lose the smaller ones. */
static struct tj_chunk *random_line(uint64_t *state, int coarse)
{
	static const char *const words[] = { "", "a", "aa", "b", "ab", "aba", "ba", "a a" };
	static const char *const spaces[] = { "", "", " ", "a" };
	size_t n_parts = 1 + below(state, MAX_PARTS);
	struct tj_chunk *c = new_line(n_parts, MAX_LIST);
	for (size_t p = 0; p < n_parts; p++) {
		size_t n = 1 + below(state, MAX_LIST), first = below(state, 8);
		double score = 0;
		put_before(c, p, spaces[below(state, 4)]);
		for (size_t i = 0; i < n; i++) {
			double step = (double)below(state, 3);
			if (!coarse)
				step = ldexp(step, (int)below(state, 60) - 55) / 3;
			score -= step;
			give(c, p, words[(first + 3 * i) % 8], score);
		}
	}
	return c;
}

static void check_random_lines(int coarse)
{
	static struct way ways[MAX_WAYS];
	struct tj_k_best best = { 0 };
	uint64_t state = 0;
	size_t n_cut = 0, n_equal = 0;
	for (int round = 0; round < 2000; round++) {
		struct tj_chunk *c = random_line(&state, coarse);
		size_t n = all_ways(c, ways), k = 1 + below(&state, 12);
		cr_assert(tj_k_best_find(&best, c, c->lines, k));
		cr_assert_eq(best.n, n < k ? n : k, "round %d: %zu, not %zu of %zu", round, best.n,
		             k, n);
		for (size_t i = 0; i < best.n; i++)
			expect(&best, i, ways[i].text, ways[i].sums[c->n_parts - 1]);
		n_cut += n > k;
		for (size_t i = 1; i < best.n; i++)
			n_equal += ways[i].sums[c->n_parts - 1] == ways[i - 1].sums[c->n_parts - 1];
		tj_chunk_free(c);
	}
	cr_expect_geq(n_cut, 500, "too few lists are cut: %zu", n_cut);
	cr_expect_geq(n_equal, 500, "too few sums are equal: %zu", n_equal);
	tj_k_best_release(&best);
}

Test(k_best, of_all_ways)
{
	check_random_lines(1);
}

Test(k_best, of_all_ways_when_sums_lose_bits)
{
	check_random_lines(0);
}

/* --- Long lines ----------------------------------------------------------------- */

enum { LONG = 2000, K = 64 };

/* Deviating from the best of part p costs (1000 + p) i for hypothesis i, so the best ways deviate
 * in one part, the sooner the better. */
Test(k_best, of_a_long_line)
{
	struct tj_chunk *c = new_line(LONG, K);
	struct tj_k_best best = { 0 };
	struct tj_string wanted = { NULL, 0, 0 };
	for (size_t p = 0; p < LONG; p++) {
		put_before(c, p, p > 0 ? " " : "");
		for (int i = 0; i < K; i++) {
			char text[32];
			snprintf(text, sizeof text, "%zu-%d.", p, i);
			give(c, p, text, -(double)i * (1000 + (double)p));
		}
	}
	cr_assert(tj_k_best_find(&best, c, c->lines, K));
	cr_assert_eq(best.n, K);
	for (size_t rank = 0; rank < K; rank++) {
		wanted.n = 0;
		for (size_t p = 0; p < LONG; p++) {
			char text[32];
			int n = snprintf(text, sizeof text, "%s%zu-%d.", p > 0 ? " " : "", p,
			                 p + 1 == rank);
			cr_assert(tj_string_append(&wanted, text, (size_t)n));
		}
		cr_assert(tj_string_append(&wanted, "", 1));
		expect(&best, rank, wanted.data, rank > 0 ? -1000 - (double)rank + 1 : 0);
	}
	free(wanted.data);
	tj_k_best_release(&best);
	tj_chunk_free(c);
}

/* There are 64^2000 ways to compose the line, but 126,001 texts. */
Test(k_best, of_a_long_line_with_few_texts)
{
	struct tj_chunk *c = new_line(LONG, K);
	struct tj_k_best best = { 0 };
	char text[LONG + K + 1] = "";
	memset(text, 'a', LONG + K);
	for (size_t p = 0; p < LONG; p++)
		for (size_t i = 0; i < K; i++)
			give(c, p, text + LONG + K - 1 - i, -(double)i);
	cr_assert(tj_k_best_find(&best, c, c->lines, K));
	cr_assert_eq(best.n, K);
	for (size_t rank = 0; rank < K; rank++)
		expect(&best, rank, text + K - rank, -(double)rank);
	tj_k_best_release(&best);
	tj_chunk_free(c);
}

/* --- Special lines -------------------------------------------------------------- */

/* A line without parts has one translation, itself; so do several lines after one another. */
Test(k_best, of_a_line_without_parts)
{
	struct tj_error err = { 0 };
	struct tj_chunk *c = tj_chunk_new(&err);
	struct tj_k_best best = { 0 };
	cr_assert_not_null(c);
	cr_assert_not_null(tj_chunk_add(c, " \t", 2, NULL, 0, NULL, NULL));
	cr_assert_not_null(tj_chunk_add(c, "..", 2, NULL, 0, NULL, NULL));
	for (size_t i = 0; i < 2; i++) {
		cr_assert(tj_k_best_find(&best, c, &c->lines[i], K));
		cr_assert_eq(best.n, 1);
		expect(&best, 0, i == 0 ? " \t" : "..", 0);
	}
	tj_k_best_release(&best);
	tj_chunk_free(c);
}

/* A damaged model may compute scores that are no numbers: there is an answer all the same. */
Test(k_best, of_scores_that_are_no_numbers)
{
	static const double scores[] = { NAN, -INFINITY, -1, NAN };
	struct tj_chunk *c = new_line(3, 4);
	struct tj_k_best best = { 0 };
	for (size_t p = 0; p < 3; p++)
		for (size_t i = 0; i < 4; i++)
			give(c, p, i % 2 ? i == 1 ? "b" : "c" : i == 0 ? "d" : "e", scores[i]);
	cr_assert(tj_k_best_find(&best, c, c->lines, K));
	cr_expect_eq(best.n, 64);
	tj_k_best_release(&best);
	tj_chunk_free(c);
}
