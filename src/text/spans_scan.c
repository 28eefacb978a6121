/* SPDX-License-Identifier: MIT */
/* Helpers of the matchers. */
#include "src/text/spans_scan.h"

#include <string.h>

static int is_opening(int32_t c)
{
	if (c < 0x80)
		return c != 0 && strchr("([{<\"'`=:,;|>", c) != NULL;
	int type = u_charType(c);
	return type == U_START_PUNCTUATION || type == U_INITIAL_PUNCTUATION || c == 0xA1 ||
	       c == 0xBF || c == 0x2014 || c == 0x201E;
}

int tj_scan_opens(const struct tj_scan *s, size_t at)
{
	int32_t c = tj_scan_before(s, at);
	return tj_is_white(c) || is_opening(c);
}

size_t tj_scan_word(const struct tj_scan *s, size_t at)
{
	for (size_t after = at; tj_is_word(tj_scan_next(s, &after));)
		at = after;
	return at;
}

size_t tj_scan_token(const struct tj_scan *s, size_t at, size_t most)
{
	size_t limit = most < s->n - at ? at + most : s->n;
	for (size_t after = at; !tj_is_white(tj_scan_next(s, &after)) && after <= limit;)
		at = after;
	return at;
}

static int count(const struct tj_scan *s, size_t first, size_t end, uint8_t c)
{
	int n = 0;
	for (size_t i = first; i < end; i++)
		n += s->text[i] == c;
	return n;
}

/* Whether the last character, c, of [first, end) is no part of what stands there. */
static int is_trailing(const struct tj_scan *s, size_t first, size_t end, int32_t c)
{
	switch (c) {
	case ')':
		return count(s, first, end, ')') > count(s, first, end, '(');
	case ']':
		return count(s, first, end, ']') > count(s, first, end, '[');
	case '}':
		return count(s, first, end, '}') > count(s, first, end, '{');
	default:
		break;
	}
	if (c < 0x80)
		return c > 0 && strchr(".,;:!?'\"*>`|", c) != NULL;
	int type = u_charType(c);
	return type == U_END_PUNCTUATION || type == U_FINAL_PUNCTUATION ||
	       type == U_INITIAL_PUNCTUATION || type == U_OTHER_PUNCTUATION ||
	       type == U_DASH_PUNCTUATION;
}

size_t tj_scan_trim(const struct tj_scan *s, size_t first, size_t end)
{
	/* At most 32, so that counting brackets stays cheap. */
	for (int i = 0; i < 32 && end > first; i++) {
		size_t before = end;
		int32_t c = tj_scan_back(s, &before);
		if (!is_trailing(s, first, end, c))
			break;
		end = before;
	}
	return end;
}

int tj_is_listed(const char *list, const void *word, size_t n)
{
	if (n == 0 || memchr(word, ' ', n) != NULL || memchr(word, '\0', n) != NULL)
		return 0;
	for (const char *at = list; at[1] != '\0';) {
		const char *end = strchr(at + 1, ' ');
		if ((size_t)(end - at) - 1 == n && memcmp(at + 1, word, n) == 0)
			return 1;
		at = end;
	}
	return 0;
}

int tj_scan_is(const struct tj_scan *s, size_t at, const char *bytes)
{
	size_t n = strlen(bytes);
	return at <= s->n && s->n - at >= n && memcmp(s->text + at, bytes, n) == 0;
}
