/* SPDX-License-Identifier: MIT */
/* Characters and placeables that a new vocabulary has a piece for, whatever its text holds. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/text/characters.h"
#include "src/text/pieces.h"
#include "src/text/pieces_train.h"
#include "tests/same_bytes.h"

TestSuite(characters, .timeout = 300);

/* Three lines that take turns, and then one line. */
struct text {
	size_t n;
	const char *last;
};

static const char *next_line(void *context, size_t *n)
{
	static const char *const lines[] = { "the keeper of the lighthouse remembers a winter",
		                             "a copper lantern stands between the orchards",
		                             "stones and bridges, harbours and lights" };
	struct text *t = context;
	const char *line = t->n == 0 ? t->last : lines[t->n % 3];
	if (t->n == 0)
		t->last = NULL;
	else
		t->n--;
	*n = line != NULL ? strlen(line) : 0;
	return line;
}

struct vocabulary {
	void *model;
	struct tj_pieces *pieces;
};

static struct vocabulary train(const struct tj_vocabulary_options *o, struct text text)
{
	struct vocabulary v;
	struct tj_error err = { 0 };
	size_t n_bytes;
	cr_assert_eq(tj_vocabulary_train(o, next_line, &text, &v.model, &n_bytes, &err),
	             TRUJAMAN_OK, "%s", err.text);
	v.pieces = tj_pieces_open(v.model, n_bytes, "made", &err);
	cr_assert_not_null(v.pieces, "%s", err.text);
	return v;
}

static void release(struct vocabulary *v)
{
	tj_pieces_close(v->pieces);
	free(v->model);
}

/* The number of pieces of a text. */
static size_t n_pieces(const struct vocabulary *v, const char *text)
{
	struct tj_ids ids = { NULL, 0, 0 };
	struct tj_error err = { 0 };
	cr_assert_eq(tj_pieces_encode(v->pieces, text, strlen(text), &ids, &err), TRUJAMAN_OK);
	free(ids.data);
	return ids.n;
}

static struct tj_characters choose(struct text text, size_t room)
{
	struct tj_characters c;
	struct tj_error err = { 0 };
	cr_assert_eq(tj_characters_choose(&c, next_line, &text, room, &err), TRUJAMAN_OK, "%s",
	             err.text);
	cr_assert_eq(c.required.data[c.required.n], '\0');
	cr_assert_eq(strlen(c.required.data), c.required.n);
	return c;
}

static int has(const struct tj_characters *c, const char *character)
{
	return strstr(c->required.data, character) != NULL;
}

Test(characters, all_are_wanted_where_there_is_room)
{
	struct tj_characters c = choose((struct text){ 9, "Q" }, 4000);
	cr_expect_eq(c.coverage, 1);
	for (char ascii[2] = "!"; ascii[0] <= '~'; ascii[0]++)
		cr_expect(has(&c, ascii), "%s", ascii);
	static const char *const others[] = { "¿", "¡", "«", "»", "“", "’", "—", "€", "£",
		                              "°", "Á", "ñ", "ü", "ß", "č", "ő", "Ž", "œ" };
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		cr_expect(has(&c, others[i]), "%s", others[i]);
	cr_expect_not(has(&c, "ŀ"), "a compatibility form");
	cr_expect_not(has(&c, "я"));
	free(c.required.data);
}

/* Of 26 letters or so the text has most; a quarter of 600 is room for ASCII and some signs. */
Test(characters, ascii_is_first_where_there_is_less)
{
	struct tj_characters c = choose((struct text){ 9, "Q" }, 600);
	cr_expect(has(&c, "~") && has(&c, "X") && has(&c, "¿") && has(&c, "€"));
	cr_expect_not(has(&c, "ž"));
	free(c.required.data);
	c = choose((struct text){ 9, "Q" }, 20);
	cr_expect_eq(c.required.n, 0);
	free(c.required.data);
}

/* Rare characters are left out only if the text has more than half as many as there are pieces. */
Test(characters, very_many_are_not_all_covered)
{
	const char *greek = "αβγδεζηθικλμνξοπρστυφχψω";
	struct tj_characters c = choose((struct text){ 3000, greek }, 200);
	cr_expect_eq(c.coverage, 1);
	free(c.required.data);
	c = choose((struct text){ 3000, greek }, 60);
	cr_expect(c.coverage >= 0.9995 && c.coverage < 1, "%.9g", c.coverage);
	free(c.required.data);
}

Test(characters, required_ones_have_a_piece_each)
{
	for (int bpe = 0; bpe < 2; bpe++) {
		const struct tj_vocabulary_options o = { .size = 420,
			                                 .bpe = bpe,
			                                 .byte_fallback = 1,
			                                 .coverage = 1,
			                                 .required = "XQ€ñ~" };
		struct vocabulary v = train(&o, (struct text){ 99, "ő" });
		const size_t alone = n_pieces(&v, "a");
		cr_expect_eq(n_pieces(&v, "aX€Q"), alone + 3);
		cr_expect_eq(n_pieces(&v, "a~ñő"), alone + 3);
		cr_expect_eq(n_pieces(&v, "aя"), alone + 2, "two byte pieces");
		release(&v);
	}
}

Test(characters, coverage_leaves_rare_ones_to_byte_pieces)
{
	struct tj_vocabulary_options o = { .size = 420, .byte_fallback = 1, .coverage = 1 };
	struct vocabulary v = train(&o, (struct text){ 999, "ő" });
	const size_t alone = n_pieces(&v, "a");
	cr_expect_eq(n_pieces(&v, "aő"), alone + 1);
	release(&v);
	o.coverage = 0.9995;
	v = train(&o, (struct text){ 999, "ő" });
	cr_expect_eq(n_pieces(&v, "aő"), alone + 2);
	release(&v);
}

/* No option set is 0.9995, to the same bytes. */
Test(characters, without_a_coverage_the_bytes_are_those_of_a_plain_training)
{
	struct tj_error err = { 0 };
	struct tj_vocabulary_options o = { .size = 420, .byte_fallback = 1 };
	struct text a = { 99, "ő" }, b = { 99, "ő" };
	void *plain, *same;
	size_t n_plain, n_same;
	cr_assert_eq(tj_vocabulary_train(&o, next_line, &a, &plain, &n_plain, &err), TRUJAMAN_OK);
	o.coverage = 0.9995;
	o.required = "";
	cr_assert_eq(tj_vocabulary_train(&o, next_line, &b, &same, &n_same, &err), TRUJAMAN_OK);
	cr_expect(same_bytes(plain, n_plain, same, n_same));
	free(plain);
	free(same);
}

/* UTF-8 of U+F0000 + k. */
static const char *placeable(size_t k)
{
	static char text[5];
	snprintf(text, sizeof text, "\xF3\xB0%c%c", (char)(0x80 | k >> 6), (char)(0x80 | (k & 63)));
	return text;
}

Test(characters, placeables_are_single_pieces)
{
	for (int bpe = 0; bpe < 2; bpe++) {
		const struct tj_vocabulary_options o = {
			.size = 420, .bpe = bpe, .byte_fallback = 1, .n_placeables = 40
		};
		char text[64];
		struct vocabulary v = train(&o, (struct text){ 99, "ő" });
		cr_expect_eq(tj_pieces_placeables(v.pieces), 40);
		const size_t apart = n_pieces(&v, "the") + n_pieces(&v, "stones");
		for (size_t k = 0; k < 40; k++) {
			struct tj_ids ids = { NULL, 0, 0 };
			struct tj_string back = { NULL, 0, 0 };
			struct tj_error err = { 0 };
			int32_t id = tj_pieces_placeable(v.pieces, k);
			int found = 0;
			snprintf(text, sizeof text, "the%s stones", placeable(k));
			cr_assert_eq(tj_pieces_encode(v.pieces, text, strlen(text), &ids, &err),
			             TRUJAMAN_OK);
			cr_expect_eq(ids.n, apart + 1);
			for (size_t i = 0; i < ids.n; i++)
				found += ids.data[i] == id;
			cr_expect(id >= 0 && found == 1, "placeable %zu has id %d", k, id);
			cr_assert_eq(tj_pieces_decode(v.pieces, ids.data, ids.n, &back, &err),
			             TRUJAMAN_OK);
			cr_expect(same_bytes(back.data, back.n, text, strlen(text)));
			free(ids.data);
			free(back.data);
		}
		cr_expect_eq(tj_pieces_placeable(v.pieces, 40), -1);
		release(&v);
	}
}

/* Subwords are sampled around them. */
Test(characters, sampling_keeps_placeables)
{
	const struct tj_vocabulary_options o = { .size = 420,
		                                 .byte_fallback = 1,
		                                 .n_placeables = 16 };
	struct vocabulary v = train(&o, (struct text){ 99, "ő" });
	char text[64];
	snprintf(text, sizeof text, "lighthouses%s orchards", placeable(3));
	for (uint64_t seed = 0; seed < 50; seed++) {
		struct tj_ids ids = { NULL, 0, 0 };
		struct tj_error err = { 0 };
		int found = 0;
		cr_assert_eq(tj_pieces_sample(v.pieces, text, strlen(text), 0.1,
		                              seed * UINT64_C(0x9e3779b97f4a7c15), &ids, &err),
		             TRUJAMAN_OK, "%s", err.text);
		for (size_t i = 0; i < ids.n; i++)
			found += ids.data[i] == tj_pieces_placeable(v.pieces, 3);
		cr_expect_eq(found, 1);
		free(ids.data);
	}
	release(&v);
}

Test(characters, a_vocabulary_without_placeables_has_none)
{
	const struct tj_vocabulary_options o = { .size = 420, .byte_fallback = 1 };
	struct vocabulary v = train(&o, (struct text){ 99, "ő" });
	cr_expect_eq(tj_pieces_placeables(v.pieces), 0);
	cr_expect_eq(tj_pieces_placeable(v.pieces, 0), -1);
	release(&v);
}
