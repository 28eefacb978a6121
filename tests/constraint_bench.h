/* SPDX-License-Identifier: MIT */
/* Small random networks with a vocabulary of words, numbers, signs and placeables, and searches
 * with them through the engine. */
#ifndef TJ_TESTS_CONSTRAINT_BENCH_H
#define TJ_TESTS_CONSTRAINT_BENCH_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/random.h"
#include "src/decode/engine.h"
#include "src/model/config_tensors.h"
#include "tests/tiny_pieces.h"

enum {
	UNK = 0,
	BOS = 1,
	EOS = 2,
	N_PIECES = 400,
	FIRST_PLACEABLE = 3,
	N_PLACEABLES = 16,
	N_SENTENCES = 19,
	MAX_IDS = 20,
	MAX_PIECES = 5 * MAX_IDS + 40, /* those of prefixes included */
	MAX_BEST = 6
};

static const char *const names[] = { "dot-feeding", "gru-general-deep", "bahdanau-tanh",
	                             "odd-sizes",   "plain-seq2seq",    "cosine-previous-gru" };

struct found {
	size_t n;
	struct tj_ended ended[MAX_BEST];
	int32_t ids[MAX_BEST][MAX_PIECES];
};

struct bench {
	struct tj_safetensors *file;
	struct tj_config config;
	struct tj_model *model;
	struct tj_pieces *pieces;
	struct tj_constraint_model *constraints;
	int32_t ids[N_SENTENCES][MAX_IDS];
	size_t n_ids[N_SENTENCES];
	struct tj_constraint of[N_SENTENCES];
	struct tj_prefix prefix[N_SENTENCES];
};

/* Words, parts of words, numbers, signs and placeables. */
static inline void write_piece(int id, char *text, size_t room)
{
	static const char *const odd[] = { ".",
		                           ",",
		                           ":",
		                           "-",
		                           "\xe2\x96\x81(",
		                           ")",
		                           "&",
		                           "@",
		                           "_",
		                           "\xe2\x96\x81",
		                           "\"",
		                           "\xe2\x96\x81\xc2\xbf",
		                           "\xc3\xb1",
		                           "//",
		                           "{",
		                           "}",
		                           "%",
		                           "\xf0\x9f\x98\x8a",
		                           "B",
		                           "\xc3\x81" };
	enum { N_ODD = sizeof odd / sizeof *odd };
	int k = id - FIRST_PLACEABLE - N_PLACEABLES;
	if (k < 0)
		snprintf(text, room, "\xf3\xb0\x80%c", 0x80 + id - FIRST_PLACEABLE);
	else if (k < N_ODD)
		snprintf(text, room, "%s", odd[k]);
	else if (k < N_ODD + 40)
		snprintf(text, room, "%s%d", k % 2 ? "" : "\xe2\x96\x81", (k - N_ODD) / 2);
	else
		snprintf(text, room, "%s%c%c%c", k % 3 ? "\xe2\x96\x81" : "", 'a' + k % 26,
		         'a' + k / 26, k % 7 ? 'o' : 'E');
}

static inline struct tj_pieces *open_pieces(void)
{
	static struct tiny_piece list[N_PIECES];
	static char texts[N_PIECES][24];
	static unsigned char bytes[N_PIECES * 40];
	struct tj_error err = { 0 };
	list[UNK] = (struct tiny_piece){ "<unk>", TINY_UNKNOWN };
	list[BOS] = (struct tiny_piece){ "<s>", TINY_CONTROL };
	list[EOS] = (struct tiny_piece){ "</s>", TINY_CONTROL };
	for (int i = FIRST_PLACEABLE; i < N_PIECES; i++) {
		write_piece(i, texts[i], sizeof texts[i]);
		list[i] = (struct tiny_piece){ texts[i], i < FIRST_PLACEABLE + N_PLACEABLES
			                                     ? TINY_USER_DEFINED
			                                     : TINY_NORMAL };
	}
	size_t n = tiny_pieces(list, N_PIECES, bytes, sizeof bytes);
	struct tj_pieces *p = tj_pieces_open(bytes, n, "tiny", &err);
	cr_assert_not_null(p, "%s", err.text);
	return p;
}

static inline struct tj_constraint random_constraint(uint64_t seed)
{
	struct tj_constraint c = { .active = seed % 4 > 0,
		                   .guard = seed % 8 != 1,
		                   .repeat = (uint8_t)tj_random_below(3, seed, 3) };
	c.n_placeables = (uint8_t)tj_random_below(4, seed, 4);
	for (int i = 0; i < c.n_placeables; i++)
		c.count[i] = (uint8_t)tj_random_below(5, 9 * seed + (uint64_t)i, 3);
	c.small_only = seed % 3 == 0;
	c.n_small = c.small_only ? 2 : 0;
	c.small[0] = c.small_only ? 0x107 : 0;
	c.small[1] = c.small_only ? 0x20c : 0;
	return c;
}

/* unwanted: may be NULL. */
static inline void bench_open(struct bench *b, const char *name, const struct tj_kernels *kernels,
                              int int8, const struct tj_unwanted *unwanted)
{
	const char *srcdir = getenv("srcdir");
	char path[4096];
	struct tj_error err = { 0 };
	snprintf(path, sizeof path, "%s/tests/fixtures/%s.safetensors", srcdir ? srcdir : ".",
	         name);
	b->file = tj_safetensors_open(path, &err);
	cr_assert_not_null(b->file, "%s", err.text);
	cr_assert_eq(tj_config_read(b->file, &b->config, &err), TRUJAMAN_OK, "%s", err.text);
	b->model = tj_model_bind(b->file, &b->config, kernels, int8, 0, &err);
	cr_assert_not_null(b->model, "%s", err.text);
	cr_assert_eq(b->config.target_words, N_PIECES);
	b->pieces = open_pieces();
	b->constraints = tj_constraint_model_new(b->pieces, unwanted, &err);
	cr_assert_not_null(b->constraints, "%s", err.text);
	cr_assert_eq(b->constraints->n_placeables, N_PLACEABLES);
	memset(b->prefix, 0, sizeof b->prefix);
	for (size_t i = 0; i < N_SENTENCES; i++) {
		b->n_ids[i] = 1 + (i * 7) % (MAX_IDS - 1);
		b->of[i] = random_constraint(i);
		for (size_t j = 0; j < b->n_ids[i]; j++)
			b->ids[i][j] = 3 + (int32_t)tj_random_below(1, 100 * i + j,
			                                            b->config.source_words - 3);
	}
}

static inline void bench_close(struct bench *b)
{
	tj_constraint_model_free(b->constraints);
	tj_pieces_close(b->pieces);
	tj_model_free(b->model);
	tj_safetensors_close(b->file);
}

static inline trujaman_status keep(void *context, const struct tj_result *r, struct tj_error *err)
{
	struct found *f = (struct found *)context + r->tag;
	(void)err;
	cr_assert_eq(f->n, 0, "a sentence came twice");
	cr_assert_leq(r->n, MAX_BEST);
	f->n = r->n;
	for (size_t i = 0; i < r->n; i++) {
		f->ended[i] = r->ended[i];
		cr_assert_leq(r->ended[i].n_pieces, MAX_PIECES);
		tj_search_pieces(r->search, r->options, i, f->ids[i]);
	}
	return TRUJAMAN_OK;
}

static inline struct tj_search_options options(size_t beam, int need_scores)
{
	return (struct tj_search_options){ .beam = beam,
		                           .n_best = beam,
		                           .length_penalty = 1,
		                           .need_scores = need_scores,
		                           .eos = EOS,
		                           .unk = UNK };
}

/* Runs all sentences, up to `at_once` at a time; with none of the constraints if `bare`, which is
 * what a library without them does. */
static inline void run(const struct bench *b, struct tj_search_options search, size_t max_rows,
                       size_t at_once, int bare, struct found *found)
{
	struct tj_error err = { 0 };
	struct tj_engine_options o = { .search = search,
		                       .max_rows = max_rows,
		                       .max_source = MAX_IDS + 1,
		                       .bos = BOS,
		                       .source_eos = b->config.source_eos ? EOS : -1,
		                       .constraints = bare ? NULL : b->constraints };
	struct tj_engine *e = tj_engine_new(b->model, &o, &err);
	cr_assert_not_null(e, "%s", err.text);
	memset(found, 0, N_SENTENCES * sizeof *found);
	for (size_t i = 0; i < N_SENTENCES || tj_engine_pending(e) > 0;) {
		struct tj_request requests[N_SENTENCES];
		size_t n = 0;
		for (; n < at_once && i < N_SENTENCES && n < tj_engine_room(e); i++) {
			requests[n] = (struct tj_request){ .ids = b->ids[i],
				                           .n_ids = b->n_ids[i],
				                           .tag = i };
			requests[n].prefix = bare ? NULL : &b->prefix[i];
			requests[n++].constraint = bare ? NULL : &b->of[i];
		}
		cr_assert_eq(tj_engine_submit(e, n, requests, &err), TRUJAMAN_OK);
		cr_assert_eq(tj_engine_step(e, keep, found, &err), TRUJAMAN_OK);
	}
	tj_engine_free(e);
}

static inline void expect_same(const struct found *a, const struct found *b, size_t i,
                               const char *what, int with_scores)
{
	cr_expect_eq(a->n, b->n, "%s: sentence %zu: %zu and %zu hypotheses", what, i, a->n, b->n);
	for (size_t h = 0; h < a->n && h < b->n; h++) {
		const struct tj_ended *x = &a->ended[h], *y = &b->ended[h];
		cr_expect(x->n_pieces == y->n_pieces &&
		              memcmp(a->ids[h], b->ids[h], x->n_pieces * sizeof(int32_t)) == 0 &&
		              x->length == y->length && x->complete == y->complete,
		          "%s: sentence %zu: hypothesis %zu differs", what, i, h);
		cr_expect(!with_scores || (x->score == y->score && x->rank == y->rank &&
		                           x->coverage == y->coverage),
		          "%s: sentence %zu: scores of hypothesis %zu", what, i, h);
	}
}

static struct found first[N_SENTENCES], second[N_SENTENCES];

static inline void expect_all_same(const char *what, int with_scores)
{
	for (size_t i = 0; i < N_SENTENCES; i++)
		expect_same(&first[i], &second[i], i, what, with_scores);
}

#endif
