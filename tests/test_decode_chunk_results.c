/* SPDX-License-Identifier: MIT */
/* Tests of chunks: made-up search results are stored in parts, and parts are joined to lines. */
#include "src/decode/k_best.h"
#include "src/decode/trace.h"
#include "tests/chunk_case.h"
#include "tests/same_bytes.h"

TestSuite(chunk_results, .init = open_both, .fini = close_both);

/* --- Results ----------------------------------------------------------------- */

/* What results say was attended to; NULL: nothing was kept. */
static const struct tj_attended *attended;

/* Gives a part n hypotheses. Hypothesis i has the pieces of texts[i] and the score -i - 0.5. */
static trujaman_status give(struct tj_chunk *c, const struct tj_language *l, size_t part, size_t n,
                            const char *const *texts, struct tj_error *err)
{
	enum { LIMIT = 100 };
	struct tj_search_options o = {
		.beam = TJ_MAX_BEAM, .n_best = TJ_MAX_BEAM, .length_penalty = 1, .unk = -1
	};
	struct tj_search s = { 0 };
	struct tj_error opened = { 0 };
	struct tj_tools *tools = tj_tools_open(l, &opened);
	cr_assert_not_null(tools);
	cr_assert(tj_search_begin(&s, &o, LIMIT, 1));
	for (size_t i = 0; i < n; i++) {
		struct tj_ids ids = encode(l->target, texts[i], strlen(texts[i]));
		cr_assert_leq(ids.n, LIMIT);
		for (size_t step = 0; step < ids.n; step++)
			s.trellis[step * o.beam + i] = (struct tj_node){ .token = ids.data[step],
				                                         .from = (int32_t)i };
		s.ended[i] = (struct tj_ended){ .score = -9,
			                        .rank = -(double)i - 0.5,
			                        .n_pieces = ids.n,
			                        .at = i,
			                        .length = ids.n + 1 };
		free(ids.data);
	}
	struct tj_result r = { (uint64_t)(uintptr_t)c->parts[part], n, s.ended, &s, &o, attended };
	trujaman_status status = tj_chunk_result(&r, l, tools, err);
	tj_tools_close(tools);
	tj_search_release(&s);
	return status;
}

static trujaman_status recall(struct tj_chunk *c, const struct tj_language *l, size_t part,
                              int *known, struct tj_error *err)
{
	struct tj_tools *tools = tj_tools_open(l, err);
	cr_assert_not_null(tools);
	trujaman_status status = tj_chunk_recall(c, l, part, tools, known, err);
	tj_tools_close(tools);
	return status;
}

static void must_give(struct tj_chunk *c, const struct tj_language *l, size_t part, size_t n,
                      const char *const *texts)
{
	struct tj_error err = { 0 };
	cr_assert_eq(give(c, l, part, n, texts, &err), TRUJAMAN_OK, "%s", err.text);
}

static size_t n_translations(const struct tj_chunk *c, size_t line, size_t k)
{
	struct tj_k_best best = { 0 };
	cr_assert(tj_k_best_find(&best, c, &c->lines[line], k));
	size_t n = best.n;
	tj_k_best_release(&best);
	return n;
}

static void expect_text(const struct tj_string *s, const char *wanted, double score,
                        double wanted_score)
{
	cr_expect(same_bytes(s->data, s->n, wanted, strlen(wanted)), "%.*s, wanted %s", (int)s->n,
	          s->data, wanted);
	cr_expect_eq(score, wanted_score, "%s: %g, wanted %g", wanted, score, wanted_score);
}

static void expect_join(const struct tj_chunk *c, size_t line, size_t rank, const char *wanted,
                        double wanted_score)
{
	struct tj_string s = { NULL, 0, 0 };
	struct tj_k_best best = { 0 };
	double score = 77;
	cr_assert(tj_k_best_find(&best, c, &c->lines[line], rank + 1));
	cr_assert_eq(best.n, rank + 1, "line %zu: %zu translations", line, best.n);
	cr_assert(tj_k_best_join(&best, rank, &s, &score));
	expect_text(&s, wanted, score, wanted_score);
	if (rank == 0) { /* the best needs no list */
		s.n = 0;
		cr_assert(tj_chunk_join(c, &c->lines[line], NULL, &s, &score));
		expect_text(&s, wanted, score, wanted_score);
	}
	free(s.data);
	tj_k_best_release(&best);
}

Test(chunk_results, joins_what_was_found)
{
	static const char *const first[] = { "La casa.", "Una casa.", "Casa." };
	static const char *const second[] = { "S\xc3\xad." };
	struct tj_language l = language(256, 3);
	struct tj_chunk *c = new_chunk();
	add(c, "The house.", 10);
	add(c, "  \t", 3);
	add(c, "Yes.", 4);
	add(c, "", 0);
	prepare(c, &l);
	must_give(c, &l, 1, 1, second);
	cr_expect_eq(c->n_open, 1);
	must_give(c, &l, 0, 3, first);
	cr_expect_eq(c->n_open, 0);
	cr_expect_eq(n_translations(c, 0, 3), 3);
	cr_expect_eq(n_translations(c, 1, 3), 1);
	cr_expect_eq(n_translations(c, 2, 3), 1);
	for (size_t i = 0; i < 3; i++)
		expect_join(c, 0, i, first[i], -(double)i - 0.5);
	expect_join(c, 1, 0, "  \t", 0);
	expect_join(c, 2, 0, second[0], -0.5);
	expect_join(c, 3, 0, "", 0);
	tj_chunk_free(c);
}

/* Joins the parts of a line that have two, one and three translations. Of equal sums the one comes
 * first that differs later in the line. */
Test(chunk_results, joins_parts_with_spaces)
{
	static const char *const texts[3][3] = {
		{ "Uno", "Un" },
		{ "Dos" },
		{ "Tres", "Tras", "Tris" },
	};
	static const char *const wanted[] = {
		"Uno Dos Tres Tres", "Uno Dos Tres Tras", "Uno Dos Tras Tres",
		"Un Dos Tres Tres",  "Uno Dos Tres Tris", "Uno Dos Tras Tras",
		"Un Dos Tres Tras",  "Uno Dos Tris Tres", "Un Dos Tras Tres",
	};
	static const double scores[] = { -2, -3, -3, -3, -4, -4, -4, -4, -4 };
	struct tj_language l = language(8, 3);
	struct tj_chunk *c = new_chunk();
	static const char text[] = "go go go go go go go go go go go go go go "
				   "go go go go go go go go go go go go go go";
	add(c, text, strlen(text));
	prepare(c, &l);
	cr_assert_eq(c->lines[0].n_parts, 4);
	for (size_t i = 0; i < 4; i++)
		must_give(c, &l, i, i == 0 ? 2 : i == 1 ? 1 : 3, texts[i < 3 ? i : 2]);
	cr_expect_eq(n_translations(c, 0, 3), 3);
	cr_expect_eq(n_translations(c, 0, 64), 18);
	for (size_t rank = 0; rank < 9; rank++)
		expect_join(c, 0, rank, wanted[rank], scores[rank]);
	tj_chunk_free(c);
}

/* Of equal texts the first is kept, and nothing of a text that is empty or white space unless
 * there is no other. The score -i - 0.5 tells the rank i in the search. */
Test(chunk_results, keeps_different_texts)
{
	static const char *const texts[] = { "",          "Casa.", "Casa.",    " ",
		                             "Una casa.", "Casa.", "La casa.", "Mi casa." };
	static const char *const nothing[] = { "", "", " " };
	struct tj_chunk *c = new_chunk();
	struct tj_language l = language(256, 3);
	add(c, "The house.", 10);
	add(c, "A house.", 8);
	add(c, "House.", 6);
	prepare(c, &l);
	must_give(c, &l, 0, 8, texts);
	must_give(c, &l, 1, 3, nothing);
	must_give(c, &l, 2, 4, texts);
	cr_expect_eq(c->n_open, 0);
	cr_expect_eq(n_translations(c, 0, 3), 3);
	expect_join(c, 0, 0, "Casa.", -1.5);
	expect_join(c, 0, 1, "Una casa.", -4.5);
	expect_join(c, 0, 2, "La casa.", -6.5);
	cr_expect_eq(n_translations(c, 1, 3), 1);
	expect_join(c, 1, 0, "", -0.5);
	cr_expect_eq(n_translations(c, 2, 3), 1);
	expect_join(c, 2, 0, "Casa.", -1.5);
	tj_chunk_free(c);
}

/* Without a list, the best is taken even if it is empty. */
Test(chunk_results, keeps_the_best_alone)
{
	static const char *const texts[] = { "", "Casa." };
	struct tj_chunk *c = new_chunk();
	struct tj_language l = language(256, 1);
	add(c, "The house.", 10);
	prepare(c, &l);
	must_give(c, &l, 0, 2, texts);
	cr_expect_eq(n_translations(c, 0, 1), 1);
	expect_join(c, 0, 0, "", -0.5);
	tj_chunk_free(c);
}

Test(chunk_results, joins_with_what_stood_there)
{
	static const char *const texts[] = { "Uno.", "Dos." };
	struct tj_language l = language(256, 1);
	struct tj_chunk *c = new_chunk();
	size_t invalid;
	l.sentences = "en";
	l.column = 2;
	add(c, "\t One.   Two. ", 14);
	cr_assert_not_null(tj_chunk_add_row(c, "\xff.\tOne. Two.\tTwo.\xff", 18, 2, &invalid));
	cr_assert_not_null(tj_chunk_add_row(c, "One. Two.", 9, 2, &invalid));
	cr_assert_not_null(tj_chunk_add_row(c, "One. Two.\t .. ", 14, 2, &invalid));
	prepare(c, &l);
	cr_assert_eq(c->n_parts, 5);
	for (size_t i = 0; i < 5; i++)
		must_give(c, &l, i, 1, &texts[i % 2]);
	expect_join(c, 0, 0, "\t Uno.   Dos. ", -1);
	expect_join(c, 1, 0, "\xff.\tUno. Dos.\tTwo.\xff", -1);
	expect_join(c, 2, 0, "One. Two.", 0);
	expect_join(c, 3, 0, "One. Two.\t Uno. ", -0.5);
	tj_chunk_free(c);
}

Test(chunk_results, recalls_what_was_found_before)
{
	static const char *const texts[] = { "La casa.", "Una casa.", "Casa." };
	struct tj_language l = language(256, 3);
	struct tj_error err = { 0 };
	struct tj_chunk *c = new_chunk();
	int known = 1;
	add(c, "The house.", 10);
	add(c, "The  house. ", 12);
	add(c, "A house.", 8);
	prepare(c, &l);
	cr_assert_eq(recall(c, &l, 0, &known, &err), TRUJAMAN_OK);
	cr_expect_not(known, "there is no cache");
	l.cache = tj_cache_open(1 << 20, &err);
	cr_assert_not_null(l.cache, "%s", err.text);
	cr_assert_eq(recall(c, &l, 0, &known, &err), TRUJAMAN_OK);
	cr_expect_not(known);
	must_give(c, &l, 0, 3, texts);
	size_t pieces = c->n_target_pieces;
	cr_expect_eq(c->n_open, 2);
	cr_assert_eq(recall(c, &l, 1, &known, &err), TRUJAMAN_OK);
	cr_expect(known);
	cr_expect_eq(c->n_open, 1);
	cr_expect_eq(c->n_cached, 1);
	cr_expect_eq(c->n_target_pieces, 2 * pieces);
	cr_assert_eq(recall(c, &l, 2, &known, &err), TRUJAMAN_OK);
	cr_expect_not(known);
	cr_expect_eq(n_translations(c, 1, 3), 3);
	for (size_t i = 0; i < 3; i++)
		expect_join(c, 0, i, texts[i], -(double)i - 0.5);
	expect_join(c, 1, 0, "La casa. ", -0.5);
	expect_join(c, 1, 2, "Casa. ", -2.5);
	tj_chunk_free(c);
	tj_cache_close(l.cache);
}

/* Keeps as many steps of a made-up search: of step s, row i looks at position k with share
 * 100 s + 10 i + k. */
static void attend(struct tj_attended *a, size_t n_source, size_t n_steps)
{
	enum { ROWS = 3 };
	tj_attended_begin(a, TJ_MAX_BEAM, n_source, 1);
	for (size_t step = 0; step < n_steps; step++) {
		float shares[ROWS][16];
		for (size_t i = 0; i < ROWS; i++)
			for (size_t k = 0; k < n_source; k++)
				shares[i][k] = (float)(100 * step + 10 * i + k);
		tj_attended_keep(a, ROWS, shares[0], 16);
	}
}

/* The network reads again only what the search has not told all of. */
Test(chunk_results, traces_of_what_the_search_kept)
{
	static const char *const texts[] = { "La casa.", "Una casa.", "La casa." };
	struct tj_attended kept = { 0 };
	struct tj_language l = language(256, 3);
	l.traces = 1;
	for (int i = 0; i < 4; i++) {
		struct tj_chunk *c = new_chunk();
		add(c, "The house.", 10);
		prepare(c, &l);
		cr_expect(tj_chunk_request(c, &l, 0).attends);
		size_t n_source = c->parts[0]->n_ids + 1;
		cr_assert_leq(n_source, 16);
		/* All; nothing; another source's; all, but scores are asked for, too. */
		attend(&kept, n_source + (i == 2), 16);
		attended = i == 1 ? NULL : &kept;
		l.piece_scores = i == 3;
		must_give(c, &l, 0, 3, texts);
		cr_expect_eq(c->n_traces, i == 0 ? 0 : 2);
		cr_expect_eq(c->n_open, i == 0 ? 0 : 2);
		for (size_t h = 0; h < 2; h++) {
			const struct tj_trace *t = c->parts[0]->hypotheses[h].trace;
			cr_assert(t != NULL && t->is_filled == (i == 0));
			for (size_t at = 0; i == 0 && at < (t->n + 1) * n_source; at++)
				cr_expect_eq(t->shares[at], (float)(100 * (at / n_source) + 10 * h +
				                                    at % n_source));
		}
		tj_chunk_free(c);
	}
	tj_attended_release(&kept);
	attended = NULL;
	l.traces = 0;
	struct tj_chunk *c = new_chunk();
	add(c, "The house.", 10);
	prepare(c, &l);
	cr_expect_not(tj_chunk_request(c, &l, 0).attends);
	tj_chunk_free(c);
}

/* Frees a chunk before it is prepared, and a chunk of which only some parts are done. */
Test(chunk_results, free_at_any_time)
{
	static const char *const texts[] = { "Hola", "Ola" };
	struct tj_language l = language(256, 2);
	struct tj_chunk *c = new_chunk();
	add(c, "one", 3);
	tj_chunk_free(c);
	c = new_chunk();
	add(c, "one", 3);
	add(c, "two", 3);
	prepare(c, &l);
	must_give(c, &l, 1, 2, texts);
	tj_chunk_free(c);
}

Test(chunk_results, keeps_the_log_probability_when_scoring)
{
	struct tj_language l = language(256, 1);
	struct tj_error err = { 0 };
	struct tj_chunk *c = new_chunk();
	struct tj_ended ended = { .score = -12.25, .rank = -3 };
	l.scoring = 1;
	add_pair(c, "Good day",
	         "Buen d\xc3\xad"
	         "a");
	prepare(c, &l);
	struct tj_result r = { .tag = tj_chunk_request(c, &l, 0).tag, .n = 1, .ended = &ended };
	struct tj_tools *tools = tj_tools_open(&l, &err);
	cr_assert_not_null(tools);
	cr_assert_eq(tj_chunk_result(&r, &l, tools, &err), TRUJAMAN_OK);
	tj_tools_close(tools);
	cr_expect_eq(c->parts[0]->hypotheses[0].score, -12.25);
	cr_expect_null(c->parts[0]->hypotheses[0].text);
	cr_expect_eq(c->n_open, 0);
	tj_chunk_free(c);
}

Test(chunk_results, line_breaks_in_translations_become_spaces)
{
	static const struct tiny_piece pieces[] = {
		{ "<unk>", TINY_UNKNOWN },     { "<s>", TINY_CONTROL },
		{ "</s>", TINY_CONTROL },      { "\xe2\x96\x81", TINY_NORMAL },
		{ "a", TINY_NORMAL },          { "\n", TINY_USER_DEFINED },
		{ "\r\n", TINY_USER_DEFINED },
	};
	static const char *const text[] = { "a\na\r\na" };
	unsigned char bytes[200];
	struct tj_error err = { 0 };
	struct tj_language l = language(256, 1);
	struct tj_chunk *c = new_chunk();
	size_t n = tiny_pieces(pieces, 7, bytes, sizeof bytes);
	struct tj_pieces *with_breaks = tj_pieces_open(bytes, n, "tiny", &err);
	cr_assert_not_null(with_breaks, "%s", err.text);
	l.target = with_breaks;
	add(c, "one", 3);
	prepare(c, &l);
	must_give(c, &l, 0, 1, text);
	expect_join(c, 0, 0, "a a  a", -0.5);
	tj_chunk_free(c);
	tj_pieces_close(with_breaks);
}

Test(chunk_results, appends_strings)
{
	struct tj_string s = { NULL, 0, 0 };
	cr_assert(tj_string_append(&s, NULL, 0));
	cr_expect_null(s.data);
	for (size_t i = 0; i < 1000; i++)
		cr_assert(tj_string_append(&s, "a\0c", 3));
	cr_expect_eq(s.n, 3000);
	cr_expect_eq(memcmp(s.data + 2997, "a\0c", 3), 0);
	cr_expect_not(tj_string_append(&s, "x", SIZE_MAX));
	cr_expect_eq(s.n, 3000);
	free(s.data);
}
