/* SPDX-License-Identifier: MIT */
/* Chooses which signs need a backslash. What is chosen here is judged afterwards, by reading it. */
#include "src/document/markdown_escape.h"

#include <stdio.h>
#include <string.h>

#include "src/base/utf8.h"
#include "src/document/html_text.h"
#include "src/document/markdown_starts.h"
#include "src/document/markdown_tags.h"

enum { NO_BREAK_SPACE = 0xA0 };

static int is_end(const char *text, size_t n, size_t at)
{
	return at >= n || text[at] == ' ';
}

static int is_letter(char c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/* Whether a sign at the beginning of a line would begin a block. */
static int begins_block(const char *text, size_t n)
{
	switch (text[0]) {
	case '#':
		return tj_markdown_heading(text, n) > 0;
	case '>':
	case '=':
		return 1;
	case '+':
	case '-':
	case '*':
	case '_':
		return is_end(text, n, 1) || text[1] == text[0];
	case '~':
		return n > 2 && text[1] == '~';
	case '|':
	case ':':
		return n > 1 && memchr("|:- ", text[1], 4) != NULL;
	default:
		return 0;
	}
}

/* The digits before the sign of an item of a numbered list at the beginning of a line; 0: none. */
static size_t list_digits(const char *text, size_t n)
{
	size_t at = 0;
	while (at < n && text[at] >= '0' && text[at] <= '9')
		at++;
	return at > 0 && at < n && (text[at] == '.' || text[at] == ')') && is_end(text, n, at + 1)
	           ? at
	           : 0;
}

/* Whether the sign at `at` needs a backslash. */
static int is_markup(const char *text, size_t n, size_t at, const struct tj_markdown_escaping *e)
{
	char c = text[at], next = at + 1 < n ? text[at + 1] : e->next;
	if ((unsigned char)c >= 0x80 || !tj_markdown_is_sign(c))
		return 0;
	if (c == '`' || (c == '|' && e->is_cell) || e->also[(unsigned char)c])
		return 1;
	if (c == '\\')
		return next == '\0' || next == '\n' || tj_markdown_is_sign(next);
	if (c == '<')
		return next == '\0' || is_letter(next) || memchr("/!?", next, 3) != NULL;
	if (c == '!')
		return next == '[';
	if (!e->is_heavy)
		return 0;
	if (c == ':')
		return next == '/';
	if (c == '.')
		return at >= 3 && memcmp(text + at - 3, "www", 3) == 0;
	return memchr("*_[]<>~|#", c, 9) != NULL;
}

static int append_number(struct tj_string *out, uint32_t c)
{
	char text[16];
	int n = snprintf(text, sizeof text, "&#%u;", (unsigned)c);
	return tj_string_append(out, text, (size_t)n);
}

int tj_markdown_escape(const char *text, size_t n, const struct tj_markdown_escaping *e,
                       struct tj_string *out)
{
	size_t digits = e->is_line_start ? list_digits(text, n) : 0;
	int good = 1;
	for (size_t at = 0; good && at < n;) {
		size_t from = at;
		uint32_t c = tj_utf8_next(text, n, &at);
		int is_first = from == 0 && e->is_line_start;
		if (from == 0 && e->encodes_first)
			good = append_number(out, c);
		else if (c == NO_BREAK_SPACE && e->named_space)
			good = tj_string_append(out, "&nbsp;", 6);
		else
			good = (!((digits > 0 && from == digits) ||
			          (is_first && begins_block(text, n)) ||
			          is_markup(text, n, from, e)) ||
			        tj_string_append(out, "\\", 1)) &&
			       tj_string_append(out, text + from, at - from);
	}
	return good;
}

int tj_markdown_escape_value(const char *text, size_t n, char quote, int is_cell,
                             struct tj_string *out)
{
	const char *signs = quote == 0 ? "\\`*_[]<>~!" : quote == ')' ? "\\()" : "\\";
	int good = 1;
	for (size_t at = 0; good && at < n; at++) {
		char c = text[at];
		int is_sign = c != '\0' &&
		              (strchr(signs, c) != NULL || c == quote || (c == '|' && is_cell));
		good = (!is_sign || tj_string_append(out, "\\", 1)) &&
		       tj_string_append(out, text + at, 1);
	}
	return good;
}
