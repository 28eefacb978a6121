/* SPDX-License-Identifier: MIT */
/* Tests of the guard: texts that it lets pass and texts that it refuses, and random texts that it
 * lets pass, in which the finder of spans finds nothing. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "src/base/random.h"
#include "src/decode/constraint_guard.h"
#include "src/text/char_code.h"
#include "src/text/repeats.h"
#include "src/text/spans.h"

/* Whether the guard lets a whole text pass. */
static int passes(const struct tj_constraint *c, const char *text)
{
	struct tj_guard g = { .used = 0 };
	size_t n = strlen(text);
	for (size_t at = 0; at < n;)
		if (!tj_guard_read(&g, c, tj_char_code(tj_char_next(text, n, &at))))
			return 0;
	return tj_guard_ends(&g, c);
}

static void expect(const char *source, const char *text, int wanted)
{
	struct tj_constraint c = { .active = 1, .guard = 1 };
	cr_assert(tj_constraint_read(&c, source, strlen(source)));
	cr_expect_eq(passes(&c, text), wanted, "'%s' for '%s'", text, source);
}

#define P0 "\xf3\xb0\x80\x80"
#define P1 "\xf3\xb0\x80\x81"

Test(guard, prose)
{
	static const char *const texts[] = {
		"\u00bfQu\u00e9 quiere decir eso? \u2014pregunt\u00f3 ella\u2014. Nada.",
		"Los EE.UU. y el Sr. P\u00e9rez, a las 5 p.m., p. ej. hoy.",
		"-Hola. -\u00bfT\u00fa?",
		"-- No.",
		"Well... he didn't say \"no\" (yet).",
		"A twenty-year-old MacDonald's friend, O'Brien; the U.S. team.",
		"Ese 1.\u00ba de mayo, la 2\u00aa vez, el 3.\u00ba",
		"On the 1st and 22nd at 5pm.",
		"...pero no",
		"Visto en " P0 ", y " P1 ".",
		"Visto en" P0 P1 " (" P0 ")",
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		expect("a", texts[i], 1);
}

Test(guard, spans)
{
	static const char *const texts[] = {
		"a 123",      "1.5",         "1,5",      "12:30",      "5-6",      "a.txt",
		"file.txt",   "example.com", "http://x", "a@b",        "@ana",     "#uno",
		"snake_case", "camelCase",   "f()",      "--option",   "-x no",    "-x",
		"5%",         "%s",          "{x}",      "<b>",        "a\\b",     "$5",
		"\u20ac 5",   "5\u00b0",     "\u00bd 5", "\U0001F60A", "a\u200bb", "a\x01",
		"COVID-19",   "x86",         "4K",       "std::a",     ".env",     "(.env",
		"a/b",        "a & b",       "[a]",      P0 "a",       P0 "5",     P0 ",a",
		P0 "-a",      P0 "(a",       P0 "/",     "5\u20135",   "+5",       "-5",
		"a:b",        "5s",          "\uFFFD",   "\u0663",     "`a`",      "a*b",
		"a.py",       "-.txt",
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		expect("a", texts[i], 0);
}

Test(guard, what_the_source_has)
{
	expect("5 and 12", "5 y 12", 1);
	expect("5 and 12", "12, 5.", 1);
	expect("5 and 12", "5 y 5", 0);
	expect("5 and 12", "1", 0);
	expect("5 and 12", "2", 0);
	expect("5 and 12", "15", 0);
	expect("5 and 5", "5 y 5", 1);
	expect("05", "5", 0);
	expect("05", "05", 1);
	expect("five", "5", 1);
	expect(P0, "5", 0);
	expect("5 " P0, "5" P0, 1);
	expect("R&D", "I+D", 0);
	expect("R&D", "I&D", 0);
	expect("a & b", "a & b", 1);
	expect("a + b", "C++", 0);
	expect("he/she", "TV/DC", 0);
	expect("R&D", "I&5", 0);
	expect("R&D", "&amp;", 0);
	expect("he/she", "\u00e9l/ella", 1);
	expect("he/she", "/usr", 0);
	expect("he/she", "//", 0);
	expect("cats / dogs", "gatos / perros", 1);
	expect("cats / dogs", "gatos / Perros", 0);
	expect("cats / dogs", "gatos / 5", 0);
	expect("cats / dogs", "gatos / " P0, 0);
	expect("cats / dogs", "gatos /", 0);
	expect("cats / dogs", "gatos / / perros", 0);
	expect("a * b *c", "a *b", 1);
	expect("a * b *c", "a * b", 0);
	expect("a # b", "a # b", 0);
	expect("col\u00b7legi", "col\u00b7legi", 1);
	expect("col\u00b7legi", "\u00b7 a", 0);
	expect("n\u00b0 a", "n\u00b0 a, n\u00b0.", 1);
	expect("[laughs]", "[risas]", 1);
	expect("a < b", "a < b", 1);
	expect("a < b", "a <b", 0);
	expect("\u266a la \u266a", "\u266a la \u266a", 1);
	expect("1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31"
	       " 32 33",
	       "99", 1);
}

Test(guard, too_many_placeables)
{
	static char text[4 * 256 + 1];
	struct tj_constraint c = { .min_length = 7 };
	for (int i = 0; i < 256; i++)
		memcpy(text + 4 * i, P1, 4);
	cr_expect_eq(tj_constraint_read(&c, text, 4 * 256), 0);
	cr_expect_eq(c.n_placeables, 0);
	cr_expect_eq(tj_constraint_read(&c, text, 4 * 255), 1);
	cr_expect(c.n_placeables == 2 && c.count[0] == 0 && c.count[1] == 255);
	cr_expect_eq(c.min_length, 7);
	cr_expect_eq(tj_constraint_read(&c, "\xf3\xb0\x81\x80", 4), 0);
	cr_expect_eq(tj_constraint_read(&c, "\xf3\xb0\x80\xbf", 4), 1);
}

/* --- Against the finder ------------------------------------------------------------ */

/* What texts are made of. Units and the names of files and domains are left out where they are
 * words: the guard does not know them. */
static const char *const parts[] = {
	"a",      "o",  "no", "de",     "Casa",   "EE",     "U",      "UU",     "Mc",
	"Donald", "f",  "x",  "txt",    "com",    "env",    "\u00f1", "\u00c1", "\u00ba",
	"1",      "2",  "5",  "0",      "12",     "37",     ".",      ".",      ",",
	":",      ";",  "-",  "-",      "(",      ")",      "'",      "\"",     "\u00bf",
	"\u00a1", "?",  "!",  "\u2026", "\u2014", "\u2013", "\u00ab", "\u00bb", "\u201c",
	"\u2019", "&",  "/",  "*",      "+",      "[",      "]",      "\u00bd", "st",
	"th",     "pm", "@",  "#",      "_",      "%",      "$",      "\u20ac", "=",
	"<",      ">",  "{",  "}",      "`",      "\\",     "|",      "~",      "^",
	" ",      " ",  " ",  " ",      " ",      " ",      " ",      " ",      " ",
	" ",      "*",  "+",  "\u2022", "\u00a7", "\u00b0",
};

static int has_all(void *context, uint32_t c)
{
	(void)context, (void)c;
	return 1;
}

/* Appends parts that may follow, until the text may end. */
static size_t write_random(const struct tj_constraint *c, uint64_t *state, char *text)
{
	struct tj_guard g = { .used = 0 };
	size_t n = 0, least = 4 + (size_t)tj_random_below(11, (*state)++, 24);
	for (int tries = 0; (least > 0 || !tj_guard_ends(&g, c)) && tries < 600; tries++) {
		const char *part =
		    parts[tj_random_below(11, (*state)++, sizeof parts / sizeof *parts)];
		struct tj_guard next = g;
		size_t length = strlen(part), at = 0;
		int allowed = 1;
		while (allowed && at < length)
			allowed = tj_guard_read(&next, c,
			                        tj_char_code(tj_char_next(part, length, &at)));
		if (!allowed)
			continue;
		g = next;
		memcpy(text + n, part, length);
		n += length;
		least -= least > 0;
	}
	return tj_guard_ends(&g, c) ? n : 0;
}

Test(guard, leaves_nothing_to_the_finder)
{
	struct tj_error err = { 0 };
	struct tj_finder *f = tj_finder_open(&(struct tj_finder_options){ .has = has_all }, &err);
	uint64_t state = 0;
	size_t n_texts = 0, n_digits = 0, n_signs = 0;
	uint32_t signs = 1u << TJ_LONE_SYMBOL | 1u << TJ_DEGREE_SYMBOL | 1u << TJ_OTHER_SYMBOL;
	for (const char *sign = TJ_ASCII_SYMBOLS; *sign != '\0'; sign++)
		signs |= strchr("&*+#", *sign) ? 1u << (sign - TJ_ASCII_SYMBOLS) : 0;
	cr_assert_not_null(f, "%s", err.text);
	for (int round = 0; round < 200000; round++) {
		static char text[8192];
		const struct tj_fixed *spans;
		size_t n_spans;
		struct tj_constraint c = { .active = 1, .guard = 1 };
		/* The source has signs that touch letters, in every second text. */
		c.symbols = round % 2 ? 0 : signs;
		size_t n = write_random(&c, &state, text);
		text[n] = '\0';
		cr_assert_eq(tj_finder_find(f, text, n, &spans, &n_spans, &err), TRUJAMAN_OK);
		/* "word...txt": that word is not written behind an ellipsis. */
		if (n_spans > 0 && strstr(spans[0].value, "..") < spans[0].value + spans[0].n &&
		    strstr(spans[0].value, "..") != NULL)
			continue;
		cr_expect_eq(n_spans, 0, "'%s': a span at %zu, %zu bytes: %s", text, spans[0].first,
		             spans[0].n, tj_fixed_kind_name(spans[0].kind));
		n_texts += n > 0;
		n_digits += strpbrk(text, "0123456789") != NULL;
		n_signs += strpbrk(text, "*+/") != NULL || strstr(text, "\u2022") != NULL;
	}
	cr_expect_geq(n_texts, 180000, "%zu", n_texts);
	cr_expect_geq(n_digits, 20000, "%zu", n_digits);
	cr_expect_geq(n_signs, 10000, "%zu", n_signs);
	tj_finder_close(f);
}

/* --- Repeats ------------------------------------------------------------------------- */

Test(guard, repeat_limit)
{
	static const struct {
		const char *text;
		uint8_t limit;
	} cases[] = {
		{ "", 1 },
		{ "...", 1 },
		{ "one", 1 },
		{ "No, no, NO, no.", 4 },
		{ "\u00c1rbol \u00e1rbol", 2 },
		{ "la la la, lala", 3 },
		{ "a b a b c", 2 },
	};
	struct tj_repeats r = { NULL, 0, 0 };
	struct tj_error err = { 0 };
	uint8_t limit = 0;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		cr_assert_eq(tj_repeat_limit(&r, cases[i].text, strlen(cases[i].text), &limit,
		                             &err),
		             TRUJAMAN_OK);
		cr_expect_eq(limit, cases[i].limit, "'%s': %d", cases[i].text, limit);
	}
	static char many[2 * 300 + 1];
	for (int i = 0; i < 300; i++)
		memcpy(many + 2 * i, "x ", 2);
	cr_assert_eq(tj_repeat_limit(&r, many, 600, &limit, &err), TRUJAMAN_OK);
	cr_expect_eq(limit, 255);
	tj_repeats_release(&r);
}
