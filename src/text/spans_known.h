/* SPDX-License-Identifier: MIT */
/* Which characters a model can read and write, and which parts of a line are worth a closer look.
 */
#ifndef TJ_TEXT_SPANS_KNOWN_H
#define TJ_TEXT_SPANS_KNOWN_H

#include "src/text/spans_scan.h"

enum { TJ_KNOWN_TABLE = 0x2100 };

struct tj_known {
	int (*has)(void *context, uint32_t c); /* NULL: every character */
	void *context;
	uint8_t class_of[TJ_KNOWN_TABLE]; /* enum in spans_known.c */
};

void tj_known_init(struct tj_known *k, int (*has)(void *, uint32_t), void *context);

/* Whether a character must be copied because it has no piece. Letters have one if their other case
 * has one; white space and separators never must. U+F0000 to U+F00FF and U+2581 always must. */
int tj_known_lacks(const struct tj_known *k, int32_t c);

/* Whether the word [at, end) lacks a character. *letters: whether it has a letter. */
int tj_known_word_lacks(const struct tj_known *k, const struct tj_scan *s, size_t at, size_t end,
                        int *letters);

/* Returns the offset of the next byte from `at` on where a span may be near; s->n: there is none.
 * It is a fast scan: ordinary prose has few such bytes. */
size_t tj_known_skip(const struct tj_known *k, const struct tj_scan *s, size_t at);

/* The matcher of runs with characters without a piece: a whole word, or a run of characters that
 * are no letters. So are signs that stand by themselves, unless `has` is NULL. */
size_t tj_match_unknown(const struct tj_known *k, const struct tj_scan *s, size_t at);

/* The matcher of emoji. */
size_t tj_match_emoji(const struct tj_scan *s, size_t at);

#endif
