/* SPDX-License-Identifier: MIT */
/* Tests of small numbers in texts: as digits, as words of languages, and what of them a translation
 * must have. */
#include <criterion/criterion.h>
#include <string.h>

#include "src/text/number_words.h"

static struct tj_number_words *words_of(const char *language)
{
	struct tj_error err = { .status = TRUJAMAN_OK };
	struct tj_number_words *w = tj_number_words_open(language, &err);
	cr_assert_not_null(w, "%s: %s", language, err.text);
	return w;
}

static struct tj_small_numbers count(const struct tj_number_words *w, const char *text)
{
	struct tj_small_numbers found;
	tj_small_numbers_count(w, text, strlen(text), NULL, 0, 0, &found);
	return found;
}

/* Whether a text says one number once, and no other, in words. */
static int says(const struct tj_number_words *w, const char *text, size_t value)
{
	struct tj_small_numbers found = count(w, text);
	for (size_t v = 0; v < TJ_SMALL_NUMBERS; v++)
		if (found.words[v] != (v == value))
			return 0;
	return 1;
}

Test(number_words, words)
{
	static const struct {
		const char *language, *text;
		size_t value;
	} cases[] = {
		{ "en", "I saw seven cats", 7 },
		{ "en", "Twenty-one pilots", 21 },
		{ "en", "it is NINETY NINE", 99 },
		{ "en", "the twelfth night", 12 },
		{ "en", "zero", 0 },
		{ "es", "hace treinta y dos días", 32 },
		{ "es", "Veintiún años", 21 },
		{ "es", "veintiuna páginas", 21 },
		{ "es", "el DIECISÉIS", 16 },
		{ "es", "la primera casa", 1 },
		{ "es", "un perro", 1 },
		{ "de", "vor einundzwanzig Jahren", 21 },
		{ "fr", "quatre-vingt-dix-neuf ballons", 99 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct tj_number_words *w = words_of(cases[i].language);
		cr_expect(tj_number_words_some(w));
		cr_expect(says(w, cases[i].text, cases[i].value), "%s: %s", cases[i].language,
		          cases[i].text);
		tj_number_words_close(w);
	}
}

Test(number_words, no_language_no_words)
{
	static const char *const languages[] = { "", "xx", "en_US_POSIX_and_much_more", "-" };
	for (size_t i = 0; i < sizeof languages / sizeof *languages; i++) {
		struct tj_number_words *w = words_of(languages[i]);
		if (i < 2)
			cr_expect_not(tj_number_words_some(w), "%s", languages[i]);
		tj_number_words_close(w);
	}
	tj_number_words_close(NULL);
}

Test(number_words, digits)
{
	struct tj_number_words *w = words_of("en");
	struct tj_small_numbers found = count(w, "5 dogs, 12 cats, B12, 7th, 05 and 123; 5");
	cr_expect_eq(found.alone[0][5], 2);
	cr_expect_eq(found.digits[0][5], 2);
	cr_expect_eq(found.alone[1][5], 1);
	cr_expect_eq(found.alone[1][12], 1);
	cr_expect_eq(found.digits[1][12], 2);
	cr_expect_eq(found.alone[0][7], 0);
	cr_expect_eq(found.digits[0][7], 1);
	for (size_t v = 0; v < TJ_SMALL_NUMBERS; v++)
		cr_expect_eq(found.words[v], 0);
	/* Those of spans do not count; the spans are those of a longer text. */
	const char *text = "7 5 twelve 12";
	const struct tj_fixed spans[] = { { .first = 98, .n = 3 }, { .first = 102, .n = 1 } };
	tj_small_numbers_count(w, text, strlen(text), spans, 2, 100, &found);
	cr_expect_eq(found.digits[0][7], 0);
	cr_expect_eq(found.digits[0][5], 0);
	cr_expect_eq(found.words[12], 1);
	cr_expect_eq(found.digits[1][12], 1);
	tj_number_words_close(w);
}

Test(number_words, agreement)
{
	static const struct {
		const char *source, *translation;
		int agree;
	} cases[] = {
		{ "5 dogs", "5 perros", 1 },
		{ "5 dogs", "cinco perros", 1 },
		{ "5 dogs", "perros", 0 },
		{ "5 dogs", "6 perros", 0 },
		{ "5 dogs", "5 perros y 6", 0 },
		{ "five dogs", "5 perros", 1 },
		{ "five dogs", "4 perros", 0 },
		{ "five dogs", "perros", 1 },
		{ "32 and 32", "32 y treinta y dos", 1 },
		{ "32 and 32", "32 y 31", 0 },
		{ "32 and 32", "32 y 3 y 2", 0 },
		{ "05 dogs", "5 perros", 0 },
		{ "B12", "vitamina", 1 },
		{ "the 7th", "el 7.º", 1 },
		{ "the 7th", "el séptimo", 1 },
		{ "dogs", "3 perros", 0 },
		{ "", "", 1 },
	};
	struct tj_number_words *en = words_of("en"), *es = words_of("es");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct tj_small_numbers source = count(en, cases[i].source);
		struct tj_small_numbers translation = count(es, cases[i].translation);
		cr_expect_eq(tj_small_numbers_agree(&source, &translation), cases[i].agree,
		             "%s: %s", cases[i].source, cases[i].translation);
	}
	tj_number_words_close(en);
	tj_number_words_close(es);
}

Test(number_words, find)
{
	const char *text = "a5 123 5b 42, 7";
	size_t n = strlen(text), digits = 0;
	cr_expect_eq(tj_small_number_find(text, n, 0, n, &digits), 10);
	cr_expect_eq(digits, 2);
	cr_expect_eq(tj_small_number_find(text, n, 12, n, &digits), 14);
	cr_expect_eq(digits, 1);
	cr_expect_eq(tj_small_number_find(text, n, 0, 10, &digits), 10);
	/* What stands outside of the range still touches. */
	cr_expect_eq(tj_small_number_find(text, n, 4, 6, &digits), 6);
	cr_expect(tj_has_digit(text, n));
	cr_expect_not(tj_has_digit("\xc3\xb3 none", 7));
}
