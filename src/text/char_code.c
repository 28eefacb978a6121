/* SPDX-License-Identifier: MIT */
/* Classes of characters, from the tables of ICU. */
#include "src/text/char_code.h"

#include <string.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "src/base/separators.h"

static uint8_t ascii_code(uint32_t c)
{
	if (c >= '0' && c <= '9')
		return (uint8_t)(TJ_CHAR_DIGIT + (c - '0'));
	if (c >= 'a' && c <= 'z')
		return (uint8_t)(TJ_CHAR_LOWER + (c - 'a'));
	if (c >= 'A' && c <= 'Z')
		return TJ_CHAR_UPPER;
	switch (c) {
	case ' ':
		return TJ_CHAR_SPACE;
	case '.':
		return TJ_CHAR_STOP;
	case ':':
		return TJ_CHAR_COLON;
	case '-':
		return TJ_CHAR_DASH;
	case '(':
		return TJ_CHAR_OPEN;
	case ')':
		return TJ_CHAR_CLOSE;
	case '"':
	case '\'':
		return TJ_CHAR_QUOTE;
	case ';':
		return TJ_CHAR_SEMICOLON;
	case ',':
	case '!':
	case '?':
		return TJ_CHAR_MARK;
	default:
		break;
	}
	const char *symbol = c == 0 ? NULL : strchr(TJ_ASCII_SYMBOLS, (int)c);
	return symbol == NULL ? TJ_CHAR_NEVER
	                      : (uint8_t)(TJ_CHAR_SYMBOL + (symbol - TJ_ASCII_SYMBOLS));
}

static int is_never(uint32_t c)
{
	int type = u_charType((UChar32)c);
	return tj_is_separator(c) || type == U_UNASSIGNED || type == U_CONTROL_CHAR ||
	       type == U_FORMAT_CHAR || type == U_PRIVATE_USE_CHAR || type == U_SURROGATE ||
	       type == U_DECIMAL_DIGIT_NUMBER || type == U_LETTER_NUMBER ||
	       type == U_CURRENCY_SYMBOL || c == 0xFFFD ||
	       u_hasBinaryProperty((UChar32)c, UCHAR_EMOJI_PRESENTATION) ||
	       u_hasBinaryProperty((UChar32)c, UCHAR_EMOJI_MODIFIER) ||
	       u_hasBinaryProperty((UChar32)c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
}

enum { DEGREE = 0xB0 };

enum tj_lone tj_char_lone(uint32_t c)
{
	static const uint16_t on_a_side[] = { 0xA7,   0xB6,   0xB7,   0x2020, 0x2021,
		                              0x2022, 0x2023, 0x203B, 0x2043 };
	if (c < 0x80)
		return c > 0 && strchr("#%*+/@\\_", (int)c) != NULL ? TJ_LONE : TJ_NOT_LONE;
	for (size_t i = 0; i < sizeof on_a_side / sizeof *on_a_side; i++)
		if (c == on_a_side[i])
			return TJ_LONE_ON_A_SIDE;
	return c == DEGREE ? TJ_LONE : TJ_NOT_LONE;
}

uint8_t tj_char_code(uint32_t c)
{
	if (c < 0x80)
		return ascii_code(c);
	if (tj_char_lone(c) != TJ_NOT_LONE)
		return TJ_CHAR_SYMBOL + (c == DEGREE ? TJ_DEGREE_SYMBOL : TJ_LONE_SYMBOL);
	/* What SentencePiece writes for a space. */
	if (c == 0x2581 || (u_isUWhiteSpace((UChar32)c) && !tj_is_separator(c)))
		return TJ_CHAR_SPACE;
	if (c >= 0xF0000 && c <= 0xF00FF)
		return TJ_CHAR_PLACEABLE;
	if (is_never(c))
		return TJ_CHAR_NEVER;
	if (c == 0xAA || c == 0xBA)
		return TJ_CHAR_ORDINAL;
	if (c == 0x2010 || c == 0x2011)
		return TJ_CHAR_DASH;
	uint32_t mask = U_GET_GC_MASK((UChar32)c);
	if (mask & (U_GC_L_MASK | U_GC_M_MASK))
		return TJ_CHAR_LETTER;
	/* Per mille, minutes and seconds make a span of a number. */
	int is_unit = c == 0x2030 || c == 0x2031 || c == 0x2032 || c == 0x2033;
	return (mask & U_GC_P_MASK) && !is_unit ? TJ_CHAR_QUOTE : TJ_CHAR_SYMBOL + TJ_OTHER_SYMBOL;
}

size_t tj_char_cases(uint32_t c, uint32_t *other)
{
	UChar32 cases[] = { u_tolower((UChar32)c), u_toupper((UChar32)c), u_totitle((UChar32)c) };
	size_t n = 0;
	for (size_t i = 0; i < TJ_MOST_CASES; i++)
		if ((uint32_t)cases[i] != c)
			other[n++] = (uint32_t)cases[i];
	return n;
}

uint32_t tj_char_next(const char *text, size_t n, size_t *at)
{
	UChar32 c;
	size_t window = n - *at < 4 ? n - *at : 4;
	int32_t i = 0;
	U8_NEXT_OR_FFFD((const uint8_t *)text + *at, i, (int32_t)window, c);
	*at += (size_t)i;
	return (uint32_t)c;
}
