/* SPDX-License-Identifier: MIT */
/* What matters about a character to somebody who writes text in which no span is to be found
 * (src/text/spans.h): its class, in one byte. Any thread. */
#ifndef TJ_TEXT_CHAR_CODE_H
#define TJ_TEXT_CHAR_CODE_H

#include <stddef.h>
#include <stdint.h>

enum tj_char_code {
	TJ_CHAR_SPACE,
	TJ_CHAR_UPPER,   /* A to Z */
	TJ_CHAR_LETTER,  /* a letter or combining mark that is not ASCII */
	TJ_CHAR_ORDINAL, /* the signs of "1.º" and "2.ª" */
	TJ_CHAR_STOP,    /* . */
	TJ_CHAR_COLON,
	TJ_CHAR_DASH, /* the hyphen of ASCII and U+2010, U+2011 */
	TJ_CHAR_OPEN, /* ( */
	TJ_CHAR_CLOSE,
	TJ_CHAR_MARK, /* , ! ? */
	TJ_CHAR_SEMICOLON,
	TJ_CHAR_QUOTE,       /* quotes, and all other punctuation of prose */
	TJ_CHAR_PLACEABLE,   /* stands for a span */
	TJ_CHAR_NEVER,       /* emoji, control characters and the like: always a span, or no text */
	TJ_CHAR_DIGIT = 32,  /* + 0 to 9 */
	TJ_CHAR_SYMBOL = 64, /* + the index of a sign that may make a span of its word */
	TJ_CHAR_LOWER = 96   /* + 0 to 25 for a to z */
};

/* Signs that are spans where they stand by themselves, as in "Home / Shoes" and "the # key", and
 * those that are so if only one side is free, as bullets, "§5" and "Smith†". */
enum tj_lone { TJ_NOT_LONE, TJ_LONE, TJ_LONE_ON_A_SIDE };
enum tj_lone tj_char_lone(uint32_t c);

/* The indices of symbols: those of ASCII in this order, and beyond it the signs of
 * TJ_LONE_ON_A_SIDE, the degree, and all others, which stand for themselves in prose (a fraction).
 */
#define TJ_ASCII_SYMBOLS "#$%&*+/<=>@[\\]^_`{|}~"
enum {
	TJ_LONE_SYMBOL = sizeof TJ_ASCII_SYMBOLS - 1,
	TJ_DEGREE_SYMBOL,
	TJ_OTHER_SYMBOL,
	TJ_N_SYMBOLS
};

uint8_t tj_char_code(uint32_t c);

enum { TJ_MOST_CASES = 3 };

/* Writes the other cases of a letter to `other` and returns how many there are. */
size_t tj_char_cases(uint32_t c, uint32_t *other);

/* Reads the character at *at in n bytes of UTF-8, and moves *at behind it. Ill-formed bytes are
 * U+FFFD. */
uint32_t tj_char_next(const char *text, size_t n, size_t *at);

#endif
