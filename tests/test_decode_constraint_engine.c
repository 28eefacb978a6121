/* SPDX-License-Identifier: MIT */
/* Tests of constraints through whole networks: greedy search against a beam of 1, sentences
 * together against one by one, every instruction set, int8, coverage penalties, and sentences that
 * have no constraint beside others that have one. The networks are small and random. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/constraint_bench.h"

/* What is promised of complete hypotheses, told from their texts. */
static void expect_promises(const struct bench *b, const struct found *f, size_t i,
                            size_t *complete)
{
	const struct tj_constraint *c = &b->of[i];
	for (size_t h = 0; h < f->n && c->active; h++) {
		int count[N_PLACEABLES] = { 0 };
		struct tj_string text = { NULL, 0, 0 };
		struct tj_error err = { 0 };
		for (size_t p = 0; p < f->ended[h].n_pieces; p++)
			if (f->ids[h][p] >= FIRST_PLACEABLE &&
			    f->ids[h][p] < FIRST_PLACEABLE + N_PLACEABLES)
				count[f->ids[h][p] - FIRST_PLACEABLE]++;
		int all = 1;
		for (int k = 0; k < N_PLACEABLES; k++) {
			cr_expect_leq(count[k], c->count[k]);
			all &= count[k] == c->count[k];
		}
		cr_expect(all || !f->ended[h].complete);
		*complete += (size_t)f->ended[h].complete;
		cr_assert_eq(tj_pieces_decode(b->pieces, f->ids[h], f->ended[h].n_pieces, &text,
		                              &err),
		             TRUJAMAN_OK);
		cr_assert(tj_string_append(&text, "", 1));
		cr_expect(!c->guard || strpbrk(text.data, "&@_/{}%") == NULL, "%s", text.data);
		free(text.data);
	}
}

Test(constraint_engine, together_and_alone)
{
	size_t complete = 0;
	for (size_t m = 0; m < sizeof names / sizeof *names; m++)
		for (int int8 = 0; int8 < 2; int8++) {
			const struct tj_kernels *const *k = tj_kernels_usable();
			struct bench b;
			bench_open(&b, names[m], *k, int8, NULL);
			run(&b, options(4, 1), 64, N_SENTENCES, 0, first);
			for (size_t i = 0; i < N_SENTENCES; i++)
				expect_promises(&b, &first[i], i, &complete);
			run(&b, options(4, 1), 4, 1, 0, second);
			expect_all_same("one by one", 1);
			bench_close(&b);
			for (k++; *k; k++) {
				bench_open(&b, names[m], *k, int8, NULL);
				run(&b, options(4, 1), 13, 5, 0, second);
				expect_all_same((*k)->name, 1);
				bench_close(&b);
			}
		}
	cr_expect_geq(complete, 200, "only %zu", complete);
}

/* A beam of 1 without scores looks only at the best piece, and at others where that is refused. */
Test(constraint_engine, greedy)
{
	for (size_t m = 0; m < sizeof names / sizeof *names; m++)
		for (int int8 = 0; int8 < 2; int8++)
			for (const struct tj_kernels *const *k = tj_kernels_usable(); *k; k++) {
				struct bench b;
				bench_open(&b, names[m], *k, int8, NULL);
				run(&b, options(1, 1), 64, N_SENTENCES, 0, first);
				run(&b, options(1, 0), 64, N_SENTENCES, 0, second);
				expect_all_same("together", 0);
				run(&b, options(1, 0), 3, 2, 0, second);
				expect_all_same("three rows", 0);
				bench_close(&b);
			}
}

/* Without constraints, and where none is active, nothing changes. */
Test(constraint_engine, inactive)
{
	for (size_t m = 0; m < sizeof names / sizeof *names; m++)
		for (size_t beam = 1; beam <= 4; beam += 3)
			for (int scores = 0; scores < 2; scores++) {
				struct bench b;
				bench_open(&b, names[m], tj_kernels_usable()[0], 0, NULL);
				run(&b, options(beam, scores), 64, N_SENTENCES, 1, first);
				run(&b, options(beam, scores), 64, N_SENTENCES, 0, second);
				for (size_t i = 0; i < N_SENTENCES; i++)
					if (!b.of[i].active)
						expect_same(&first[i], &second[i], i, "mixed", 1);
				for (size_t i = 0; i < N_SENTENCES; i++)
					b.of[i].active = 0;
				run(&b, options(beam, scores), 64, N_SENTENCES, 0, second);
				expect_all_same("inactive", 1);
				bench_close(&b);
			}
}

/* --- Coverage ------------------------------------------------------------------------ */

struct forced {
	float shares[(MAX_PIECES + 1) * (MAX_IDS + 1)];
};

static trujaman_status ignore(void *context, const struct tj_result *r, struct tj_error *err)
{
	(void)context, (void)r, (void)err;
	return TRUJAMAN_OK;
}

/* The penalty of a hypothesis, in float64, from the attention weights that scoring it gives. */
static double plain_penalty(const struct bench *b, size_t i, const struct found *f, size_t h,
                            double beta)
{
	static struct forced forced;
	struct tj_error err = { 0 };
	size_t n = b->n_ids[i] + (size_t)(b->config.source_eos != 0);
	struct tj_engine_options o = { .search = options(1, 1),
		                       .max_rows = 1,
		                       .max_source = MAX_IDS + 1,
		                       .bos = BOS,
		                       .source_eos = b->config.source_eos ? EOS : -1 };
	struct tj_engine *e = tj_engine_new(b->model, &o, &err);
	struct tj_request r = { .ids = b->ids[i],
		                .n_ids = b->n_ids[i],
		                .forced = f->ids[h],
		                .n_forced = f->ended[h].n_pieces,
		                .shares = forced.shares };
	double sum = 0;
	cr_assert_not_null(e);
	cr_assert_eq(tj_engine_submit(e, 1, &r, &err), TRUJAMAN_OK);
	while (tj_engine_pending(e) > 0)
		cr_assert_eq(tj_engine_step(e, ignore, NULL, &err), TRUJAMAN_OK);
	tj_engine_free(e);
	for (size_t k = 0; k < n; k++) {
		double covered = 0;
		for (size_t step = 0; step < f->ended[h].length; step++)
			covered += (double)forced.shares[step * n + k];
		sum += log(covered < 1 ? covered : 1);
	}
	return beta * sum;
}

Test(constraint_engine, coverage)
{
	const double beta = 0.75;
	size_t n_moved = 0;
	for (size_t m = 0; m < 4; m++) {
		struct bench b;
		bench_open(&b, names[m], tj_kernels_usable()[0], 0, NULL);
		cr_assert_neq(b.config.attention, TJ_ATTENTION_NONE);
		for (size_t i = 0; i < N_SENTENCES; i++) {
			b.of[i] = (struct tj_constraint){ .active = 1 };
			b.of[i].coverage_penalty = (float)beta;
		}
		run(&b, options(6, 1), 60, N_SENTENCES, 0, first);
		run(&b, options(6, 1), 6, 1, 0, second);
		expect_all_same("one by one", 1);
		for (size_t i = 0; i < N_SENTENCES; i++)
			for (size_t h = 0; h < first[i].n; h++) {
				const struct tj_ended *x = &first[i].ended[h];
				double wanted = plain_penalty(&b, i, &first[i], h, beta);
				cr_expect(fabs(x->coverage - wanted) <= 1e-4 * (1 + fabs(wanted)),
				          "sentence %zu: %g, not %g", i, x->coverage, wanted);
				cr_expect(h == 0 ||
				          x[-1].rank + x[-1].coverage >= x->rank + x->coverage);
				n_moved += h > 0 && x[-1].rank < x->rank;
			}
		bench_close(&b);
	}
	cr_expect_geq(n_moved, 10, "only %zu", n_moved);
}
