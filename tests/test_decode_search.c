/* SPDX-License-Identifier: MIT */
/* Tests of the search: the row engine with many sentences against one sentence at a time, beam 1
 * against greedy search, and both against the plain, unbatched searches in this file, over the
 * same decoder step. The models are small and random, so translations are long and undecided. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"
#include "src/decode/engine.h"
#include "src/model/config_tensors.h"
#include "tests/support.h"

enum {
	UNK = 0,
	BOS = 1,
	EOS = 2,
	N_SENTENCES = 23,
	MAX_IDS = 40,
	MAX_PIECES = 3 * MAX_IDS + 10,
	MAX_BEST = 8
};

typedef char fixture_name[32];

static fixture_name names[] = { "dot-feeding", "gru-general-deep", "bahdanau-tanh",
	                        "odd-sizes",   "plain-seq2seq",    "cosine-previous-gru",
	                        "all-tied" };

struct found {
	size_t n; /* hypotheses */
	double score[MAX_BEST], rank[MAX_BEST];
	size_t n_pieces[MAX_BEST];
	int32_t ids[MAX_BEST][MAX_PIECES];
};

struct bench {
	struct tj_safetensors *file;
	struct tj_config config;
	struct tj_model *model;
	int32_t ids[N_SENTENCES][MAX_IDS];
	size_t n_ids[N_SENTENCES];
};

static void bench_open(struct bench *b, const char *name, const struct tj_kernels *kernels)
{
	const char *srcdir = getenv("srcdir");
	char path[4096];
	struct tj_error err = { 0 };
	uint32_t state = 12345;
	snprintf(path, sizeof path, "%s/tests/fixtures/%s.safetensors", srcdir ? srcdir : ".",
	         name);
	b->file = tj_safetensors_open(path, &err);
	cr_assert_not_null(b->file, "%s", err.text);
	cr_assert_eq(tj_config_read(b->file, &b->config, &err), TRUJAMAN_OK, "%s", err.text);
	b->model = tj_model_bind(b->file, &b->config, kernels, 0, 0, &err);
	cr_assert_not_null(b->model, "%s", err.text);
	for (size_t i = 0; i < N_SENTENCES; i++) {
		b->n_ids[i] = 1 + (i * 7) % (MAX_IDS - 1);
		for (size_t j = 0; j < b->n_ids[i]; j++) {
			state = state * 1664525u + 1013904223u;
			b->ids[i][j] = 3 + (int32_t)((state >> 8) % (b->config.source_words - 3));
		}
	}
}

static void bench_close(struct bench *b)
{
	tj_model_free(b->model);
	tj_safetensors_close(b->file);
}

static trujaman_status keep(void *context, const struct tj_result *r, struct tj_error *err)
{
	struct found *f = (struct found *)context + r->tag;
	(void)err;
	cr_assert_eq(f->n, 0, "a sentence came twice");
	cr_assert_leq(r->n, MAX_BEST);
	f->n = r->n;
	for (size_t i = 0; i < r->n; i++) {
		f->score[i] = r->ended[i].score;
		f->rank[i] = r->ended[i].rank;
		f->n_pieces[i] = r->ended[i].n_pieces;
		cr_assert_leq(f->n_pieces[i], MAX_PIECES);
		tj_search_pieces(r->search, r->options, i, f->ids[i]);
	}
	return TRUJAMAN_OK;
}

static struct tj_search_options options(size_t beam, size_t n_best, double penalty)
{
	return (struct tj_search_options){ .beam = beam,
		                           .n_best = n_best,
		                           .length_penalty = penalty,
		                           .need_scores = 1,
		                           .eos = EOS,
		                           .unk = UNK };
}

/* Runs all sentences through an engine. Submits up to `at_once` at a time while it runs. */
static void run_engine(const struct bench *b, const struct tj_search_options *search,
                       size_t max_rows, size_t at_once, struct found *found)
{
	struct tj_error err = { 0 };
	struct tj_engine_options o = { .search = *search,
		                       .max_rows = max_rows,
		                       .max_source = MAX_IDS + 1,
		                       .bos = BOS,
		                       .source_eos = b->config.source_eos ? EOS : -1 };
	struct tj_engine *e = tj_engine_new(b->model, &o, &err);
	cr_assert_not_null(e, "%s", err.text);
	memset(found, 0, N_SENTENCES * sizeof *found);
	for (size_t i = 0; i < N_SENTENCES || tj_engine_pending(e) > 0;) {
		struct tj_request requests[N_SENTENCES];
		size_t n = 0;
		while (n < at_once && i < N_SENTENCES && n < tj_engine_room(e)) {
			requests[n++] = (struct tj_request){ .ids = b->ids[i],
				                             .n_ids = b->n_ids[i],
				                             .tag = i };
			i++;
		}
		cr_assert_eq(tj_engine_submit(e, n, requests, &err), TRUJAMAN_OK);
		cr_assert_eq(tj_engine_step(e, keep, found, &err), TRUJAMAN_OK);
	}
	tj_engine_free(e);
	for (size_t i = 0; i < N_SENTENCES; i++)
		cr_assert_geq(found[i].n, 1);
}

/* --- Plain searches ------------------------------------------------------------- */

struct hypothesis {
	int32_t ids[MAX_PIECES];
	size_t n;
	double score;
	int32_t token, row;
};

struct option {
	double score;
	float logit;
	size_t from;
	int32_t token;
};

/* Orders best first. Ties go to the earlier hypothesis, within one hypothesis to the larger
 * logit, and then to the lower id. */
static int better(const void *a, const void *b)
{
	const struct option *x = a, *y = b;
	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	if (x->logit != y->logit)
		return x->logit > y->logit ? -1 : 1;
	return x->token < y->token ? -1 : 1;
}

static void encode_one(const struct bench *b, size_t i, struct tj_encoded *memory)
{
	struct tj_error err = { 0 };
	int32_t ids[MAX_IDS + 1];
	size_t n = b->n_ids[i];
	struct tj_encoder *e = tj_encoder_new(b->model, 1, MAX_IDS + 1, &err);
	cr_assert_not_null(e);
	memcpy(ids, b->ids[i], n * sizeof *ids);
	if (b->config.source_eos)
		ids[n++] = EOS;
	struct tj_sentence s = { ids, n, memory };
	cr_assert_eq(tj_encode(e, 1, &s, &err), TRUJAMAN_OK);
	tj_encoder_free(e);
}

static int32_t start_token(const struct bench *b)
{
	return b->config.start_with_eos ? EOS : BOS;
}

/* Greedy search in its plainest form: each step runs one row and takes the largest logit. */
static void greedy_alone(const struct bench *b, size_t i, struct found *f)
{
	struct tj_error err = { 0 };
	struct tj_encoded memory = { 0 };
	struct tj_decoder *d = tj_decoder_new(b->model, 1, MAX_IDS + 1, &err);
	cr_assert_not_null(d);
	encode_one(b, i, &memory);
	memset(f, 0, sizeof *f);
	f->n = 1;
	for (int32_t token = start_token(b), step = 0;; step++) {
		struct tj_row row = { &memory, token, step == 0 ? -1 : 0 };
		tj_decoder_step(d, 1, &row);
		token = 1;
		for (size_t w = 1; w < b->config.target_words; w++)
			if (d->logits[w] > d->logits[token])
				token = (int32_t)w;
		struct tj_log_sum sum = b->model->kernels->log_sum_exp(d->logits,
		                                                       b->model->ld_logits);
		f->score[0] += (double)(d->logits[token] - sum.max) - (double)sum.log_sum;
		f->rank[0] = f->score[0] / (double)(step + 1);
		if (token == EOS)
			break;
		f->ids[0][f->n_pieces[0]++] = token;
		if (f->n_pieces[0] == 3 * b->n_ids[i] + 10)
			break;
	}
	tj_decoder_free(d);
	tj_encoded_release(&memory);
}

static void finish(struct found *f, const struct hypothesis *h, double score, size_t length,
                   double penalty)
{
	double rank = score / (penalty == 1 ? (double)length : tj_pow((double)length, penalty));
	size_t at = f->n++;
	cr_assert_lt(at, MAX_BEST);
	for (; at > 0 && rank > f->rank[at - 1]; at--) {
		f->rank[at] = f->rank[at - 1];
		f->score[at] = f->score[at - 1];
		f->n_pieces[at] = f->n_pieces[at - 1];
		memcpy(f->ids[at], f->ids[at - 1], sizeof f->ids[at]);
	}
	f->rank[at] = rank;
	f->score[at] = score;
	f->n_pieces[at] = h->n;
	memcpy(f->ids[at], h->ids, sizeof h->ids);
}

/* Takes a step with all live hypotheses, and lists every continuation of each. Returns how many. */
static size_t list_options(const struct bench *b, struct tj_decoder *d,
                           const struct tj_encoded *memory, const struct hypothesis *live,
                           size_t n_live, struct option *all)
{
	struct tj_row rows[MAX_BEST];
	size_t n = 0;
	for (size_t h = 0; h < n_live; h++)
		rows[h] = (struct tj_row){ memory, live[h].token, live[h].row };
	tj_decoder_step(d, n_live, rows);
	for (size_t h = 0; h < n_live; h++) {
		const float *logits = d->logits + h * b->model->ld_logits;
		struct tj_log_sum sum = b->model->kernels->log_sum_exp(logits, b->model->ld_logits);
		for (size_t w = 1; w < b->config.target_words; w++)
			all[n++] = (struct option){ live[h].score + ((double)(logits[w] - sum.max) -
				                                     (double)sum.log_sum),
				                    logits[w], h, (int32_t)w };
	}
	return n;
}

/* What search.h says of the threshold: whether the continuation falls behind the best one, or
 * behind what had ended before this step, of which `ended` is the best rank. */
static int falls_behind(const struct tj_search_options *o, const struct option *c,
                        const struct option *best, size_t length, double ended)
{
	double divisor = o->length_penalty == 1 ? (double)length
	                                        : tj_pow((double)length, o->length_penalty);
	return best->score - c->score > o->threshold || c->score / divisor < ended - 0.1;
}

/* Beam search in its plainest form: sorts every continuation of every hypothesis, copies whole
 * hypotheses, and runs until every place of the beam has an ended hypothesis or, with a threshold,
 * none is left. */
static void beam_alone(const struct bench *b, size_t i, const struct tj_search_options *o,
                       struct found *f)
{
	struct tj_error err = { 0 };
	struct tj_encoded memory = { 0 };
	static struct hypothesis live[MAX_BEST], next[MAX_BEST];
	size_t n_live = 1;
	struct option *all = calloc(MAX_BEST * b->config.target_words, sizeof *all);
	struct tj_decoder *d = tj_decoder_new(b->model, MAX_BEST, MAX_IDS + 1, &err);
	cr_assert(d != NULL && all != NULL);
	encode_one(b, i, &memory);
	memset(f, 0, sizeof *f);
	memset(live, 0, sizeof live);
	live[0].token = start_token(b);
	live[0].row = -1;
	while (n_live > 0) {
		size_t n_next = 0, had = f->n, places = o->beam - had, kept = 0;
		double ended = had > 0 ? f->rank[0] : -(double)INFINITY;
		size_t n = list_options(b, d, &memory, live, n_live, all);
		qsort(all, n, sizeof *all, better);
		for (size_t c = 0; c < places; c++) {
			const struct hypothesis *from = &live[all[c].from];
			if (o->threshold > 0 && had + kept >= o->n_best &&
			    falls_behind(o, &all[c], &all[0], from->n + 1, ended))
				continue;
			kept++;
			if (all[c].token == EOS) {
				finish(f, from, all[c].score, from->n + 1, o->length_penalty);
				continue;
			}
			struct hypothesis *to = &next[n_next++];
			*to = *from;
			to->ids[to->n++] = to->token = all[c].token;
			to->score = all[c].score;
			to->row = (int32_t)all[c].from;
		}
		memcpy(live, next, sizeof live);
		n_live = n_next;
		if (n_live > 0 && live[0].n == 3 * b->n_ids[i] + 10) {
			for (size_t h = 0; h < n_live; h++)
				finish(f, &live[h], live[h].score, live[h].n, o->length_penalty);
			n_live = 0;
		}
	}
	if (f->n > o->n_best)
		f->n = o->n_best;
	free(all);
	tj_decoder_free(d);
	tj_encoded_release(&memory);
}

/* --- Comparisons ------------------------------------------------------------------ */

static void expect_same(const struct found *a, const struct found *b, size_t i, const char *what)
{
	cr_expect_eq(a->n, b->n, "%s: sentence %zu: %zu and %zu hypotheses", what, i, a->n, b->n);
	for (size_t h = 0; h < a->n && h < b->n; h++) {
		int same = a->n_pieces[h] == b->n_pieces[h] &&
		           memcmp(a->ids[h], b->ids[h], a->n_pieces[h] * sizeof(int32_t)) == 0;
		cr_expect(same, "%s: sentence %zu: pieces of hypothesis %zu differ", what, i, h);
		cr_expect(memcmp(&a->score[h], &b->score[h], sizeof(double)) == 0 &&
		              memcmp(&a->rank[h], &b->rank[h], sizeof(double)) == 0,
		          "%s: sentence %zu: scores of hypothesis %zu: %.17g and %.17g", what, i, h,
		          a->score[h], b->score[h]);
	}
}

static struct found first[N_SENTENCES], second[N_SENTENCES];

static void expect_all_same(const char *what)
{
	for (size_t i = 0; i < N_SENTENCES; i++)
		expect_same(&first[i], &second[i], i, what);
}

ParameterizedTestParameters(search, greedy)
{
	return cr_make_param_array(fixture_name, names, sizeof names / sizeof *names);
}

ParameterizedTest(fixture_name *name, search, greedy)
{
	struct tj_search_options o = options(1, 1, 1);
	for (const struct tj_kernels *const *k = tj_kernels_usable(); *k; k++) {
		struct bench b;
		bench_open(&b, *name, *k);
		for (size_t i = 0; i < N_SENTENCES; i++)
			greedy_alone(&b, i, &first[i]);
		run_engine(&b, &o, 64, N_SENTENCES, second);
		expect_all_same("all rows");
		run_engine(&b, &o, 1, 1, second);
		expect_all_same("one row");
		run_engine(&b, &o, 5, 2, second);
		expect_all_same("five rows, refilled");
		o.need_scores = 0;
		run_engine(&b, &o, 7, 3, second);
		for (size_t i = 0; i < N_SENTENCES; i++)
			second[i].score[0] = first[i].score[0],
			second[i].rank[0] = first[i].rank[0];
		expect_all_same("without scores");
		o.need_scores = 1;
		bench_close(&b);
	}
}

ParameterizedTestParameters(search, beam)
{
	return cr_make_param_array(fixture_name, names, sizeof names / sizeof *names);
}

ParameterizedTest(fixture_name *name, search, beam)
{
	static const struct {
		size_t beam, n_best;
		double penalty, threshold;
	} cases[] = {
		{ 1, 1, 1, 0 },     { 2, 2, 1, 0 },   { 4, 1, 1, 0 },   { 4, 3, 0.6, 0 },
		{ 5, 5, 0, 0 },     { 8, 8, 1.5, 0 }, { 3, 1, 0, 0 },   { 1, 1, 1, 2 },
		{ 4, 1, 1, 2 },     { 4, 1, 1, 0.3 }, { 8, 3, 0.6, 1 }, { 5, 1, 0, 0.5 },
		{ 6, 2, 1.5, 0.1 },
	};
	for (const struct tj_kernels *const *k = tj_kernels_usable(); *k; k++) {
		struct bench b;
		bench_open(&b, *name, *k);
		for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
			struct tj_search_options o = options(cases[c].beam, cases[c].n_best,
			                                     cases[c].penalty);
			char what[80];
			if (test_left_out())
				continue;
			o.threshold = cases[c].threshold;
			snprintf(what, sizeof what, "beam %zu, best %zu, penalty %g, threshold %g",
			         o.beam, o.n_best, o.length_penalty, o.threshold);
			for (size_t i = 0; i < N_SENTENCES; i++)
				beam_alone(&b, i, &o, &first[i]);
			run_engine(&b, &o, 64, N_SENTENCES, second);
			expect_all_same(what);
			run_engine(&b, &o, o.beam, 1, second);
			expect_all_same(what);
			run_engine(&b, &o, 2 * o.beam + 1, 4, second);
			expect_all_same(what);
		}
		bench_close(&b);
	}
}

/* Every instruction set must give the same bits, through the whole network and search. */
ParameterizedTestParameters(search, instruction_sets)
{
	return cr_make_param_array(fixture_name, names, sizeof names / sizeof *names);
}

ParameterizedTest(fixture_name *name, search, instruction_sets)
{
	struct tj_search_options o = options(4, 4, 1);
	const struct tj_kernels *const *k = tj_kernels_usable();
	struct bench b;
	bench_open(&b, *name, *k);
	run_engine(&b, &o, 13, 6, first);
	bench_close(&b);
	for (k++; *k; k++) {
		bench_open(&b, *name, *k);
		run_engine(&b, &o, 64, N_SENTENCES, second);
		expect_all_same((*k)->name);
		bench_close(&b);
	}
}

/* If every logit is NaN, nothing can be chosen. The search must still end with a hypothesis. */
Test(search, nothing_but_nan)
{
	struct tj_search_options o = options(3, 2, 1);
	const struct tj_kernels *kernels = tj_kernels_usable()[0];
	struct tj_search s = { 0 };
	float *logits = tj_alloc(3 * 32, sizeof *logits);
	cr_assert_not_null(logits);
	for (size_t i = 0; i < 96; i++)
		logits[i] = NAN;
	cr_assert(tj_search_begin(&s, &o, 10, BOS));
	cr_expect_eq(tj_search_advance(&s, &o, kernels, logits, 32, 0), 1);
	tj_search_rank(&s);
	cr_expect_eq(s.n_ended, 1);
	cr_expect_eq(s.ended[0].n_pieces, 0);
	tj_search_release(&s);
	tj_free(logits);
}

/* unk is never chosen, even if it is by far the most likely piece. */
Test(search, unk_is_never_taken)
{
	struct tj_search_options o = options(2, 2, 1);
	const struct tj_kernels *kernels = tj_kernels_usable()[0];
	struct tj_search s = { 0 };
	float *logits = tj_alloc(2 * 16, sizeof *logits);
	cr_assert_not_null(logits);
	for (size_t i = 0; i < 32; i++)
		logits[i] = i % 16 < 6 ? (float)(i % 16) : -INFINITY;
	logits[UNK] = logits[16 + UNK] = 50;
	cr_assert(tj_search_begin(&s, &o, 4, BOS));
	while (!tj_search_advance(&s, &o, kernels, logits, 16, 0))
		continue;
	tj_search_rank(&s);
	for (size_t e = 0; e < s.n_ended; e++) {
		int32_t ids[4];
		tj_search_pieces(&s, &o, e, ids);
		for (size_t i = 0; i < s.ended[e].n_pieces; i++)
			cr_expect_neq(ids[i], UNK);
	}
	cr_expect_eq(s.n_ended, 2);
	tj_search_release(&s);
	tj_free(logits);
}
