/* SPDX-License-Identifier: MIT */
/* The automaton of the guard. What it refuses follows the matchers in src/text/spans_*.c; the
 * comments name what a character would become part of. */
#include "src/decode/constraint_guard.h"

#include <string.h>

#include "src/text/char_code.h"

/* What stands before the next character. */
enum after {
	AFTER_SPACE, /* or at the beginning */
	AFTER_WORD,
	AFTER_DIGIT,
	AFTER_SUFFIX_1, /* one letter of "1st", "2nd", "5pm" */
	AFTER_SUFFIX,
	AFTER_STOP,
	AFTER_STOPS, /* two or more, or one behind another mark */
	AFTER_COLON,
	AFTER_DASH,
	AFTER_OPENING_DASH, /* before it, there is no word */
	AFTER_OPENING_DASHES,
	AFTER_OPEN,
	AFTER_MARK,
	AFTER_QUOTE,
	AFTER_SYMBOL,
	AFTER_STRICT_SYMBOL, /* one that only white space may follow */
	AFTER_PLACEABLE,
	AFTER_PLACEABLE_MARK /* punctuation that touches a placeable */
};

/* Of the word that is being written, or that stands before a full stop. */
enum word_trait {
	WORD_LOWER = 1,      /* begins with a to z */
	WORD_CAPITALS = 2,   /* has only A to Z */
	WORD_LAST_LOWER = 4, /* its last letter is a to z */
	WORD_OPTION = 8,     /* begins behind an opening dash with a consonant: "-x" */
	WORD_SHORT = 16,     /* behind "a.": one small letter */
	WORD_NUMBER = 32,    /* before the full stop there is no word */
	WORD_SIGNED = 64,    /* begins behind a symbol: "&amp;" */
	WORD_LONE = 128      /* behind a sign that would be a span if it stayed by itself */
};

enum { MOST_LETTERS = 4 };

static int is_digit(uint8_t code)
{
	return code >= TJ_CHAR_DIGIT && code < TJ_CHAR_DIGIT + 10;
}

static int is_lower(uint8_t code)
{
	return code >= TJ_CHAR_LOWER;
}

/* --- Numbers -------------------------------------------------------------------- */

/* Returns which number of `small` is the one that was written and is not used; -1: none. */
static int find_small(const struct tj_guard *g, const struct tj_constraint *c)
{
	for (int i = 0; i < c->n_small; i++)
		if (!(g->used >> i & 1) && c->small[i] == (g->value | g->n_digits << 8))
			return i;
	return -1;
}

/* Whether one digit that was written begins a number of two. */
static int begins_small(const struct tj_guard *g, const struct tj_constraint *c)
{
	for (int i = 0; i < c->n_small; i++)
		if (!(g->used >> i & 1) && c->small[i] >> 8 == 2 &&
		    (c->small[i] & 0xFF) / 10 == g->value)
			return 1;
	return 0;
}

/* Ends the number that is being written, if one is. Returns 0 if it is none of the source's. */
static int end_number(struct tj_guard *g, const struct tj_constraint *c)
{
	if (g->n_digits > 0 && c->small_only) {
		int i = find_small(g, c);
		if (i < 0)
			return 0;
		g->used |= (uint32_t)1 << i;
	}
	g->n_digits = 0;
	g->value = 0;
	return 1;
}

static int read_digit(struct tj_guard *g, const struct tj_constraint *c, uint8_t digit)
{
	switch (g->last) {
	case AFTER_DIGIT: /* "123" */
		if (g->n_digits >= 2)
			return 0;
		break;
	case AFTER_SPACE:
	case AFTER_OPEN:
		break;
	case AFTER_QUOTE: /* "5'6", "5–6" */
		if (g->before == AFTER_DIGIT || g->before == AFTER_PLACEABLE)
			return 0;
		break;
	default: /* "a5", "1.5", ".5", "1:30", "-5", "+5", and what touches a placeable */
		return 0;
	}
	g->value = (uint8_t)(10 * g->value + digit);
	g->n_digits++;
	g->last = AFTER_DIGIT;
	if (!c->small_only)
		return 1;
	return find_small(g, c) >= 0 || (g->n_digits == 1 && begins_small(g, c));
}

int tj_guard_in_number(const struct tj_guard *g, const struct tj_constraint *c)
{
	return g->n_digits == 1 && c->small_only && find_small(g, c) < 0;
}

/* "st", "nd", "rd", "th", "am" and "pm" may touch a number. */
static int read_suffix(struct tj_guard *g, const struct tj_constraint *c, uint8_t code)
{
	static const char first[] = "snrtap", second[] = "tddhmm";
	if (!is_lower(code))
		return 0;
	char letter = (char)('a' + (code - TJ_CHAR_LOWER));
	if (g->last == AFTER_DIGIT) {
		if (!end_number(g, c) || strchr(first, letter) == NULL)
			return 0;
		g->last = AFTER_SUFFIX_1;
		g->letters = (uint8_t)letter;
		return 1;
	}
	const char *at = strchr(first, (char)g->letters);
	if (at == NULL || second[at - first] != letter)
		return 0;
	g->last = AFTER_SUFFIX;
	g->letters = 0;
	return 1;
}

/* --- Words ---------------------------------------------------------------------- */

/* A letter behind a full stop. "EE.UU." and "a.m." are written so; "example.com", "file.txt",
 * "a.py", "os.path" and ".env" are spans. */
static int read_behind_stop(struct tj_guard *g, uint8_t code)
{
	int is_capital = code == TJ_CHAR_UPPER || code == TJ_CHAR_LETTER;
	if (g->word & WORD_NUMBER)
		return 0;
	int is_short = g->letters == 1;
	int is_capitals = g->letters >= 1 && g->letters <= 3 && (g->word & WORD_CAPITALS);
	if (!is_short && !(is_capitals && is_capital))
		return 0;
	g->letters = 0;
	g->word = is_lower(code) ? WORD_SHORT : 0;
	return 1;
}

/* The first letter of a word. */
static int begin_word(struct tj_guard *g, uint8_t code)
{
	unsigned word = 0;
	switch (g->last) {
	case AFTER_STOP:
		if (!read_behind_stop(g, code))
			return 0;
		word = g->word;
		break;
	case AFTER_OPENING_DASH: /* "-x"; words of one letter are vowels */
		if (is_lower(code) && strchr("aeiouy", 'a' + (code - TJ_CHAR_LOWER)) == NULL)
			word = WORD_OPTION;
		break;
	case AFTER_OPENING_DASHES: /* "--option" */
		if (is_lower(code))
			return 0;
		break;
	case AFTER_SYMBOL:
		word = WORD_SIGNED;
		break;
	case AFTER_COLON: /* "a:b" */
	case AFTER_STRICT_SYMBOL:
	case AFTER_PLACEABLE:
	case AFTER_PLACEABLE_MARK:
		return 0;
	default:
		break;
	}
	g->letters = 1;
	word |= is_lower(code) ? WORD_LOWER | WORD_LAST_LOWER : 0;
	word |= code == TJ_CHAR_UPPER ? WORD_CAPITALS : 0;
	g->word = (uint8_t)word;
	g->last = AFTER_WORD;
	return 1;
}

static int read_letter(struct tj_guard *g, const struct tj_constraint *c, uint8_t code)
{
	if (g->last == AFTER_DIGIT || g->last == AFTER_SUFFIX_1)
		return read_suffix(g, c, code);
	if (g->last == AFTER_SUFFIX)
		return 0;
	if (g->last != AFTER_WORD)
		return begin_word(g, code);
	if (code == TJ_CHAR_UPPER && (g->word & WORD_LOWER) && (g->word & WORD_LAST_LOWER))
		return 0; /* "camelCase" */
	if (g->word & WORD_SHORT)
		return 0; /* "a.py" */
	unsigned word = g->word & ~(unsigned)(WORD_LAST_LOWER | WORD_OPTION);
	if (code != TJ_CHAR_UPPER)
		word &= ~(unsigned)WORD_CAPITALS;
	g->word = (uint8_t)(word | (is_lower(code) ? WORD_LAST_LOWER : 0));
	g->letters += g->letters < MOST_LETTERS;
	return 1;
}

/* --- Everything else ------------------------------------------------------------ */

/* Signs that join words, whether they have a piece or not. */
static int is_joint(unsigned symbol)
{
	return symbol < TJ_LONE_SYMBOL && strchr("&+", TJ_ASCII_SYMBOLS[symbol]) != NULL;
}

/* Signs that would be spans if they stayed by themselves. */
static int is_lone(unsigned symbol)
{
	return symbol < TJ_LONE_SYMBOL &&
	       tj_char_lone((unsigned char)TJ_ASCII_SYMBOLS[symbol]) != TJ_NOT_LONE;
}

/* "n°", "col·legi": what is not ASCII and needs a word. */
static int read_inner_symbol(struct tj_guard *g, unsigned symbol)
{
	if (g->last != AFTER_WORD)
		return 0;
	g->word = symbol == TJ_LONE_SYMBOL ? WORD_LONE : 0;
	g->last = AFTER_SYMBOL;
	return 1;
}

/* A sign that the source has. Some stand alone, some also touch letters; none touches a number. */
static int read_symbol(struct tj_guard *g, const struct tj_constraint *c, unsigned symbol)
{
	static const char loose[] = "&*+/[]";
	int is_loose = symbol >= TJ_LONE_SYMBOL || strchr(loose, TJ_ASCII_SYMBOLS[symbol]) != NULL;
	int stays_lone = g->last == AFTER_SYMBOL && (g->word & WORD_LONE);
	int begins = g->last == AFTER_SPACE || g->last == AFTER_OPEN || g->last == AFTER_QUOTE;
	int is_slash = symbol < TJ_LONE_SYMBOL && TJ_ASCII_SYMBOLS[symbol] == '/';
	if (!(c->symbols >> symbol & 1))
		return 0;
	if (symbol == TJ_LONE_SYMBOL || symbol == TJ_DEGREE_SYMBOL)
		return read_inner_symbol(g, symbol);
	switch (g->last) {
	case AFTER_SPACE: /* "/usr" */
		is_loose = is_loose && !is_slash;
		break;
	case AFTER_WORD: /* "C++", "AT&T", "AC/DC" */
		if (is_joint(symbol) || (is_slash && (g->word & WORD_CAPITALS)))
			return 0;
		break;
	case AFTER_SYMBOL: /* "C*&D" */
		if (is_joint(symbol) || is_slash)
			return 0;
		break;
	case AFTER_OPEN:
	case AFTER_MARK:
	case AFTER_QUOTE:
	case AFTER_STOP:
	case AFTER_STOPS:
		if (is_slash) /* "</", "./" and "//" */
			return 0;
		break;
	default:
		return 0;
	}
	/* " / a": a slash may stand alone before a small letter */
	if (!is_loose && (g->last != AFTER_SPACE || (is_lone(symbol) && !is_slash)))
		return 0;
	g->word = is_lone(symbol) && (begins || stays_lone) ? WORD_LONE : 0;
	g->last = is_loose ? AFTER_SYMBOL : AFTER_STRICT_SYMBOL;
	return 1;
}

static int touches_placeable(const struct tj_guard *g)
{
	return g->last == AFTER_PLACEABLE || g->last == AFTER_PLACEABLE_MARK;
}

/* Whether a dash would open a word: nothing is before it but a space, a bracket or a mark. */
static int is_opening(const struct tj_guard *g)
{
	return g->last == AFTER_SPACE || g->last == AFTER_OPEN || g->last == AFTER_QUOTE ||
	       g->last == AFTER_MARK || g->last == AFTER_COLON || g->last == AFTER_SYMBOL;
}

static int read_dash(struct tj_guard *g)
{
	if (touches_placeable(g))
		return 0;
	if (g->last == AFTER_OPENING_DASH || g->last == AFTER_OPENING_DASHES)
		g->last = AFTER_OPENING_DASHES;
	else
		g->last = is_opening(g) ? AFTER_OPENING_DASH : AFTER_DASH;
	return 1;
}

static int read_stop(struct tj_guard *g)
{
	if (g->last == AFTER_WORD)
		g->last = AFTER_STOP;
	else if (g->last != AFTER_STOP && g->last != AFTER_STOPS && !touches_placeable(g)) {
		/* "1.a", ".env" */
		g->word = WORD_NUMBER;
		g->last = AFTER_STOP;
	} else
		g->last = touches_placeable(g) ? AFTER_PLACEABLE_MARK : AFTER_STOPS;
	return 1;
}

static int read_mark(struct tj_guard *g, uint8_t code)
{
	static const uint8_t after[] = {
		[TJ_CHAR_SPACE] = AFTER_SPACE, [TJ_CHAR_COLON] = AFTER_COLON,
		[TJ_CHAR_OPEN] = AFTER_OPEN,   [TJ_CHAR_CLOSE] = AFTER_MARK,
		[TJ_CHAR_MARK] = AFTER_MARK,   [TJ_CHAR_QUOTE] = AFTER_QUOTE
	};
	int touches = touches_placeable(g);
	if ((code == TJ_CHAR_CLOSE && g->last == AFTER_OPEN) || /* "f()" */
	    (code == TJ_CHAR_COLON &&
	     (g->last == AFTER_COLON || g->last == AFTER_PLACEABLE_MARK)) || /* "a::b" */
	    (code == TJ_CHAR_OPEN && touches) ||
	    (code == TJ_CHAR_SEMICOLON && g->last == AFTER_WORD && (g->word & WORD_SIGNED)))
		return 0;
	g->last = touches ? AFTER_PLACEABLE_MARK : after[code];
	return 1;
}

static int read_other(struct tj_guard *g, const struct tj_constraint *c, uint8_t code)
{
	int is_option = g->last == AFTER_WORD && (g->word & WORD_OPTION);
	if (!end_number(g, c) || g->last == AFTER_SUFFIX_1)
		return 0;
	if (g->last == AFTER_SYMBOL && (g->word & WORD_LONE) && code < TJ_CHAR_SYMBOL)
		return 0; /* "* ", "*." */
	if (code == TJ_CHAR_SPACE) {
		g->last = AFTER_SPACE;
		return !is_option;
	}
	if (code == TJ_CHAR_PLACEABLE) {
		g->last = AFTER_PLACEABLE;
		return !is_option;
	}
	if (code == TJ_CHAR_NEVER || g->last == AFTER_STRICT_SYMBOL)
		return 0;
	switch (code) {
	case TJ_CHAR_STOP:
		return read_stop(g);
	case TJ_CHAR_DASH:
		return read_dash(g);
	case TJ_CHAR_MARK:
	case TJ_CHAR_SEMICOLON:
		return read_mark(g, code) && !is_option;
	case TJ_CHAR_COLON:
	case TJ_CHAR_OPEN:
	case TJ_CHAR_CLOSE:
	case TJ_CHAR_QUOTE:
		return read_mark(g, code);
	default:
		return read_symbol(g, c, code - TJ_CHAR_SYMBOL);
	}
}

/* Whether a slash is written that waits for a small letter. */
static int waits(const struct tj_guard *g)
{
	return (g->word & WORD_LONE) && (g->last == AFTER_STRICT_SYMBOL || g->last == AFTER_SPACE);
}

int tj_guard_read(struct tj_guard *g, const struct tj_constraint *c, uint8_t code)
{
	uint8_t last = g->last;
	int allowed;
	if (waits(g) && code != TJ_CHAR_SPACE && !is_lower(code))
		return 0;
	if (is_digit(code))
		allowed = read_digit(g, c, code - TJ_CHAR_DIGIT);
	else if (code == TJ_CHAR_ORDINAL && last == AFTER_DIGIT) { /* "1º" */
		allowed = end_number(g, c);
		g->last = AFTER_SUFFIX;
	} else if (code == TJ_CHAR_ORDINAL && last == AFTER_STOP && (g->word & WORD_NUMBER) &&
	           g->before == AFTER_DIGIT) { /* "1.º" */
		allowed = 1;
		g->last = AFTER_SUFFIX;
	} else if (is_lower(code) || code == TJ_CHAR_UPPER || code == TJ_CHAR_LETTER ||
	           code == TJ_CHAR_ORDINAL)
		allowed = read_letter(g, c, code);
	else
		allowed = read_other(g, c, code);
	g->before = last;
	return allowed;
}

int tj_guard_ends(const struct tj_guard *g, const struct tj_constraint *c)
{
	struct tj_guard end = *g;
	return !waits(g) && tj_guard_read(&end, c, TJ_CHAR_SPACE);
}
