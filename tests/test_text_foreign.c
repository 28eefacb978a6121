/* SPDX-License-Identifier: MIT */
/* Which texts are taken for texts in another language than the expected one, and which are not. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "src/base/string.h"
#include "src/text/foreign.h"
#include "src/text/languages.h"

/* The text of tests/cli/data/prose.LANGUAGE: 41 lines, a little over TJ_FOREIGN_LEAST letters. */
static struct tj_string prose(const char *language)
{
	struct tj_string s = { NULL, 0, 0 };
	char path[4096], block[1024];
	const char *srcdir = getenv("srcdir");
	size_t n;
	snprintf(path, sizeof path, "%s/tests/cli/data/prose.%s",
	         srcdir != NULL && *srcdir ? srcdir : ".", language);
	FILE *f = fopen(path, "r");
	cr_assert_not_null(f, "%s", path);
	while ((n = fread(block, 1, sizeof block, f)) > 0)
		cr_assert(tj_string_append(&s, block, n));
	fclose(f);
	return s;
}

static struct tj_foreign *open_language(const char *expected)
{
	struct tj_error err = { .status = TRUJAMAN_OK };
	struct tj_foreign *f = tj_foreign_open(expected, &err);
	cr_assert_not_null(f, "%s", err.text);
	return f;
}

/* The language that a text is taken for, where `expected` is expected; "-": none. */
static const char *judge(const char *expected, const char *text, size_t n)
{
	struct tj_foreign *f = open_language(expected);
	tj_foreign_add(f, text, n);
	int found = tj_foreign_find(f);
	tj_foreign_close(f);
	return found < 0 ? "-" : tj_languages[found].code;
}

static void expect(const char *expected, const struct tj_string *text, const char *wanted)
{
	const char *found = judge(expected, text->data, text->n);
	cr_expect_str_eq(found, wanted, "for %s: found %s, not %s, in: %.60s",
	                 expected != NULL ? expected : "nothing", found, wanted, text->data);
}

/* `times` copies of a line. */
static struct tj_string repeated(const char *line, int times)
{
	struct tj_string s = { NULL, 0, 0 };
	for (int i = 0; i < times; i++)
		cr_assert(tj_string_append(&s, line, strlen(line)));
	return s;
}

static size_t line_end(const struct tj_string *s, size_t at)
{
	const char *end = memchr(s->data + at, '\n', s->n - at);
	return end != NULL ? (size_t)(end - s->data) + 1 : s->n;
}

/* Lines of a and b in turn. */
static struct tj_string mixed(const struct tj_string *a, const struct tj_string *b)
{
	struct tj_string s = { NULL, 0, 0 };
	for (size_t i = 0, k = 0, n; i < a->n && k < b->n;) {
		n = line_end(a, i) - i;
		cr_assert(tj_string_append(&s, a->data + i, n));
		i += n;
		n = line_end(b, k) - k;
		cr_assert(tj_string_append(&s, b->data + k, n));
		k += n;
	}
	return s;
}

static const char *const languages[] = { "en", "es", "de" };

Test(foreign, prose_of_three_languages)
{
	for (int i = 0; i < 3; i++) {
		struct tj_string s = prose(languages[i]);
		for (int k = 0; k < 3; k++)
			expect(languages[k], &s, i == k ? "-" : languages[i]);
		free(s.data);
	}
}

Test(foreign, capitals)
{
	for (int i = 0; i < 3; i++) {
		struct tj_string s = prose(languages[i]), upper = { NULL, 0, 0 };
		for (size_t at = 0; at < s.n;) {
			char bytes[U8_MAX_LENGTH];
			size_t n = 0;
			UChar32 c;
			U8_NEXT((const uint8_t *)s.data, at, s.n, c);
			U8_APPEND_UNSAFE(bytes, n, u_toupper(c));
			cr_assert(tj_string_append(&upper, bytes, n));
		}
		for (int k = 0; k < 3; k++)
			expect(languages[k], &upper, i == k ? "-" : languages[i]);
		free(s.data);
		free(upper.data);
	}
}

Test(foreign, a_short_text_is_never_judged)
{
	struct tj_string s = prose("es");
	struct tj_foreign *f = open_language("en");
	size_t at = 0;
	while (at < s.n) {
		size_t end = line_end(&s, at);
		cr_expect_eq(tj_foreign_add(f, s.data + at, end - at), 0);
		at = end;
		int found = tj_foreign_find(f);
		cr_expect_eq(found >= 0, tj_foreign_weigh(f).letters >= TJ_FOREIGN_LEAST);
	}
	cr_expect_geq(tj_foreign_find(f), 0);
	tj_foreign_close(f);
	free(s.data);
}

Test(foreign, the_beginning_is_enough)
{
	struct tj_string s = prose("es"), other = prose("en");
	struct tj_foreign *f = open_language("en");
	int n = 0;
	while (!tj_foreign_add(f, s.data, s.n))
		n++;
	cr_expect(n >= 8 && n <= 10, "%d times", n);
	cr_expect_eq(tj_foreign_weigh(f).letters, TJ_FOREIGN_MOST);
	for (int i = 0; i < 100; i++)
		cr_expect_eq(tj_foreign_add(f, other.data, other.n), 1);
	cr_expect_str_eq(tj_languages[tj_foreign_find(f)].code, "es");
	tj_foreign_close(f);
	free(s.data);
	free(other.data);
}

Test(foreign, a_text_does_not_remember_the_one_before)
{
	struct tj_string s = prose("es"), other = prose("en");
	struct tj_foreign *f = open_language("en");
	for (int i = 0; i < 3; i++) {
		tj_foreign_begin(f);
		tj_foreign_add(f, other.data, other.n);
		cr_expect_eq(tj_foreign_find(f), -1);
		tj_foreign_begin(f);
		tj_foreign_add(f, s.data, s.n);
		struct tj_foreign_evidence e = tj_foreign_weigh(f);
		cr_expect_str_eq(tj_languages[e.language].code, "es");
		cr_expect(e.n_different > 40 && e.n_different < 80, "%u", e.n_different);
		cr_expect_geq(tj_foreign_find(f), 0);
	}
	tj_foreign_close(f);
	free(s.data);
	free(other.data);
}

Test(foreign, an_unknown_expectation_finds_nothing)
{
	struct tj_string s = prose("es");
	static const char *const unknown[] = { NULL, "", "xx", "und", "e", "english", "-", "gn" };
	for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
		expect(unknown[i], &s, "-");
	free(s.data);
}

Test(foreign, codes_with_countries_and_of_three_letters)
{
	struct tj_string s = prose("es");
	static const char *const of_english[] = { "en-GB", "EN", "en_US.UTF-8", "eng", "Eng-US" };
	static const char *const of_spanish[] = { "es-419", "es_MX", "spa", "ES" };
	for (size_t i = 0; i < sizeof of_english / sizeof *of_english; i++)
		expect(of_english[i], &s, "es");
	for (size_t i = 0; i < sizeof of_spanish / sizeof *of_spanish; i++)
		expect(of_spanish[i], &s, "-");
	free(s.data);
}

/* --- What must not be taken for a language ------------------------------------ */

Test(foreign, two_languages_line_by_line)
{
	struct tj_string en = prose("en"), es = prose("es"), s = mixed(&en, &es);
	expect("en", &s, "-");
	expect("es", &s, "-");
	cr_expect_str_neq(judge("de", s.data, s.n), "-"); /* neither is German */
	free(en.data);
	free(es.data);
	free(s.data);
}

Test(foreign, names_of_places_and_people)
{
	struct tj_string s = repeated("San Juan de la Vega, Puerto del Rosario, Los Olmos\n"
	                              "Ana de los Reyes y Mora, El Cerro de las Flores\n"
	                              "Hans von der Au, Jan van den Berg, Vila do Rio\n",
	                              40);
	for (int k = 0; k < 3; k++)
		expect(languages[k], &s, "-");
	free(s.data);
}

Test(foreign, program_code_numbers_and_no_letters)
{
	struct tj_string code = repeated("for (int i = 0; i < n; i++) { sum += values[i]; }\n"
	                                 "if (!(in = open(name))) return fail(err, de, la);\n",
	                                 60);
	struct tj_string numbers = repeated("12,5;3;0x1F;-7;2026-11-28\n", 400);
	for (int k = 0; k < 3; k++) {
		expect(languages[k], &code, "-");
		expect(languages[k], &numbers, "-");
	}
	cr_expect_str_eq(judge("en", "", 0), "-");
	free(code.data);
	free(numbers.data);
}

/* --- Other scripts -------------------------------------------------------------- */

Test(foreign, a_script_tells_a_language)
{
	static const struct {
		const char *line, *code;
	} scripts[] = {
		{ "Мы сидели на берегу и ждали лодку до самого вечера.\n", "und-Cyrl" },
		{ "Καθόμασταν στην ακτή και περιμέναμε τη βάρκα ως το βράδυ.\n", "el" },
		{ "我们坐在岸边等船一直等到晚上。\n", "zh" },
		{ "私たちは岸に座って夕方まで船を待っていました。\n", "ja" },
		{ "우리는 저녁까지 물가에 앉아 배를 기다렸습니다.\n", "ko" },
		{ "ישבנו על החוף וחיכינו לסירה עד הערב.\n", "he" },
		{ "جلسنا على الشاطئ وانتظرنا القارب حتى المساء.\n", "und-Arab" },
		{ "हम शाम तक किनारे पर बैठकर नाव का इंतज़ार करते रहे।\n", "und-Deva" },
		{ "เรานั่งอยู่ริมฝั่งและรอเรือจนถึงเย็น\n", "th" },
	};
	struct tj_string en = prose("en");
	for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
		struct tj_string s = repeated(scripts[i].line, 200), both = mixed(&en, &s);
		expect("en", &s, scripts[i].code);
		expect(scripts[i].code, &en, "en");
		expect("en", &both, "-");
		for (size_t k = 0; k < sizeof scripts / sizeof *scripts; k++) {
			const char *code = scripts[k].code;
			/* Chinese and Japanese share letters. */
			int kin = i == k || (strchr("zj", *code) != NULL &&
			                     strchr("zj", *scripts[i].code) != NULL);
			expect(code, &s, kin ? "-" : scripts[i].code);
		}
		free(s.data);
		free(both.data);
	}
	struct tj_string ru = repeated(scripts[0].line, 200);
	expect("ru", &ru, "-");
	expect("uk", &ru, "-");
	expect("ru", &en, "en");
	free(ru.data);
	free(en.data);
}

/* --- The table ------------------------------------------------------------------- */

Test(foreign, every_language_of_the_table)
{
	size_t n_words = 0;
	for (int i = 0; i < TJ_N_LANGUAGES; i++) {
		const struct tj_known_language *l = &tj_languages[i];
		cr_assert_not_null(l->name);
		cr_expect(*l->aliases == ' ' && l->aliases[strlen(l->aliases) - 1] == ' ');
		cr_expect_eq(tj_language_find(l->code), i, "%s", l->code);
		cr_expect_eq(l->words != NULL, l->script == TJ_SCRIPT_LATIN, "%s", l->code);
		if (l->words == NULL)
			continue;
		cr_expect(*l->words == ' ' && l->words[strlen(l->words) - 1] == ' ', "%s", l->code);
		cr_expect_null(strstr(l->words, "  "), "%s", l->code);
		for (const char *at = l->words; at[1] != '\0'; at += 1 + strcspn(at + 1, " "))
			n_words++;
	}
	cr_expect_leq(n_words * 2, (size_t)1 << 12, "the hash table needs more slots");
}
