/* SPDX-License-Identifier: MIT */
/* trujaman_score_pairs: what it refuses, structs of older programs, normalised scores, and
 * allocations that fail while both directions are scored. */
#include <math.h>

#include "tests/failing_alloc.h"
#include "tests/stream_case.h"
#include "tests/support.h"

TestSuite(pairs, .init = start, .fini = remove_scratch, .timeout = 600);

static const char sources[] = "Let's go.\nNo.\n\nGo home, Zorg.\n";
static const char targets[] = "Vamos.\nNo.\nNada.\nVete a casa.\n";
static const char list[] = "1\t0\tVamos.\n1\t0\tVe.\n1\t0\t\n2\t0\tNo.\n4\t0\tVete.\n4\t0\tCasa.\n";

/* Output without an allocation of its own. */
struct output {
	size_t n;
	char bytes[4096];
};

static int keep_bytes(void *context, const trujaman_stretch *stretch)
{
	struct output *out = context;
	if (stretch->n_bytes > sizeof out->bytes - out->n)
		return 1;
	memcpy(out->bytes + out->n, stretch->bytes, stretch->n_bytes);
	out->n += stretch->n_bytes;
	return 0;
}

static trujaman_status score(struct handle *h, const trujaman_pairs *pairs, struct output *out)
{
	const trujaman_sink sink = { .size = sizeof sink, .context = out, .write = keep_bytes };
	out->n = 0;
	return trujaman_score_pairs(h->translator, pairs, &sink, NULL, TOLD(h));
}

static trujaman_input sized(trujaman_input input)
{
	input.size = sizeof input;
	return input;
}

static void expect_refused(struct handle *h, const trujaman_pairs *pairs, const char *part)
{
	struct output out;
	cr_expect_eq(score(h, pairs, &out), TRUJAMAN_ERROR_USAGE, "%s", part);
	cr_expect_not_null(strstr(h->error, part), "%s", h->error);
	cr_expect_eq(out.n, 0);
}

Test(pairs, what_cannot_be_scored)
{
	struct output out;
	const trujaman_options one = options_of(1, 1), two = options_of(1, 2);
	struct handle *h = open_fixture("luong-general", &two);
	struct handle *back = open_fixture("gru-general-deep", &one);
	const trujaman_input source = sized(put_text("source", sources)),
			     target = sized(put_text("target", targets));
	trujaman_pairs p = { .size = sizeof p, .source = &source, .target = &target };
	cr_expect_eq(score(h, &p, &out), TRUJAMAN_OK, "%s", h->error);
	p.reverse = h->translator;
	expect_refused(h, &p, "cannot score both directions");
	p.reverse = back->translator;
	expect_refused(h, &p, "has 1 threads, wanted 2");
	p.reverse = NULL;
	p.kind = (enum trujaman_pairs_kind)7;
	expect_refused(h, &p, "no pairs of kind 7");
	p.kind = TRUJAMAN_PAIRS_TSV;
	expect_refused(h, &p, "columns are counted from 1: found 0 and 0");
	p.kind = TRUJAMAN_PAIRS_N_BEST;
	p.target = NULL;
	expect_refused(h, &p, "a pair needs two sides");
	p.size = 0;
	expect_refused(h, &p, "the pairs");
	p.size = sizeof p;
	p.target = &target;
	const trujaman_sink skips = { .size = sizeof skips, .skip = 1, .write = keep_bytes };
	cr_expect_eq(trujaman_score_pairs(h->translator, &p, &skips, NULL, TOLD(h)),
	             TRUJAMAN_ERROR_USAGE);
	cr_expect_not_null(strstr(h->error, "skipped"), "%s", h->error);
	/* A program of before the members at the end, whose place has anything. */
	p = (trujaman_pairs){ .size = offsetof(trujaman_pairs, source_column),
		              .source = &source,
		              .target = &target,
		              .source_column = -1,
		              .reverse = h->translator };
	cr_expect_eq(score(h, &p, &out), TRUJAMAN_OK, "%s", h->error);
	handle_close(h);
	handle_close(back);
}

Test(pairs, normalised_scores_of_texts_in_memory)
{
	const char *const src[] = { "Let's go.", "", "No." }, *const tgt[] = { "Vamos.", "", "" };
	const size_t src_len[] = { 9, 0, 3 }, tgt_len[] = { 6, 0, 0 };
	trujaman_result *r[2];
	for (int normal = 0; normal < 2; normal++) {
		trujaman_options o = options_of(1, 1);
		o.normalize = normal;
		struct handle *h = open_fixture("luong-general", &o);
		cr_assert_eq(trujaman_score(h->translator, 3, src, src_len, tgt, tgt_len,
		                            &r[normal], TOLD(h)),
		             TRUJAMAN_OK, "%s", h->error);
		handle_close(h);
	}
	for (size_t i = 0; i < 3; i++) {
		double pieces = trujaman_result_score(r[0], i, 0) /
		                trujaman_result_score(r[1], i, 0);
		if (i == 0)
			cr_expect(pieces > 1.5 && fabs(pieces - floor(pieces + 0.5)) < 1e-9, "%g",
			          pieces);
		else /* only the end of the sentence */
			cr_expect(fabs(pieces - 1) < 1e-12, "%g", pieces);
	}
	trujaman_result_free(r[0]);
	trujaman_result_free(r[1]);
}

/* Scores by new translators of the models, while allocation number `at` fails, and all after it if
 * and_after. Returns how many there were. */
static size_t score_failing(trujaman_model *const models[2], trujaman_pairs p, size_t at,
                            int and_after, struct output *out, trujaman_status *status)
{
	const trujaman_options o = options_of(1, 1);
	struct handle h = { .model = NULL };
	cr_assert_eq(trujaman_translator_new(models[0], &o, &h.translator, TOLD(&h)), TRUJAMAN_OK);
	cr_assert_eq(trujaman_translator_new(models[1], &o, &p.reverse, TOLD(&h)), TRUJAMAN_OK);
	begin_to_fail(at, and_after);
	*status = score(&h, &p, out);
	size_t n = end_to_fail();
	if (*status != TRUJAMAN_OK) {
		struct output again;
		cr_assert_eq(*status, TRUJAMAN_ERROR_MEMORY, "%zu: %s", at, h.error);
		cr_expect_not_null(strstr(h.error, "memory"), "%s", h.error);
		if (at % 8 == 0) /* both go on after a failure */
			cr_assert_eq(score(&h, &p, &again), TRUJAMAN_OK, "%s", h.error);
	}
	trujaman_translator_free(h.translator);
	trujaman_translator_free(p.reverse);
	return n;
}

static void fail_each(trujaman_model *const models[2], const trujaman_pairs *p)
{
	struct output wanted, out;
	trujaman_status status;
	size_t n = score_failing(models, *p, SIZE_MAX, 0, &wanted, &status), n_failed = 0;
	cr_assert_eq(status, TRUJAMAN_OK);
	cr_assert_gt(n, 60);
	size_t stride = getenv("TRUJAMAN_LONG_TESTS") != NULL ? 1 : 5, n_tried = 0;
	for (size_t at = 0; at < n; at += stride, n_tried++) {
		(void)score_failing(models, *p, at, at % 2 == 0, &out, &status);
		n_failed += status != TRUJAMAN_OK;
		if (status == TRUJAMAN_OK)
			cr_assert_eq(out.n, wanted.n);
		cr_assert(out.n <= wanted.n && same_bytes(out.bytes, wanted.bytes, out.n),
		          "what is written is a beginning of all");
	}
	cr_expect_gt(n_failed, n_tried / 2);
}

/* With TRUJAMAN_LONG_TESTS every one, else every fifth. */
Test(pairs, allocations_that_fail)
{
	char error[256];
	trujaman_model *models[2];
	if (!CAN_FAIL)
		cr_skip_test("allocations cannot be made to fail here");
	const trujaman_options o = options_of(1, 1);
	cr_assert_eq(trujaman_model_open(fixture("luong-general", "safetensors"), &o, &models[0],
	                                 error, sizeof error),
	             TRUJAMAN_OK);
	cr_assert_eq(trujaman_model_open(fixture("gru-general-deep", "safetensors"), &o, &models[1],
	                                 error, sizeof error),
	             TRUJAMAN_OK);
	const trujaman_input rows = sized(put_text("rows", "Go.\tVe.\nNo.\nLet's go.\tVamos.\n")),
			     source = sized(put_text("source", sources)),
			     target = sized(put_text("list", list));
	trujaman_pairs p = { .size = sizeof p, .source_column = 1, .target_column = 2 };
	p.kind = TRUJAMAN_PAIRS_TSV;
	p.source = &rows;
	fail_each(models, &p);
	p.kind = TRUJAMAN_PAIRS_N_BEST;
	p.source = &source;
	p.target = &target;
	fail_each(models, &p);
	trujaman_model_close(models[0]);
	trujaman_model_close(models[1]);
}
