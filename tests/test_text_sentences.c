/* SPDX-License-Identifier: MIT */
/* Where lines are split into sentences, and where sentences that are too long may be cut. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/hash.h"
#include "src/base/utf8.h"
#include "src/text/abbreviations.h"
#include "src/text/sentences.h"

static struct tj_sentences *open_language(const char *language)
{
	struct tj_error err = { 0 };
	struct tj_sentences *s = tj_sentences_open(language, &err);
	cr_assert_not_null(s, "%s", err.text);
	return s;
}

static size_t find(struct tj_sentences *s, const char *text, size_t n, const struct tj_span **spans)
{
	struct tj_error err = { 0 };
	size_t n_spans = 77;
	cr_assert_eq(tj_sentences_find(s, text, n, 0, spans, &n_spans, &err), TRUJAMAN_OK, "%s",
	             err.text);
	return n_spans;
}

/* `marked` is the text with a "|" after each sentence but the last. White space around a "|"
 * belongs to no sentence. */
static void expect(const char *language, const char *marked)
{
	char text[1000], got[2000] = "";
	size_t n = 0, at = 0;
	const struct tj_span *spans;
	for (const char *c = marked; *c; c++)
		if (*c != '|')
			text[n++] = *c;
	struct tj_sentences *s = open_language(language);
	size_t n_spans = find(s, text, n, &spans);
	for (size_t i = 0; i < n_spans; i++) {
		size_t end = spans[i].first + spans[i].n;
		strncat(got, text + at, end - at);
		strcat(got, i + 1 < n_spans ? "|" : "");
		at = end;
	}
	strncat(got, text + at, n - at);
	cr_expect_str_eq(got, marked, "%s: %s, wanted %s", language, got, marked);
	tj_sentences_close(s);
}

Test(sentences, of_english)
{
	static const char *const lines[] = {
		"The door is open.| Come in!| Who is there?| Nobody.",
		"One sentence without an end",
		"One sentence with an end.",
		"  White space.| \v Around it. \r",
		"I met Dr. Smith and Mrs. Jones.| They live in Mt. Vernon.",
		"J. R. Tolkien and George W. Bush.| It is I.| We two.",
		"At 5 p.m. in the U.S. Congress, e.g. Smith, i.e. Me.| So it is.",
		"See No. 5, fig. 3 and p. 12 of vol. 2000.| No.| It cost 3.50 dollars.| Yes.",
		"In 1990.| He left with 12. Soldiers.",
		"1. First item.| 2. Second item.| II. Third.| A. Fourth.",
		"Apples, pears, etc.| They rot.",
		"Apples, pears, etc. and so on... and on.| End.",
		"\"Really?\" he asked.| \"Yes.\"| \"No!\"| (So it was.)| [Indeed.]",
		"\xe2\x80\x9cReally?\xe2\x80\x9d he asked.| \xe2\x80\x98Yes.\xe2\x80\x99| Good.",
		"Hi! \xe2\x99\xa5 ...| Bye! ... -",
		"... and so it goes. ...| It went.",
		"See https://example.org/?q=A.B&x! or version 2.0.1.| Then os.Path and a.Out.",
		"Yahoo!Inc and Who?Me are names.",
		"He said no. then he went.| It's 10% off!| 7 of 9.",
		"A line|\rAnother|\u2028And another.",
		"What?!| No way!!!| Well...| Fine.",
		"!!! ??? ...",
	};
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		expect("en", lines[i]);
	expect("en-US", "Ask Gov. Brown.| Now.");
	expect("EN", "Ask Gov. Brown.| Now.");
}

Test(sentences, of_spanish)
{
	expect("es", "El Sr. García y la Sra. López.| ¿Qué?| ¡Hola!");
	expect("es",
	       "Vive en EE. UU. desde 1999.| La Dña. Ana, p. ej. Juan, núm. 3, pág. 4321.| Fin.");
	expect("es", "¿Vienes? —preguntó Ana—.| Sí.");
	expect("es", "«Sí.»| «No.»");
}

Test(sentences, of_other_languages)
{
	/* Without white space between sentences. */
	expect("zh", "你好。|我是！|你呢？");
	expect("ja", "そう。|「はい。」|そう。");
	expect("ru", "Да. нет.| Да?| Нет.");
	expect("ar", "لا؟| لا.| لا");
	expect("hi", "न।| न");
	/* In Greek a question ends with a semicolon, in no other language. */
	expect("el", "Τι;| Ναι.");
	expect("en", "Τι; Ναι.");
	/* The result does not depend on the user's locale. */
	setenv("LC_ALL", "el_GR.UTF-8", 1);
	expect("", "Τι; Dr. Ναι.| Mt.| Ok");
	expect("no such language", "Τι; Dr. Ναι.| Mt.| Ok");
}

Test(sentences, of_stretches)
{
	expect("en", "one|\ttwo.| Three|\t--\t\tfour");
	expect("en", "\tone\t");
	expect("en", "--\t--");
	const struct tj_span *spans;
	struct tj_sentences *s = open_language("en");
	cr_assert_eq(find(s, "--\tx", 4, &spans), 1);
	cr_expect_eq(spans->first, 3);
	cr_expect_eq(find(s, "--\t--", 5, &spans), 0);
	tj_sentences_close(s);
}

static const char *const separators[] = { "\x01",     "\x08",         "\n",           "\v",
	                                  "\f",       "\r",           "\x1b",         "\x1c",
	                                  "\x1d",     "\x1e",         "\x1f",         "\x7f",
	                                  "\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9", "\t" };

/* Every separator divides, alone and doubled, with and without white space around it, whatever
 * the language, even where a line is one sentence. */
Test(sentences, end_at_separators)
{
	static const char *const languages[] = { "en", "es", "", NULL };
	static const char *const stretches[] = { "one two", "Three.", "four, five" };
	for (size_t i = 0; i < 4 * (sizeof separators / sizeof *separators); i++) {
		struct tj_sentences *s = open_language(languages[i % 4]);
		const char *c = separators[i / 4];
		const struct tj_span *spans;
		char text[100];
		int n = snprintf(text, sizeof text, "%s%s%s%s %s \xc2\xa0 %s%s %s-- ", c,
		                 stretches[0], c, stretches[1], c, c, stretches[2], c);
		cr_assert_eq(find(s, text, (size_t)n, &spans), 3, "separator %zu", i / 4);
		for (size_t k = 0; k < 3; k++) {
			cr_expect_eq(spans[k].n, strlen(stretches[k]));
			cr_expect_eq(memcmp(text + spans[k].first, stretches[k], spans[k].n), 0);
		}
		tj_sentences_close(s);
	}
}

/* What looks like a separator byte by byte, and is none. */
Test(sentences, do_not_end_at_other_characters)
{
	static const char *const others[] = { "\xc2\x84",     "\xc2\x86",     "\xc3\x85",
		                              "\xe2\x80\xa7", "\xe2\x80\xaa", "\xe2\x81\xa8",
		                              "\xe1\x80\xa8", "\xef\xbb\xbf", "\xc2\xa0" };
	struct tj_sentences *s = open_language("en");
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		const struct tj_span *spans;
		char text[100];
		int n = snprintf(text, sizeof text, "one %s two three%sfour", others[i], others[i]);
		cr_assert_eq(find(s, text, (size_t)n, &spans), 1, "%zu", i);
		cr_expect_eq(spans->n, (size_t)n);
	}
	tj_sentences_close(s);
}

Test(sentences, do_not_begin_or_end_with_a_byte_order_mark)
{
	expect("en", "\xef\xbb\xbfOne.| Two.\xef\xbb\xbf");
	const struct tj_span *spans;
	struct tj_sentences *s = open_language("en");
	cr_assert_eq(find(s,
	                  "\xef\xbb\xbf One a\xef\xbb\xbf"
	                  "b.",
	                  14, &spans),
	             1);
	cr_expect_eq(spans->first, 4);
	cr_expect_eq(spans->n, 10);
	cr_expect_eq(find(s, "\xef\xbb\xbf", 3, &spans), 0);
	tj_sentences_close(s);
}

Test(sentences, one_a_line_where_they_are_not_wanted)
{
	struct tj_sentences *s = open_language(NULL);
	const struct tj_span *spans;
	cr_assert_eq(find(s, " One. Two. Three. \xc2\xa0", 20, &spans), 1);
	cr_expect_eq(spans->first, 1);
	cr_expect_eq(spans->n, 16);
	cr_assert_eq(find(s, " One. Two.\tThree. \xc2\xa0", 20, &spans), 2);
	cr_expect_eq(spans->n, 9);
	cr_expect_eq(find(s, "", 0, &spans), 0);
	cr_expect_eq(find(s, " \t\xe3\x80\x80\xc2\xa0", 7, &spans), 0);
	cr_expect_eq(find(s, "\0", 1, &spans), 0);
	tj_sentences_close(s);
	tj_sentences_close(NULL);
}

/* --- Whatever the bytes are ------------------------------------------------------ */

static size_t random_text(uint64_t seed, char *text, size_t room)
{
	static const char *const bits[] = {
		". ",
		"! ",
		"? ",
		".",
		"...",
		" ",
		"\t",
		"\r",
		"A",
		"b",
		"Mr",
		"12",
		"\"",
		"(",
		")",
		"-",
		"\xc3\xa9",
		"\xc3\x89",
		"\xe2\x80\x9d",
		"\xe2\x80\xa8",
		"\xc2\x85",
		"\xc2\xa0",
		"\xe3\x80\x82",
		"\xe3\x80\x80",
		"\xe6\xbc\xa2",
		"\xf0\x9f\x98\x80",
		"\xef\xbf\xbd",
		"\xcc\x81",
		"\xe2\x80\x8d",
		"; ",
	};
	size_t n = 0, n_bits = sizeof bits / sizeof *bits;
	for (size_t i = 0; n + 8 < room; i++) {
		uint64_t r = tj_mix(seed * 1000003 + i);
		if (r % 64 == 0)
			text[n++] = (char)(r >> 32 & 0x7F);
		else if (r % 64 == 1) /* any three-byte character except a surrogate */
			n += (size_t)snprintf(text + n, 8, "%c%c%c", 0xE1 + (int)(r >> 8 & 7),
			                      0x80 + (int)(r >> 16 & 63),
			                      0x80 + (int)(r >> 24 & 63));
		else
			n += (size_t)snprintf(text + n, 8, "%s", bits[(r >> 8) % n_bits]);
	}
	return n;
}

static int has_separator(const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (text[i] == '\0')
			return 1;
		for (size_t k = 0; k < sizeof separators / sizeof *separators; k++)
			if (strncmp(text + i, separators[k], strlen(separators[k])) == 0)
				return 1;
		if ((unsigned char)text[i] < ' ') /* those that the list leaves out */
			return 1;
	}
	return 0;
}

static int is_white(const char *text, size_t n)
{
	static const char *const spaces[] = { "\xc2\xa0", "\xe3\x80\x80", "\xe1\x9a\x80",
		                              "\xef\xbb\xbf" };
	for (size_t i = 0; i < n;) {
		size_t k = 0;
		for (size_t j = 0; j < sizeof spaces / sizeof *spaces; j++)
			if (strncmp(text + i, spaces[j], strlen(spaces[j])) == 0)
				k = strlen(spaces[j]);
		if (k == 0 && !tj_is_blank(text + i, 1))
			return 0;
		i += k > 0 ? k : 1;
	}
	return 1;
}

/* The sentences and the white space between them make up the line. Each sentence consists of
 * whole characters and neither begins nor ends with white space. */
static void check_spans(const char *text, size_t n, const struct tj_span *spans, size_t n_spans,
                        int fields)
{
	size_t at = 0;
	for (size_t i = 0; i < n_spans; i++) {
		size_t first = spans[i].first, length = spans[i].n;
		cr_assert(first >= at && length > 0 && length <= n - first, "%zu of %zu", i,
		          n_spans);
		cr_assert_eq(tj_utf8_valid_prefix(text + first, length), length);
		cr_assert(fields || is_white(text + at, first - at), "before %zu", i);
		cr_assert_not(has_separator(text + first, length), "in %zu", i);
		cr_assert_not(tj_is_blank(text + first, 1));
		cr_assert_not(tj_is_blank(text + first + length - 1, 1));
		at = first + length;
	}
	cr_assert(fields || is_white(text + at, n - at));
}

Test(sentences, of_random_text_are_the_text)
{
	enum { TEXTS = 3000, ROOM = 300 };
	static const char *const languages[] = { "en", "es", "", "ja", "el", NULL };
	for (size_t l = 0; l < sizeof languages / sizeof *languages; l++) {
		struct tj_sentences *s = open_language(languages[l]);
		size_t several = 0;
		for (size_t i = 0; i < TEXTS; i++) {
			char text[ROOM + 1];
			const struct tj_span *spans;
			size_t n = random_text(i, text, 10 + i % (ROOM - 10));
			text[n] = '\0';
			cr_assert_eq(tj_utf8_valid_prefix(text, n), n);
			size_t n_spans = find(s, text, n, &spans);
			check_spans(text, n, spans, n_spans, has_separator(text, n));
			several += n_spans > 1;
		}
		cr_expect_gt(several, TEXTS / 2);
		tj_sentences_close(s);
	}
}

/* A splitter that was used before gives the same result as a new one. */
Test(sentences, do_not_depend_on_what_came_before)
{
	char text[300];
	struct tj_sentences *used = open_language("en");
	for (size_t i = 0; i < 300; i++) {
		const struct tj_span *a, *b;
		struct tj_sentences *fresh = open_language("en");
		size_t n = random_text(i, text, 20 + i % 280), n_a = find(used, text, n, &a);
		cr_assert_eq(find(fresh, text, n, &b), n_a);
		cr_assert(n_a == 0 || memcmp(a, b, n_a * sizeof *a) == 0);
		tj_sentences_close(fresh);
	}
	tj_sentences_close(used);
}

/* No line, however it is made up, may be slow: these would take hours if any part were scanned
 * again and again. */
Test(sentences, of_long_lines, .timeout = 120)
{
	enum { N = 1 << 20 };
	static const char *const patterns[] = { "! -", "A. ", "\xe2\x99\xa5! ", ". ",  "1. 0",
		                                "\"",  " ",   "Mr. Mr",         "?\t", "a! b" };
	char *text = malloc(N + 16);
	struct tj_sentences *s = open_language("en");
	cr_assert_not_null(text);
	for (size_t p = 0; p < sizeof patterns / sizeof *patterns; p++) {
		const struct tj_span *spans;
		size_t k = strlen(patterns[p]), n = 0;
		for (; n + k <= N; n += k)
			memcpy(text + n, patterns[p], k);
		size_t n_spans = find(s, text, n, &spans);
		check_spans(text, n, spans, n_spans, 1);
		memset(text, '-', N / 2); /* no word for a long stretch */
		n_spans = find(s, text, n, &spans);
		check_spans(text, n, spans, n_spans, 1);
	}
	free(text);
	tj_sentences_close(s);
}

/* --- Abbreviations --------------------------------------------------------------- */

static int belongs(const char *language, const char *word, int opens, int32_t next)
{
	struct tj_before_stop stop = { word, strlen(word), opens, next };
	return tj_stop_is_of_word(language, &stop);
}

Test(sentences, stops_of_words)
{
	cr_expect(belongs("en", "Dr", 0, 'S'));
	cr_expect(belongs("en", "DR", 0, 'S'));
	cr_expect(belongs("fr", "dr", 0, 'S'));
	cr_expect(belongs("en", "D", 0, 'S'));
	cr_expect_not(belongs("en", "Drs", 0, 'S'));
	cr_expect_not(belongs("en", "r", 0, 'S'));
	cr_expect_not(belongs("en", "", 0, 'S'));
	cr_expect(belongs("en", "Gov", 0, 'S'));
	cr_expect_not(belongs("es", "Gov", 0, 'S'));
	cr_expect(belongs("es", "Dña", 0, 'A'));
	cr_expect_not(belongs("en", "Dña", 0, 'A'));
	cr_expect(belongs("en", "no", 0, '5'));
	cr_expect_not(belongs("en", "no", 0, 'I'));
	cr_expect_not(belongs("en", "I", 0, 'W'));
	cr_expect(belongs("en", "I", 1, 'W'));
	cr_expect(belongs("es", "I", 0, 'W'));
	cr_expect(belongs("es", "Á", 0, 'W'));
	cr_expect(belongs("en", "999", 0, 'W'));
	cr_expect_not(belongs("en", "1999", 0, 'W'));
	cr_expect(belongs("en", "1.10", 1, 'W'));
	cr_expect_not(belongs("en", "1.10", 0, 'W'));
	cr_expect(belongs("en", "XIV", 1, 'W'));
	cr_expect_not(belongs("en", "XIV", 0, 'W'));
	cr_expect(belongs("en", "b", 1, 'W'));
	cr_expect(belongs("en", "p.m", 0, 'W'));
	cr_expect(belongs("en", "Ph.D", 0, 'W'));
	cr_expect_not(belongs("en", "os.path", 0, 'W'));
}

/* --- Seams ----------------------------------------------------------------------- */

static void expect_seam(const char *before, const char *after, enum tj_seam wanted, int spaced)
{
	char text[100];
	size_t n = (size_t)snprintf(text, sizeof text, "%s%s", before, after), at = strlen(before);
	enum tj_seam got = tj_seam_at(text, n, at);
	cr_expect_eq(got, wanted, "%s|%s: %d", before, after, (int)got);
	cr_expect_eq(tj_is_spaced(text, n, at), spaced, "%s|%s", before, after);
}

Test(sentences, seams)
{
	expect_seam("one,", " two", TJ_SEAM_CLAUSE, 1);
	expect_seam("one, ", "two", TJ_SEAM_CLAUSE, 1);
	expect_seam("one;", " two", TJ_SEAM_CLAUSE, 1);
	expect_seam("one:", "  two", TJ_SEAM_CLAUSE, 1);
	expect_seam("Mr.", " Two", TJ_SEAM_CLAUSE, 1);
	expect_seam("one\xe2\x80\x94", "two", TJ_SEAM_CLAUSE, 0);
	expect_seam("one \xe2\x80\x93", " two", TJ_SEAM_CLAUSE, 1);
	expect_seam("\xe4\xbd\xa0\xef\xbc\x8c", "\xe5\xa5\xbd", TJ_SEAM_CLAUSE, 0);
	expect_seam("\xe4\xbd\xa0\xe3\x80\x81", "\xe5\xa5\xbd", TJ_SEAM_CLAUSE, 0);
	expect_seam("\xd9\x84\xd8\x8c", " \xd9\x84", TJ_SEAM_CLAUSE, 1);
	expect_seam("one", " two", TJ_SEAM_SPACE, 1);
	expect_seam("one\xc2\xa0", "two", TJ_SEAM_SPACE, 1);
	expect_seam("1,", "000", TJ_SEAM_WORD, 0);
	expect_seam("12:", "30", TJ_SEAM_WORD, 0);
	expect_seam("on", "e", TJ_SEAM_WORD, 0);
	expect_seam("\xe4\xbd\xa0", "\xe5\xa5\xbd", TJ_SEAM_WORD, 0);
	expect_seam("caf", "\xc3\xa9", TJ_SEAM_WORD, 0);
	expect_seam("caf\xc3", "\xa9", TJ_SEAM_NONE, 0);
	expect_seam("e", "\xcc\x81", TJ_SEAM_NONE, 0); /* a combining accent */
}
