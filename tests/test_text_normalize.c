/* SPDX-License-Identifier: MIT */
/* Normalisation of text, and the typography that a translation gets back from its source. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/random.h"
#include "src/base/utf8.h"
#include "src/text/normalize.h"
#include "src/text/style.h"
#include "tests/same_bytes.h"

static struct tj_mapped normalize(const char *text, size_t n, struct tj_fixed *spans,
                                  size_t n_spans)
{
	struct tj_error err = { 0 };
	struct tj_mapped m = { .from = NULL };
	cr_assert_eq(tj_normalize(TJ_NORMAL_1, text, n, spans, n_spans, &m, spans, &err),
	             TRUJAMAN_OK);
	cr_assert_eq(m.from[m.text.n], n);
	for (size_t i = 0; i < m.text.n; i++)
		cr_assert(m.from[i] <= m.from[i + 1] && tj_utf8_floor(text, m.from[i], n) <= n);
	cr_assert_eq(tj_utf8_valid_prefix(m.text.data, m.text.n), m.text.n);
	return m;
}

static void expect_normal(const char *text, const char *wanted)
{
	struct tj_mapped m = normalize(text, strlen(text), NULL, 0);
	cr_expect(same_bytes(m.text.data, m.text.n, wanted, strlen(wanted)), "%s: %.*s, wanted %s",
	          text, (int)m.text.n, m.text.data, wanted);
	tj_mapped_release(&m);
}

Test(normalize, rules)
{
	expect_normal("", "");
	expect_normal("Plain text, with - hyphens and \"quotes\".",
	              "Plain text, with - hyphens and \"quotes\".");
	expect_normal("He said, “It’s fine.”", "He said, \"It's fine.\"");
	expect_normal("«¿Qué?», dijo.", "\"¿Qué?\", dijo.");
	expect_normal("„Ja“, ‚nein‘", "\"Ja\", 'nein'");
	expect_normal("Wait… 5′ 3″", "Wait... 5' 3\"");
	expect_normal("pages 3–5", "pages 3-5");
	expect_normal("home — or not", "home - or not");
	expect_normal("home—or not", "home - or not");
	expect_normal("—Hola", "-Hola");
	expect_normal("well‑known − all", "well-known - all");
	expect_normal("a\xC2\xA0"
	              "b\xE2\x80\xAF"
	              "c\xE3\x80\x80"
	              "d",
	              "a b c d");
	expect_normal("co\xC2\xADoperate \xE2\x80\x8B\xE2\x80\x8E\xEF\xBB\xBFnow", "cooperate now");
	expect_normal("ｆｕｌｌ１２", "full12");
	expect_normal("eﬃcient ﬁle", "efficient file");
	expect_normal("cafe\xCC\x81 man\xCC\x83"
	              "ana",
	              "café mañana");
	expect_normal("tie\xCC\x82\xCC\x81ng", "tiếng");
}

Test(normalize, separators_stay)
{
	expect_normal("a\tb\rc\x1F\xC2\x85\xE2\x80\xA8\xE2\x80\xA9",
	              "a\tb\rc\x1F\xC2\x85\xE2\x80\xA8"
	              "\xE2\x80\xA9");
}

Test(normalize, spans_stay_and_move)
{
	const char *text = "See “http://x.org/a–b” … and “b”";
	size_t first = (size_t)(strstr(text, "http") - text);
	struct tj_fixed span = { .first = first, .n = strlen("http://x.org/a–b") };
	struct tj_mapped m = normalize(text, strlen(text), &span, 1);
	cr_expect_eq(memcmp(m.text.data + span.first, "http://x.org/a–b", span.n), 0);
	cr_expect_eq(m.from[span.first], first);
	cr_expect_eq(m.text.n, strlen("See \"http://x.org/a–b\" ... and \"b\""));
	tj_mapped_release(&m);
}

/* What stands for a character comes from its beginning. */
Test(normalize, maps_to_whole_characters)
{
	static const char *const texts[] = { "a…b", "a—b", "eﬃcient", "“", "ﬁ" };
	for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
		struct tj_mapped m = normalize(texts[t], strlen(texts[t]), NULL, 0);
		for (size_t i = 0; i < m.text.n; i++)
			cr_expect_neq((uint8_t)texts[t][m.from[i]] & 0xC0, 0x80, "%s", texts[t]);
		tj_mapped_release(&m);
	}
}

Test(normalize, plain_text_needs_nothing)
{
	const char *plain = "Nothing here lies above ASCII - 'quotes' too.\tNor here.";
	cr_expect_eq(tj_needs_normalizing(TJ_NORMAL_1, plain, strlen(plain)), 0);
	cr_expect_eq(tj_needs_normalizing(TJ_NORMAL_NONE, "“", 3), 0);
	for (size_t at = 0; at < 20; at++) {
		char text[24] = "xxxxxxxxxxxxxxxxxxxx";
		text[at] = (char)0xC3;
		cr_expect_neq(tj_needs_normalizing(TJ_NORMAL_1, text, 20), 0);
	}
}

/* Random characters, among them many that the rules know, with random spans. */
static size_t random_text(uint64_t seed, char *text)
{
	static const char *const parts[] = {
		"a", "B", " ", "\"", "'",  "-",  "…",  "“",        "”",
		"’", "–", "—", "«",  "»",  ".",  "?",  "¿",        "\xCC\x81",
		"e", "é", "ﬁ", "Ａ", "\t", "日", "😊", "\xC2\xAD", "\xF3\xB0\x80\x81",
		"!", "¡", ",", "1",  "ß"
	};
	size_t n = 0, count = tj_random(seed, 0) % 60;
	for (size_t i = 0; i < count; i++) {
		const char *part = parts[tj_random(seed, i + 1) % (sizeof parts / sizeof *parts)];
		memcpy(text + n, part, strlen(part));
		n += strlen(part);
	}
	return n;
}

Test(normalize, of_random_text)
{
	for (uint64_t seed = 1; seed <= 20000; seed++) {
		char text[400];
		size_t n = random_text(seed, text), first = 0, last;
		struct tj_fixed span = { .first = 0 };
		first = tj_utf8_floor(text, tj_random(seed, 1000) % (n + 1), n);
		last = tj_utf8_floor(text, first + tj_random(seed, 1001) % (n - first + 1), n);
		span = (struct tj_fixed){ .first = first, .n = last - first };
		struct tj_mapped m = normalize(text, n, &span, 1);
		cr_assert(span.n == 0 ||
		          memcmp(m.text.data + span.first, text + first, span.n) == 0);
		/* What is normal stays. A mark that comes to stand behind a letter, because what
		 * stood between them is left out or was part of a ligature, takes a second time. */
		struct tj_mapped once = normalize(text, n, NULL, 0);
		struct tj_mapped whole = normalize(once.text.data, once.text.n, NULL, 0);
		struct tj_mapped again = normalize(whole.text.data, whole.text.n, NULL, 0);
		cr_assert(same_bytes(again.text.data, again.text.n, whole.text.data, whole.text.n),
		          "seed %d", (int)seed);
		tj_mapped_release(&m);
		tj_mapped_release(&once);
		tj_mapped_release(&whole);
		tj_mapped_release(&again);
	}
}

/* --- Style ---------------------------------------------------------------------- */

static void expect_style(const char *language, const char *source, const char *translated,
                         const char *wanted)
{
	struct tj_error err = { 0 };
	struct tj_string out = { NULL, 0, 0 };
	cr_assert_eq(tj_style_restore(source, strlen(source), language, translated,
	                              strlen(translated), &out, &err),
	             TRUJAMAN_OK);
	cr_expect(same_bytes(out.data, out.n, wanted, strlen(wanted)), "%s: %.*s, wanted %s",
	          source, (int)out.n, out.data, wanted);
	if (strcmp(translated, wanted) != 0)
		cr_expect(tj_needs_style(source, strlen(source), language, translated,
		                         strlen(translated)));
	free(out.data);
}

Test(style, quotes)
{
	expect_style("es", "He said, “It is fine.”", "Él dijo: \"Está bien\".",
	             "Él dijo: “Está bien”.");
	expect_style("es", "He said, \"It is fine.\"", "Él dijo: \"Está bien\".",
	             "Él dijo: \"Está bien\".");
	expect_style("en", "«No te creo», dijo.", "\"I don't believe you,\" she said.",
	             "“I don't believe you,” she said.");
	expect_style("es", "« Je ne te crois pas »", "\"No te creo\"", "«No te creo»");
	/* Both kinds in the source, or a quote that is neither opened nor closed: left alone. */
	expect_style("es", "“a” \"b\"", "\"a\" \"b\"", "\"a\" \"b\"");
	expect_style("es", "“a”", "\"a", "\"a");
	expect_style("es", "“a”", "a \" b", "a \" b");
	expect_style("es", "“...and then”", "\"...y luego\"", "“...y luego”");
	expect_style("es", "« “A” b »", "\"\"A\" b\"", "\"\"A\" b\"");
	/* A quotation over several lines. */
	expect_style("es", "“I am coming.", "\"Ya voy.", "“Ya voy.");
	expect_style("es", "And then I left.”", "Y luego me fui\".", "Y luego me fui”.");
	/* Placeables are words. */
	expect_style("es", "Open “\xF3\xB0\x80\x80”.", "Abra \"\xF3\xB0\x80\x80\".",
	             "Abra “\xF3\xB0\x80\x80”.");
}

Test(style, apostrophes)
{
	expect_style("en", "No’l vull", "I don't want it", "I don’t want it");
	expect_style("en", "‘a’ – b", "'a' - b", "‘a’ – b");
	expect_style("en", "it's", "it's", "it's");
}

Test(style, dashes_and_ellipses)
{
	expect_style("es", "Home — or not", "Casa - o no", "Casa — o no");
	expect_style("es", "One – two — three", "Uno - dos - tres", "Uno – dos — tres");
	expect_style("es", "One – two — three", "Uno, dos - tres", "Uno, dos - tres");
	expect_style("es", "He left—quickly.", "Se fue - rápido.", "Se fue—rápido.");
	expect_style("en", "—Hola —dijo ella.", "-Hello -she said.", "—Hello —she said.");
	expect_style("es", "Well-known — yes", "Bien-sabido - sí", "Bien-sabido — sí");
	expect_style("es", "From 3–5 — yes", "De 3-5 - sí", "De 3-5 — sí");
	expect_style("es", "Wait… now", "Espera... ahora", "Espera… ahora");
	expect_style("es", "Wait… now...", "Espera... ahora...", "Espera... ahora...");
	expect_style("es", "Wait…", "Espera....", "Espera....");
}

Test(style, marks_that_open)
{
	expect_style("es", "Who is there?", "Quién está ahí?", "¿Quién está ahí?");
	expect_style("es", "Who is there?", "¿Quién está ahí?", "¿Quién está ahí?");
	expect_style("es", "Hello. Who?", "Hola. Quién?", "Hola. ¿Quién?");
	expect_style("es", "Stop!", "\"Alto!\"", "\"¡Alto!\"");
	expect_style("es", "See a?b=1 there?", "Ve a?b=1 ahí?", "¿Ve a?b=1 ahí?");
	expect_style("es", "Is Mr. López coming?", "Viene el Sr. López?", "¿Viene el Sr. López?");
	expect_style("es", "Fine.", "Qué?", "Qué?");
	expect_style("en", "¿Quién es?", "¿Who is it?", "Who is it?");
	expect_style("pt-BR", "Stop!", "¡Alto!", "Alto!");
	expect_style(NULL, "Stop!", "Alto!", "Alto!");
}

Test(style, of_random_text)
{
	static const char *const languages[] = { "en", "es", "fr", NULL };
	for (uint64_t seed = 1; seed <= 20000; seed++) {
		char source[400], translated[400];
		struct tj_error err = { 0 };
		struct tj_string out = { NULL, 0, 0 };
		const char *language = languages[seed % 4];
		size_t n = random_text(seed, source);
		size_t n_translated = random_text(seed + 1000000, translated);
		cr_assert_eq(tj_style_restore(source, n, language, translated, n_translated, &out,
		                              &err),
		             TRUJAMAN_OK);
		cr_assert_eq(tj_utf8_valid_prefix(out.data, out.n), out.n);
		if (!tj_needs_style(source, n, language, translated, n_translated))
			cr_assert(same_bytes(out.data, out.n, translated, n_translated));
		free(out.data);
	}
}
