/* SPDX-License-Identifier: MIT */
/* A letter that touches a sign which is copied belongs to it: the network must not translate half
 * of "AT&T". Brackets, quotes, dashes, slashes and the marks of emphasis and of tables stand beside
 * words of prose, which stay words. */
#include "src/text/spans_joined.h"

#include <string.h>

#include "src/text/spans_format.h"
#include "src/text/spans_markup.h"

enum { MOST_SIGNS = 8 };

/* How a sign joins words. */
enum glue {
	GLUE_NONE,
	GLUE_BETWEEN, /* between two words, if it has no piece: "f*ck" */
	GLUE_BESIDE,  /* beside a word, if it has no piece: "Ke$ha", "Disney\u2122" */
	GLUE_ALWAYS,  /* between two words, with or without a piece: "AT&T" */
	GLUE_BEHIND   /* and behind a word: "C++", "C#" */
};

static enum glue glue_of_ascii(int32_t c)
{
	switch (c) {
	case '&':
		return GLUE_ALWAYS;
	case '+':
	case '#':
		return GLUE_BEHIND;
	case '*':
	case '~':
	case '`':
		return GLUE_BETWEEN;
	default:
		return c > ' ' && strchr("@^=%\\$", c) != NULL ? GLUE_BESIDE : GLUE_NONE;
	}
}

static enum glue glue_of(int32_t c)
{
	if (c < 0x80)
		return c < 0 ? GLUE_NONE : glue_of_ascii(c);
	if (c == 0xB7 || c == 0x2027) /* middle dots: "col\u00b7lecci\u00f3" */
		return GLUE_BETWEEN;
	if ((c >= 0xF0000 && c <= 0xF00FF) || (c >= 0x2190 && c <= 0x21FF)) /* arrows */
		return GLUE_NONE;
	/* Degrees, copyright, registered, number, trade mark, and broken bytes. */
	if (c == 0xB0 || c == 0xA9 || c == 0xAE || (c >= 0x2116 && c <= 0x2122) || c == 0xFFFD)
		return GLUE_BESIDE;
	uint32_t mask = U_GET_GC_MASK(c);
	return mask & (U_GC_SM_MASK | U_GC_SC_MASK | U_GC_SK_MASK | U_GC_NO_MASK | U_GC_CC_MASK |
	               U_GC_CF_MASK | U_GC_CN_MASK | U_GC_CO_MASK)
	           ? GLUE_BESIDE
	           : GLUE_NONE;
}

/* Returns the bytes of an entity that stands for a letter or "&": "&ntilde;". */
static size_t letter_entity(const struct tj_scan *s, size_t at, enum glue *glue)
{
	static const char marks[] =
	    " acute grave circ tilde uml cedil ring slash caron lig zlig breve ";
	size_t n = tj_match_entity(s, at), letters = at + 1;
	if (n == 0)
		return 0;
	*glue = GLUE_NONE;
	if (tj_scan_is(s, at, "&amp;"))
		*glue = GLUE_ALWAYS;
	for (int i = 0; i < 2 && tj_is_ascii_letter(tj_scan_at(s, letters)); i++, letters++)
		if (i > 0 && tj_is_listed(marks, s->text + letters, at + n - 1 - letters))
			*glue = GLUE_BEHIND;
	if (tj_is_listed(marks, s->text + letters, at + n - 1 - letters))
		*glue = GLUE_BEHIND;
	return n;
}

/* Signs in a row. */
struct signs {
	size_t end;     /* of all of them; the same as their beginning: they join nothing */
	size_t beside;  /* of those that may stand behind a word with none behind them */
	int lacks;      /* one of them has no piece */
	int always;     /* one of them joins words with a piece, too */
	int all_beside; /* each may stand before a word */
};

static struct signs signs_at(const struct tj_known *k, const struct tj_scan *s, size_t at)
{
	struct signs g = { .end = at, .beside = at, .all_beside = 1 };
	for (int i = 0; i < MOST_SIGNS; i++) {
		size_t after = g.end, n = 0;
		int32_t c = tj_scan_next(s, &after);
		enum glue glue = glue_of(c);
		if (c == '&' && (n = letter_entity(s, g.end, &glue)) > 0)
			after = g.end + n;
		else if ((c == '\\' || c == '%') && tj_match_format(s, g.end) > 0)
			glue = GLUE_NONE;
		if (glue == GLUE_NONE)
			return g;
		int lacks = n == 0 && tj_known_lacks(k, c);
		int is_letter = n > 0 && glue == GLUE_BEHIND;
		int beside = glue == GLUE_BEHIND || (lacks && glue != GLUE_BETWEEN);
		g.lacks |= lacks;
		g.always |= glue == GLUE_ALWAYS || glue == GLUE_BEHIND;
		g.all_beside &= is_letter || (lacks && glue != GLUE_BETWEEN);
		if (beside && g.beside == g.end)
			g.beside = after;
		g.end = after;
	}
	g.end = g.beside = at;
	return g;
}

size_t tj_match_joined(const struct tj_known *k, const struct tj_scan *s, size_t at,
                       enum tj_fixed_kind *kind)
{
	size_t end = tj_scan_word(s, at);
	int joins = 0, always = 0, letters, more = 1;
	if (end > at && tj_known_word_lacks(k, s, at, end, &letters))
		joins = 1;
	while (more) {
		struct signs g = signs_at(k, s, end);
		size_t word = tj_scan_word(s, g.end);
		int before = end > at;
		if (g.end == end)
			break;
		if (word > g.end && (before ? g.lacks || g.always : g.all_beside)) {
			joins = 1;
			always |= g.always;
			end = word;
		} else {
			more = 0;
			if (before && g.beside > end) {
				joins = 1;
				always |= g.always;
				end = g.beside;
			}
		}
	}
	*kind = always ? TJ_FIXED_CODE : TJ_FIXED_UNKNOWN;
	return joins ? end - at : 0;
}
