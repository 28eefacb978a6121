/* SPDX-License-Identifier: MIT */
/* Unwanted words: against a plain search for whole words, over random texts; and reading the file.
 */
#include <criterion/criterion.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "src/base/random.h"
#include "src/text/unwanted.h"

static struct tj_unwanted *open_words(const char *data)
{
	struct tj_error err = { 0 };
	struct tj_unwanted *u = tj_unwanted_open("words.txt", data, strlen(data), TJ_NORMAL_1,
	                                         &err);
	cr_assert_not_null(u, "%s", err.text);
	return u;
}

/* Whether the automaton lets n ASCII characters pass, and the end behind them. */
static int passes(const struct tj_unwanted *u, const char *text, size_t n)
{
	struct tj_unwanted_place place = { 0, 0 };
	for (size_t i = 0; i < n; i++)
		if (!tj_unwanted_read(u, &place, (unsigned char)text[i]))
			return 0;
	return !tj_unwanted_ends(u, &place);
}

static int is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Whether `entry` stands in the text: where it begins or ends with a word, that does, too. */
static int has_entry(const char *text, const char *entry)
{
	size_t n = strlen(entry);
	for (const char *at = text; (at = strstr(at, entry)) != NULL; at++) {
		int begins = !is_word(entry[0]) || at == text || !is_word(at[-1]);
		int ends = !is_word(entry[n - 1]) || !is_word(at[n]);
		if (begins && ends)
			return 1;
	}
	return 0;
}

static void draw(uint64_t seed, size_t n, char *text)
{
	for (size_t i = 0; i < n; i++)
		text[i] = "aab-b a"[tj_random_below(seed, i, 7)];
	text[n] = '\0';
}

/* Text by text and prefix by prefix: what has been read before must not matter. */
Test(unwanted, random_texts)
{
	enum { ENTRIES = 3, LONGEST = 24 };
	size_t found = 0, clean = 0;
	for (uint64_t seed = 0; seed < 4000; seed++) {
		char entries[ENTRIES][8], file[64] = "", text[LONGEST + 1], drawn[8];
		for (uint64_t i = 0; i < ENTRIES; i++) {
			draw(9000 * i + seed, 1 + tj_random_below(1, 9 * seed + i, 6), drawn);
			/* White space around it does not count, and runs of it count as one. */
			size_t n = 0;
			for (const char *c = drawn; *c != '\0'; c++)
				if (*c != ' ' ||
				    (n > 0 && c[1] != ' ' && strspn(c, " ") < strlen(c)))
					entries[i][n++] = *c;
			entries[i][n] = '\0';
			snprintf(file + strlen(file), sizeof file - strlen(file), "%s\n", drawn);
		}
		struct tj_unwanted *u = open_words(file);
		draw(77000 + seed, LONGEST, text);
		for (size_t n = 1; n <= LONGEST; n++) {
			char c = text[n];
			text[n] = '\0';
			int wanted = 1;
			for (int i = 0; i < ENTRIES; i++)
				wanted &= entries[i][0] == '\0' || !has_entry(text, entries[i]);
			/* An earlier end of a word within the text is no end of it. */
			cr_expect_eq(passes(u, text, n), wanted, "\"%s\" of %s", text, file);
			found += (size_t)!wanted;
			clean += (size_t)wanted;
			text[n] = c;
		}
		tj_unwanted_close(u);
	}
	cr_expect(found > 1000 && clean > 1000, "%zu and %zu", found, clean);
}

Test(unwanted, letter_case_and_lines)
{
	struct tj_unwanted *u = open_words("\xef\xbb\xbf"
	                                   "Perro\r\n\r\n  hace   calor \n-x");
	cr_expect(!passes(u, "un pErrO", 8));
	cr_expect(passes(u, "un perros", 9));
	cr_expect(passes(u, "unperro", 7));
	cr_expect(!passes(u, "Hace calor.", 11));
	cr_expect(passes(u, "hace mucho calor", 16));
	cr_expect(!passes(u, "a-x", 3));
	cr_expect(passes(u, "a-xy", 4));
	cr_expect(passes(u, "", 0));
	tj_unwanted_close(u);
	u = open_words(" \n\n");
	cr_expect(passes(u, "perro \r", 7));
	tj_unwanted_close(u);
	u = open_words("");
	cr_expect(passes(u, "perro", 5));
	tj_unwanted_close(u);
}

/* A letter that the file writes with a combining mark is that of the text. */
Test(unwanted, composed_letters)
{
	static const uint32_t text[] = { 0xc1, 'r', 'b', 'o', 'l' };
	struct tj_unwanted *u = open_words("a\xcc\x81rbol\n");
	struct tj_unwanted_place place = { 0, 0 };
	for (size_t i = 0; i < 5; i++) {
		cr_expect(!tj_unwanted_ends(u, &place));
		cr_assert(tj_unwanted_read(u, &place, text[i]));
	}
	cr_expect(tj_unwanted_ends(u, &place));
	tj_unwanted_close(u);
}

Test(unwanted, invalid_file)
{
	struct tj_error err = { 0 };
	cr_expect_null(tj_unwanted_open("words.txt", "a\nb\xff\nc", 6, TJ_NORMAL_1, &err));
	cr_expect_eq(err.status, TRUJAMAN_ERROR_INPUT);
	cr_expect_str_eq(err.text, "words.txt:2: invalid UTF-8");
}
