/* SPDX-License-Identifier: MIT */
/* Divides messages into lines, and writes strings. */
#include "src/document/po_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/utf8.h"
#include "src/document/breaks.h"
#include "src/document/character.h"

enum { MOST_WIDTH = 77 }; /* of a string without its quotes */

struct tj_document_range tj_po_source(const struct tj_po_entry *e, size_t form)
{
	int is_one = form == 0 && e->n_forms > 1;
	return e->has_plural && !is_one ? e->plural : e->id;
}

struct tj_po_line tj_po_line(const char *text, size_t n, size_t *at)
{
	const char *newline = memchr(text + *at, '\n', n - *at);
	size_t first = *at, end = newline != NULL ? (size_t)(newline - text) : n;
	*at = newline != NULL ? end + 1 : n;
	while (first < end && tj_is_space(text[first]))
		first++;
	while (first < end && tj_is_space(text[end - 1]))
		end--;
	return (struct tj_po_line){ first, end - first,
		                    tj_has_letter_in(text + first, end - first) };
}

static int escape(const char *text, size_t n, struct tj_string *out)
{
	static const char signs[] = "\"\\\n\t\r", letters[] = "\"\\ntr";
	for (size_t i = 0; i < n; i++) {
		const char *sign = text[i] != '\0' ? strchr(signs, text[i]) : NULL;
		char octal[8] = { '\\', sign != NULL ? letters[sign - signs] : 'x' };
		size_t bytes = 2;
		if (sign == NULL && (unsigned char)text[i] < 0x20)
			bytes = (size_t)snprintf(octal, sizeof octal, "\\%03o", (unsigned)text[i]);
		else if (sign == NULL) {
			octal[0] = text[i];
			bytes = 1;
		}
		if (!tj_string_append(out, octal, bytes))
			return 0;
	}
	return 1;
}

/* Appends one string on a line of its own. */
static int write_string(const char *text, size_t n, const char *line_end, struct tj_string *out)
{
	return tj_string_append(out, line_end, strlen(line_end)) &&
	       tj_string_append(out, "\"", 1) && escape(text, n, out) &&
	       tj_string_append(out, "\"", 1);
}

/* Appends a line, its newline too, in strings that break behind spaces. */
static int write_line(const char *text, size_t n, const char *line_end, struct tj_string *out)
{
	size_t from = 0, last = 0;
	for (size_t at = 0; at < n; at++) {
		if (text[at] != ' ' && at + 1 < n)
			continue;
		if (last > from && tj_text_width(text + from, at + 1 - from) > MOST_WIDTH) {
			if (!write_string(text + from, last - from, line_end, out))
				return 0;
			from = last;
		}
		last = at + 1;
	}
	return write_string(text + from, n - from, line_end, out);
}

int tj_po_quote(const char *text, size_t n, const char *line_end, struct tj_string *out)
{
	const char *newline = n > 0 ? memchr(text, '\n', n) : NULL;
	if ((newline == NULL || newline + 1 == text + n) && tj_text_width(text, n) < MOST_WIDTH - 6)
		return write_string(text, n, "", out);
	if (!tj_string_append(out, "\"\"", 2))
		return 0;
	for (size_t at = 0; at < n;) {
		newline = memchr(text + at, '\n', n - at);
		size_t end = newline != NULL ? (size_t)(newline - text) + 1 : n;
		if (!write_line(text + at, end - at, line_end, out))
			return 0;
		at = end;
	}
	return 1;
}
