/* SPDX-License-Identifier: MIT */
/* Entities of HTML. Those of "<", ">" and of what could be taken for markup stay as they are
 * written: then nothing in a text looks like a mark or an entity but what is one. So do signs and
 * the rare ones that are not in the tables. */
#include "src/document/html_text.h"

#include <stdio.h>
#include <string.h>

#include "src/base/separators.h"
#include "src/base/utf8.h"
#include "src/document/character.h"

enum { LONGEST_ENTITY = 32, FIRST_LATIN = 160, SOFT_HYPHEN = 0xAD, NO_BREAK_SPACE = 0xA0 };

/* U+00A0 to U+00FF. Browsers take these without a semicolon, too. */
static const char *const latin[] = {
	"nbsp",   "iexcl",  "cent",   "pound",  "curren", "yen",    "brvbar", "sect",   "uml",
	"copy",   "ordf",   "laquo",  "not",    "shy",    "reg",    "macr",   "deg",    "plusmn",
	"sup2",   "sup3",   "acute",  "micro",  "para",   "middot", "cedil",  "sup1",   "ordm",
	"raquo",  "frac14", "frac12", "frac34", "iquest", "Agrave", "Aacute", "Acirc",  "Atilde",
	"Auml",   "Aring",  "AElig",  "Ccedil", "Egrave", "Eacute", "Ecirc",  "Euml",   "Igrave",
	"Iacute", "Icirc",  "Iuml",   "ETH",    "Ntilde", "Ograve", "Oacute", "Ocirc",  "Otilde",
	"Ouml",   "times",  "Oslash", "Ugrave", "Uacute", "Ucirc",  "Uuml",   "Yacute", "THORN",
	"szlig",  "agrave", "aacute", "acirc",  "atilde", "auml",   "aring",  "aelig",  "ccedil",
	"egrave", "eacute", "ecirc",  "euml",   "igrave", "iacute", "icirc",  "iuml",   "eth",
	"ntilde", "ograve", "oacute", "ocirc",  "otilde", "ouml",   "divide", "oslash", "ugrave",
	"uacute", "ucirc",  "uuml",   "yacute", "thorn",  "yuml",
};
static const char *const legacy[] = { "amp", "lt", "gt",   "quot", "AMP",
	                              "LT",  "GT", "QUOT", "COPY", "REG" };

static const struct {
	const char *name;
	uint32_t c;
} others[] = {
	{ "quot", '"' },     { "apos", '\'' },     { "OElig", 0x152 },   { "oelig", 0x153 },
	{ "Scaron", 0x160 }, { "scaron", 0x161 },  { "Yuml", 0x178 },    { "ensp", 0x2002 },
	{ "emsp", 0x2003 },  { "thinsp", 0x2009 }, { "ndash", 0x2013 },  { "mdash", 0x2014 },
	{ "lsquo", 0x2018 }, { "rsquo", 0x2019 },  { "sbquo", 0x201A },  { "ldquo", 0x201C },
	{ "rdquo", 0x201D }, { "bdquo", 0x201E },  { "dagger", 0x2020 }, { "Dagger", 0x2021 },
	{ "bull", 0x2022 },  { "hellip", 0x2026 }, { "permil", 0x2030 }, { "prime", 0x2032 },
	{ "Prime", 0x2033 }, { "lsaquo", 0x2039 }, { "rsaquo", 0x203A }, { "euro", 0x20AC },
	{ "trade", 0x2122 }, { "larr", 0x2190 },   { "rarr", 0x2192 },   { "minus", 0x2212 },
};

static int is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static int is_same(const char *text, size_t n, const char *name)
{
	return strlen(name) == n && memcmp(text, name, n) == 0;
}

/* The character of a name; 0: not in the tables. */
static uint32_t find_name(const char *name, size_t n)
{
	for (size_t i = 0; i < sizeof latin / sizeof *latin; i++)
		if (is_same(name, n, latin[i]))
			return (uint32_t)(FIRST_LATIN + i);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (is_same(name, n, others[i].name))
			return others[i].c;
	return 0;
}

/* Reads "#233;" or "#xe9;" behind the "&". Returns the bytes, 0: it is none. */
static size_t read_number(const char *text, size_t n, uint32_t *c)
{
	enum { MOST_DIGITS = 8 };
	size_t at = 1, first;
	uint32_t base = 10;
	*c = 0;
	if (n > 1 && (text[1] == 'x' || text[1] == 'X')) {
		base = 16;
		at = 2;
	}
	for (first = at; at < n && at - first < MOST_DIGITS; at++) {
		char d = text[at];
		uint32_t digit = d >= '0' && d <= '9' ? (uint32_t)(d - '0') : 99;
		if (base == 16 && (d | 0x20) >= 'a' && (d | 0x20) <= 'f')
			digit = (uint32_t)((d | 0x20) - 'a') + 10;
		if (digit >= base)
			break;
		*c = *c * base + digit;
	}
	return at > first && at < n && text[at] == ';' ? at + 1 : 0;
}

/* The bytes of "&name;" or "&#1;" at the beginning; 0: none is there. */
static size_t whole_entity(const char *text, size_t n)
{
	uint32_t c;
	size_t at = 1;
	if (n > 2 && text[1] == '#') {
		size_t bytes = read_number(text + 1, n - 1, &c);
		return bytes > 0 ? bytes + 1 : 0;
	}
	while (at < n && at < LONGEST_ENTITY && is_name_char(text[at]))
		at++;
	return at > 2 && at < n && text[at] == ';' ? at + 1 : 0;
}

/* Signs that no sentence needs in order to be understood, and that networks drop: of rights and
 * sections, arrows. As entities they are spans that must not change. Those of money and degrees
 * belong to numbers, and are spans together with them. */
static int is_sign(uint32_t c)
{
	return c == 0xA6 || c == 0xA7 || c == 0xA9 || c == 0xAC || c == 0xAE || c == 0xB6 ||
	       (c >= 0x2100 && c < 0x2C00);
}

/* What a character may stand for itself. */
static int is_plain(uint32_t c)
{
	return !is_sign(c) && c != '<' && c != '>' && c != '&' && !tj_is_separator(c) && c >= ' ' &&
	       c <= 0x10FFFF && !(c >= 0xD800 && c <= 0xDFFF) && !(c >= 0x80 && c < 0xA0) &&
	       !(c >= 0xF0000 && c < 0xF0100);
}

size_t tj_entity_read(const char *text, size_t n, uint32_t *c)
{
	size_t bytes = whole_entity(text, n);
	if (bytes == 0)
		return 0;
	if (text[1] == '#')
		(void)read_number(text + 1, n - 1, c);
	else if (is_same(text + 1, bytes - 2, "amp"))
		/* Not where an entity would come out. */
		*c = bytes < n && (is_name_char(text[bytes]) || text[bytes] == '#') &&
		             memchr(text + bytes, ';',
		                    n - bytes < LONGEST_ENTITY ? n - bytes : LONGEST_ENTITY) != NULL
		         ? 0
		         : '&';
	else
		*c = find_name(text + 1, bytes - 2);
	return is_plain(*c) || (*c == '&' && text[1] == 'a') ? bytes : 0;
}

size_t tj_entity_kept(const char *text, size_t n)
{
	size_t bytes = whole_entity(text, n), longest = 0;
	if (bytes > 0)
		return bytes;
	const char *const *lists[] = { latin, legacy };
	const size_t sizes[] = { sizeof latin / sizeof *latin, sizeof legacy / sizeof *legacy };
	for (int list = 0; list < 2; list++)
		for (size_t i = 0; i < sizes[list]; i++) {
			size_t length = strlen(lists[list][i]);
			if (length > longest && n > length &&
			    memcmp(text + 1, lists[list][i], length) == 0)
				longest = length;
		}
	if (longest > 0)
		return longest + 1;
	/* "&#65" counts without its semicolon. */
	size_t at = 2;
	if (n > 2 && text[1] == '#')
		while (at < n && is_name_char(text[at]))
			at++;
	return at > 2 ? at : 0;
}

static int append_number(struct tj_string *out, uint32_t c)
{
	char text[16];
	int n = snprintf(text, sizeof text, "&#%u;", (unsigned)c);
	return tj_string_append(out, text, (size_t)n);
}

int tj_html_escape(const struct tj_document *d, const char *text, size_t n, char quote,
                   struct tj_string *out)
{
	int good = 1;
	for (size_t at = 0; good && at < n;) {
		size_t from = at, kept = text[at] == '&' ? tj_entity_kept(text + at, n - at) : 0;
		uint32_t c = tj_utf8_next(text, n, &at);
		if (kept > 0 && text[from + kept - 1] == ';') {
			good = tj_string_append(out, text + from, kept);
			at = from + kept;
		} else if (c == '&') {
			good = tj_string_append(out, "&amp;", 5);
		} else if (c == '<') {
			good = tj_string_append(out, "&lt;", 4);
		} else if (c == (uint32_t)(quote != 0 ? quote : '<')) {
			good = tj_string_append(out, quote == '"' ? "&quot;" : "&#39;",
			                        quote == '"' ? 6 : 5);
		} else if (c == NO_BREAK_SPACE && d->named_space) {
			good = tj_string_append(out, "&nbsp;", 6);
		} else if (c >= 0x80 && d->ascii_only) {
			good = append_number(out, c);
		} else {
			good = tj_string_append(out, text + from, at - from);
		}
	}
	return good;
}

int tj_html_unescape(const char *html, size_t n, struct tj_string *out)
{
	int good = 1, in_space = 0;
	for (size_t at = 0; good && at < n;) {
		char b = html[at];
		uint32_t c;
		size_t bytes = b == '&' ? tj_entity_read(html + at, n - at, &c) : 0;
		int is_space = tj_is_space(b);
		if (is_space)
			good = in_space || tj_string_append(out, " ", 1);
		else if (bytes > 0)
			good = c == SOFT_HYPHEN || tj_character_append(out, c);
		else
			good = tj_string_append(out, html + at, 1);
		in_space = is_space;
		at += bytes > 0 ? bytes : 1;
	}
	return good;
}
