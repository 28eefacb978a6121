/* SPDX-License-Identifier: MIT */
/* Number words. */
#include "bench/number_words.h"

#include <stdio.h>
#include <string.h>

struct number_word {
	const char *word;
	int value;
};

static const struct number_word english[] = {
	{ "zero", 0 },      { "one", 1 },      { "first", 1 },      { "two", 2 },
	{ "three", 3 },     { "four", 4 },     { "five", 5 },       { "six", 6 },
	{ "seven", 7 },     { "eight", 8 },    { "nine", 9 },       { "ten", 10 },
	{ "eleven", 11 },   { "twelve", 12 },  { "thirteen", 13 },  { "fourteen", 14 },
	{ "fifteen", 15 },  { "sixteen", 16 }, { "seventeen", 17 }, { "eighteen", 18 },
	{ "nineteen", 19 }, { "twenty", 20 },  { "thirty", 30 },    { "forty", 40 },
	{ "fifty", 50 },    { "sixty", 60 },   { "seventy", 70 },   { "eighty", 80 },
	{ "ninety", 90 },   { NULL, 0 },
};

static const struct number_word spanish[] = {
	{ "cero", 0 },         { "un", 1 },          { "uno", 1 },           { "una", 1 },
	{ "primero", 1 },      { "primer", 1 },      { "primera", 1 },       { "dos", 2 },
	{ "tres", 3 },         { "cuatro", 4 },      { "cinco", 5 },         { "seis", 6 },
	{ "siete", 7 },        { "ocho", 8 },        { "nueve", 9 },         { "diez", 10 },
	{ "once", 11 },        { "doce", 12 },       { "trece", 13 },        { "catorce", 14 },
	{ "quince", 15 },      { "dieciséis", 16 },  { "dieciseis", 16 },    { "diecisiete", 17 },
	{ "dieciocho", 18 },   { "diecinueve", 19 }, { "veinte", 20 },       { "veintiún", 21 },
	{ "veintiuno", 21 },   { "veintiuna", 21 },  { "veintidós", 22 },    { "veintidos", 22 },
	{ "veintitrés", 23 },  { "veintitres", 23 }, { "veinticuatro", 24 }, { "veinticinco", 25 },
	{ "veintiséis", 26 },  { "veintiseis", 26 }, { "veintisiete", 27 },  { "veintiocho", 28 },
	{ "veintinueve", 29 }, { "treinta", 30 },    { "cuarenta", 40 },     { "cincuenta", 50 },
	{ "sesenta", 60 },     { "setenta", 70 },    { "ochenta", 80 },      { "noventa", 90 },
	{ NULL, 0 },
};

/* Returns the bytes of the letter at `at`, or 0; its lower case goes to `lower`. Letters beyond
 * ASCII are those from U+00C0 on, but for general punctuation and symbols. */
static size_t letter(const char *line, size_t n, size_t at, char *lower)
{
	unsigned char c = (unsigned char)line[at];
	lower[0] = (char)c;
	if (c < 0x80) {
		if (c >= 'A' && c <= 'Z')
			lower[0] = (char)(c + 0x20);
		return lower[0] >= 'a' && lower[0] <= 'z';
	}
	size_t length = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
	if (c < 0xC3 || c == 0xE2 || c == 0xF0 || at + length > n)
		return 0;
	memcpy(lower, line + at, length);
	if (c == 0xC3 && (unsigned char)line[at + 1] >= 0x80 && (unsigned char)line[at + 1] <= 0x9E)
		lower[1] = (char)((unsigned char)line[at + 1] + 0x20);
	return length;
}

static int is_digit(const char *line, size_t n, size_t at)
{
	return at < n && line[at] >= '0' && line[at] <= '9';
}

/* Reads the word or digits at `at`. Returns its end, or `at`. */
static size_t read_token(const char *line, size_t n, size_t at, struct word_token *t)
{
	char lower[4];
	size_t length, used = 0;
	*t = (struct word_token){ .first = at };
	for (; is_digit(line, n, at); at++)
		if (used < sizeof t->text - 4)
			t->text[used++] = line[at];
	if (at > t->first) {
		t->is_ordinal = at < n && letter(line, n, at, lower) > 0;
		t->is_digits = !t->is_ordinal;
		t->end = at;
		while (t->is_ordinal && at < n && (length = letter(line, n, at, lower)) > 0)
			at += length;
		return at;
	}
	while (at < n && (length = letter(line, n, at, lower)) > 0) {
		if (used + length < sizeof t->text) {
			memcpy(t->text + used, lower, length);
			used += length;
		}
		at += length;
	}
	while (at > t->first && is_digit(line, n, at)) /* "B12" */
		at++;
	t->end = at;
	return at;
}

size_t number_words_divide(const char *line, size_t n, struct word_token *tokens)
{
	size_t n_tokens = 0;
	for (size_t at = 0; at < n && n_tokens < MOST_WORDS;) {
		size_t end = read_token(line, n, at, &tokens[n_tokens]);
		n_tokens += end > at;
		at = end > at ? end : at + 1;
	}
	return n_tokens;
}

static int value_of(const struct number_word *words, const struct word_token *t)
{
	for (; words->word != NULL && !t->is_digits; words++)
		if (strcmp(words->word, t->text) == 0)
			return words->value;
	return -1;
}

size_t number_words_read(const char *language, const struct word_token *tokens, size_t n, size_t i,
                         int *value)
{
	int is_spanish = strcmp(language, "es") == 0;
	const struct number_word *words = is_spanish ? spanish : english;
	size_t unit = i + 1 + (is_spanish && i + 1 < n && strcmp(tokens[i + 1].text, "y") == 0);
	*value = value_of(words, &tokens[i]);
	if (*value < 0)
		return 0;
	/* "twenty-one", "treinta y uno" */
	if (*value < 20 || *value % 10 != 0 || unit >= n || (is_spanish && unit == i + 1))
		return 1;
	int ones = value_of(words, &tokens[unit]);
	if (ones < 1 || ones > 9)
		return 1;
	*value += ones;
	return unit + 1 - i;
}
