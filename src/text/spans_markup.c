/* SPDX-License-Identifier: MIT */
/* Finds tags of HTML, XML and BBCode, comments, and entities. */
#include "src/text/spans_markup.h"

#include <string.h>

enum { LONGEST_TAG = 2000, LONGEST_ENTITY = 32 };

/* Elements of HTML without content. */
static const char empty_elements[] =
    " area base br col embed hr img input link meta param source track wbr ";
static const char bb_names[] = " b i u s url img code quote color size list ";

static int is_name(int32_t c)
{
	return tj_is_ascii_letter(c) || tj_is_ascii_digit(c) || c == '-' || c == '_' || c == ':' ||
	       c == '.';
}

static size_t name_end(const struct tj_scan *s, size_t at)
{
	while (at < s->n && is_name(s->text[at]))
		at++;
	return at;
}

/* Returns the end of [at, …) behind the first `mark`; 0: it is too far away or not there. */
static size_t behind(const struct tj_scan *s, size_t at, const char *mark)
{
	size_t limit = s->n - at < LONGEST_TAG ? s->n : at + LONGEST_TAG;
	for (; at < limit; at++)
		if (tj_scan_is(s, at, mark))
			return at + strlen(mark);
	return 0;
}

/* Returns the end of the attributes from `at` on, behind ">"; 0: there is none. */
static size_t attributes(const struct tj_scan *s, size_t at)
{
	size_t limit = s->n - at < LONGEST_TAG ? s->n : at + LONGEST_TAG;
	for (int quote = 0; at < limit; at++) {
		int c = s->text[at];
		if (quote != 0) {
			quote = c == quote ? 0 : quote;
		} else if (c == '>') {
			return at + 1;
		} else if (c == '<') {
			return 0;
		} else if (c == '"' || c == '\'') {
			if (s->text[at - 1] != '=')
				return 0;
			quote = c;
		}
	}
	return 0;
}

static size_t of_bb_code(const struct tj_scan *s, size_t at)
{
	size_t first = at + 1;
	if (tj_scan_at(s, first) == '/')
		first++;
	size_t end = first;
	while (end - first < 8 && tj_is_ascii_lower(tj_scan_at(s, end)))
		end++;
	if (!tj_is_listed(bb_names, s->text + first, end - first))
		return 0;
	if (tj_scan_at(s, end) == '=')
		while (end - at < 300 && end < s->n && s->text[end] != ']' && s->text[end] > ' ')
			end++;
	return tj_scan_at(s, end) == ']' ? end + 1 - at : 0;
}

/* A tag that is text of a page or of XML: "&lt;b&gt;", and "&lt;b>", which XML allows. */
static size_t of_escaped(const struct tj_scan *s, size_t at)
{
	size_t name = at + 4 + (tj_scan_at(s, at + 4) == '/');
	if (!tj_scan_is(s, at, "&lt;") || !tj_is_ascii_letter(tj_scan_at(s, name)))
		return 0;
	size_t i = name_end(s, name), limit = s->n - at < LONGEST_TAG ? s->n : at + LONGEST_TAG;
	int32_t c = tj_scan_at(s, i);
	if (c != '>' && c != '/' && c != ' ' && !tj_scan_is(s, i, "&gt;"))
		return 0;
	for (; i < limit && s->text[i] != '<' && !tj_scan_is(s, i, "&lt;"); i++) {
		if (s->text[i] == '>')
			return i + 1 - at;
		if (tj_scan_is(s, i, "&gt;"))
			return i + 4 - at;
	}
	return 0;
}

size_t tj_match_tag(const struct tj_scan *s, size_t at)
{
	size_t end;
	if (tj_scan_at(s, at) == '[')
		return of_bb_code(s, at);
	if (tj_scan_at(s, at) == '&')
		return of_escaped(s, at);
	if (tj_scan_at(s, at) != '<')
		return 0;
	if (tj_scan_is(s, at, "<!--"))
		end = behind(s, at + 4, "-->");
	else if (tj_scan_is(s, at, "<![CDATA["))
		end = behind(s, at, "]]>");
	else if (tj_scan_is(s, at, "<?") && tj_is_ascii_letter(tj_scan_at(s, at + 2)))
		end = behind(s, at, "?>");
	else if (tj_scan_is(s, at, "<!DOCTYPE") || tj_scan_is(s, at, "<!doctype"))
		end = behind(s, at, ">");
	else {
		size_t name = at + 1 + (tj_scan_at(s, at + 1) == '/');
		if (!tj_is_ascii_letter(tj_scan_at(s, name)))
			return 0;
		end = name_end(s, name);
		int32_t c = tj_scan_at(s, end);
		if (c != '>' && c != '/' && c != ' ' && c != '\t')
			return 0;
		end = attributes(s, end);
	}
	return end > at ? end - at : 0;
}

/* Returns the bytes of an entity whose "&" is at `at`, or an escaped one that ends there. */
static size_t of_entity(const struct tj_scan *s, size_t at)
{
	size_t i = at + 1;
	if (tj_scan_at(s, i) == '#') {
		int is_hex = tj_scan_at(s, i + 1) == 'x' || tj_scan_at(s, i + 1) == 'X';
		size_t first = i += 1 + is_hex;
		while (i - first < 8 &&
		       (is_hex ? tj_is_hex(tj_scan_at(s, i)) : tj_is_ascii_digit(tj_scan_at(s, i))))
			i++;
		return i > first && tj_scan_at(s, i) == ';' ? i + 1 - at : 0;
	}
	while (i - at < LONGEST_ENTITY && (tj_is_ascii_letter(tj_scan_at(s, i)) ||
	                                   (i > at + 1 && tj_is_ascii_digit(tj_scan_at(s, i)))))
		i++;
	return i > at + 2 && tj_scan_at(s, i) == ';' ? i + 1 - at : 0;
}

size_t tj_match_entity(const struct tj_scan *s, size_t at)
{
	size_t n = tj_scan_at(s, at) == '&' ? of_entity(s, at) : 0;
	/* One that is text of a page: "&amp;nbsp;". */
	size_t more = tj_scan_is(s, at, "&amp;") ? of_entity(s, at + 4) : 0;
	return more > 0 ? 4 + more : n;
}

enum tj_tag_role tj_tag_role_of(const char *tag, size_t n, const char **name, size_t *n_name)
{
	struct tj_scan s = { (const uint8_t *)tag, n };
	size_t sign = tag[0] == '&' ? 4 : 1; /* bytes of "&lt;" or "<" */
	size_t last = n > 4 && tj_scan_is(&s, n - 4, "&gt;") ? 4 : 1;
	int is_html = tag[0] != '[', closes = n > sign && tag[sign] == '/';
	size_t first = sign + (size_t)closes, end = name_end(&s, first);
	*name = tag + first;
	*n_name = end - first;
	if (end == first || (is_html && n > sign + last && tag[n - last - 1] == '/') ||
	    (is_html && tj_is_listed(empty_elements, *name, *n_name)))
		return TJ_TAG_ALONE;
	return closes ? TJ_TAG_CLOSES : TJ_TAG_OPENS;
}
