/* SPDX-License-Identifier: MIT */
/* The numbers from 0 to 99 in texts, as digits and as words of English and Spanish. */
#ifndef TJ_BENCH_NUMBER_WORDS_H
#define TJ_BENCH_NUMBER_WORDS_H

#include <stddef.h>

enum { NUMBER_VALUES = 100, MOST_WORDS = 4096 };

struct word_token {
	char text[24];     /* lower case; a longer word is cut */
	size_t first, end; /* bytes of the line */
	int is_digits;     /* digits only, not touching a letter before them */
	int is_ordinal;    /* digits with letters behind them: "2nd" */
};

/* Divides a line into words and runs of digits. Returns how many, at most MOST_WORDS. */
size_t number_words_divide(const char *line, size_t n, struct word_token *tokens);

/* Reads the number that words say from token i on ("en" or "es"). Returns how many tokens it takes
 * and sets *value; 0: none begins there. */
size_t number_words_read(const char *language, const struct word_token *tokens, size_t n, size_t i,
                         int *value);

#endif
