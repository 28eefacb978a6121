/* SPDX-License-Identifier: MIT */
/* BLEU and its tokeniser. Figures marked "documented" come from sacreBLEU's own tests and
 * examples. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "src/metric/bleu.h"
#include "src/metric/tokenize_13a.h"

static int near(double a, double b)
{
	return fabs(a - b) <= 1e-9 * fmax(1, fabs(b));
}

static char *tokens_of(const char *text, size_t n)
{
	char *out = NULL;
	size_t n_out = 0, capacity = 0;
	cr_assert(tj_tokenize_13a(text, n, &out, &n_out, &capacity));
	char *copy = calloc(n_out + 1, 1);
	cr_assert_not_null(copy);
	if (n_out > 0)
		memcpy(copy, out, n_out);
	free(out);
	return copy;
}

/* --- The tokeniser --------------------------------------------------------- */

static void expect_tokens(const char *text, const char *expected)
{
	char *got = tokens_of(text, strlen(text));
	cr_expect_str_eq(got, expected, "of '%s': '%s', wanted '%s'", text, got, expected);
	free(got);
}

Test(tokenize_13a, symbols_stand_alone)
{
	expect_tokens("Wait! (Really?)", "Wait ! ( Really ? )");
	expect_tokens("a/b+c=d;e:f@g", "a / b + c = d ; e : f @ g");
	expect_tokens("{x}[y]|z~^_`\\", "{ x } [ y ] | z ~ ^ _ ` \\");
	expect_tokens("\"#$%&*<>", "\" # $ % & * < >");
}

Test(tokenize_13a, apostrophes_hyphens_and_other_signs_stay)
{
	expect_tokens("don't well-known", "don't well-known");
	expect_tokens("\xc2\xbfQu\xc3\xa9? \xc2\xa1S\xc3\xad!",
	              "\xc2\xbfQu\xc3\xa9 ? \xc2\xa1S\xc3\xad !");
	expect_tokens("\xe2\x80\x9cyes\xe2\x80\x9d \xe2\x80\x94 no\xe2\x80\xa6",
	              "\xe2\x80\x9cyes\xe2\x80\x9d \xe2\x80\x94 no\xe2\x80\xa6");
}

Test(tokenize_13a, points_and_commas_stay_only_between_digits)
{
	expect_tokens("1,234.56", "1,234.56");
	expect_tokens("It costs 5.", "It costs 5 .");
	expect_tokens("5.a a.5 .5 5,", "5 . a a . 5 . 5 5 ,");
	expect_tokens("caf\xc3\xa9.\xc3\xa1,b", "caf\xc3\xa9 . \xc3\xa1 , b");
}

/* Each replacement scans from left to right and never matches a character twice. */
Test(tokenize_13a, replacements_do_not_overlap)
{
	expect_tokens("a.,b", "a . , b");
	expect_tokens("...", ". . .");
	expect_tokens("....", ". . . .");
	expect_tokens("x..5", "x . .5");
	expect_tokens("1..2", "1 . . 2");
	expect_tokens("1.,2", "1 . , 2");
	expect_tokens("1-2-3", "1 - 2 - 3");
	expect_tokens("1--2", "1 - -2");
	expect_tokens("a-1 1-a", "a-1 1 - a");
}

Test(tokenize_13a, entities_and_skipped)
{
	expect_tokens("&quot;a&quot; &amp; &lt;b&gt;", "\" a \" & < b >");
	expect_tokens("&amp;lt;", "<"); /* replaced one after the other */
	expect_tokens("&lt;amp;", "< amp ;");
	expect_tokens("a<skipped>b", "ab");
	expect_tokens("a<skip<skipped>ped>b", "a < skipped > b");
	expect_tokens("&apos;", "& apos ;");
}

Test(tokenize_13a, white_space_of_every_kind)
{
	expect_tokens("", "");
	expect_tokens("  \t ", "");
	expect_tokens(" a\tb\r", "a b");
	expect_tokens("a\xc2\xa0"
	              "b\xe2\x80\x83"
	              "c\xe3\x80\x80"
	              "d\x1c"
	              "e\xc2\x85"
	              "f",
	              "a b c d e f");
	expect_tokens("a\xe2\x80\x8b"
	              "b",
	              "a\xe2\x80\x8b"
	              "b"); /* a zero-width space is not white space */
}

Test(tokenize_13a, bytes_of_any_value)
{
	char *got = tokens_of("a\0b.c", 5);
	cr_expect_arr_eq(got, "a\0b . c", 7);
	free(got);
	expect_tokens("\xff.\xc3", "\xff . \xc3");
	expect_tokens("a\xe2\x80", "a\xe2\x80");
}

Test(tokenize_13a, appends)
{
	char *out = NULL;
	size_t n = 0, capacity = 0;
	cr_assert(tj_tokenize_13a("one.", 4, &out, &n, &capacity));
	cr_assert(tj_tokenize_13a("two", 3, &out, &n, &capacity));
	cr_expect_eq(n, strlen("one . two"));
	cr_expect_arr_eq(out, "one . two", n);
	free(out);
}

/* --- Counting -------------------------------------------------------------- */

static struct tj_bleu bleu_of(size_t n, const char *const *hypotheses,
                              const char *const *references)
{
	struct tj_bleu b = { 0 };
	struct tj_error err = { 0 };
	for (size_t i = 0; i < n; i++)
		cr_assert_eq(tj_bleu_add(&b, hypotheses[i], strlen(hypotheses[i]), references[i],
		                         strlen(references[i]), &err),
		             TRUJAMAN_OK);
	tj_bleu_finish(&b);
	return b;
}

static struct tj_bleu bleu_of_line(const char *hypothesis, const char *reference)
{
	return bleu_of(1, &hypothesis, &reference);
}

Test(bleu, a_word_counts_as_often_as_both_have_it)
{
	struct tj_bleu b = bleu_of_line("the the the the", "the owl saw the moon");
	cr_expect_eq(b.correct[0], 2);
	cr_expect_eq(b.total[0], 4);
	cr_expect_eq(b.correct[1], 0);
	cr_expect_eq(b.total[3], 1);
	cr_expect_eq(b.hypothesis_words, 4);
	cr_expect_eq(b.reference_words, 5);
}

Test(bleu, equal_texts_have_100)
{
	struct tj_bleu b = bleu_of_line("The owl saw the moon.", "The owl saw the moon.");
	cr_expect(near(b.score, 100), "%.17g", b.score);
	cr_expect_eq(b.brevity_penalty, 1);
	for (int n = 0; n < TJ_BLEU_ORDER; n++)
		cr_expect_eq(b.precisions[n], 100);
}

Test(bleu, case_counts)
{
	struct tj_bleu b = bleu_of_line("THE OWL", "the owl");
	cr_expect_eq(b.correct[0], 0);
}

Test(bleu, nothing_in_common_and_nothing_at_all)
{
	struct tj_bleu b = bleu_of_line("one two three four five", "six seven eight");
	cr_expect_eq(b.score, 0);
	cr_expect_eq(b.precisions[0], 0);
	b = bleu_of_line("", "six seven");
	cr_expect_eq(b.score, 0); /* documented */
	cr_expect_eq(b.brevity_penalty, 0);
	b = bleu_of_line("six seven", "");
	cr_expect_eq(b.score, 0);
	cr_expect_eq(b.total[0], 2);
	b = bleu_of_line("", "");
	cr_expect_eq(b.score, 0);
	cr_expect_eq(b.brevity_penalty, 1);
	b = bleu_of_line("just three words", "just three words"); /* no 4-gram */
	cr_expect_eq(b.score, 0);
	cr_expect_eq(b.precisions[2], 100);
	cr_expect_eq(b.precisions[3], 0);
}

/* The test's own generator, so the sequence is the same on every machine. */
static unsigned next_random(unsigned *state, unsigned n)
{
	*state = *state * 1664525u + 1013904223u;
	return (*state >> 16) % n;
}

/* Counts the n-grams of a that match a not yet matched n-gram of b, by trying all pairs. */
static uint64_t slow_common(const char *a, size_t n_a, const char *b, size_t n_b, size_t order)
{
	char taken[64] = { 0 };
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

/* Fills both with the same random one-letter words. Returns their number. */
static size_t random_words(unsigned *state, char *letters, char *text)
{
	size_t n = next_random(state, 40);
	for (size_t i = 0; i < n; i++) {
		letters[i] = (char)('a' + next_random(state, 4));
		text[2 * i] = letters[i];
		text[2 * i + 1] = ' ';
	}
	text[2 * n] = '\0';
	return n;
}

Test(bleu, counts_are_those_of_trying_all)
{
	struct tj_bleu sum = { 0 };
	struct tj_error err = { 0 };
	uint64_t correct[TJ_BLEU_ORDER] = { 0 }, total[TJ_BLEU_ORDER] = { 0 };
	unsigned state = 7;
	for (int line = 0; line < 2000; line++) {
		char a[40], b[40], text_a[81], text_b[81];
		size_t n_a = random_words(&state, a, text_a), n_b = random_words(&state, b, text_b);
		for (size_t n = 1; n <= TJ_BLEU_ORDER; n++) {
			correct[n - 1] += slow_common(a, n_a, b, n_b, n);
			total[n - 1] += n_a >= n ? n_a - n + 1 : 0;
		}
		cr_assert_eq(tj_bleu_add(&sum, text_a, strlen(text_a), text_b, strlen(text_b),
		                         &err),
		             TRUJAMAN_OK);
	}
	for (size_t n = 0; n < TJ_BLEU_ORDER; n++) {
		cr_expect_eq(sum.correct[n], correct[n]);
		cr_expect_eq(sum.total[n], total[n]);
	}
	cr_expect_eq(sum.hypothesis_words, total[0]);
}

Test(bleu, corpus_is_the_sum_of_its_lines)
{
	const char *hypotheses[] = { "A cat sat on the mat.", "Rain fell all day", "" };
	const char *references[] = { "The cat sat on a mat.", "It rained all day long", "Well." };
	size_t n_hypothesis[3], n_reference[3];
	for (int i = 0; i < 3; i++) {
		n_hypothesis[i] = strlen(hypotheses[i]);
		n_reference[i] = strlen(references[i]);
	}
	struct tj_bleu b = bleu_of(3, hypotheses, references);
	struct tj_error err = { 0 };
	double score;
	cr_assert_eq(tj_bleu_corpus(3, hypotheses, n_hypothesis, references, n_reference, &score,
	                            &err),
	             TRUJAMAN_OK);
	cr_expect_eq(score, b.score);
	cr_expect_gt(score, 0);
}

/* --- The score ------------------------------------------------------------- */

static double score_of(struct tj_bleu b)
{
	tj_bleu_finish(&b);
	return b.score;
}

Test(bleu, documented_scores_of_counts)
{
	struct tj_bleu b = { .correct = { 9, 7, 5, 3 },
		             .total = { 10, 8, 6, 4 },
		             .hypothesis_words = 11,
		             .reference_words = 11 };
	cr_expect_float_eq(score_of(b), 83.75922397, 1e-8);
	b = (struct tj_bleu){ .correct = { 6, 4, 2, 1 },
		              .total = { 10, 8, 6, 4 },
		              .hypothesis_words = 10,
		              .reference_words = 7 };
	cr_expect_float_eq(score_of(b), 39.76353643835252, 1e-10);
	b = (struct tj_bleu){ .total = { 10, 11, 12, 0 },
		              .hypothesis_words = 14,
		              .reference_words = 10 };
	cr_expect_eq(score_of(b), 0);
}

/* The formula of the papers, with the C library's functions. */
static double plain_score(const struct tj_bleu *b)
{
	double sum = 0, smoothing = 1, penalty = 1;
	for (int n = 0; n < TJ_BLEU_ORDER; n++) {
		if (b->correct[n] == 0)
			smoothing *= 2;
		double correct = b->correct[n] == 0 ? 1 / smoothing : (double)b->correct[n];
		sum += log(correct / (double)b->total[n]) / TJ_BLEU_ORDER;
	}
	if (b->hypothesis_words < b->reference_words)
		penalty = exp(1 - (double)b->reference_words / (double)b->hypothesis_words);
	return 100 * penalty * exp(sum);
}

Test(bleu, score_is_the_plain_formula)
{
	unsigned state = 11;
	for (int i = 0; i < 20000; i++) {
		unsigned words = 8 + next_random(&state, 30000);
		struct tj_bleu b = { .hypothesis_words = words,
			             .reference_words = 1 + next_random(&state, 3 * words) };
		for (unsigned n = 0; n < TJ_BLEU_ORDER; n++) {
			b.total[n] = words - n;
			b.correct[n] = n > 0 && next_random(&state, 4) == 0
			                   ? 0
			                   : 1 + next_random(&state, words - n);
		}
		double wanted = plain_score(&b), got = score_of(b);
		cr_assert(near(got, wanted), "%.17g, wanted %.17g", got, wanted);
	}
}
