/* SPDX-License-Identifier: MIT */
/* The models whose mean is tried at the end of a training: which ones are kept, and their mean. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "src/train/snapshots.h"

enum { N = 5 };

static struct tj_snapshots open_snapshots(size_t capacity)
{
	struct tj_snapshots s;
	struct tj_error err = { 0 };
	cr_assert_eq(tj_snapshots_open(&s, capacity, N, &err), TRUJAMAN_OK, "%s", err.text);
	return s;
}

/* The weights of an update are its number. */
static void add(struct tj_snapshots *s, uint64_t update, int validated, double bleu, double nll)
{
	const struct tj_score score = { update, validated, nll, bleu, 2 * bleu };
	float values[N];
	for (size_t i = 0; i < N; i++)
		values[i] = (float)update;
	tj_snapshots_add(s, &score, values);
}

static void expect_kept(const struct tj_snapshots *s, size_t n, const uint64_t *updates)
{
	cr_assert_eq(s->n, n);
	for (size_t k = 0; k < n; k++) {
		size_t i = 0;
		while (i < s->n && s->scores[i].update != updates[k])
			i++;
		cr_assert_lt(i, s->n, "update %llu was not kept", (unsigned long long)updates[k]);
		cr_expect_eq(s->values[i * N], (float)updates[k]);
		cr_expect_eq(s->values[i * N + N - 1], (float)updates[k]);
	}
}

Test(snapshots, the_best_are_kept)
{
	struct tj_snapshots s = open_snapshots(3);
	const double bleu[] = { 5, 9, 7, 4, 8, 9, 6 };
	for (size_t i = 0; i < 7; i++)
		add(&s, 10 * (i + 1), 1, bleu[i], 1);
	expect_kept(&s, 3, (const uint64_t[]){ 20, 50, 60 });
	tj_snapshots_free(&s);
}

Test(snapshots, among_equal_bleu_the_loss_decides_and_then_the_earlier_one_stays)
{
	struct tj_snapshots s = open_snapshots(2);
	add(&s, 1, 1, 0, 3);
	add(&s, 2, 1, 0, 2);
	add(&s, 3, 1, 0, 2.5);
	expect_kept(&s, 2, (const uint64_t[]){ 2, 3 });
	add(&s, 4, 1, 0, 2.5);
	expect_kept(&s, 2, (const uint64_t[]){ 2, 3 });
	tj_snapshots_free(&s);
}

Test(snapshots, without_scores_the_last_are_kept)
{
	struct tj_snapshots s = open_snapshots(2);
	for (uint64_t i = 1; i < 6; i++)
		add(&s, i, 0, 0, 0);
	expect_kept(&s, 2, (const uint64_t[]){ 4, 5 });
	tj_snapshots_free(&s);
}

Test(snapshots, of_none_nothing_is_kept)
{
	struct tj_snapshots s = open_snapshots(0);
	add(&s, 1, 1, 1, 1);
	cr_expect_eq(s.n, 0);
	tj_snapshots_free(&s);
}

/* The sum of large and small numbers is formed in double precision. */
Test(snapshots, the_mean)
{
	struct tj_snapshots s = open_snapshots(3);
	const struct tj_score score = { 1, 1, 1, 1, 1 };
	const float values[3][N] = { { 1, 16777216, 1e30f, 0, -2 },
		                     { 2, 1, -1e30f, 0, 2 },
		                     { 6, 1, 3, 0, 1.5f } };
	const float wanted[N] = { 3, 5592406, 1, 0, 0.5f };
	float mean[N];
	for (size_t i = 0; i < 3; i++)
		tj_snapshots_add(&s, &score, values[i]);
	tj_snapshots_mean(&s, mean);
	for (size_t i = 0; i < N; i++)
		cr_expect_eq(mean[i], wanted[i], "%zu: %g", i, mean[i]);
	tj_snapshots_free(&s);
}

Test(snapshots, their_text_is_read_back)
{
	struct tj_snapshots a = open_snapshots(3), b = open_snapshots(3);
	add(&a, 12345678901234567, 1, 1.0 / 3, 2.0 / 7);
	add(&a, 7, 0, 0, 0);
	char *text = tj_snapshots_print(&a);
	cr_assert_not_null(text);
	cr_assert(tj_snapshots_read(&b, 2, text), "%s", text);
	cr_expect_eq(b.n, 2);
	for (size_t i = 0; i < 2; i++) {
		cr_expect_eq(a.scores[i].update, b.scores[i].update);
		cr_expect_eq(a.scores[i].validated, b.scores[i].validated);
		cr_expect_eq(a.scores[i].nll, b.scores[i].nll);
		cr_expect_eq(a.scores[i].bleu, b.scores[i].bleu);
		cr_expect_eq(a.scores[i].chrf, b.scores[i].chrf);
	}
	free(text);
	tj_snapshots_free(&a);
	tj_snapshots_free(&b);
}

Test(snapshots, a_damaged_text_is_refused)
{
	struct tj_snapshots s = open_snapshots(2);
	const char *const bad[] = {
		"",
		" ",
		"1 1 0x1p+0 0x1p+0",
		"1 2 0x1p+0 0x1p+0 0x1p+0",
		"x 1 0x1p+0 0x1p+0 0x1p+0",
		"1 1 0x1p+0 0x1p+0 nan",
		"1 1 0x1p+0 0x1p+0 0x1p+0 1",
		"99999999999999999999999 1 0x1p+0 0x1p+0 0x1p+0",
		"1 1 0x1p+0 0x1p+0 0x1.00000000000000000000000000000000000000p+0",
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		cr_expect_not(tj_snapshots_read(&s, 1, bad[i]), "'%s'", bad[i]);
	cr_expect(tj_snapshots_read(&s, 1, "1 1 0x1p+0 0x1p+0 0x1p+0"));
	cr_expect_not(tj_snapshots_read(&s, 3, "1 1 0x1p+0 0x1p+0 0x1p+0"));
	tj_snapshots_free(&s);
}
