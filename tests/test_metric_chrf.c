/* SPDX-License-Identifier: MIT */
/* chrF2. Figures marked "documented" come from sacreBLEU's own tests. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "src/metric/chrf.h"

static void add(struct tj_chrf *c, const char *hypothesis, const char *reference)
{
	struct tj_error err = { 0 };
	cr_assert_eq(tj_chrf_add(c, hypothesis, strlen(hypothesis), reference, strlen(reference),
	                         &err),
	             TRUJAMAN_OK);
}

static double score_of(const char *hypothesis, const char *reference)
{
	struct tj_chrf c = { 0 };
	add(&c, hypothesis, reference);
	tj_chrf_finish(&c);
	return c.score;
}

Test(chrf, documented)
{
	cr_expect_eq(score_of("a", "a"), 100);
	cr_expect_eq(score_of("", "reference"), 0);
	cr_expect_eq(score_of("a b c", "a b c"), 100);
	cr_expect_eq(score_of("a b c", "abc"), 100);
	cr_expect_eq(score_of("", "c"), 0);
	cr_expect_eq(score_of("aa", "ab"), 25);
	struct tj_chrf c = { 0 };
	add(&c, "a", "a");
	add(&c, "b", "c");
	tj_chrf_finish(&c);
	cr_expect_eq(c.score, 50);
}

Test(chrf, nothing)
{
	cr_expect_eq(score_of("", ""), 0);
	cr_expect_eq(score_of("abc", ""), 0);
	cr_expect_eq(score_of("abcdefg", "hijklmn"), 0);
}

/* Precision is 1; recall is the mean of 3/6, 2/5 and 1/4. beta = 2 weights recall four times. */
Test(chrf, recall_counts_more_than_precision)
{
	struct tj_chrf c = { 0 };
	add(&c, "abc", "abcdef");
	tj_chrf_finish(&c);
	double recall = (3.0 / 6 + 2.0 / 5 + 1.0 / 4) / 3;
	cr_expect_eq(c.precision, 1);
	cr_expect_float_eq(c.recall, recall, 1e-15);
	cr_expect_float_eq(c.score, 100 * 5 * recall / (4 + recall), 1e-12);
	cr_expect_lt(c.score, score_of("abcdef", "abc"));
}

Test(chrf, white_space_counts_nothing)
{
	cr_expect_eq(score_of(" a\tb\xc2\xa0"
	                      "c\xe3\x80\x80"
	                      "d\r",
	                      "ab cd"),
	             100);
	cr_expect_lt(score_of("ab\xe2\x80\x8b"
	                      "cd",
	                      "abcd"),
	             100); /* a zero-width space is a character */
}

/* For an order for which its reference is too short, a line does not count at all. */
Test(chrf, n_grams_count_only_where_the_reference_has_some)
{
	struct tj_chrf c = { 0 };
	add(&c, "abcdef", "ab");
	cr_expect_eq(c.hypothesis[0], 6);
	cr_expect_eq(c.hypothesis[1], 5);
	cr_expect_eq(c.reference[1], 1);
	for (int i = 2; i < TJ_CHRF_ORDER; i++) {
		cr_expect_eq(c.hypothesis[i], 0);
		cr_expect_eq(c.reference[i], 0);
	}
	add(&c, "ab", "abcdef"); /* the reference counts even where the hypothesis has no n-gram */
	cr_expect_eq(c.reference[5], 1);
	cr_expect_eq(c.hypothesis[5], 0);
}

Test(chrf, characters_not_bytes)
{
	struct tj_chrf c = { 0 };
	add(&c, "\xc3\xb1\xe2\x82\xac\xf0\x9f\x98\x80z", "\xc3\xb1\xe2\x82\xac\xf0\x9f\x98\x81z");
	cr_expect_eq(c.hypothesis[0], 4);
	cr_expect_eq(c.common[0], 3);
	cr_expect_eq(c.common[1], 1);
	cr_expect_eq(c.hypothesis[4], 0);
}

Test(chrf, bytes_of_any_value)
{
	struct tj_chrf c = { 0 };
	struct tj_error err = { 0 };
	cr_assert_eq(tj_chrf_add(&c, "\0\0a", 3, "a\0", 2, &err), TRUJAMAN_OK);
	cr_expect_eq(c.hypothesis[0], 3);
	cr_expect_eq(c.common[0], 2);
	cr_expect_eq(c.common[1], 0);
	cr_assert_eq(tj_chrf_add(&c, "\xff\x80\xbf\xbf\xbf\xbf", 6, "\xe2\x82", 2, &err),
	             TRUJAMAN_OK);
	cr_expect_gt(c.hypothesis[0], 3);
}

static unsigned next_random(unsigned *state, unsigned n)
{
	*state = *state * 1664525u + 1013904223u;
	return (*state >> 16) % n;
}

static const char *const characters[] = { "a", "b", "\xc3\xa9", "\xe2\x82\xac",
	                                  "\xf0\x9f\x98\x80" };

enum { LONGEST = 30, N_CHARACTERS = sizeof characters / sizeof *characters };

static size_t random_line(unsigned *state, char *numbers, char *text)
{
	size_t n = next_random(state, LONGEST);
	text[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		numbers[i] = (char)next_random(state, N_CHARACTERS);
		strcat(text, characters[(int)numbers[i]]);
		if (next_random(state, 5) == 0)
			strcat(text, " ");
	}
	return n;
}

static uint64_t slow_common(const char *a, size_t n_a, const char *b, size_t n_b, size_t order)
{
	char taken[LONGEST] = { 0 };
	uint64_t n = 0;
	for (size_t i = 0; i + order <= n_a; i++)
		for (size_t j = 0; j + order <= n_b; j++)
			if (!taken[j] && memcmp(a + i, b + j, order) == 0) {
				taken[j] = 1;
				n++;
				break;
			}
	return n;
}

Test(chrf, counts_are_those_of_trying_all)
{
	struct tj_chrf got = { 0 }, wanted = { 0 };
	unsigned state = 5;
	for (int line = 0; line < 2000; line++) {
		char a[LONGEST], b[LONGEST], text_a[6 * LONGEST], text_b[6 * LONGEST];
		size_t n_a = random_line(&state, a, text_a), n_b = random_line(&state, b, text_b);
		add(&got, text_a, text_b);
		for (size_t n = 1; n <= TJ_CHRF_ORDER && n <= n_b; n++) {
			wanted.hypothesis[n - 1] += n_a >= n ? n_a - n + 1 : 0;
			wanted.reference[n - 1] += n_b - n + 1;
			wanted.common[n - 1] += slow_common(a, n_a, b, n_b, n);
		}
	}
	for (int i = 0; i < TJ_CHRF_ORDER; i++) {
		cr_expect_eq(got.hypothesis[i], wanted.hypothesis[i]);
		cr_expect_eq(got.reference[i], wanted.reference[i]);
		cr_expect_eq(got.common[i], wanted.common[i]);
	}
}
