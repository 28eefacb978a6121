/* SPDX-License-Identifier: MIT */
/* The typography of a source: how often which mark occurs. */
#ifndef TJ_TEXT_SOURCE_STYLE_H
#define TJ_TEXT_SOURCE_STYLE_H

#include <stddef.h>
#include <stdint.h>
#include <unicode/umachine.h>

struct tj_style {
	size_t straight, curly_open, curly_close, angle_open, angle_close, low; /* double quotes */
	size_t apostrophes, curly_apostrophes; /* and single quotes */
	size_t hyphens, dashes;                /* that stand outside words */
	size_t stops, ellipses;                /* three full stops, and the one character */
	int asks, exclaims;                    /* it has ? or ! */
};

/* Looks at n bytes of valid UTF-8. */
struct tj_style tj_source_style(const uint8_t *text, size_t n);

enum { TJ_NO_CHARACTER = -1 };

/* The character that begins at a byte, or ends before it; TJ_NO_CHARACTER: there is none. */
UChar32 tj_style_character_at(const uint8_t *text, size_t n, size_t at);
UChar32 tj_style_character_before(const uint8_t *text, size_t n, size_t at);

/* Whether it is white space, or no character. */
int tj_style_is_space(UChar32 c);

/* Whether the dash or hyphen of some bytes at `at` is one between words: no letter touches it on
 * both sides, as in "well-known". A dash (wide) may join two words as well: "home—or not". */
int tj_style_is_between(const uint8_t *text, size_t n, size_t at, size_t bytes, int wide);

#endif
