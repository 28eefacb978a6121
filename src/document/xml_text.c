/* SPDX-License-Identifier: MIT */
/* Escapes of XML, on those of HTML. */
#include "src/document/xml_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/utf8.h"
#include "src/document/html_text.h"

/* Whether XML may have a character. */
static int is_legal(uint32_t c)
{
	return (c >= ' ' && c < 0xD800) || (c >= 0xE000 && c < 0xFFFE) ||
	       (c >= 0x10000 && c <= 0x10FFFF) || c == '\t' || c == '\n' || c == '\r';
}

/* The bytes of a reference to a character at the beginning that XML knows; 0: there is none. */
static size_t reference(const char *text, size_t n)
{
	static const char *const names[] = { "&lt;", "&gt;", "&amp;", "&quot;", "&apos;" };
	const char *end = memchr(text, ';', n < 12 ? n : 12);
	if (end == NULL)
		return 0;
	size_t bytes = (size_t)(end - text) + 1;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (bytes == strlen(names[i]) && memcmp(text, names[i], bytes) == 0)
			return bytes;
	if (bytes < 4 || text[1] != '#')
		return 0;
	int is_hex = text[2] == 'x';
	char *rest;
	if (strchr(is_hex ? "0123456789abcdefABCDEF" : "0123456789", text[2 + is_hex]) == NULL)
		return 0;
	unsigned long c = strtoul(text + 2 + is_hex, &rest, is_hex ? 16 : 10);
	return rest == end && c <= 0x10FFFF && is_legal((uint32_t)c) ? bytes : 0;
}

int tj_xml_escape_bytes(const char *text, size_t n, struct tj_string *out)
{
	int good = 1;
	for (size_t i = 0; good && i < n; i++) {
		const char *as = text[i] == '&'   ? "&amp;"
		                 : text[i] == '<' ? "&lt;"
		                 : text[i] == '>' ? "&gt;"
		                                  : NULL;
		good = as != NULL ? tj_string_append(out, as, strlen(as))
		                  : tj_string_append(out, text + i, 1);
	}
	return good;
}

int tj_xml_unescape(const char *xml, size_t n, int is_cdata, struct tj_string *out)
{
	struct tj_string escaped = { NULL, 0, 0 };
	if (!is_cdata)
		return tj_html_unescape(xml, n, out);
	int good = tj_xml_escape_bytes(xml, n, &escaped) &&
	           tj_html_unescape(escaped.data, escaped.n, out);
	free(escaped.data);
	return good;
}

/* Appends the character c, whose n bytes are given. `at` is where it stands in the text. */
static int escape_one(const struct tj_document *d, const char *text, size_t at, size_t n,
                      uint32_t c, struct tj_string *out)
{
	char number[16];
	if (c == '&')
		return tj_string_append(out, "&amp;", 5);
	if (c == '<')
		return tj_string_append(out, "&lt;", 4);
	if (c == '>' && at >= 2 && memcmp(text + at - 2, "]]", 2) == 0)
		return tj_string_append(out, "&gt;", 4);
	if (c >= 0x80 && d->ascii_only)
		return tj_string_append(out, number,
		                        (size_t)snprintf(number, sizeof number, "&#%u;",
		                                         (unsigned)c));
	return !is_legal(c) || tj_string_append(out, text + at, n);
}

int tj_xml_escape(const struct tj_document *d, const char *text, size_t n, struct tj_string *out)
{
	int good = 1;
	for (size_t at = 0; good && at < n;) {
		size_t from = at, kept = text[at] == '&' ? reference(text + at, n - at) : 0;
		if (kept > 0) {
			good = tj_string_append(out, text + at, kept);
			at += kept;
			continue;
		}
		uint32_t c = tj_utf8_next(text, n, &at);
		good = escape_one(d, text, from, at - from, c, out);
	}
	return good;
}
