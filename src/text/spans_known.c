/* SPDX-License-Identifier: MIT */
/* Tells characters without a piece, lone signs and emoji, and skips plain prose. */
#include "src/text/spans_known.h"

#include <string.h>
#include <unicode/unorm2.h>

#include "src/base/separators.h"
#include "src/text/char_code.h"

enum {
	LONGEST_RUN = 64,
	SPACE_MARK = 0x2581, /* what SentencePiece writes for a space: as a character of a text, it
	                        would be read as one */
};

/* Classes of characters for the fast scan. A pair of them may be the beginning of a span. */
enum { SPACE, LOWER, UPPER, STOP, DASH, COLON, OPEN, CLOSE, OTHER, HOT, N_CLASSES };

static const uint8_t hot_pair[N_CLASSES][N_CLASSES] = {
	[SPACE] = { [DASH] = 1, [HOT] = 1 },
	[LOWER] = { [UPPER] = 1, [HOT] = 1 },
	[UPPER] = { [HOT] = 1 },
	[STOP] = { [LOWER] = 1, [UPPER] = 1, [HOT] = 1 },
	[DASH] = { [DASH] = 1, [HOT] = 1 },
	[COLON] = { [COLON] = 1, [HOT] = 1 },
	[OPEN] = { [CLOSE] = 1, [DASH] = 1, [HOT] = 1 },
	[CLOSE] = { [HOT] = 1 },
	[OTHER] = { [DASH] = 1, [HOT] = 1 },
	[HOT] = { [LOWER] = 1, [UPPER] = 1, [HOT] = 1 },
};

/* --- Characters without a piece ---------------------------------------------- */

/* Currencies, arrows, signs of mathematics and other symbols, the euro and the copyright sign:
 * texts have so few of them alone that a network which has a piece for one loses it all the same. A
 * degree sign also makes ordinal numbers. */
static int is_rare_sign(int32_t c)
{
	enum { DEGREE = 0xB0 };
	if (c < 0x80)
		return c > 0 && strchr("$=<>|~^", c) != NULL;
	return c != DEGREE &&
	       (U_GET_GC_MASK(c) & (U_GC_SC_MASK | U_GC_SO_MASK | U_GC_SM_MASK)) != 0;
}

int tj_known_lacks(const struct tj_known *k, int32_t c)
{
	if ((c >= 0xF0000 && c <= 0xF00FF) || c == SPACE_MARK)
		return 1;
	if (k->has == NULL || tj_is_white(c) || tj_is_separator((uint32_t)c))
		return 0;
	if (is_rare_sign(c))
		return 1;
	if (k->has(k->context, (uint32_t)c))
		return 0;
	UChar32 other[] = { u_tolower(c), u_toupper(c), u_totitle(c) };
	for (size_t i = 0; i < sizeof other / sizeof *other; i++)
		if (other[i] != c && k->has(k->context, (uint32_t)other[i]))
			return 0;
	return 1;
}

/* The same for a combining mark behind `base`, of which normalisation makes one character. */
static int lacks_composed(const struct tj_known *k, int32_t base, int32_t mark)
{
	UErrorCode code = U_ZERO_ERROR;
	const UNormalizer2 *nfc = unorm2_getNFCInstance(&code);
	UChar32 c = U_SUCCESS(code) && base > 0 ? unorm2_composePair(nfc, base, mark) : -1;
	return tj_known_lacks(k, c >= 0 ? c : mark);
}

int tj_known_word_lacks(const struct tj_known *k, const struct tj_scan *s, size_t at, size_t end,
                        int *letters)
{
	int lacks = 0;
	int32_t before = TJ_SCAN_NONE;
	*letters = 0;
	while (at < end) {
		int32_t c = tj_scan_next(s, &at);
		int is_mark = c >= 0x300 && (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0;
		*letters |= is_mark || (!tj_is_digit(c) && c != '_');
		lacks |= is_mark ? lacks_composed(k, before, c) : tj_known_lacks(k, c);
		before = c;
	}
	return lacks;
}

/* Whether a run may begin and end with a character that has a piece: it is no punctuation of
 * prose. */
static int is_symbol(int32_t c)
{
	if (c < 0x80)
		return c > ' ' && strchr(".,;:!?'\"()-", c) == NULL;
	return (U_GET_GC_MASK(c) & (U_GC_S_MASK | U_GC_N_MASK)) != 0;
}

/* Characters that are no letters, from `at` on. */
static size_t run(const struct tj_known *k, const struct tj_scan *s, size_t at)
{
	size_t end = 0, i = at;
	int lacks = 0;
	while (i - at < LONGEST_RUN) {
		size_t after = i;
		int32_t c = tj_scan_next(s, &after);
		if (tj_is_white(c) || tj_is_separator((uint32_t)c))
			break;
		int letters = 0, lacking;
		if (tj_is_word(c)) {
			after = tj_scan_word(s, i);
			lacking = after - i < LONGEST_RUN &&
			          tj_known_word_lacks(k, s, i, after, &letters);
			if (letters || after - i >= LONGEST_RUN)
				break;
			end = after;
		} else {
			lacking = tj_known_lacks(k, c);
			if (lacking || is_symbol(c))
				end = after;
		}
		lacks |= lacking;
		i = after;
	}
	return lacks && end > at ? end - at : 0;
}

static enum tj_lone lone(int32_t c)
{
	return c > 0 ? tj_char_lone((uint32_t)c) : TJ_NOT_LONE;
}

static int is_gap(int32_t c, const char *marks)
{
	return c == TJ_SCAN_NONE || tj_is_white(c) || tj_is_separator((uint32_t)c) ||
	       (c > 0 && c < 0x80 && strchr(marks, c) != NULL) ||
	       (c >= 0x80 && u_getIntPropertyValue(c, UCHAR_LINE_BREAK) == U_LB_QUOTATION);
}

/* Whether a slash is one of prose: "cats / dogs". */
static int is_of_prose(const struct tj_scan *s, size_t at, size_t end)
{
	if (end > at + 1 || s->text[at] != '/')
		return 0;
	for (int n = 0; n < LONGEST_RUN; n++) {
		int32_t c = tj_scan_next(s, &end);
		if (c == TJ_SCAN_NONE || !tj_is_white(c))
			return c > 0 && u_islower(c);
	}
	return 0;
}

/* Signs, usually one, that neither a word nor a number touches: a network loses these as it loses
 * rare ones. Touching something they have other uses, which other matchers know. "&" alone is a
 * word, and a dash alone punctuation. */
static size_t lone_signs(const struct tj_known *k, const struct tj_scan *s, size_t at)
{
	size_t end = at, after = at;
	int32_t c = tj_scan_next(s, &after);
	if (k->has == NULL || lone(c) == TJ_NOT_LONE)
		return 0;
	int is_free = is_gap(tj_scan_before(s, at), "(\"'"), one_side_is_enough = 1;
	for (int n = 0; n < LONGEST_RUN && lone(c) != TJ_NOT_LONE; n++) {
		one_side_is_enough &= lone(c) == TJ_LONE_ON_A_SIDE;
		end = after;
		c = tj_scan_next(s, &after);
	}
	int ends_free = is_gap(c, ").,:;!?\"'");
	if (is_of_prose(s, at, end))
		return 0;
	return (is_free && ends_free) || (one_side_is_enough && (is_free || ends_free)) ? end - at
	                                                                                : 0;
}

size_t tj_match_unknown(const struct tj_known *k, const struct tj_scan *s, size_t at)
{
	int32_t c = tj_scan_at(s, at);
	int letters;
	size_t lone = lone_signs(k, s, at);
	if (lone == 0 && tj_is_word(c)) {
		size_t end = tj_scan_word(s, at);
		if (tj_known_word_lacks(k, s, at, end, &letters))
			return end - at;
		return letters ? 0 : run(k, s, at);
	}
	size_t n = tj_known_lacks(k, c) || is_symbol(c) ? run(k, s, at) : 0;
	return n > lone ? n : lone;
}

/* --- Emoji -------------------------------------------------------------------- */

enum { SELECTOR = 0xFE0F, JOINER = 0x200D, KEYCAP = 0x20E3 };

static int is_regional(int32_t c)
{
	return c >= 0x1F1E6 && c <= 0x1F1FF;
}

static int is_modifier(int32_t c)
{
	return c == SELECTOR || c == KEYCAP || (c >= 0x1F3FB && c <= 0x1F3FF) ||
	       (c >= 0xE0020 && c <= 0xE007F);
}

/* Returns whether an emoji begins before `after`, with the character c. */
static int begins_emoji(const struct tj_scan *s, int32_t c, size_t after)
{
	int32_t next = tj_scan_next(s, &after);
	if (c < 0x80)
		return c > ' ' && u_hasBinaryProperty(c, UCHAR_EMOJI) &&
		       (next == KEYCAP || (next == SELECTOR && tj_scan_at(s, after) == KEYCAP));
	return u_hasBinaryProperty(c, UCHAR_EMOJI_PRESENTATION) ||
	       (next == SELECTOR && u_hasBinaryProperty(c, UCHAR_EMOJI));
}

size_t tj_match_emoji(const struct tj_scan *s, size_t at)
{
	size_t end = at, after;
	int32_t c = tj_scan_next(s, &end);
	if (c == TJ_SCAN_NONE || !begins_emoji(s, c, end))
		return 0;
	after = end;
	if (is_regional(c) && is_regional(tj_scan_next(s, &after)))
		return after - at;
	for (;;) {
		after = end;
		c = tj_scan_next(s, &after);
		if (c == JOINER && tj_scan_at(s, after) >= 0x80 &&
		    u_hasBinaryProperty(tj_scan_at(s, after), UCHAR_EMOJI))
			tj_scan_next(s, &after);
		else if (!is_modifier(c))
			return end - at;
		end = after;
	}
}

/* --- Skipping prose ------------------------------------------------------------ */

static uint8_t ascii_class(int32_t c)
{
	if (c <= ' ' || c == 0x7F)
		return SPACE;
	if (tj_is_ascii_letter(c))
		return tj_is_ascii_upper(c) ? UPPER : LOWER;
	switch (c) {
	case '.':
		return STOP;
	case '-':
		return DASH;
	case ':':
		return COLON;
	case '(':
		return OPEN;
	case ')':
		return CLOSE;
	default:
		return strchr(",;!?'\"", c) != NULL ? OTHER : HOT;
	}
}

void tj_known_init(struct tj_known *k, int (*has)(void *, uint32_t), void *context)
{
	k->has = has;
	k->context = context;
	for (int32_t c = 0; c < TJ_KNOWN_TABLE; c++) {
		int class = c < 0x80                             ? ascii_class(c)
		            : tj_is_white(c)                     ? SPACE
		            : tj_is_digit(c)                     ? HOT
		            : tj_is_word(c)                      ? LOWER
		            : u_charType(c) == U_CURRENCY_SYMBOL ? HOT
		                                                 : OTHER;
		int is_hot = tj_known_lacks(k, c) || lone(c) != TJ_NOT_LONE;
		k->class_of[c] = (uint8_t)(is_hot ? HOT : class);
	}
}

size_t tj_known_skip(const struct tj_known *k, const struct tj_scan *s, size_t at)
{
	int before = SPACE;
	size_t token = at;
	if (at > 0) {
		int32_t c = tj_scan_before(s, at);
		before = c < TJ_KNOWN_TABLE ? k->class_of[c] : OTHER;
	}
	while (at < s->n) {
		size_t after = at;
		int32_t c = tj_scan_next(s, &after);
		int class = c < TJ_KNOWN_TABLE ? k->class_of[c] : tj_is_white(c) ? SPACE : HOT;
		if (hot_pair[before][class])
			return at;
		if (class == SPACE) {
			if (at - token > TJ_LONGEST_WORD)
				return token;
			token = after;
		}
		before = class;
		at = after;
	}
	return s->n - token > TJ_LONGEST_WORD ? token : s->n;
}
