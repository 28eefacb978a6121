/* SPDX-License-Identifier: MIT */
/* Vocabularies trained from text: they load, contain what they should, and are reproducible. */
#include <criterion/criterion.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/text/pieces.h"
#include "src/text/pieces_extend.h"
#include "src/text/pieces_train.h"
#include "tests/same_bytes.h"

enum { WORDS_A_LINE = 8 };

/* Lines made up of random words. */
struct lines {
	size_t n, next;
	unsigned state;
	char text[256];
};

static const char *const words[] = {
	"harbour",  "lantern", "whispers",  "copper",     "orchard",  "between",     "the",
	"a",        "and",     "wandering", "lighthouse", "keeper",   "ni\xc3\xb1o", "caf\xc3\xa9",
	"winter",   "of",      "stone",     "bridges",    "remember", "remembered",  "lights",
	"harbours", "stony",   "wander",    "light",
};

static const char *next_line(void *context, size_t *n)
{
	struct lines *l = context;
	if (l->next++ >= l->n)
		return NULL;
	*n = 0;
	for (int i = 0; i < WORDS_A_LINE; i++) {
		l->state = l->state * 69069 + 12345;
		const char *word = words[(l->state >> 16) % (sizeof words / sizeof *words)];
		*n += (size_t)snprintf(l->text + *n, sizeof l->text - *n, "%s ", word);
	}
	return l->text;
}

/* The same text, `times` times. */
struct repeated {
	size_t times;
	const char *text;
};

static const char *next_repeated(void *context, size_t *n)
{
	struct repeated *r = context;
	*n = strlen(r->text);
	return r->times-- > 0 ? r->text : NULL;
}

struct vocabulary {
	void *model;
	size_t n_bytes;
	struct tj_pieces *pieces;
};

static struct vocabulary train(size_t size, int bpe, int byte_fallback, size_t n_lines)
{
	const struct tj_vocabulary_options o = { .size = size,
		                                 .bpe = bpe,
		                                 .byte_fallback = byte_fallback };
	struct lines lines = { .n = n_lines, .state = 7 };
	struct tj_error err = { 0 };
	struct vocabulary v;
	tj_vocabulary_train(&o, next_line, &lines, &v.model, &v.n_bytes, &err);
	cr_assert_eq(err.status, TRUJAMAN_OK, "%s", err.text);
	v.pieces = tj_pieces_open(v.model, v.n_bytes, "made", &err);
	cr_assert_not_null(v.pieces, "%s", err.text);
	return v;
}

static void release(struct vocabulary *v)
{
	tj_pieces_close(v->pieces);
	free(v->model);
}

static void expect_round_trip(const struct tj_pieces *p, const char *text, int knows_all)
{
	struct tj_error err = { 0 };
	struct tj_ids ids = { NULL, 0, 0 };
	struct tj_string back = { NULL, 0, 0 };
	cr_assert_eq(tj_pieces_encode(p, text, strlen(text), &ids, &err), TRUJAMAN_OK);
	cr_assert_eq(tj_pieces_decode(p, ids.data, ids.n, &back, &err), TRUJAMAN_OK);
	int same = same_bytes(back.data, back.n, text, strlen(text));
	cr_expect_eq(same, knows_all, "%s became %.*s", text, (int)back.n, back.data);
	int unknown = 0;
	for (size_t i = 0; i < ids.n; i++)
		unknown |= ids.data[i] == tj_pieces_unk(p);
	cr_expect_eq(unknown, !knows_all, "%s", text);
	free(ids.data);
	free(back.data);
}

static void expect_failure(const struct tj_vocabulary_options *o, struct repeated text,
                           const char *part)
{
	struct tj_error err = { 0 };
	void *model = &err;
	size_t n_bytes = 1;
	cr_expect_eq(tj_vocabulary_train(o, next_repeated, &text, &model, &n_bytes, &err),
	             TRUJAMAN_ERROR_INPUT);
	cr_expect_not_null(strstr(err.text, part), "no %s in: %s", part, err.text);
	cr_expect(model == NULL && n_bytes == 0);
}

Test(vocabulary, special_pieces_have_their_places)
{
	for (int kind = 0; kind < 4; kind++) {
		struct vocabulary v = train(300, kind & 1, kind >> 1, 300);
		cr_expect_eq(tj_pieces_unk(v.pieces), 0);
		cr_expect_eq(tj_pieces_bos(v.pieces), 1);
		cr_expect_eq(tj_pieces_eos(v.pieces), 2);
		release(&v);
	}
}

Test(vocabulary, it_knows_its_text_and_bytes_stand_for_the_rest)
{
	for (int kind = 0; kind < 4; kind++) {
		int bytes = kind >> 1;
		struct vocabulary v = train(330, kind & 1, bytes, 300);
		expect_round_trip(v.pieces, "remember the lighthouse keeper", 1);
		expect_round_trip(v.pieces, "the ni\xc3\xb1o and a caf\xc3\xa9", 1);
		expect_round_trip(v.pieces, "the \xf0\x9f\x8c\x8d Zebra \xce\xa9", bytes);
		release(&v);
	}
}

Test(vocabulary, it_has_the_size_that_was_asked_for)
{
	const struct {
		size_t size;
		int bpe, byte_fallback;
	} cases[] = { { 50, 0, 0 }, { 50, 1, 0 }, { 120, 1, 0 }, { 300, 0, 1 }, { 320, 1, 1 } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct vocabulary v = train(cases[i].size, cases[i].bpe, cases[i].byte_fallback,
		                            300);
		cr_expect_eq(tj_pieces_size(v.pieces), cases[i].size, "case %zu: %u pieces", i,
		             tj_pieces_size(v.pieces));
		release(&v);
	}
}

Test(vocabulary, a_small_text_gives_a_smaller_one)
{
	for (int kind = 0; kind < 4; kind++) {
		struct vocabulary v = train(5000, kind & 1, kind >> 1, 100);
		uint32_t size = tj_pieces_size(v.pieces);
		cr_expect(size < 1000 && size > (kind >> 1 ? 270 : 25), "%u pieces", size);
		expect_round_trip(v.pieces, "stone bridges of winter", 1);
		release(&v);
	}
}

Test(vocabulary, the_same_text_gives_the_same_bytes)
{
	for (int kind = 0; kind < 4; kind++) {
		struct vocabulary a = train(310, kind & 1, kind >> 1, 3000);
		struct vocabulary b = train(310, kind & 1, kind >> 1, 3000);
		cr_expect(same_bytes(a.model, a.n_bytes, b.model, b.n_bytes));
		release(&a);
		release(&b);
	}
}

static int holds(const struct vocabulary *v, const char *text)
{
	const char *p = v->model, *end = p + v->n_bytes;
	size_t n = strlen(text);
	for (; p + n <= end; p++)
		if (memcmp(p, text, n) == 0)
			return 1;
	return 0;
}

Test(vocabulary, it_tells_nothing_of_the_machine)
{
	struct vocabulary v = train(300, 0, 1, 300);
	cr_expect(holds(&v, "light")); /* holds() finds what is there */
	char name[PATH_MAX];
	cr_assert_not_null(getcwd(name, sizeof name));
	cr_expect(!holds(&v, name), "%s", name);
	cr_assert_eq(gethostname(name, sizeof name), 0);
	cr_expect(!holds(&v, name), "%s", name);
	cr_expect(!holds(&v, "/tmp") && !holds(&v, "/usr") && !holds(&v, ".model"));
	release(&v);
}

Test(vocabulary, words_and_their_parts_become_pieces)
{
	for (int bpe = 0; bpe < 2; bpe++) {
		struct vocabulary v = train(90, bpe, 0, 300);
		struct tj_error err = { 0 };
		struct tj_ids ids = { NULL, 0, 0 };
		cr_assert_eq(tj_pieces_encode(v.pieces, "the lights", 10, &ids, &err), TRUJAMAN_OK);
		cr_expect_leq(ids.n, 5, "%zu pieces", ids.n);
		cr_expect(tj_pieces_starts_word(v.pieces, ids.data[0]));
		free(ids.data);
		release(&v);
	}
}

Test(vocabulary, too_small_a_size_is_told_with_the_least)
{
	const struct tj_vocabulary_options plain[] = { { .size = 5 }, { .size = 5, .bpe = 1 } };
	const struct tj_vocabulary_options bytes[] = {
		{ .size = 261, .byte_fallback = 1 }, { .size = 261, .bpe = 1, .byte_fallback = 1 }
	};
	for (int i = 0; i < 2; i++) {
		/* ▁, c, a, b, d and three special pieces. */
		expect_failure(&plain[i], (struct repeated){ 9, "abba cab dab" }, "at least 8");
		expect_failure(&bytes[i], (struct repeated){ 9, "abba cab dab" }, "at least 264");
	}
}

/* SentencePiece would end the process. */
Test(vocabulary, a_text_without_a_character_is_an_error)
{
	static char too_long[5000];
	memset(too_long, 'a', sizeof too_long - 1);
	const struct repeated texts[] = {
		{ 0, "" },
		{ 3, "\x01\x1f" },
		{ 3, "\xe2\x96\x81" },
		{ 3, "\xe3\x80\x80\xe2\x80\x8b" },
		{ 3, too_long },
		{ 3, "\xe2\x81\x87 a" },
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		for (int bpe = 0; bpe < 2; bpe++) {
			const struct tj_vocabulary_options o = { .size = 300,
				                                 .bpe = bpe,
				                                 .byte_fallback = 1 };
			expect_failure(&o, texts[i], "there is no character");
		}
}

Test(vocabulary, one_character_is_enough)
{
	static const char *const texts[] = {
		"a", "\xc3\xa9", "\xe1\x83\x90", "\xe5\xb1\xb1", "\xf0\x9f\x8c\x8d", "\xe2\x98\x83"
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		for (int bpe = 0; bpe < 2; bpe++) {
			const struct tj_vocabulary_options o = { .size = 300, .bpe = bpe };
			struct repeated text = { 3, texts[i] };
			struct tj_error err = { 0 };
			struct vocabulary v;
			cr_assert_eq(tj_vocabulary_train(&o, next_repeated, &text, &v.model,
			                                 &v.n_bytes, &err),
			             TRUJAMAN_OK, "%s", err.text);
			v.pieces = tj_pieces_open(v.model, v.n_bytes, "made", &err);
			cr_assert_not_null(v.pieces, "%s", err.text);
			expect_round_trip(v.pieces, texts[i], 1);
			release(&v);
		}
}

/* --- Extended --------------------------------------------------------------------- */

static struct vocabulary extend(const struct vocabulary *v, const char *characters, size_t n)
{
	struct tj_error err = { 0 };
	struct vocabulary longer;
	cr_assert_eq(tj_pieces_extend(v->model, v->n_bytes, "made", characters, strlen(characters),
	                              n, &longer.model, &longer.n_bytes, &err),
	             TRUJAMAN_OK, "%s", err.text);
	longer.pieces = tj_pieces_open(longer.model, longer.n_bytes, "extended", &err);
	cr_assert_not_null(longer.pieces, "%s", err.text);
	return longer;
}

static void expect_same_ids(const struct tj_pieces *a, const struct tj_pieces *b, const char *text)
{
	struct tj_error err = { 0 };
	struct tj_ids x = { NULL, 0, 0 }, y = { NULL, 0, 0 };
	cr_assert_eq(tj_pieces_encode(a, text, strlen(text), &x, &err), TRUJAMAN_OK);
	cr_assert_eq(tj_pieces_encode(b, text, strlen(text), &y, &err), TRUJAMAN_OK);
	cr_expect(same_bytes(x.data, x.n * sizeof *x.data, y.data, y.n * sizeof *y.data), "%s",
	          text);
	free(x.data);
	free(y.data);
}

static void expect_extension(const struct vocabulary *from, const struct vocabulary *to)
{
	uint32_t n_old = tj_pieces_size(from->pieces);
	for (uint32_t i = 0; i < n_old; i++) {
		size_t n, m;
		const char *old = tj_pieces_text(from->pieces, (int32_t)i, &n);
		const char *now = tj_pieces_text(to->pieces, (int32_t)i, &m);
		cr_expect(same_bytes(old, n, now, m), "piece %u", i);
	}
	expect_same_ids(from->pieces, to->pieces, "the keeper of a stone harbour");
	expect_round_trip(to->pieces, "the \xc3\x81 7 of $5 \xe2\x82\xac", 1);
	for (size_t k = tj_pieces_placeables(from->pieces); k < tj_pieces_placeables(to->pieces);
	     k++)
		cr_expect(tj_pieces_placeable(to->pieces, k) >= (int32_t)n_old);
}

static void expect_extended(int bpe)
{
	/* 7, $, 5, the euro sign and a capital A with an acute accent; the first is known. */
	static const char characters[] = "a7$5\xe2\x82\xac\xc3\x81";
	struct vocabulary v = train(bpe ? 400 : 330, bpe, 1, 300);
	struct vocabulary longer = extend(&v, characters, 16);
	struct vocabulary same = extend(&longer, characters, 16);
	struct vocabulary more = extend(&longer, "", 17);
	uint32_t n = tj_pieces_size(v.pieces);
	cr_expect_not(tj_pieces_has(v.pieces, '7'));
	cr_expect(tj_pieces_has(longer.pieces, 0x20AC));
	cr_expect_eq(tj_pieces_size(longer.pieces), n + 16 + 5);
	cr_expect_eq(tj_pieces_placeables(longer.pieces), 16);
	cr_expect_eq(tj_pieces_size(same.pieces), n + 16 + 5);
	cr_expect_eq(tj_pieces_size(more.pieces), n + 17 + 5);
	cr_expect_eq(tj_pieces_placeables(more.pieces), 17);
	expect_extension(&v, &longer);
	expect_extension(&longer, &more);
	release(&v);
	release(&longer);
	release(&same);
	release(&more);
}

Test(vocabulary, is_extended)
{
	expect_extended(0);
	expect_extended(1);
}

Test(vocabulary, only_a_vocabulary_is_extended)
{
	struct tj_error err = { 0 };
	void *extended;
	size_t n;
	cr_expect_eq(tj_pieces_extend("no model", 8, "a file", "7", 1, 16, &extended, &n, &err),
	             TRUJAMAN_ERROR_FORMAT);
	cr_expect_not_null(strstr(err.text, "a file"));
	cr_expect(extended == NULL && n == 0);
}
