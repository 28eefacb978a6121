/* SPDX-License-Identifier: MIT */
/* Counts the characters of a text and chooses those that get a piece of their own. */
#include "src/text/characters.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

enum {
	N_CODE_POINTS = 0x110000,
	SHARE_OF_TEXT = 2, /* the text's own characters: at most a half of the room */
	SHARE_OF_ALL = 4   /* with those that it lacks: a quarter */
};

/* The least coverage, in force where a text has very many characters. */
static const double LEAST_COVERAGE = 0.9995;

/* Characters that text in European languages may meet at any time, the most needed first. The
 * library's normalisation keeps each of them as it is. The first and last of each range. */
static const struct range {
	UChar32 first, last;
} wanted[] = {
	{ 0x21, 0x7E },     /* printable ASCII */
	{ 0xA1, 0xA7 },     /* inverted exclamation mark; cent, pound, yen; section */
	{ 0xAB, 0xAB },     /* « */
	{ 0xB0, 0xB1 },     /* degree, plus-minus */
	{ 0xB7, 0xB7 },     /* middle dot */
	{ 0xBB, 0xBB },     /* » */
	{ 0xBF, 0xBF },     /* inverted question mark */
	{ 0x2013, 0x2014 }, /* dashes */
	{ 0x2018, 0x201A }, /* single quotation marks */
	{ 0x201C, 0x201E }, /* double ones */
	{ 0x2022, 0x2022 }, /* bullet */
	{ 0x20AC, 0x20AC }, /* euro */
	{ 0xA9, 0xA9 },     /* copyright */
	{ 0xAE, 0xAE },     /* registered */
	{ 0xC0, 0xFF },     /* Latin-1, letters and two signs */
	{ 0x100, 0x131 },   /* Latin Extended-A, without compatibility forms */
	{ 0x134, 0x13E },   { 0x141, 0x148 }, { 0x14A, 0x17E },
};

static int counts(UChar32 c)
{
	return c >= 0 && u_isgraph(c) && !(c >= 0xF0000 && c <= 0xF00FF);
}

static void count_line(uint64_t *count, const char *text, size_t n)
{
	for (size_t i = 0; i < n;) {
		UChar32 c;
		U8_NEXT(text, i, n, c);
		if (counts(c))
			count[c]++;
	}
}

static int more_first(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;
	return *x > *y ? -1 : *x < *y;
}

/* The share of the text that its `most` commonest characters are. Changes `count`. */
static double coverage_of(uint64_t *count, size_t most)
{
	uint64_t covered = 0, all = 0;
	qsort(count, N_CODE_POINTS, sizeof *count, more_first);
	for (size_t i = 0; i < N_CODE_POINTS; i++) {
		all += count[i];
		covered += i < most ? count[i] : 0;
	}
	double coverage = all > 0 ? (double)covered / (double)all : 1;
	return coverage > LEAST_COVERAGE ? coverage : LEAST_COVERAGE;
}

static int append_character(struct tj_string *s, UChar32 c)
{
	char bytes[U8_MAX_LENGTH];
	size_t n = 0;
	U8_APPEND_UNSAFE(bytes, n, c);
	return tj_string_append(s, bytes, n);
}

/* Lists wanted characters, those of the text too, until there are `most` with the text's own. */
static int list_required(struct tj_string *s, const uint64_t *count, size_t n_own, size_t most)
{
	size_t n = n_own;
	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
		for (UChar32 c = wanted[i].first; c <= wanted[i].last; c++) {
			if (count[c] == 0 && ++n > most)
				return 1;
			if (!append_character(s, c))
				return 0;
		}
	return 1;
}

trujaman_status tj_characters_list(struct tj_string *s, struct tj_error *err)
{
	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
		for (UChar32 c = wanted[i].first; c <= wanted[i].last; c++)
			if (!append_character(s, c))
				return tj_fail_memory(err, "a list of characters", s->n);
	return TRUJAMAN_OK;
}

trujaman_status tj_characters_choose(struct tj_characters *c, tj_next_text *next, void *context,
                                     size_t n_pieces, struct tj_error *err)
{
	size_t n, n_own = 0;
	const char *text;
	*c = (struct tj_characters){ .coverage = 1 };
	uint64_t *count = calloc(N_CODE_POINTS, sizeof *count);
	if (count == NULL)
		return tj_fail_memory(err, "counting characters", N_CODE_POINTS * sizeof *count);
	while ((text = next(context, &n)) != NULL)
		count_line(count, text, n);
	for (size_t i = 0; i < N_CODE_POINTS; i++)
		n_own += count[i] > 0;
	if (!list_required(&c->required, count, n_own, n_pieces / SHARE_OF_ALL) ||
	    !tj_string_append(&c->required, "", 1))
		tj_fail_memory(err, "counting characters", c->required.n);
	else
		c->required.n--;
	if (n_own > n_pieces / SHARE_OF_TEXT)
		c->coverage = coverage_of(count, n_pieces / SHARE_OF_TEXT);
	free(count);
	return err->status;
}
