/* SPDX-License-Identifier: MIT */
/* Counts the marks of a source. */
#include "src/text/source_style.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

UChar32 tj_style_character_at(const uint8_t *text, size_t n, size_t at)
{
	UChar32 c;
	int32_t i = 0;
	if (at >= n)
		return TJ_NO_CHARACTER;
	text += at;
	n -= at;
	U8_NEXT(text, i, (n < 8 ? (int32_t)n : 8), c);
	return c;
}

UChar32 tj_style_character_before(const uint8_t *text, size_t n, size_t at)
{
	if (at == 0)
		return TJ_NO_CHARACTER;
	while (at > 0 && (text[--at] & 0xC0) == 0x80)
		;
	return tj_style_character_at(text, n, at);
}

int tj_style_is_space(UChar32 c)
{
	return c == TJ_NO_CHARACTER || u_isUWhiteSpace(c) || c < ' ';
}

int tj_style_is_between(const uint8_t *text, size_t n, size_t at, size_t bytes, int wide)
{
	UChar32 before = tj_style_character_before(text, n, at),
		after = tj_style_character_at(text, n, at + bytes);
	if (before == '-' || after == '-')
		return 0;
	if (tj_style_is_space(before) && tj_style_is_space(after))
		return before != TJ_NO_CHARACTER && after != TJ_NO_CHARACTER;
	return wide ? !u_isdigit(before) || !u_isdigit(after)
	            : (tj_style_is_space(before) && u_isalpha(after)) ||
	                  (tj_style_is_space(after) && u_isalpha(before));
}

static void count_mark(struct tj_style *s, const uint8_t *text, size_t n, size_t at, UChar32 c)
{
	switch (c) {
	case 0x201C:
	case 0x201F:
		s->curly_open++;
		break;
	case 0x201D:
		s->curly_close++;
		break;
	case 0x201E:
		s->low++;
		break;
	case 0xAB:
		s->angle_open++;
		break;
	case 0xBB:
		s->angle_close++;
		break;
	case 0x2018:
	case 0x2019:
	case 0x201A:
		s->curly_apostrophes++;
		break;
	case 0x2026:
		s->ellipses++;
		break;
	case 0x2013:
	case 0x2014:
		s->dashes += (size_t)tj_style_is_between(text, n, at, 3, 1);
		break;
	default:
		break;
	}
}

struct tj_style tj_source_style(const uint8_t *text, size_t n)
{
	struct tj_style s = { .straight = 0 };
	for (size_t at = 0; at < n; at++) {
		uint8_t c = text[at];
		if (c == '"')
			s.straight++;
		else if (c == '\'')
			s.apostrophes++;
		else if (c == '?')
			s.asks = 1;
		else if (c == '!')
			s.exclaims = 1;
		else if (c == '-')
			s.hyphens += (size_t)tj_style_is_between(text, n, at, 1, 0);
		else if (c == '.' && at + 2 < n && text[at + 1] == '.' && text[at + 2] == '.')
			s.stops++;
		else if (c >= 0xC0)
			count_mark(&s, text, n, at, tj_style_character_at(text, n, at));
	}
	/* Where quotes open low („Ja“), what opens them elsewhere closes them. */
	if (s.low > 0) {
		s.curly_close += s.curly_open;
		s.curly_open = s.low;
	}
	return s;
}
