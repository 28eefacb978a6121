/* SPDX-License-Identifier: MIT */
/* Mini-batches: which pairs, how many, in what order. The corpora have random lengths. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/random.h"
#include "src/train/data/batches.h"

enum { BUDGET = 200 };

/* n pairs with up to `longest` ids on each side; id k of the corpus is k. */
static struct tj_corpus make_corpus(size_t n, size_t longest, uint64_t seed)
{
	struct tj_corpus c = { .n = n };
	c.source = malloc(n * sizeof *c.source);
	c.target = malloc(n * sizeof *c.target);
	c.n_source = malloc(n * sizeof *c.n_source);
	c.n_target = malloc(n * sizeof *c.n_target);
	cr_assert(c.source && c.target && c.n_source && c.n_target);
	for (size_t i = 0; i < n; i++) {
		c.n_source[i] = (uint32_t)(1 + tj_random_below(seed, 2 * i, longest));
		c.n_target[i] = (uint32_t)(1 + tj_random_below(seed, 2 * i + 1, longest));
		c.source[i] = c.n_ids;
		c.target[i] = c.n_ids + c.n_source[i];
		c.n_ids += c.n_source[i] + c.n_target[i];
	}
	c.ids = malloc(c.n_ids * sizeof *c.ids);
	cr_assert_not_null(c.ids);
	for (size_t i = 0; i < c.n_ids; i++)
		c.ids[i] = (int32_t)i;
	return c;
}

static struct tj_batches make(const struct tj_corpus *c, uint64_t seed, uint64_t epoch)
{
	struct tj_batches b;
	struct tj_error err = { 0 };
	cr_assert_eq(tj_batches_make(&b, c, BUDGET, seed, epoch, &err), TRUJAMAN_OK, "%s",
	             err.text);
	return b;
}

static struct tj_batches in_order(const struct tj_corpus *c)
{
	struct tj_batches b;
	struct tj_error err = { 0 };
	cr_assert_eq(tj_batches_in_order(&b, c, BUDGET, &err), TRUJAMAN_OK, "%s", err.text);
	return b;
}

static void expect_every_pair_once(const struct tj_batches *b, const struct tj_corpus *c)
{
	unsigned char *seen = calloc(c->n, 1);
	cr_assert_not_null(seen);
	cr_assert_eq(b->first[0], 0);
	cr_assert_eq(b->first[b->n], c->n);
	for (size_t i = 0; i < b->n; i++)
		cr_assert_lt(b->first[i], b->first[i + 1], "batch %zu is empty", i);
	for (size_t i = 0; i < c->n; i++) {
		cr_assert(b->order[i] < c->n && !seen[b->order[i]], "pair %u", b->order[i]);
		seen[b->order[i]] = 1;
	}
	free(seen);
}

static void expect_within_budget(const struct tj_batches *b, const struct tj_corpus *c)
{
	for (size_t i = 0; i < b->n; i++) {
		size_t source = 0, target = 0;
		for (size_t k = b->first[i]; k < b->first[i + 1]; k++) {
			source += c->n_source[b->order[k]];
			target += c->n_target[b->order[k]];
		}
		int alone = b->first[i + 1] - b->first[i] == 1;
		cr_expect(alone || (target <= BUDGET && source <= 2 * BUDGET),
		          "batch %zu: %zu source and %zu target pieces", i, source, target);
	}
}

static void release(struct tj_batches *b, struct tj_corpus *c)
{
	tj_batches_free(b);
	tj_corpus_free(c);
}

static int are_same(const struct tj_batches *a, const struct tj_batches *b, size_t n_pairs)
{
	return a->n == b->n && memcmp(a->first, b->first, (a->n + 1) * sizeof *a->first) == 0 &&
	       memcmp(a->order, b->order, n_pairs * sizeof *a->order) == 0;
}

Test(batches, every_pair_comes_once_within_the_budget)
{
	const size_t sizes[] = { 1, 2, 3, 100, 5000 };
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct tj_corpus c = make_corpus(sizes[i], 60, i);
		struct tj_batches b = make(&c, 1, i);
		expect_every_pair_once(&b, &c);
		expect_within_budget(&b, &c);
		tj_batches_free(&b);
		b = in_order(&c);
		expect_every_pair_once(&b, &c);
		expect_within_budget(&b, &c);
		release(&b, &c);
	}
}

/* Pairs over the budget by themselves: in the target, or in the source, whose budget is twice as
 * large. */
Test(batches, a_pair_over_the_budget_is_alone)
{
	struct tj_corpus c = make_corpus(300, 20, 3);
	c.n_target[7] = BUDGET + 1;
	c.n_source[11] = 2 * BUDGET + 1;
	c.n_target[200] = 50 * BUDGET;
	struct tj_batches b = make(&c, 1, 0);
	size_t alone = 0;
	expect_every_pair_once(&b, &c);
	expect_within_budget(&b, &c);
	for (size_t i = 0; i < b.n; i++) {
		uint32_t pair = b.order[b.first[i]];
		alone += b.first[i + 1] - b.first[i] == 1 &&
		         (pair == 7 || pair == 11 || pair == 200);
	}
	cr_expect_eq(alone, 3);
	release(&b, &c);
}

Test(batches, a_pair_that_just_fits_needs_no_batch_more)
{
	struct tj_corpus c = make_corpus(8, 20, 3);
	for (size_t i = 0; i < c.n; i++) {
		c.n_target[i] = BUDGET / 4;
		c.n_source[i] = BUDGET / 2;
	}
	struct tj_batches b = make(&c, 1, 0);
	cr_expect_eq(b.n, 2);
	tj_batches_free(&b);
	for (size_t i = 0; i < c.n; i++)
		c.n_source[i]++; /* now the source alone exceeds the budget */
	b = make(&c, 1, 0);
	cr_expect_eq(b.n, 3);
	release(&b, &c);
}

/* Batches are full and their pairs have similar lengths, so there is little padding. */
Test(batches, like_lengths_are_together)
{
	struct tj_corpus c = make_corpus(20000, 60, 9);
	struct tj_batches b = make(&c, 1, 0);
	size_t pieces = 0, padded = 0;
	for (size_t i = 0; i < b.n; i++) {
		size_t longest = 0;
		for (size_t k = b.first[i]; k < b.first[i + 1]; k++) {
			size_t n = c.n_target[b.order[k]];
			longest = n > longest ? n : longest;
			pieces += n;
		}
		padded += longest * (b.first[i + 1] - b.first[i]);
	}
	cr_expect_lt(padded, pieces + pieces / 20, "%zu of %zu", pieces, padded);
	cr_expect_gt(pieces, b.n * BUDGET * 3 / 4, "%zu pieces in %zu batches", pieces, b.n);
	release(&b, &c);
}

/* Pairs are sorted by length to build batches, but the batches are shuffled: about half of them
 * are followed by a longer one. */
Test(batches, they_come_in_no_order_of_length)
{
	struct tj_corpus c = make_corpus(20000, 60, 9);
	struct tj_batches b = make(&c, 1, 0);
	size_t longer = 0;
	for (size_t i = 1; i < b.n; i++)
		longer += c.n_target[b.order[b.first[i]]] > c.n_target[b.order[b.first[i - 1]]];
	cr_expect(longer > b.n * 2 / 5 && longer < b.n * 3 / 5, "%zu of %zu", longer, b.n);
	release(&b, &c);
}

Test(batches, seed_and_epoch_decide)
{
	struct tj_corpus c = make_corpus(1000, 40, 5);
	struct tj_batches b = make(&c, 1, 0);
	for (uint64_t seed = 0; seed < 4; seed++)
		for (uint64_t epoch = 0; epoch < 4; epoch++) {
			struct tj_batches other = make(&c, seed, epoch);
			cr_expect_eq(are_same(&b, &other, c.n), seed == 1 && epoch == 0);
			tj_batches_free(&other);
		}
	release(&b, &c);
}

/* Each epoch changes which pairs share a batch, not only the order of the batches. */
Test(batches, an_epoch_mixes_pairs_anew)
{
	struct tj_corpus c = make_corpus(50000, 40, 5);
	struct tj_batches a = make(&c, 1, 0), b = make(&c, 1, 1);
	size_t *batch_of = malloc(c.n * sizeof *batch_of), together = 0, still = 0;
	cr_assert_not_null(batch_of);
	for (size_t i = 0; i < b.n; i++)
		for (size_t k = b.first[i]; k < b.first[i + 1]; k++)
			batch_of[b.order[k]] = i;
	for (size_t i = 0; i < a.n; i++)
		for (size_t k = a.first[i] + 1; k < a.first[i + 1]; k++) {
			together++;
			still += batch_of[a.order[k]] == batch_of[a.order[k - 1]];
		}
	cr_expect_lt(still, together / 5, "%zu of %zu", still, together);
	free(batch_of);
	tj_batches_free(&a);
	release(&b, &c);
}

Test(batches, for_validation_they_are_sorted_and_always_the_same)
{
	struct tj_corpus c = make_corpus(3000, 40, 5);
	struct tj_batches a = in_order(&c), b = in_order(&c);
	cr_expect(are_same(&a, &b, c.n));
	for (size_t i = 1; i < c.n; i++) {
		uint32_t x = a.order[i - 1], y = a.order[i];
		cr_assert(
		    c.n_target[x] < c.n_target[y] ||
		    (c.n_target[x] == c.n_target[y] &&
		     (c.n_source[x] < c.n_source[y] || (c.n_source[x] == c.n_source[y] && x < y))));
	}
	tj_batches_free(&a);
	release(&b, &c);
}

Test(batches, a_view_shows_the_pairs_of_its_batch)
{
	struct tj_corpus c = make_corpus(500, 40, 5);
	struct tj_batches b = make(&c, 1, 0);
	struct tj_batch_view v = { 0 };
	struct tj_error err = { 0 };
	for (size_t i = 0; i < b.n; i++) {
		cr_assert_eq(tj_batches_view(&b, &c, i, &v, &err), TRUJAMAN_OK, "%s", err.text);
		cr_assert_eq(v.batch.n, b.first[i + 1] - b.first[i]);
		for (size_t k = 0; k < v.batch.n; k++) {
			uint32_t pair = b.order[b.first[i] + k];
			cr_expect_eq(v.batch.n_source[k], c.n_source[pair]);
			cr_expect_eq(v.batch.n_target[k], c.n_target[pair]);
			cr_expect_eq(v.batch.source[k][0], (int32_t)c.source[pair]);
			cr_expect_eq(v.batch.target[k][0], (int32_t)c.target[pair]);
		}
	}
	tj_batch_view_free(&v);
	release(&b, &c);
}

/* --- Weights ------------------------------------------------------------------------- */

/* Counts how often each pair is there; adds to counts[c->n]. */
static void count_pairs(const struct tj_batches *b, const struct tj_corpus *c, size_t *counts)
{
	uint64_t pieces = 0;
	cr_assert_eq(b->first[0], 0);
	cr_assert_eq(b->first[b->n], b->n_pairs);
	for (size_t i = 0; i < b->n_pairs; i++) {
		cr_assert_lt(b->order[i], c->n);
		counts[b->order[i]]++;
		pieces += c->n_target[b->order[i]];
	}
	cr_expect_eq(pieces, b->target_pieces);
}

static struct tj_corpus make_weighted(size_t n, const struct tj_corpus_part *parts, size_t n_parts)
{
	struct tj_corpus c = make_corpus(n, 30, 4);
	c.parts = malloc(n_parts * sizeof *c.parts);
	cr_assert_not_null(c.parts);
	memcpy(c.parts, parts, n_parts * sizeof *c.parts);
	c.n_parts = n_parts;
	return c;
}

Test(batches, weights_say_how_often_pairs_come)
{
	const struct tj_corpus_part parts[] = { { 100, 1 },    { 200, 3 },     { 1200, 0.3 },
		                                { 1200, 0.5 }, { 1300, 2.25 }, { 1301, 0.001 } };
	struct tj_corpus c = make_weighted(1301, parts, 6);
	for (uint64_t epoch = 0; epoch < 5; epoch++) {
		size_t counts[1301] = { 0 }, sums[6] = { 0 };
		struct tj_batches b = make(&c, 7, epoch);
		count_pairs(&b, &c, counts);
		expect_within_budget(&b, &c);
		for (size_t i = 0, part = 0; i < c.n; i++) {
			while (i >= parts[part].end)
				part++;
			size_t least = (size_t)parts[part].weight;
			cr_expect(counts[i] >= least && counts[i] <= least + 1,
			          "pair %zu: %zu times", i, counts[i]);
			sums[part] += counts[i];
		}
		cr_expect(sums[0] == 100 && sums[1] == 300 && sums[2] == 300 && sums[3] == 0 &&
		          sums[4] == 225 && sums[5] == 1);
		tj_batches_free(&b);
	}
	tj_corpus_free(&c);
}

/* Ten epochs of three tenths are three times the whole, whichever epoch is the first. */
Test(batches, a_share_takes_turns)
{
	const struct tj_corpus_part parts[] = { { 50, 1 }, { 150, 0.3 } };
	struct tj_corpus c = make_weighted(150, parts, 2);
	for (uint64_t first = 0; first < 200; first += 67) {
		size_t counts[150] = { 0 };
		for (uint64_t epoch = first; epoch < first + 10; epoch++) {
			struct tj_batches b = make(&c, 7, epoch);
			count_pairs(&b, &c, counts);
			tj_batches_free(&b);
		}
		for (size_t i = 0; i < c.n; i++)
			cr_expect_eq(counts[i], i < 50 ? 10 : 3, "pair %zu: %zu", i, counts[i]);
	}
	tj_corpus_free(&c);
}

Test(batches, seed_and_epoch_decide_which_share)
{
	const struct tj_corpus_part parts[] = { { 500, 0.4 } };
	struct tj_corpus c = make_weighted(500, parts, 1);
	struct tj_batches a = make(&c, 7, 3), b = make(&c, 7, 3), other = make(&c, 8, 3);
	size_t in_a[500] = { 0 }, in_other[500] = { 0 };
	cr_expect(are_same(&a, &b, a.n_pairs));
	count_pairs(&a, &c, in_a);
	count_pairs(&other, &c, in_other);
	cr_expect_neq(memcmp(in_a, in_other, sizeof in_a), 0);
	tj_batches_free(&a);
	tj_batches_free(&b);
	release(&other, &c);
}

Test(batches, weights_of_one_are_no_weights)
{
	const struct tj_corpus_part parts[] = { { 200, 1 }, { 300, 1 } };
	struct tj_corpus c = make_weighted(300, parts, 2);
	struct tj_batches a = make(&c, 7, 3);
	c.n_parts = 0;
	struct tj_batches b = make(&c, 7, 3);
	cr_expect(a.n_pairs == b.n_pairs && are_same(&a, &b, c.n));
	tj_batches_free(&a);
	release(&b, &c);
}
