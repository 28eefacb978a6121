/* SPDX-License-Identifier: MIT */
/* Scans HTML and addresses in Markdown. */
#define _GNU_SOURCE /* memmem */
#include "src/document/markdown_tags.h"

#include <string.h>

#include "src/base/string.h"
#include "src/base/utf8.h"

int tj_markdown_is_sign(char c)
{
	return (c > ' ' && c < '0') || (c > '9' && c < 'A') || (c > 'Z' && c < 'a') ||
	       (c > 'z' && c < 0x7F);
}

static int is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int is_name(char c)
{
	return is_letter(c) || (c >= '0' && c <= '9');
}

static size_t skip_space(const char *text, size_t n, size_t at)
{
	while (at < n && tj_is_space(text[at]))
		at++;
	return at;
}

/* --- Tags --------------------------------------------------------------------------- */

/* Moves *at behind "= value", if that is there. Returns 0 if a value is begun wrongly. */
static int skip_value(const char *text, size_t n, size_t *at)
{
	size_t i = skip_space(text, n, *at);
	if (i >= n || text[i] != '=')
		return 1;
	i = skip_space(text, n, i + 1);
	if (i >= n)
		return 0;
	if (text[i] == '"' || text[i] == '\'') {
		const char *end = memchr(text + i + 1, text[i], n - i - 1);
		if (end == NULL)
			return 0;
		*at = (size_t)(end - text) + 1;
		return 1;
	}
	size_t first = i;
	while (i < n && !tj_is_space(text[i]) && memchr("\"'=<>`", text[i], 6) == NULL)
		i++;
	*at = i;
	return i > first;
}

size_t tj_markdown_tag(const char *text, size_t n)
{
	size_t at = 1;
	int closes = n > 1 && text[1] == '/';
	at += (size_t)closes;
	if (at >= n || !is_letter(text[at]))
		return 0;
	while (at < n && (is_name(text[at]) || text[at] == '-'))
		at++;
	if (closes) {
		at = skip_space(text, n, at);
		return at < n && text[at] == '>' ? at + 1 : 0;
	}
	for (;;) {
		size_t name = skip_space(text, n, at);
		if (name < n && text[name] == '>')
			return name + 1;
		if (name + 1 < n && text[name] == '/' && text[name + 1] == '>')
			return name + 2;
		if (name == at || name >= n ||
		    !(is_letter(text[name]) || text[name] == '_' || text[name] == ':'))
			return 0;
		at = name;
		while (at < n && (is_name(text[at]) || memchr("_.:-", text[at], 4) != NULL))
			at++;
		if (!skip_value(text, n, &at))
			return 0;
	}
}

/* The end of markup that begins with `from` bytes and ends with `mark`; 0: it does not end. */
static size_t find_end(const char *text, size_t n, size_t from, const char *mark,
                       unsigned char *is_missing)
{
	size_t n_mark = strlen(mark);
	const char *end = *is_missing || n < from ? NULL
	                                          : memmem(text + from, n - from, mark, n_mark);
	*is_missing = end == NULL;
	return end != NULL ? (size_t)(end - text) + n_mark : 0;
}

size_t tj_markdown_markup(const char *text, size_t n, struct tj_markdown_missing *missing)
{
	if (n > 5 && memcmp(text, "<!-->", 5) == 0)
		return 5;
	if (n > 6 && memcmp(text, "<!--->", 6) == 0)
		return 6;
	if (n > 4 && memcmp(text, "<!--", 4) == 0)
		return find_end(text, n, 4, "-->", &missing->ends[0]);
	if (n > 2 && text[1] == '?')
		return find_end(text, n, 2, "?>", &missing->ends[1]);
	if (n > 9 && memcmp(text, "<![CDATA[", 9) == 0)
		return find_end(text, n, 9, "]]>", &missing->ends[2]);
	if (n > 2 && text[1] == '!' && is_letter(text[2]))
		return find_end(text, n, 3, ">", &missing->ends[3]);
	return tj_markdown_tag(text, n);
}

/* --- Addresses ---------------------------------------------------------------------- */

/* Whether n bytes are an address of mail. */
static int is_mail(const char *text, size_t n)
{
	enum { LONGEST_PART = 63 };
	const char *sign = memchr(text, '@', n);
	if (sign == NULL || sign == text)
		return 0;
	for (const char *c = text; c < sign; c++)
		if (!is_name(*c) && memchr(".!#$%&'*+/=?^_`{|}~-", *c, 20) == NULL)
			return 0;
	size_t part = 0;
	for (const char *c = sign + 1; c <= text + n; c++) {
		int ends = c == text + n || *c == '.';
		if (ends && (part == 0 || part > LONGEST_PART || c[-1] == '-'))
			return 0;
		if (!ends && !is_name(*c) && (*c != '-' || part == 0))
			return 0;
		part = ends ? 0 : part + 1;
	}
	return 1;
}

size_t tj_markdown_autolink(const char *text, size_t n)
{
	enum { LONGEST_SCHEME = 32 };
	size_t end = 1, scheme = 1;
	while (end < n && (unsigned char)text[end] > ' ' && text[end] != '<' && text[end] != '>')
		end++;
	if (end >= n || text[end] != '>' || end == 1)
		return 0;
	if (is_letter(text[1]))
		while (scheme < end && (is_name(text[scheme]) || memchr("+.-", text[scheme], 3)))
			scheme++;
	if (scheme > 2 && scheme - 1 <= LONGEST_SCHEME && scheme < end && text[scheme] == ':')
		return end + 1;
	return is_mail(text + 1, end - 1) ? end + 1 : 0;
}

/* The end of an address without the signs at its end that belong to the sentence. */
static size_t trim_address(const char *text, size_t first, size_t end)
{
	size_t n_open = 0, n_close = 0;
	for (size_t i = first; i < end; i++) {
		n_open += text[i] == '(';
		n_close += text[i] == ')';
	}
	while (end > first) {
		char c = text[end - 1];
		size_t name = end - 1;
		if (c == ')') {
			if (n_close <= n_open)
				break;
			n_close--;
			end--;
		} else if (memchr("?!.,:*_~'\"", c, 10) != NULL) {
			end--;
		} else if (c == ';') {
			while (name > first && is_letter(text[name - 1]))
				name--;
			end = name < end - 1 && name > first && text[name - 1] == '&' ? name - 1
			                                                              : end - 1;
		} else {
			break;
		}
	}
	return end;
}

/* Whether a domain begins at `at`: with a letter or digit, and without "_" in its last two parts.
 */
static int is_domain(const char *text, size_t n, size_t at)
{
	enum { LONGEST = 1024 };
	size_t first = at, n_low = 0, n_low_before = 0;
	for (; at < n && at - first <= LONGEST; at++) {
		char c = text[at];
		if (c == '.') {
			n_low_before = n_low;
			n_low = 0;
		} else if (c == '_') {
			n_low++;
		} else if (!is_name(c) && c != '-' && (unsigned char)c < 0x80) {
			break;
		}
	}
	return at > first && at - first <= LONGEST && memchr("._-", text[first], 3) == NULL &&
	       n_low == 0 && n_low_before == 0;
}

size_t tj_markdown_address(const char *text, size_t n, size_t from, size_t at, size_t *first)
{
	static const char *const schemes[] = { "http", "https", "ftp" };
	size_t domain = 0, end;
	if (text[at] == 'w') {
		if (n - at < 5 || memcmp(text + at, "www.", 4) != 0 ||
		    (at > 0 && !tj_is_space(text[at - 1]) &&
		     memchr("*_~(", text[at - 1], 4) == NULL))
			return 0;
		*first = domain = at;
	} else if (n - at > 3 && memcmp(text + at, "://", 3) == 0) {
		for (size_t i = 0; i < 3 && domain == 0; i++) {
			size_t n_scheme = strlen(schemes[i]);
			if (at - from < n_scheme ||
			    !tj_same_letters(text + at - n_scheme, schemes[i], n_scheme) ||
			    (at > n_scheme && is_letter(text[at - n_scheme - 1])))
				continue;
			*first = at - n_scheme;
			domain = at + 3;
		}
	}
	if ((domain == 0 && text[at] != 'w') || !is_domain(text, n, domain))
		return 0;
	for (end = domain; end < n && !tj_is_space(text[end]) && text[end] != '<';)
		end++;
	end = trim_address(text, domain, end);
	return end > domain ? end : 0;
}
