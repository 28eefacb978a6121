/* SPDX-License-Identifier: MIT */
/* Tests of constrained searches with made-up logits: against all sequences of small vocabularies,
 * and against a plain search that sorts everything and has a second opinion on what is allowed. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/hash.h"
#include "src/base/memory.h"
#include "src/base/random.h"
#include "src/decode/search.h"
#include "tests/constraint_case.h"

enum { MOST_LEAVES = TJ_MAX_BEAM, MOST_PLAYED = 24 };

struct trial {
	const struct constraint_case *k;
	struct tj_constraint c;
	int32_t played[MOST_PLAYED]; /* the pieces that have logits; `</s>` has one, too */
	size_t n_played, limit;
	uint64_t seed;
	int coarse; /* many logits are equal */
};

struct leaf {
	int32_t ids[CASE_LONGEST + 1];
	size_t n, length;
	double score, rank;
	int complete;
};

static uint64_t state;

static size_t below(size_t n)
{
	return (size_t)tj_random_below(7, state++, n);
}

static void fill_logits(const struct trial *t, const int32_t *ids, size_t n, float *row)
{
	uint64_t hash = t->seed;
	for (size_t i = 0; i < n; i++)
		hash = (hash ^ (uint64_t)(ids[i] + 1)) * UINT64_C(0x100000001b3);
	for (size_t i = 0; i < CASE_ROW; i++)
		row[i] = -INFINITY;
	for (size_t i = 0; i <= t->n_played; i++) {
		int32_t p = i < t->n_played ? t->played[i] : CASE_EOS;
		size_t draw = (size_t)tj_random_below(hash, (uint64_t)p, 1 << 20);
		row[p] = t->coarse ? (float)(draw % 9) / 2 - 2 : (float)draw / (1 << 18) - 2;
	}
}

/* --- All sequences --------------------------------------------------------------- */

struct all {
	struct leaf leaves[MOST_LEAVES + 1];
	size_t n;
	int known; /* 0: there are too many, or one that is not known */
	float *row;
};

static void add_leaf(const struct trial *t, struct all *all, const int32_t *ids, size_t n,
                     double score, int ended)
{
	struct leaf *leaf = &all->leaves[all->n];
	if (all->n == MOST_LEAVES) {
		all->known = 0;
		return;
	}
	all->n++;
	memcpy(leaf->ids, ids, n * sizeof *ids);
	leaf->n = n;
	leaf->length = n + (size_t)ended;
	leaf->score = score;
	/* min_length does not matter for what is complete. */
	struct tj_constraint c = t->c;
	c.min_length = 0;
	leaf->complete = constraint_case_left(&c, ids, n) == 0 &&
	                 constraint_case_allows(t->k, &c, ids, n, t->limit, 1);
}

static void enumerate(const struct trial *t, struct all *all, int32_t *ids, size_t n, double score)
{
	char allowed[CASE_PIECES];
	double sum = 0;
	if (n == t->limit) {
		add_leaf(t, all, ids, n, score, 0);
		return;
	}
	fill_logits(t, ids, n, all->row);
	if (!constraint_case_next(t->k, &t->c, ids, n, t->limit, all->row, allowed)) {
		all->known = 0;
		return;
	}
	float logits[CASE_PIECES];
	memcpy(logits, all->row, sizeof logits);
	for (size_t p = 0; p < CASE_PIECES; p++)
		sum += exp((double)logits[p]);
	for (int32_t p = 0; p < CASE_PIECES && all->known; p++) {
		double next = score + (double)logits[p] - log(sum);
		ids[n] = p;
		if (allowed[p] && p == CASE_EOS)
			add_leaf(t, all, ids, n, next, 1);
		else if (allowed[p])
			enumerate(t, all, ids, n + 1, next);
	}
}

/* --- The search ------------------------------------------------------------------ */

static void prefix_of(const struct tj_search *s, const struct tj_search_options *o, size_t i,
                      int32_t *ids)
{
	for (size_t step = s->n_steps; step-- > 0;) {
		const struct tj_node *node = &s->trellis[step * o->beam + i];
		ids[step] = node->token;
		i = (size_t)node->from;
	}
}

static void run_search(const struct trial *t, const struct tj_search_options *o,
                       const struct tj_kernels *kernels, struct tj_search *s)
{
	float *rows = tj_alloc(TJ_MAX_BEAM * CASE_ROW, sizeof *rows);
	int over = 0;
	cr_assert_not_null(rows);
	cr_assert(tj_search_begin(s, o, t->limit, CASE_BOS));
	cr_assert(tj_search_constrain(s, o, t->k->model, &t->c, NULL, 1));
	while (!over) {
		for (size_t i = 0; i < s->n_live; i++) {
			int32_t ids[CASE_LONGEST];
			prefix_of(s, o, i, ids);
			fill_logits(t, ids, s->n_steps, rows + i * CASE_ROW);
		}
		over = tj_search_advance(s, o, kernels, rows, CASE_ROW, 0);
	}
	tj_search_rank(s);
	tj_free(rows);
}

static void expect_leaf(const struct tj_search *s, const struct tj_search_options *o, size_t i,
                        const struct all *all)
{
	int32_t ids[CASE_LONGEST];
	const struct tj_ended *e = &s->ended[i];
	size_t at = 0;
	tj_search_pieces(s, o, i, ids);
	while (at < all->n &&
	       (all->leaves[at].n != e->n_pieces || all->leaves[at].length != e->length ||
	        memcmp(all->leaves[at].ids, ids, e->n_pieces * sizeof *ids) != 0))
		at++;
	char shown[CASE_LONGEST * 5] = "";
	for (size_t p = 0; p < e->n_pieces; p++)
		snprintf(shown + strlen(shown), sizeof shown - strlen(shown), " %d", (int)ids[p]);
	cr_assert(
	    at<all->n, "hypothesis %zu of %zu is not allowed:%s%s", i, s->n_ended, shown, e->length>
		    e->n_pieces
		? " </s>"
		: "");
	cr_expect(fabs(e->score - all->leaves[at].score) < 1e-5, "score %g, not %g", e->score,
	          all->leaves[at].score);
	cr_expect_eq(e->complete, all->leaves[at].complete, "complete: %d, not %d", e->complete,
	             all->leaves[at].complete);
}

/* --- Trials ---------------------------------------------------------------------- */

static struct tj_constraint random_constraint(void)
{
	struct tj_constraint c = { .active = 1,
		                   .guard = below(4) > 0,
		                   .repeat = (uint8_t)below(3) };
	if (below(2)) {
		c.n_placeables = 2;
		c.count[0] = (uint8_t)below(3);
		c.count[1] = (uint8_t)below(2);
	}
	c.small_only = (uint8_t)below(2);
	while (c.small_only && c.n_small < 4 && below(3)) {
		static const uint16_t small[] = { 0x101, 0x104, 0x217, 0x20b, 0x229, 0x102 };
		c.small[c.n_small++] = small[below(6)];
	}
	c.symbols = below(2) ? 1 << 3 : 0; /* "&" is the fourth of TJ_ASCII_SYMBOLS */
	c.min_length = below(4) ? 0 : (int32_t)below(6);
	return c;
}

static void play(struct trial *t, int32_t p)
{
	for (size_t i = 0; i < t->n_played; i++)
		if (t->played[i] == p)
			return;
	t->played[t->n_played++] = p;
}

/* The more pieces have logits, the shorter the sequences. */
static struct trial random_trial(const struct constraint_case *k, size_t n_pieces, size_t limit)
{
	struct trial t = { .k = k,
		           .c = random_constraint(),
		           .limit = limit,
		           .seed = below(1 << 30),
		           .coarse = (int)below(2) };
	if (t.c.guard && below(5) == 0) {
		play(&t, CASE_BYTES + 0xe2);
		play(&t, CASE_BYTES + 0x80);
		play(&t, CASE_BYTES + 0xa6);
	}
	while (t.n_played < n_pieces)
		play(&t, CASE_FIRST + (int32_t)below(CASE_BYTES - CASE_FIRST));
	return t;
}

Test(constraint, of_all_sequences)
{
	const struct tj_kernels *kernels = tj_kernels_usable()[0];
	struct tj_search_options o = { .beam = TJ_MAX_BEAM,
		                       .n_best = TJ_MAX_BEAM,
		                       .length_penalty = 1,
		                       .need_scores = 1,
		                       .eos = CASE_EOS,
		                       .unk = CASE_UNK };
	struct constraint_case k;
	static struct all all;
	struct tj_search s = { .n_live = 0 };
	size_t n_known = 0, n_leaves = 0, n_incomplete = 0;
	constraint_case_open(&k);
	all.row = calloc(CASE_ROW, sizeof *all.row);
	cr_assert_not_null(all.row);
	for (int round = 0; round < 6000; round++) {
		struct trial t = random_trial(&k, 1 + below(4), 1 + below(12));
		int32_t ids[CASE_LONGEST + 1];
		all.n = 0;
		all.known = 1;
		enumerate(&t, &all, ids, 0, 0);
		if (!all.known)
			continue;
		n_known++;
		run_search(&t, &o, kernels, &s);
		size_t n_same = s.n_ended;
		if (all.n == 0) { /* nothing is allowed: what there is comes, incomplete */
			cr_expect_eq(s.ended[0].complete && t.c.guard, 0);
			continue;
		}
		for (size_t i = 0; i < s.n_ended; i++)
			expect_leaf(&s, &o, i, &all);
		cr_assert_eq(n_same, all.n, "round %d: %zu hypotheses, not %zu", round, n_same,
		             all.n);
		n_leaves += all.n;
		for (size_t i = 0; i < all.n; i++)
			n_incomplete += !all.leaves[i].complete;
	}
	cr_expect_geq(n_known, 3000, "only %zu", n_known);
	cr_expect_geq(n_leaves, 20000, "only %zu", n_leaves);
	cr_expect_geq(n_incomplete, 1000, "only %zu", n_incomplete);
	cr_expect_leq(n_incomplete, n_leaves / 2);
	free(all.row);
	tj_search_release(&s);
	constraint_case_close(&k);
}

/* --- Narrow beams ------------------------------------------------------------------ */

struct plain {
	struct leaf live[TJ_MAX_BEAM], ended[TJ_MAX_BEAM];
	size_t n_live, n_ended;
};

struct option {
	double score;
	float logit;
	size_t from;
	int32_t token;
};

/* Best first. Ties go to the earlier hypothesis, within one to the larger logit, then to the lower
 * id. */
static int compare_options(const void *a, const void *b)
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

static void end_plain(const struct trial *t, struct plain *p, const struct leaf *from, double score,
                      int ended)
{
	struct leaf e = *from;
	struct tj_constraint c = t->c;
	size_t at = p->n_ended++;
	c.min_length = 0;
	e.score = score;
	e.length = e.n + (size_t)ended;
	e.rank = e.length > 0 ? score / (double)e.length : score;
	e.complete = constraint_case_left(&c, e.ids, e.n) == 0 &&
	             constraint_case_allows(t->k, &c, e.ids, e.n, t->limit, 1);
	for (; at > 0 &&
	       (e.complete > p->ended[at - 1].complete ||
	        (e.complete == p->ended[at - 1].complete && e.rank > p->ended[at - 1].rank));
	     at--)
		p->ended[at] = p->ended[at - 1];
	p->ended[at] = e;
}

/* All continuations of all hypotheses that are allowed. Returns 0 if they are not known. */
static int list_options(const struct trial *t, const struct plain *p,
                        const struct tj_kernels *kernels, float *row, struct option *all, size_t *n)
{
	char allowed[CASE_PIECES];
	*n = 0;
	for (size_t h = 0; h < p->n_live; h++) {
		const struct leaf *from = &p->live[h];
		fill_logits(t, from->ids, from->n, row);
		if (!constraint_case_next(t->k, &t->c, from->ids, from->n, t->limit, row, allowed))
			return 0;
		struct tj_log_sum sum = kernels->log_sum_exp(row, CASE_ROW);
		for (int32_t w = 0; w < CASE_PIECES; w++)
			if (allowed[w])
				all[(*n)++] = (struct option){ from->score +
					                           ((double)(row[w] - sum.max) -
					                            (double)sum.log_sum),
					                       row[w], h, w };
	}
	qsort(all, *n, sizeof *all, compare_options);
	return 1;
}

/* Runs until every place of the beam has an ended hypothesis, or no hypothesis can go on. */
static int search_plainly(const struct trial *t, size_t beam, const struct tj_kernels *kernels,
                          struct plain *p)
{
	static struct option all[TJ_MAX_BEAM * (MOST_PLAYED + 1)];
	static struct leaf next[TJ_MAX_BEAM];
	float *row = tj_alloc(CASE_ROW, sizeof *row);
	int known = 1;
	size_t n, n_next;
	cr_assert_not_null(row);
	*p = (struct plain){ .n_live = 1 };
	while (p->n_live > 0 && known) {
		size_t places = beam - p->n_ended;
		known = list_options(t, p, kernels, row, all, &n);
		n_next = 0;
		for (size_t i = 0; i < n && i < places && known; i++) {
			const struct leaf *from = &p->live[all[i].from];
			if (all[i].token == CASE_EOS) {
				end_plain(t, p, from, all[i].score, 1);
				continue;
			}
			next[n_next] = *from;
			next[n_next].ids[next[n_next].n++] = all[i].token;
			next[n_next++].score = all[i].score;
		}
		if (n == 0) /* nothing can go on */
			for (size_t h = 0; h < p->n_live; h++)
				end_plain(t, p, &p->live[h], p->live[h].score, 0);
		memcpy(p->live, next, n_next * sizeof *next);
		p->n_live = n_next;
		if (n_next > 0 && next[0].n == t->limit) {
			for (size_t h = 0; h < n_next; h++)
				end_plain(t, p, &next[h], next[h].score, 0);
			p->n_live = 0;
		}
	}
	tj_free(row);
	return known;
}

static void expect_plain(const struct tj_search *s, const struct tj_search_options *o,
                         const struct plain *p, int round)
{
	cr_assert_eq(s->n_ended, p->n_ended, "round %d: %zu, not %zu", round, s->n_ended,
	             p->n_ended);
	for (size_t i = 0; i < s->n_ended; i++) {
		int32_t ids[CASE_LONGEST];
		const struct tj_ended *e = &s->ended[i];
		const struct leaf *w = &p->ended[i];
		tj_search_pieces(s, o, i, ids);
		cr_assert(
		    e->n_pieces == w->n && e->length == w->length &&
			memcmp(ids, w->ids, w->n * sizeof *ids) == 0 && e->score == w->score &&
			e->rank == w->rank && e->complete == w->complete,
		    "round %d: hypothesis %zu of %zu: %zu pieces, %zu; score %.17g, %.17g; complete "
		    "%d, %d",
		    round, i, s->n_ended, e->n_pieces, w->n, e->score, w->score, e->complete,
		    w->complete);
	}
}

Test(constraint, of_narrow_beams)
{
	static const size_t beams[] = { 1, 2, 3, 4, 8, 64 };
	struct constraint_case k;
	static struct plain plain;
	struct tj_search s = { .n_live = 0 };
	size_t n_known = 0, n_complete = 0, n_incomplete = 0;
	constraint_case_open(&k);
	for (int round = 0; round < 1500; round++) {
		struct trial t = random_trial(&k, 6 + below(12), 4 + below(40));
		size_t beam = beams[below(sizeof beams / sizeof *beams)];
		struct tj_search_options o = { .beam = beam,
			                       .n_best = beam,
			                       .length_penalty = 1,
			                       .need_scores = 1,
			                       .eos = CASE_EOS,
			                       .unk = CASE_UNK };
		const struct tj_kernels *const *kernels = tj_kernels_usable();
		if (!search_plainly(&t, beam, *kernels, &plain))
			continue;
		n_known++;
		for (; *kernels; kernels++) {
			run_search(&t, &o, *kernels, &s);
			expect_plain(&s, &o, &plain, round);
		}
		for (size_t i = 0; i < plain.n_ended; i++)
			plain.ended[i].complete ? n_complete++ : n_incomplete++;
	}
	cr_expect_geq(n_known, 1000, "only %zu", n_known);
	cr_expect_geq(n_complete, 2000, "only %zu", n_complete);
	cr_expect_geq(n_incomplete, 200, "only %zu", n_incomplete);
	tj_search_release(&s);
	constraint_case_close(&k);
}
