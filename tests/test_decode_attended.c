/* SPDX-License-Identifier: MIT */
/* What a search keeps of attention, against what scoring the translations that it found gives: the
 * same bits, for each kind of attention and search, on every instruction set. */
#include "tests/constraint_bench.h"

enum { MAX_SHARES = (MAX_PIECES + 1) * (MAX_IDS + 1), N_NAMES = sizeof names / sizeof *names };

/* What became of a sentence, and what its hypotheses looked at. */
struct looked {
	struct found found;
	int is_kept[MAX_BEST];
	float shares[MAX_BEST][MAX_SHARES];
};

static struct looked looked[N_SENTENCES];
static struct bench other; /* the second network of an ensemble */
static size_t n_compared, n_open;

static trujaman_status keep_looked(void *context, const struct tj_result *r, struct tj_error *err)
{
	struct looked *l = (struct looked *)context + r->tag;
	cr_assert_not_null(r->attended);
	l->found.n = r->n;
	for (size_t i = 0; i < r->n; i++) {
		l->found.ended[i] = r->ended[i];
		cr_assert_leq(r->ended[i].n_pieces, MAX_PIECES);
		tj_search_pieces(r->search, r->options, i, l->found.ids[i]);
		l->is_kept[i] = tj_attended_copy(r->attended, r->search, i, l->shares[i]);
	}
	(void)err;
	return TRUJAMAN_OK;
}

static struct tj_engine *open_engine(const struct bench *b, struct tj_search_options search,
                                     size_t max_rows, int is_ensemble)
{
	static const struct tj_model *others[1];
	struct tj_error err = { 0 };
	others[0] = is_ensemble ? other.model : NULL;
	struct tj_engine_options o = { .search = search,
		                       .max_rows = max_rows,
		                       .max_source = MAX_IDS + 1,
		                       .bos = BOS,
		                       .source_eos = b->config.source_eos ? EOS : -1,
		                       .others = others,
		                       .n_others = (size_t)is_ensemble,
		                       .source_end = EOS,
		                       .constraints = b->constraints };
	struct tj_engine *e = tj_engine_new(b->model, &o, &err);
	cr_assert_not_null(e, "%s", err.text);
	return e;
}

/* Translates all sentences. Every third one is not asked about, and every second one has a
 * constraint. */
static void look(const struct bench *b, struct tj_search_options search, size_t max_rows,
                 int is_ensemble)
{
	struct tj_error err = { 0 };
	struct tj_engine *e = open_engine(b, search, max_rows, is_ensemble);
	memset(looked, 0, sizeof looked);
	for (size_t i = 0; i < N_SENTENCES || tj_engine_pending(e) > 0;) {
		struct tj_request requests[N_SENTENCES];
		size_t n = 0;
		for (; i < N_SENTENCES && n < tj_engine_room(e); i++)
			requests[n++] = (struct tj_request){ .ids = b->ids[i],
				                             .n_ids = b->n_ids[i],
				                             .tag = i,
				                             .key = i,
				                             .constraint = i % 2 ? &b->of[i] : NULL,
				                             .prefix = i % 4 == 1 && b->of[i].active
				                                           ? &b->prefix[i]
				                                           : NULL,
				                             .attends = i % 3 != 0 };
		cr_assert_eq(tj_engine_submit(e, n, requests, &err), TRUJAMAN_OK);
		cr_assert_eq(tj_engine_step(e, keep_looked, looked, &err), TRUJAMAN_OK);
	}
	tj_engine_free(e);
}

static trujaman_status ignore(void *context, const struct tj_result *r, struct tj_error *err)
{
	(void)context, (void)r, (void)err;
	return TRUJAMAN_OK;
}

/* Scores hypothesis h of sentence i, and compares what the network looks at. */
static void expect_scored(struct tj_engine *e, const struct bench *b, size_t i, size_t h,
                          const char *what)
{
	static float shares[MAX_SHARES];
	struct tj_error err = { 0 };
	const struct tj_ended *ended = &looked[i].found.ended[h];
	size_t n_source = b->n_ids[i] + (size_t)(b->config.source_eos != 0);
	struct tj_request r = { .ids = b->ids[i],
		                .n_ids = b->n_ids[i],
		                .forced = looked[i].found.ids[h],
		                .n_forced = ended->n_pieces,
		                .shares = shares };
	memset(shares, -1, sizeof shares);
	cr_assert_eq(tj_engine_submit(e, 1, &r, &err), TRUJAMAN_OK);
	while (tj_engine_pending(e) > 0)
		cr_assert_eq(tj_engine_step(e, ignore, NULL, &err), TRUJAMAN_OK);
	cr_expect_eq(memcmp(shares, looked[i].shares[h],
	                    (ended->n_pieces + 1) * n_source * sizeof *shares),
	             0, "%s: sentence %zu, hypothesis %zu", what, i, h);
	n_compared++;
}

static void expect_all_scored(const struct bench *b, int is_ensemble, const char *what)
{
	struct tj_engine *e = open_engine(b, options(1, 1), 1, is_ensemble);
	for (size_t i = 0; i < N_SENTENCES; i++)
		for (size_t h = 0; h < looked[i].found.n; h++) {
			const struct tj_ended *ended = &looked[i].found.ended[h];
			int is_open = ended->length == ended->n_pieces;
			n_open += (size_t)is_open;
			cr_assert_eq(looked[i].is_kept[h], i % 3 != 0 && !is_open);
			if (looked[i].is_kept[h])
				expect_scored(e, b, i, h, what);
		}
	tj_engine_free(e);
}

static void give_prefixes(struct bench *b)
{
	static const int32_t prefix[] = { 70, 71, 72 };
	for (size_t i = 0; i < N_SENTENCES; i++)
		b->prefix[i] = (struct tj_prefix){ .ids = prefix, .n_ids = 3 };
}

/* One network, with beams of 1 and more, with scores and without. */
Test(attended, as_scored)
{
	for (size_t m = 0; m < N_NAMES; m++)
		for (int int8 = 0; int8 < 2; int8++)
			for (const struct tj_kernels *const *k = tj_kernels_usable(); *k; k++) {
				struct bench b;
				bench_open(&b, names[m], *k, int8, NULL);
				give_prefixes(&b);
				look(&b, options(1, 0), 64, 0);
				expect_all_scored(&b, 0, names[m]);
				look(&b, options(1, 1), 7, 0);
				expect_all_scored(&b, 0, names[m]);
				look(&b, options(5, 0), 64, 0);
				expect_all_scored(&b, 0, names[m]);
				bench_close(&b);
			}
	cr_expect_geq(n_compared, 500, "only %zu", n_compared);
	cr_expect_geq(n_open, 10, "only %zu", n_open);
}

/* Draws, and two networks together. */
Test(attended, of_draws_and_ensembles)
{
	for (size_t m = 0; m < N_NAMES; m++)
		for (int int8 = 0; int8 < 2; int8++) {
			const struct tj_kernels *k = tj_kernels_usable()[0];
			struct tj_search_options draws = options(1, 1);
			struct bench b;
			draws.sampling = (struct tj_sampling){ 1, 1, 0, 1, 5 };
			bench_open(&b, names[m], k, int8, NULL);
			bench_open(&other, names[(m + 2) % N_NAMES], k, int8, NULL);
			give_prefixes(&b);
			look(&b, draws, 9, 0);
			expect_all_scored(&b, 0, "draws");
			look(&b, options(1, 0), 64, 1);
			expect_all_scored(&b, 1, "ensemble, beam 1");
			look(&b, options(3, 1), 64, 1);
			expect_all_scored(&b, 1, "ensemble");
			bench_close(&other);
			bench_close(&b);
		}
	cr_expect_geq(n_compared, 500, "only %zu", n_compared);
}

/* --- Limits ------------------------------------------------------------------------ */

enum { ROW_FLOATS = 1 << 16 }; /* as in attended.c */

/* Steps that are kept of a search of which only one step more is given than fits. */
Test(attended, gives_up_what_is_too_much)
{
	static float shares[ROW_FLOATS + 1];
	static const size_t sizes[] = { 1, 255, 256, 1000, ROW_FLOATS / 2 + 1, ROW_FLOATS };
	for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
		struct tj_attended a = { 0 };
		size_t n = sizes[k], most = ROW_FLOATS / n;
		tj_attended_begin(&a, 3, n, 1);
		for (size_t step = 0; step < most; step++)
			tj_attended_keep(&a, 1 + step % 3, shares, 0);
		cr_expect(a.keeps && a.n_steps == most, "%zu positions", n);
		cr_expect_leq(a.capacity, 3 * ROW_FLOATS + 3 * ROW_FLOATS / 2);
		tj_attended_keep(&a, 1, shares, 0);
		cr_expect(!a.keeps && a.shares == NULL, "%zu positions", n);
		tj_attended_keep(&a, 1, shares, 0);
		cr_expect_null(a.shares);
		tj_attended_release(&a);
	}
}

Test(attended, keeps_nothing_unasked)
{
	static float shares[ROW_FLOATS + 1];
	struct tj_attended a = { 0 };
	tj_attended_begin(&a, 1, ROW_FLOATS + 1, 1);
	tj_attended_keep(&a, 1, shares, 0);
	cr_expect_null(a.shares);
	tj_attended_begin(&a, 1, 4, 0);
	tj_attended_keep(&a, 1, shares, 0);
	cr_expect_null(a.shares);
	tj_attended_begin(&a, 1, 4, 1);
	tj_attended_keep(&a, 1, shares, 0);
	cr_expect_not_null(a.shares);
	tj_attended_release(&a);
	cr_expect_null(a.shares);
}
