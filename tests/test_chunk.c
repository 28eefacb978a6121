/* SPDX-License-Identifier: MIT */
/* Lines into parts and parts back into lines, with made-up search results. */
#include "src/decode/chunk.h"

#include "tests/model_files.h"
#include "tests/tiny_pieces.h"

static struct tj_pieces *source, *target;

static struct tj_pieces *open_file(const char *name)
{
	struct tj_error err = { 0 };
	size_t n;
	unsigned char *bytes = read_bytes(in_source(name), &n);
	struct tj_pieces *p = tj_pieces_open(bytes, n, name, &err);
	cr_assert_not_null(p, "%s", err.text);
	free(bytes);
	return p;
}

static void open_both(void)
{
	source = open_file("tests/fixtures/en.model");
	target = open_file("tests/fixtures/es.model");
	make_scratch();
}

static void close_both(void)
{
	tj_pieces_close(source);
	tj_pieces_close(target);
	source = target = NULL;
	remove_scratch();
}

TestSuite(chunk, .init = open_both, .fini = close_both);

static struct tj_language language(size_t max_pieces, size_t n_best)
{
	return (struct tj_language){ .source = source, .target = target, .max_pieces = max_pieces,
		                     .n_best = n_best, .empty_source = -1, .max_scored = 1000,
		                     .name = "some.en" };
}

static struct tj_chunk *new_chunk(void)
{
	struct tj_error err = { 0 };
	struct tj_chunk *c = tj_chunk_new(&err);
	cr_assert_not_null(c, "%s", err.text);
	return c;
}

static size_t add(struct tj_chunk *c, const char *text, size_t n)
{
	size_t invalid = 12345;
	struct tj_chunk_line *line = tj_chunk_add(c, text, n, NULL, 0, &invalid, NULL);
	cr_assert_not_null(line);
	line->number = c->n_lines;
	return invalid;
}

static void add_pair(struct tj_chunk *c, const char *text, const char *translation)
{
	size_t invalid, invalid_target;
	struct tj_chunk_line *line = tj_chunk_add(c, text, strlen(text), translation,
	                                          strlen(translation), &invalid, &invalid_target);
	cr_assert_not_null(line);
	line->number = c->n_lines;
}

static void prepare(struct tj_chunk *c, const struct tj_language *l)
{
	struct tj_error err = { 0 };
	cr_assert_eq(tj_chunk_prepare(c, l, &err), TRUJAMAN_OK, "%s", err.text);
	cr_assert_eq(c->n_open, c->n_parts);
}

static struct tj_ids encode(const struct tj_pieces *p, const char *text, size_t n)
{
	struct tj_ids ids = { 0 };
	struct tj_error err = { 0 };
	cr_assert_eq(tj_pieces_encode(p, text, n, &ids, &err), TRUJAMAN_OK, "%s", err.text);
	return ids;
}

static void expect_text(const struct tj_chunk *c, size_t i, const char *text, size_t n)
{
	const struct tj_chunk_line *line = &c->lines[i];
	cr_assert_eq(line->n_bytes, n, "line %zu: %zu bytes, wanted %zu", i, line->n_bytes, n);
	cr_expect(n == 0 || memcmp(c->text.data + line->first_byte, text, n) == 0, "line %zu", i);
}

/* --- Adding lines ------------------------------------------------------------ */

Test(chunk, keeps_lines_and_repairs_them)
{
	struct tj_chunk *c = new_chunk();
	cr_expect_eq(add(c, "plain", 5), SIZE_MAX);
	cr_expect_eq(add(c, "", 0), SIZE_MAX);
	cr_expect_eq(add(c, "one\0two", 7), SIZE_MAX);
	cr_expect_eq(add(c, "caf\xe9 x\xff", 7), 3);
	cr_expect_eq(add(c, "\xe2\x82", 2), 0);
	cr_expect_eq(add(c, "ni\xc3\xb1o", 5), SIZE_MAX);
	cr_assert_eq(c->n_lines, 6);
	expect_text(c, 0, "plain", 5);
	expect_text(c, 1, "", 0);
	expect_text(c, 2, "one\0two", 7);
	expect_text(c, 3, "caf\xef\xbf\xbd x\xef\xbf\xbd", 11);
	expect_text(c, 4, "\xef\xbf\xbd", 3);
	expect_text(c, 5, "ni\xc3\xb1o", 5);
	tj_chunk_free(c);
	tj_chunk_free(NULL);
}

Test(chunk, repairs_targets_too)
{
	struct tj_chunk *c = new_chunk();
	size_t invalid, invalid_target;
	struct tj_chunk_line *line;
	line = tj_chunk_add(c, "good", 4, "b\xc0" "d", 3, &invalid, &invalid_target);
	cr_assert_not_null(line);
	cr_expect_eq(invalid, SIZE_MAX);
	cr_expect_eq(invalid_target, 1);
	cr_assert_eq(line->n_target, 5);
	cr_expect_eq(memcmp(c->target_text.data + line->first_target, "b\xef\xbf\xbd" "d", 5), 0);
	line = tj_chunk_add(c, "\xff", 1, "fine", 4, &invalid, &invalid_target);
	cr_assert_not_null(line);
	cr_expect_eq(invalid, 0);
	cr_expect_eq(invalid_target, SIZE_MAX);
	cr_assert_eq(line->n_target, 4);
	cr_expect_eq(memcmp(c->target_text.data + line->first_target, "fine", 4), 0);
	tj_chunk_free(c);
}

/* --- Lines to parts ---------------------------------------------------------- */

Test(chunk, a_part_a_line)
{
	static const char *const texts[] = { "The door is open.", "", "Come in!", " \t ", "\v\f\r" };
	struct tj_language l = language(256, 2);
	struct tj_chunk *c = new_chunk();
	size_t words = 0, pieces = 0;
	for (size_t i = 0; i < 5; i++)
		add(c, texts[i], strlen(texts[i]));
	prepare(c, &l);
	cr_assert_eq(c->n_parts, 2);
	for (size_t i = 0, part = 0; i < 5; i++) {
		const struct tj_chunk_line *line = &c->lines[i];
		int blank = i != 0 && i != 2;
		cr_expect_eq(line->blank, blank, "line %zu", i);
		cr_expect_eq(line->n_parts, !blank);
		if (blank)
			continue;
		struct tj_ids ids = encode(source, texts[i], strlen(texts[i]));
		struct tj_request r = tj_chunk_request(c, &l, part);
		cr_expect_eq(line->first_part, part);
		cr_assert_eq(r.n_ids, ids.n);
		cr_expect_eq(memcmp(r.ids, ids.data, ids.n * sizeof *ids.data), 0);
		cr_expect_null(r.forced);
		cr_expect_eq(r.tag, (uint64_t)(uintptr_t)&c->parts[part]);
		cr_expect_eq(c->parts[part].chunk, c);
		cr_expect_eq(c->parts[part].first_hypothesis, 2 * part);
		pieces += ids.n;
		free(ids.data);
		words += part++ == 0 ? 4 : 2;
	}
	cr_expect_eq(c->n_words, words);
	cr_expect_eq(c->n_source_pieces, pieces);
	tj_chunk_free(c);
}

/* The parts of a line are its pieces, all of them and in order. */
static void check_parts(const char *text, size_t n, size_t max_pieces, int words)
{
	struct tj_language l = language(max_pieces, 1);
	struct tj_chunk *c = new_chunk();
	struct tj_ids ids = encode(source, text, n);
	size_t at = 0;
	add(c, text, n);
	prepare(c, &l);
	cr_assert_geq(ids.n, 1);
	cr_expect_eq(c->lines[0].cut, ids.n > max_pieces);
	cr_assert_eq(c->lines[0].n_parts, c->n_parts);
	cr_expect_geq(c->n_parts, (ids.n + max_pieces - 1) / max_pieces);
	for (size_t i = 0; i < c->n_parts; i++) {
		struct tj_request r = tj_chunk_request(c, &l, i);
		cr_assert(r.n_ids >= 1 && r.n_ids <= max_pieces, "part %zu: %zu", i, r.n_ids);
		cr_assert_leq(at + r.n_ids, ids.n);
		cr_assert_eq(memcmp(r.ids, ids.data + at, r.n_ids * sizeof *r.ids), 0);
		if (words && at > 0)
			cr_expect(tj_pieces_starts_word(source, ids.data[at]),
			          "part %zu of %zu begins within a word", i, c->n_parts);
		if (i + 1 < c->n_parts) /* no part is cut smaller than half */
			cr_expect_gt(r.n_ids, max_pieces / 2);
		at += r.n_ids;
	}
	cr_expect_eq(at, ids.n);
	free(ids.data);
	tj_chunk_free(c);
}

Test(chunk, long_lines_become_parts)
{
	enum { WORDS = 2000 };
	static char text[WORDS * 4 + 1];
	for (size_t i = 0; i < WORDS; i++)
		memcpy(text + 4 * i, i % 7 == 3 ? "go. " : "one ", 4);
	for (size_t max = 8; max <= 300; max = max * 3 / 2 + 1)
		for (size_t n = 3; n <= sizeof text - 1; n = n * 5 / 3 + 1)
			check_parts(text, n, max, 1);
}

Test(chunk, a_line_without_spaces_is_cut_anywhere)
{
	static char text[3000];
	memset(text, 'q', sizeof text);
	check_parts(text, sizeof text, 8, 0);
	check_parts(text, sizeof text, 255, 0);
	for (size_t i = 0; i + 2 < sizeof text; i += 3)
		memcpy(text + i, "\xe6\xbc\xa2", 3);
	check_parts(text, sizeof text, 16, 0);
}

Test(chunk, exactly_max_pieces_is_one_part)
{
	struct tj_ids ids = encode(source, "The river runs past the mill and on to the sea.", 47);
	cr_assert_geq(ids.n, 10);
	check_parts("The river runs past the mill and on to the sea.", 47, ids.n, 1);
	check_parts("The river runs past the mill and on to the sea.", 47, ids.n - 1, 1);
	check_parts("The river runs past the mill and on to the sea.", 47, ids.n + 1, 1);
	free(ids.data);
}

/* --- Scoring ----------------------------------------------------------------- */

Test(chunk, scoring_forces_the_target)
{
	struct tj_language l = language(8, 1);
	struct tj_chunk *c = new_chunk();
	l.scoring = 1;
	add_pair(c, "The door is open and the light is on in every room.", "La puerta.");
	add_pair(c, "", "Nada");
	add_pair(c, "Something", "");
	add_pair(c, "  ", "\t");
	prepare(c, &l);
	cr_assert_eq(c->n_parts, 4, "a pair is never cut, and never left out");
	struct tj_ids s = encode(source, "The door is open and the light is on in every room.", 51);
	struct tj_ids t = encode(target, "La puerta.", 10);
	struct tj_request r = tj_chunk_request(c, &l, 0);
	cr_assert_eq(r.n_ids, s.n);
	cr_expect_eq(memcmp(r.ids, s.data, s.n * sizeof *s.data), 0);
	cr_assert_eq(r.n_forced, t.n);
	cr_expect_eq(memcmp(r.forced, t.data, t.n * sizeof *t.data), 0);
	free(s.data);
	free(t.data);
	r = tj_chunk_request(c, &l, 1);
	cr_expect_eq(r.n_ids, 0);
	cr_expect_gt(r.n_forced, 0);
	for (size_t i = 2; i < 4; i++) {
		r = tj_chunk_request(c, &l, i);
		cr_expect_not_null(r.forced, "an empty target must not start a search");
		cr_expect_eq(r.n_forced, 0);
	}
	l.empty_source = 2;
	r = tj_chunk_request(c, &l, 1);
	cr_assert_eq(r.n_ids, 1);
	cr_expect_eq(r.ids[0], 2);
	r = tj_chunk_request(c, &l, 2);
	cr_expect_gt(r.n_ids, 1);
	tj_chunk_free(c);
}

Test(chunk, a_source_too_long_to_score)
{
	struct tj_language l = language(8, 1);
	struct tj_error err = { 0 };
	struct tj_chunk *c = new_chunk();
	l.scoring = 1;
	l.max_scored = 20;
	add_pair(c, "short", "corto");
	add_pair(c, "one two three four five six seven eight nine ten eleven twelve", "doce");
	cr_expect_eq(tj_chunk_prepare(c, &l, &err), TRUJAMAN_ERROR_INPUT);
	cr_expect_not_null(strstr(err.text, "some.en:2: "), "%s", err.text);
	cr_expect_not_null(strstr(err.text, "at most 20"), "%s", err.text);
	tj_chunk_free(c);
}

/* --- Results ----------------------------------------------------------------- */

/* Give a part n hypotheses: the pieces of texts[i], score -i - 0.5. */
static trujaman_status give(struct tj_chunk *c, const struct tj_language *l, size_t part, size_t n,
                            const char *const *texts, struct tj_error *err)
{
	enum { LIMIT = 100 };
	struct tj_search_options o = { .beam = l->n_best, .n_best = l->n_best,
		                       .length_penalty = 1, .unk = -1 };
	struct tj_search s = { 0 };
	struct tj_ids scratch_ids = { 0 };
	cr_assert(tj_search_begin(&s, &o, LIMIT, 1));
	for (size_t i = 0; i < n; i++) {
		struct tj_ids ids = encode(l->target, texts[i], strlen(texts[i]));
		cr_assert_leq(ids.n, LIMIT);
		for (size_t step = 0; step < ids.n; step++)
			s.trellis[step * o.beam + i] = (struct tj_node){ ids.data[step], (int32_t)i };
		s.ended[i] = (struct tj_ended){ .score = -9, .rank = -(double)i - 0.5,
			                        .n_pieces = ids.n, .at = i };
		free(ids.data);
	}
	struct tj_result r = { (uint64_t)(uintptr_t)&c->parts[part], n, s.ended, &s, &o };
	trujaman_status status = tj_chunk_result(&r, l, &scratch_ids, err);
	free(scratch_ids.data);
	tj_search_release(&s);
	return status;
}

static void must_give(struct tj_chunk *c, const struct tj_language *l, size_t part, size_t n,
                      const char *const *texts)
{
	struct tj_error err = { 0 };
	cr_assert_eq(give(c, l, part, n, texts, &err), TRUJAMAN_OK, "%s", err.text);
}

static void expect_join(const struct tj_chunk *c, size_t line, size_t rank, const char *wanted,
                        double wanted_score)
{
	struct tj_string s = { NULL, 0, 0 };
	double score = 77;
	cr_assert(tj_string_append(&s, "<", 1));
	cr_assert(tj_chunk_join(c, &c->lines[line], rank, &s, &score));
	cr_assert(tj_string_append(&s, ">", 2));
	cr_expect(s.n == strlen(wanted) + 3 && memcmp(s.data + 1, wanted, strlen(wanted)) == 0,
	          "line %zu, rank %zu: %s, wanted <%s>", line, rank, s.data, wanted);
	cr_expect_eq(score, wanted_score, "line %zu, rank %zu: %g", line, rank, score);
	free(s.data);
}

Test(chunk, joins_what_was_found)
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
	cr_expect_eq(tj_chunk_n_hypotheses(c, &c->lines[0]), 3);
	cr_expect_eq(tj_chunk_n_hypotheses(c, &c->lines[1]), 1);
	cr_expect_eq(tj_chunk_n_hypotheses(c, &c->lines[2]), 1);
	for (size_t i = 0; i < 3; i++)
		expect_join(c, 0, i, first[i], -(double)i - 0.5);
	expect_join(c, 1, 0, "  \t", 0);
	expect_join(c, 2, 0, second[0], -0.5);
	expect_join(c, 3, 0, "", 0);
	tj_chunk_free(c);
}

/* The parts of a line, with two, one and three translations. */
Test(chunk, joins_parts_with_spaces)
{
	static const char *const texts[3][3] = {
		{ "Uno", "Un" }, { "Dos" }, { "Tres", "Tras", "Tris" },
	};
	struct tj_language l = language(8, 3);
	struct tj_chunk *c = new_chunk();
	static const char text[] = "go go go go go go go go go go go go go go go go go go";
	add(c, text, strlen(text));
	prepare(c, &l);
	size_t n = c->lines[0].n_parts;
	cr_assert_geq(n, 3);
	for (size_t i = 0; i < n; i++)
		must_give(c, &l, i, i == 0 ? 2 : i == 1 ? 1 : 3, texts[i < 3 ? i : 2]);
	cr_expect_eq(tj_chunk_n_hypotheses(c, &c->lines[0]), 3);
	for (size_t rank = 0; rank < 3; rank++) {
		char wanted[1000];
		double score = -(double)(rank < 2 ? rank : 1) - 0.5 - 0.5;
		strcpy(wanted, rank == 0 ? "Uno Dos" : "Un Dos");
		for (size_t i = 2; i < n; i++, score -= (double)rank + 0.5) {
			strcat(wanted, " ");
			strcat(wanted, texts[2][rank]);
		}
		expect_join(c, 0, rank, wanted, score);
	}
	tj_chunk_free(c);
}

/* Freed with some parts done, some not, and before it was prepared. */
Test(chunk, free_at_any_time)
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

Test(chunk, keeps_the_log_probability_when_scoring)
{
	struct tj_language l = language(256, 1);
	struct tj_error err = { 0 };
	struct tj_ids unused = { 0 };
	struct tj_chunk *c = new_chunk();
	struct tj_ended ended = { .score = -12.25, .rank = -3 };
	l.scoring = 1;
	add_pair(c, "Good day", "Buen d\xc3\xad" "a");
	prepare(c, &l);
	struct tj_result r = { .tag = tj_chunk_request(c, &l, 0).tag, .n = 1, .ended = &ended };
	cr_assert_eq(tj_chunk_result(&r, &l, &unused, &err), TRUJAMAN_OK);
	cr_expect_eq(c->hypotheses[0].score, -12.25);
	cr_expect_null(c->hypotheses[0].text);
	cr_expect_eq(c->n_open, 0);
	tj_chunk_free(c);
}

Test(chunk, line_breaks_in_translations_become_spaces)
{
	static const struct tiny_piece pieces[] = {
		{ "<unk>", TINY_UNKNOWN }, { "<s>", TINY_CONTROL }, { "</s>", TINY_CONTROL },
		{ "\xe2\x96\x81", TINY_NORMAL }, { "a", TINY_NORMAL },
		{ "\n", TINY_USER_DEFINED }, { "\r\n", TINY_USER_DEFINED },
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

Test(chunk, appends_strings)
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
