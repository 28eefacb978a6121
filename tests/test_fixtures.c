/* SPDX-License-Identifier: MIT */
/* Tests the whole network against the fixtures: small random models, one per configuration, with
 * the answers of an independent float64 implementation (log-probability of a forced target,
 * attention weights, greedy search). Every instruction set runs all sentences of a fixture in one
 * engine, and then one at a time. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"
#include "src/decode/engine.h"
#include "src/model/config_tensors.h"

enum { MAX_CASES = 16, UNK = 0, BOS = 1, EOS = 2 };

/* Arrays, not pointers: Criterion copies each into the process of its test. */
typedef char fixture_name[32];

static fixture_name names[] = {
	"additive-relu-current",
	"all-tied",
	"bahdanau-sigmoid-gru",
	"bahdanau-tanh",
	"cosine-direct",
	"cosine-previous-gru",
	"dot-feeding",
	"gru-general-deep",
	"luong-general",
	"none-gru-bi",
	"odd-sizes",
	"plain-seq2seq",
	"previous-dot-lstm",
	/* With features of the network, made by scripts/make-network-fixtures: */
	"all-features",
	"all-features-gru",
	"context-to-all",
	"heads-additive",
	"heads-cosine-gru",
	"heads-general",
	"layer-norm",
	"layer-norm-gru",
	"linear-readout",
	"residual-dot",
	"residual-gru",
};

struct answer {
	double score;
	int32_t ids[512];
	size_t n, length;
	int seen;
};

struct fixture {
	struct tj_safetensors *file;
	struct tj_config config;
	json_t *json, *cases;
	size_t n_cases;
	int32_t *source[MAX_CASES], *target[MAX_CASES];
	size_t n_source[MAX_CASES], n_target[MAX_CASES]; /* n_source excludes </s> */
	float *shares[MAX_CASES];
};

static int32_t *ids_of(const json_t *array, size_t *n)
{
	*n = json_array_size(array);
	int32_t *ids = calloc(*n + 1, sizeof *ids);
	cr_assert_not_null(ids);
	for (size_t i = 0; i < *n; i++)
		ids[i] = (int32_t)json_integer_value(json_array_get(array, i));
	return ids;
}

static void fixture_open(struct fixture *f, const char *name)
{
	const char *srcdir = getenv("srcdir");
	char path[4096];
	json_error_t error;
	struct tj_error err = { 0 };
	if (srcdir == NULL)
		srcdir = ".";
	memset(f, 0, sizeof *f);
	snprintf(path, sizeof path, "%s/tests/fixtures/%s.safetensors", srcdir, name);
	f->file = tj_safetensors_open(path, &err);
	cr_assert_not_null(f->file, "%s", err.text);
	cr_assert_eq(tj_config_read(f->file, &f->config, &err), TRUJAMAN_OK, "%s", err.text);
	snprintf(path, sizeof path, "%s/tests/fixtures/%s.json", srcdir, name);
	f->json = json_load_file(path, 0, &error);
	cr_assert_not_null(f->json, "%s: %s", path, error.text);
	f->cases = json_object_get(f->json, "cases");
	f->n_cases = json_array_size(f->cases);
	cr_assert(f->n_cases >= 1 && f->n_cases <= MAX_CASES);
	for (size_t i = 0; i < f->n_cases; i++) {
		const json_t *c = json_array_get(f->cases, i);
		size_t n;
		f->source[i] = ids_of(json_object_get(c, "source_ids"), &n);
		f->target[i] = ids_of(json_object_get(c, "target_ids"), &f->n_target[i]);
		f->shares[i] = calloc((f->n_target[i] + 1) * n, sizeof(float));
		f->n_source[i] = n - (size_t)f->config.source_eos;
		if (f->config.source_eos)
			cr_assert_eq(f->source[i][n - 1], EOS);
	}
}

static void fixture_close(struct fixture *f)
{
	for (size_t i = 0; i < f->n_cases; i++) {
		free(f->source[i]);
		free(f->target[i]);
		free(f->shares[i]);
	}
	json_decref(f->json);
	tj_safetensors_close(f->file);
}

static trujaman_status keep(void *context, const struct tj_result *r, struct tj_error *err)
{
	struct answer *a = (struct answer *)context + r->tag;
	(void)err;
	cr_assert_geq(r->n, 1);
	cr_assert(!a->seen);
	a->seen = 1;
	a->score = r->ended[0].score;
	a->n = r->ended[0].n_pieces;
	a->length = r->ended[0].length;
	cr_assert(a->n < sizeof a->ids / sizeof a->ids[0]);
	if (r->search->trellis_capacity > 0 && r->search->limit > 0)
		tj_search_pieces(r->search, r->options, 0, a->ids);
	return TRUJAMAN_OK;
}

/* Runs all cases, `at_once` of them together in the engine. */
static void run(const struct fixture *f, const struct tj_model *m, size_t max_rows, size_t at_once,
                int forced, struct answer *answers)
{
	struct tj_error err = { 0 };
	struct tj_engine_options o = {
		.search = { .beam = 1,
		            .n_best = 1,
		            .length_penalty = 1,
		            .need_scores = 1,
		            .eos = EOS,
		            .unk = UNK },
		.max_rows = max_rows,
		.max_source = 128,
		.bos = BOS,
		.source_eos = f->config.source_eos ? EOS : -1,
	};
	struct tj_engine *e = tj_engine_new(m, &o, &err);
	cr_assert_not_null(e, "%s", err.text);
	memset(answers, 0, MAX_CASES * sizeof *answers);
	for (size_t i = 0; i < f->n_cases; i += at_once) {
		struct tj_request requests[MAX_CASES];
		size_t n = 0;
		for (; n < at_once && i + n < f->n_cases; n++)
			requests[n] = (struct tj_request){
				.ids = f->source[i + n],
				.n_ids = f->n_source[i + n],
				.forced = forced ? f->target[i + n] : NULL,
				.n_forced = f->n_target[i + n],
				.shares = forced ? f->shares[i + n] : NULL,
				.tag = i + n,
			};
		cr_assert_eq(tj_engine_submit(e, n, requests, &err), TRUJAMAN_OK, "%s", err.text);
		while (tj_engine_pending(e) > 0)
			cr_assert_eq(tj_engine_step(e, keep, answers, &err), TRUJAMAN_OK);
	}
	tj_engine_free(e);
	for (size_t i = 0; i < f->n_cases; i++)
		cr_assert(answers[i].seen);
}

static double check_scores(const struct fixture *f, const struct answer *answers)
{
	double worst = 0;
	for (size_t i = 0; i < f->n_cases; i++) {
		double want = json_number_value(
		    json_object_get(json_array_get(f->cases, i), "score"));
		double error = fabs(answers[i].score - want) / (1 + fabs(want));
		worst = fmax(worst, error);
		cr_expect(error <= 1e-6, "case %zu: score %.9f, wanted %.9f", i, answers[i].score,
		          want);
	}
	return worst;
}

static double check_shares(const struct fixture *f)
{
	double worst = 0;
	if (f->config.attention == TJ_ATTENTION_NONE)
		return 0;
	for (size_t i = 0; i < f->n_cases; i++) {
		const json_t *rows = json_object_get(json_array_get(f->cases, i), "attention");
		size_t n = f->n_source[i] + (size_t)f->config.source_eos;
		cr_assert_eq(json_array_size(rows), f->n_target[i] + 1);
		for (size_t t = 0; t <= f->n_target[i]; t++) {
			const json_t *row = json_array_get(rows, t);
			cr_assert_eq(json_array_size(row), n);
			for (size_t s = 0; s < n; s++) {
				double want = json_number_value(json_array_get(row, s));
				double error = fabs((double)f->shares[i][t * n + s] - want);
				worst = fmax(worst, error);
				cr_expect(error <= 1e-6, "case %zu: share %zu, %zu: %g, wanted %g",
				          i, t, s, (double)f->shares[i][t * n + s], want);
			}
		}
	}
	return worst;
}

static size_t check_greedy(const struct fixture *f, const struct answer *answers)
{
	size_t equal = 0;
	for (size_t i = 0; i < f->n_cases; i++) {
		const json_t *c = json_array_get(f->cases, i);
		size_t n;
		int32_t *want = ids_of(json_object_get(c, "greedy_ids"), &n);
		double score = json_number_value(json_object_get(c, "greedy_score"));
		int ended = json_is_true(json_object_get(c, "greedy_ended"));
		int same = n == answers[i].n && memcmp(want, answers[i].ids, n * sizeof *want) == 0;
		cr_expect(same, "case %zu: greedy ids differ (%zu, wanted %zu)", i, answers[i].n,
		          n);
		cr_expect_eq(answers[i].length, n + (size_t)ended, "case %zu: ended?", i);
		cr_expect(fabs(answers[i].score - score) <= 1e-6 * (1 + fabs(score)),
		          "case %zu: greedy score %.9f, wanted %.9f", i, answers[i].score, score);
		equal += (size_t)same;
		free(want);
	}
	return equal;
}

/* Checks that the results have the same bits with all, some or no tables of input sums. */
static void check_tables(const struct fixture *f, const struct tj_kernels *kernels,
                         const struct answer *want)
{
	static struct answer got[MAX_CASES];
	struct tj_error err = { 0 };
	size_t words = f->config.target_words, units = tj_round_up(f->config.hidden_size, 16);
	size_t decoder_bytes = words * units * 4 * sizeof(float);
	const size_t limits[] = { 0, decoder_bytes };
	for (size_t i = 0; i < 2; i++) {
		struct tj_model *m = tj_model_bind(f->file, &f->config, kernels, 0, limits[i],
		                                   &err);
		cr_assert_not_null(m, "%s", err.text);
		cr_expect_eq(m->decoder_inputs == NULL, i == 0);
		run(f, m, 7, MAX_CASES, 1, got);
		cr_expect(memcmp(want, got, sizeof got) == 0, "tables of input sums show");
		tj_model_free(m);
	}
}

/* Checks that int8 products give the same bits for every instruction set and whatever the
 * neighbours, and scores that are near those of float32. */
static void check_int8(const struct fixture *f, const struct tj_kernels *kernels)
{
	static struct answer want[MAX_CASES], got[MAX_CASES];
	const struct tj_kernels *const *last = tj_kernels_usable();
	struct tj_error err = { 0 };
	while (last[1] != NULL)
		last++;
	for (int alone = 0; alone < 2; alone++) {
		const struct tj_kernels *k = alone ? kernels : *last;
		struct tj_model *m = tj_model_bind(f->file, &f->config, k, 1, alone ? 0 : SIZE_MAX,
		                                   &err);
		cr_assert_not_null(m, "%s", err.text);
		run(f, m, alone ? 1 : 7, alone ? 1 : MAX_CASES, 1, alone ? got : want);
		tj_model_free(m);
	}
	cr_expect(memcmp(want, got, sizeof got) == 0, "int8: %s differs", kernels->name);
	for (size_t i = 0; i < f->n_cases; i++) {
		double score = json_number_value(
		    json_object_get(json_array_get(f->cases, i), "score"));
		cr_expect(fabs(got[i].score - score) <= 0.1 * (1 + fabs(score)),
		          "int8: case %zu: score %.6f, in float32 %.6f", i, got[i].score, score);
	}
}

static void check_fixture(const char *name, const struct tj_kernels *kernels)
{
	struct fixture f;
	struct tj_error err = { 0 };
	static struct answer together[MAX_CASES], alone[MAX_CASES];
	fixture_open(&f, name);
	struct tj_model *m = tj_model_bind(f.file, &f.config, kernels, 0, SIZE_MAX, &err);
	cr_assert_not_null(m, "%s", err.text);
	run(&f, m, 7, MAX_CASES, 1, together);
	double score_error = check_scores(&f, together), share_error = check_shares(&f);
	cr_expect(m->decoder_inputs != NULL && m->encoder_inputs[0] != NULL);
	check_tables(&f, kernels, together);
	check_int8(&f, kernels);
	run(&f, m, 1, 1, 1, alone);
	cr_expect(memcmp(together, alone, sizeof together) == 0, "scores depend on neighbours");
	run(&f, m, 3, MAX_CASES, 0, together);
	size_t equal = check_greedy(&f, together);
	run(&f, m, 1, 1, 0, alone);
	cr_expect(memcmp(together, alone, sizeof together) == 0, "greedy depends on neighbours");
	cr_log_info(
	    "%-22s %-7s score error %.2e (wanted 1e-6), share error %.1e, greedy %zu of %zu", name,
	    kernels->name, score_error, share_error, equal, f.n_cases);
	tj_model_free(m);
	fixture_close(&f);
}

ParameterizedTestParameters(fixtures, every_configuration)
{
	return cr_make_param_array(fixture_name, names, sizeof names / sizeof *names);
}

ParameterizedTest(fixture_name *name, fixtures, every_configuration)
{
	for (const struct tj_kernels *const *k = tj_kernels_usable(); *k; k++)
		check_fixture(*name, *k);
}
