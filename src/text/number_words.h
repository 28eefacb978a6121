/* SPDX-License-Identifier: MIT */
/* Numbers from 0 to 99 in texts: as digits, or as words of a language. */
#ifndef TJ_TEXT_NUMBER_WORDS_H
#define TJ_TEXT_NUMBER_WORDS_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/status.h"
#include "src/text/spans_kinds.h"

enum { TJ_SMALL_NUMBERS = 100 };

struct tj_number_words; /* immutable: any number of threads may share one */

/* Opens the words of the language with this code ("es"), cardinal and ordinal, in all their forms,
 * as ICU spells them out. A language that ICU does not know has none. Returns NULL if memory is
 * short. */
struct tj_number_words *tj_number_words_open(const char *language, struct tj_error *err);
/* Whether it has any. */
int tj_number_words_some(const struct tj_number_words *w);
void tj_number_words_close(struct tj_number_words *w);

/* How often a text has each number outside of spans: as one digit or two, whatever touches them and
 * without a letter that does, and as words. */
struct tj_small_numbers {
	uint32_t digits[2][TJ_SMALL_NUMBERS], alone[2][TJ_SMALL_NUMBERS];
	uint32_t words[TJ_SMALL_NUMBERS];
};

/* Counts them in n bytes of valid UTF-8 that begin at byte `at` of the text in which the spans were
 * found, in their order. Spans that are nothing but such a number are counted too. */
void tj_small_numbers_count(const struct tj_number_words *w, const char *text, size_t n,
                            const struct tj_fixed *spans, size_t n_spans, size_t at,
                            struct tj_small_numbers *found);

/* Whether a translation has all numbers that its source has alone, as often, as the same digits or
 * as words, and no digits of its own: each number that it has in digits, its source has in the same
 * digits or in words. */
int tj_small_numbers_agree(const struct tj_small_numbers *source,
                           const struct tj_small_numbers *translation);

/* Returns the byte of the first number of one or two digits that stands alone in the bytes
 * [first, end) of a text and sets *n_digits; `end` if there is none. */
size_t tj_small_number_find(const char *text, size_t n_text, size_t first, size_t end,
                            size_t *n_digits);

/* Whether n bytes have a digit of ASCII. */
int tj_has_digit(const char *text, size_t n);

#endif
