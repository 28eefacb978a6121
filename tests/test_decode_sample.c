/* SPDX-License-Identifier: MIT */
/* Draws: their distribution against the one they are drawn from (Pearson's chi-square test), with
 * every restriction, of single steps and of whole networks; and that only the key matters. The
 * seeds are fixed, so a result is the same on every run. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "src/base/memory.h"
#include "tests/constraint_bench.h"

/* Expects `count` draws of each piece, n_draws in all, to fit the shares, which add up to 1. The
 * limit is exceeded about once in a million times. Returns the degrees of freedom. */
static size_t expect_fit(const size_t *count, const double *share, size_t n, size_t n_draws,
                         const char *what)
{
	double chi = 0, rare = 0;
	size_t bins = 0, rare_count = 0;
	for (size_t i = 0; i < n; i++) {
		double wanted = share[i] * (double)n_draws, off = (double)count[i] - wanted;
		cr_expect(share[i] > 0 || count[i] == 0, "%s: piece %zu cannot be drawn", what, i);
		if (wanted < 8) {
			rare += wanted;
			rare_count += count[i];
			continue;
		}
		chi += off * off / wanted;
		bins++;
	}
	if (rare >= 8) {
		chi += ((double)rare_count - rare) * ((double)rare_count - rare) / rare;
		bins++;
	}
	double freedom = (double)bins - 1;
	cr_expect(bins < 2 || chi < freedom + 5 * sqrt(2 * freedom) + 12, "%s: chi-square %g of %g",
	          what, chi, freedom);
	return bins;
}

/* The shares that the settings leave, computed by sorting. */
static void find_shares(const float *logits, size_t n, const struct tj_sampling *o, int32_t unk,
                        const char *forbidden, double *share)
{
	size_t order[512], n_left = 0;
	double total = 0, part = 0, kept = 0;
	for (size_t i = 0; i < n; i++) {
		share[i] = (int32_t)i == unk ? 0 : exp((double)logits[i] / o->temperature);
		total += share[i];
		size_t at = n_left++;
		for (; at > 0 && share[order[at - 1]] < share[i]; at--)
			order[at] = order[at - 1];
		order[at] = i;
	}
	size_t k = o->top_k > 0 && o->top_k < n ? o->top_k : n;
	for (size_t i = k; i < n; i++) {
		total -= share[order[i]];
		share[order[i]] = 0;
	}
	for (size_t i = 0; i < k; i++) {
		if (i > 0 && o->top_p < 1 && part >= o->top_p * total)
			share[order[i]] = 0;
		part += share[order[i]];
	}
	for (size_t i = 0; i < n; i++) {
		share[i] = forbidden != NULL && forbidden[i] ? 0 : share[i];
		kept += share[i];
	}
	for (size_t i = 0; i < n; i++)
		share[i] /= kept;
}

Test(sample, one_step)
{
	enum { N = 48, N_DRAWS = 100000 };
	static const struct tj_sampling cases[] = {
		{ 1, 1, 0, 1, 0 }, { 1, 0.5, 0, 1, 0 }, { 1, 2.5, 0, 1, 0 },
		{ 1, 1, 7, 1, 0 }, { 1, 1, 0, 0.8, 0 }, { 1, 2, 20, 0.6, 0 },
		{ 1, 1, 1, 1, 0 }, { 1, 1, 0, 0, 0 },   { 1, 1, 100, 1, 0 },
	};
	const struct tj_kernels *kernels = tj_kernels_usable()[0];
	struct tj_error err = { 0 };
	struct tj_sampler *s = tj_sampler_open(N, &err);
	struct tj_trail trail = { 0 };
	float *logits = tj_alloc(N, sizeof *logits);
	cr_assert(s != NULL && logits != NULL);
	for (size_t i = 0; i < N; i++)
		logits[i] = i < N - 5 ? 4 * tj_random_unit(5, i) - 1 : -INFINITY;
	struct tj_candidates c = { .kernels = kernels,
		                   .trail = &trail,
		                   .logits = logits,
		                   .n_logits = N,
		                   .eos = 2,
		                   .unk = 0 };
	for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
		size_t count[N] = { 0 };
		double share[N];
		char what[64];
		snprintf(what, sizeof what, "case %zu", k);
		for (uint64_t draw = 0; draw < N_DRAWS; draw++) {
			int32_t piece;
			float value;
			cr_assert_eq(tj_sample(s, &cases[k], &c, draw, k, &piece, &value), 1);
			cr_assert_eq(value, logits[piece]);
			count[piece]++;
		}
		find_shares(logits, N, &cases[k], 0, NULL, share);
		size_t bins = expect_fit(count, share, N, N_DRAWS, what);
		cr_expect(bins > 30 || cases[k].top_k > 0 || cases[k].top_p < 1);
	}
	tj_free(logits);
	tj_sampler_close(s);
}

/* --- Whole networks ---------------------------------------------------------------- */

enum { N_KEPT = 2 };

struct drawn {
	int32_t (*first)[N_KEPT]; /* the first pieces of each draw, -1 behind the end */
};

static trujaman_status keep_first(void *context, const struct tj_result *r, struct tj_error *err)
{
	int32_t ids[MAX_PIECES], *to = ((struct drawn *)context)->first[r->tag];
	size_t n = r->ended[0].n_pieces;
	(void)err;
	cr_assert(n <= MAX_PIECES && r->n == 1);
	tj_search_pieces(r->search, r->options, 0, ids);
	for (size_t i = 0; i < N_KEPT; i++)
		to[i] = i < n ? ids[i] : i == n ? EOS : -1;
	return TRUJAMAN_OK;
}

/* Draws n translations of a sentence of one piece. */
static void draw_all(const struct bench *b, const struct tj_sampling *sampling,
                     const struct tj_constraint *c, size_t n, size_t max_rows, size_t first_key,
                     int32_t (*out)[N_KEPT])
{
	struct tj_error err = { 0 };
	struct tj_engine_options o = { .search = options(1, 1),
		                       .max_rows = max_rows,
		                       .max_source = MAX_IDS + 1,
		                       .bos = BOS,
		                       .source_eos = b->config.source_eos ? EOS : -1,
		                       .constraints = b->constraints };
	struct drawn drawn = { out };
	int32_t source = 17;
	o.search.sampling = *sampling;
	struct tj_engine *e = tj_engine_new(b->model, &o, &err);
	cr_assert_not_null(e, "%s", err.text);
	for (size_t i = 0; i < n || tj_engine_pending(e) > 0;) {
		struct tj_request requests[32];
		size_t count = 0;
		for (; count < 32 && i < n && count < tj_engine_room(e); i++)
			requests[count++] = (struct tj_request){ .ids = &source,
				                                 .n_ids = 1,
				                                 .tag = i,
				                                 .key = first_key + i,
				                                 .constraint = c };
		cr_assert_eq(tj_engine_submit(e, count, requests, &err), TRUJAMAN_OK);
		cr_assert_eq(tj_engine_step(e, keep_first, &drawn, &err), TRUJAMAN_OK);
	}
	tj_engine_free(e);
}

/* The logits of the step behind n pieces. */
static void find_logits(const struct bench *b, const int32_t *ids, size_t n, float *logits)
{
	struct tj_error err = { 0 };
	struct tj_encoded memory = { 0 };
	int32_t source[2] = { 17, EOS };
	struct tj_encoder *e = tj_encoder_new(b->model, 1, MAX_IDS, &err);
	struct tj_decoder *d = tj_decoder_new(b->model, 1, MAX_IDS, &err);
	struct tj_sentence s = { source, 1 + (b->config.source_eos != 0), &memory };
	cr_assert(e != NULL && d != NULL && tj_encode(e, 1, &s, &err) == TRUJAMAN_OK);
	for (size_t i = 0; i <= n; i++) {
		int32_t start = b->config.start_with_eos ? EOS : BOS;
		struct tj_row row = { &memory, i == 0 ? start : ids[i - 1], i == 0 ? -1 : 0 };
		tj_decoder_step(d, 1, &row);
	}
	memcpy(logits, d->logits, N_PIECES * sizeof *logits);
	tj_encoder_free(e);
	tj_decoder_free(d);
	tj_encoded_release(&memory);
}

/* Compares the first pieces, and those behind the commonest first piece. Returns how many bins. */
static size_t expect_network(const struct bench *b, const struct tj_sampling *o,
                             const char *forbidden, size_t n, int32_t (*drawn)[N_KEPT])
{
	size_t count[N_PIECES] = { 0 }, n_second = 0, bins;
	double share[N_PIECES];
	float logits[N_PIECES];
	int32_t common = -1;
	for (size_t i = 0; i < n; i++) {
		count[drawn[i][0]]++;
		if (drawn[i][0] != EOS && (common < 0 || count[drawn[i][0]] > count[common]))
			common = drawn[i][0];
	}
	find_logits(b, NULL, 0, logits);
	find_shares(logits, N_PIECES, o, UNK, forbidden, share);
	bins = expect_fit(count, share, N_PIECES, n, "the first piece");
	memset(count, 0, sizeof count);
	for (size_t i = 0; i < n; i++)
		if (drawn[i][0] == common && drawn[i][1] >= 0) {
			count[drawn[i][1]]++;
			n_second++;
		}
	find_logits(b, &common, 1, logits);
	find_shares(logits, N_PIECES, o, UNK, forbidden, share);
	return bins + expect_fit(count, share, N_PIECES, n_second, "the second piece");
}

Test(sample, networks)
{
	size_t n = getenv("TRUJAMAN_LONG_TESTS") != NULL ? 100000 : 10000;
	static const struct tj_sampling cases[] = { { 1, 1, 0, 1, 3 }, { 1, 0.7, 30, 0.9, 4 } };
	int32_t(*drawn)[N_KEPT] = calloc(n, sizeof *drawn),
	(*again)[N_KEPT] = calloc(n, sizeof *again);
	char forbidden[N_PIECES] = { 0 };
	cr_assert(drawn != NULL && again != NULL);
	for (size_t k = 0; k < 2; k++) {
		struct bench b;
		bench_open(&b, names[2 * k], tj_kernels_usable()[0], 0, NULL);
		draw_all(&b, &cases[k], NULL, n, 64, 0, drawn);
		cr_expect_geq(expect_network(&b, &cases[k], NULL, n, drawn), 20);
		/* Neither batches nor neighbours matter; another seed does. */
		size_t few = n / 20;
		draw_all(&b, &cases[k], NULL, few, 3, few, again);
		cr_expect_eq(memcmp(drawn + few, again, few * sizeof *again), 0);
		struct tj_sampling other = cases[k];
		other.seed++;
		draw_all(&b, &other, NULL, few, 64, few, again);
		cr_expect_neq(memcmp(drawn + few, again, few * sizeof *again), 0);
		/* With a constraint, what is allowed keeps its proportions. */
		struct tj_constraint c = { .active = 1, .any_placeables = 1, .min_length = 2 };
		draw_all(&b, &cases[k], &c, n, 64, 0, drawn);
		forbidden[EOS] = 1;
		(void)expect_network(&b, &cases[k], forbidden, n, drawn);
		forbidden[EOS] = 0;
		bench_close(&b);
	}
	free(drawn);
	free(again);
}

/* Every instruction set draws the same. */
Test(sample, instruction_sets)
{
	enum { N_DRAWS = 500 };
	static int32_t drawn[N_DRAWS][N_KEPT], other[N_DRAWS][N_KEPT];
	static const struct tj_sampling o = { 1, 1.3, 50, 0.95, 5 };
	for (size_t m = 0; m < sizeof names / sizeof *names; m++) {
		const struct tj_kernels *const *k = tj_kernels_usable();
		for (int i = 0; *k != NULL; i++, k++) {
			struct bench b;
			bench_open(&b, names[m], *k, 0, NULL);
			draw_all(&b, &o, &b.of[2], N_DRAWS, 64, 0, i == 0 ? drawn : other);
			cr_expect(i == 0 || memcmp(drawn, other, sizeof drawn) == 0, "%s",
			          (*k)->name);
			bench_close(&b);
		}
	}
}
