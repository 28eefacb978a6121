/* SPDX-License-Identifier: MIT */
/* Tests of chunks: lines are added, repaired and cut into parts. */
#include "tests/chunk_case.h"

TestSuite(chunk, .init = open_both, .fini = close_both);

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
	line = tj_chunk_add(c, "good", 4,
	                    "b\xc0"
	                    "d",
	                    3, &invalid, &invalid_target);
	cr_assert_not_null(line);
	cr_expect_eq(invalid, SIZE_MAX);
	cr_expect_eq(invalid_target, 1);
	cr_assert_eq(line->n_target, 5);
	cr_expect_eq(memcmp(c->target_text.data + line->first_target,
	                    "b\xef\xbf\xbd"
	                    "d",
	                    5),
	             0);
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
	static const char *const texts[] = { "The door is open.", "", "Come in!", " \t ",
		                             "\v\f\r" };
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
		cr_expect_eq(line->first_part, c->parts[part]);
		cr_assert_eq(r.n_ids, ids.n);
		cr_expect_eq(memcmp(r.ids, ids.data, ids.n * sizeof *ids.data), 0);
		cr_expect_null(r.forced);
		cr_expect_eq(r.tag, (uint64_t)(uintptr_t)c->parts[part]);
		cr_expect_eq(c->parts[part]->chunk, c);
		pieces += ids.n;
		free(ids.data);
		words += part++ == 0 ? 4 : 2;
	}
	cr_expect_eq(c->n_words, words);
	cr_expect_eq(c->n_source_pieces, pieces);
	tj_chunk_free(c);
}

/* Checks that the parts of a line contain all its pieces, in order. */
static void check_parts(const char *text, size_t n, size_t max_pieces, int words)
{
	struct tj_language l = language(max_pieces, 1);
	struct tj_chunk *c = new_chunk();
	struct tj_ids ids = encode(source, text, n);
	size_t at = 0;
	add(c, text, n);
	prepare(c, &l);
	cr_assert_geq(ids.n, 1);
	cr_expect_eq(c->lines[0].n_over_long, ids.n > max_pieces);
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
		if (i + 1 < c->n_parts) /* every cut part is larger than half of max_pieces */
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

/* Returns the offset in the chunk's text at which a part begins. The text of the part must be
 * `wanted`, and must be found at or after `from`. */
static size_t find_part(const struct tj_chunk *c, size_t part, const char *wanted, size_t from)
{
	struct tj_string text = { NULL, 0, 0 };
	struct tj_error err = { 0 };
	const struct tj_part *p = c->parts[part];
	cr_assert_eq(tj_pieces_decode(source, c->ids.data + p->first_id, p->n_ids, &text, &err),
	             TRUJAMAN_OK);
	cr_assert(tj_string_append(&text, "", 1));
	cr_expect_str_eq(text.data, wanted, "part %zu", part);
	const char *line = c->text.data, *at = strstr(line + from, text.data);
	cr_assert_not_null(at, "part %zu: %s", part, text.data);
	free(text.data);
	return (size_t)(at - line);
}

Test(chunk, long_sentences_are_cut_after_clauses)
{
	static const char text[] =
	    "We walk along the river, then we cross it, all the others walk in the park and in the "
	    "streets of the city";
	struct tj_language l = language(20, 1);
	struct tj_chunk *c = new_chunk();
	add(c, text, sizeof text - 1);
	prepare(c, &l);
	cr_expect_eq(c->lines[0].n_over_long, 1);
	cr_expect_eq(c->lines[0].n_sentences, 1);
	cr_assert_eq(c->n_parts, 3);
	size_t at = find_part(c, 0, "We walk along the river, then we cross it,", 0);
	cr_expect_eq(at, 0);
	for (size_t i = 0; i < c->n_parts; i++) {
		cr_expect_eq(c->parts[i]->n_before, i > 0, "part %zu", i);
		cr_expect_leq(c->parts[i]->n_ids, 20);
	}
	cr_expect_eq(c->lines[0].rest, sizeof text - 1);
	tj_chunk_free(c);
}

Test(chunk, sentences_of_a_line_are_parts)
{
	struct tj_language l = language(256, 1);
	struct tj_chunk *c = new_chunk();
	l.sentences = "en";
	add(c, " The door is open. \t\v Come in, Mr. Bell!  ", 42);
	add(c, "One sentence, Dr. Who.", 22);
	prepare(c, &l);
	cr_assert_eq(c->n_parts, 3);
	cr_expect_eq(c->lines[0].n_sentences, 2);
	cr_expect_eq(c->lines[1].n_sentences, 1);
	size_t at = find_part(c, 0, "The door is open.", 0);
	at = find_part(c, 1, "Come in, Mr. Bell!", at);
	find_part(c, 2, "One sentence, Dr. Who.", at);
	cr_expect_eq(c->parts[0]->n_before, 1);
	cr_expect_eq(c->parts[1]->n_before, 4);
	cr_expect_eq(memcmp(c->parts[1]->before, " \t\v ", 4), 0);
	cr_expect_eq(c->parts[2]->n_before, 0);
	cr_expect_eq(c->lines[0].rest, 40);
	tj_chunk_free(c);
}

/* --- Columns ----------------------------------------------------------------- */

Test(chunk, adds_rows)
{
	struct tj_chunk *c = new_chunk();
	static const struct {
		const char *text, *kept;
		int column;
		size_t field, n_field, invalid;
	} rows[] = {
		{ "a\tbc\td", NULL, 1, 0, 1, SIZE_MAX },
		{ "a\tbc\td", NULL, 2, 2, 2, SIZE_MAX },
		{ "a\tbc\td", NULL, 3, 5, 1, SIZE_MAX },
		{ "a\tbc\td", NULL, 4, 6, 0, SIZE_MAX },
		{ "", NULL, 1, 0, 0, SIZE_MAX },
		{ "", NULL, 2, 0, 0, SIZE_MAX },
		{ "\t", NULL, 2, 1, 0, SIZE_MAX },
		{ "\xff\tb\xff\t\xff", "\xff\tb\xef\xbf\xbd\t\xff", 2, 2, 4, 3 },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t invalid = 77;
		const char *kept = rows[i].kept != NULL ? rows[i].kept : rows[i].text;
		struct tj_chunk_line *line = tj_chunk_add_row(c, rows[i].text, strlen(rows[i].text),
		                                              rows[i].column, &invalid);
		cr_assert_not_null(line);
		expect_text(c, i, kept, strlen(kept));
		cr_expect_eq(line->field, rows[i].field, "row %zu: %zu", i, line->field);
		cr_expect_eq(line->n_field, rows[i].n_field, "row %zu: %zu", i, line->n_field);
		cr_expect_eq(invalid, rows[i].invalid, "row %zu: %zu", i, invalid);
		cr_expect_eq(line->short_row, i == 3 || i == 5, "row %zu", i);
	}
	tj_chunk_free(c);
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

Test(chunk, a_source_too_long_to_score_is_cut)
{
	struct tj_language l = language(8, 1);
	struct tj_error err = { 0 };
	struct tj_chunk *c = new_chunk();
	l.scoring = 1;
	l.max_scored = 20;
	add_pair(c, "short", "corto");
	add_pair(c, "one two three four five six seven eight nine ten eleven twelve", "doce");
	add_pair(c, "short", "corto");
	struct tj_tools *tools = tj_tools_open(&l, &err);
	cr_assert_not_null(tools);
	cr_assert_eq(tj_chunk_prepare(c, &l, tools, &err), TRUJAMAN_OK, "%s", err.text);
	tj_tools_close(tools);
	struct tj_request first = tj_chunk_request(c, &l, 0), cut = tj_chunk_request(c, &l, 1),
			  last = tj_chunk_request(c, &l, 2);
	cr_expect_eq(cut.n_ids, 20);
	cr_expect_gt(cut.n_forced, 0);
	cr_expect_eq(first.n_ids, last.n_ids);
	cr_expect_eq(memcmp(first.ids, last.ids, first.n_ids * sizeof *first.ids), 0);
	cr_expect(c->lines[0].n_over_long == 0 && c->lines[1].n_over_long == 1 &&
	          c->lines[2].n_over_long == 0);
	cr_expect_eq(c->n_source_pieces, 20 + 2 * first.n_ids);
	tj_chunk_free(c);
}
