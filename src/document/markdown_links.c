/* SPDX-License-Identifier: MIT */
/* Scans what stands behind the text of a link, and definitions of links. */
#include "src/document/markdown_links.h"

#include <string.h>

#include "src/base/utf8.h"
#include "src/document/markdown_tags.h"

enum { LONGEST_LABEL = 999, MOST_NESTED = 32 };

static int is_escape(const char *text, size_t n, size_t at)
{
	return text[at] == '\\' && at + 1 < n && tj_markdown_is_sign(text[at + 1]);
}

static size_t skip_space(const char *text, size_t n, size_t at)
{
	while (at < n && tj_is_space(text[at]))
		at++;
	return at;
}

static size_t skip_blank(const char *text, size_t n, size_t at)
{
	while (at < n && (text[at] == ' ' || text[at] == '\t'))
		at++;
	return at;
}

/* Returns the offset behind the address of a link; SIZE_MAX: none is there. */
static size_t skip_address(const char *text, size_t n, size_t at)
{
	size_t depth = 0, i = at;
	if (at < n && text[at] == '<') {
		for (i = at + 1; i < n && text[i] != '>'; i++) {
			if (text[i] == '\n' || text[i] == '<')
				return SIZE_MAX;
			i += (size_t)is_escape(text, n, i);
		}
		return i < n ? i + 1 : SIZE_MAX;
	}
	for (; i < n && (unsigned char)text[i] > ' ' && text[i] != 0x7F; i++) {
		if (is_escape(text, n, i)) {
			i++;
		} else if (text[i] == '(') {
			if (++depth > MOST_NESTED)
				return SIZE_MAX;
		} else if (text[i] == ')') {
			if (depth == 0)
				break;
			depth--;
		}
	}
	return depth == 0 ? i : SIZE_MAX;
}

/* Reads a title at `at`. Returns the offset behind it; 0: none is there. */
static size_t read_title(const char *text, size_t n, size_t at, struct tj_markdown_target *target)
{
	if (at >= n || (text[at] != '"' && text[at] != '\'' && text[at] != '('))
		return 0;
	char quote = (char)(text[at] == '(' ? ')' : text[at]);
	for (size_t i = at + 1; i < n; i++) {
		if (is_escape(text, n, i)) {
			i++;
		} else if (text[i] == quote) {
			target->title = (struct tj_document_range){ at + 1, i };
			target->quote = quote;
			return i + 1;
		} else if (quote == ')' && text[i] == '(') {
			return 0;
		}
	}
	return 0;
}

int tj_markdown_target(const char *text, size_t n, size_t at, struct tj_markdown_target *target)
{
	*target = (struct tj_markdown_target){ .title = { 0, 0 } };
	size_t first = skip_space(text, n, at + 1);
	size_t end = skip_address(text, n, first);
	if (end == SIZE_MAX)
		return 0;
	size_t after = skip_space(text, n, end);
	if (after > end) {
		size_t title = read_title(text, n, after, target);
		if (title > 0)
			after = skip_space(text, n, title);
	}
	if (after >= n || text[after] != ')')
		return 0;
	target->end = after + 1;
	return 1;
}

size_t tj_markdown_label(const char *text, size_t n, size_t at)
{
	size_t i = at + 1;
	for (; i < n && i - at <= LONGEST_LABEL + 1 && text[i] != ']'; i++) {
		if (text[i] == '[')
			return 0;
		i += (size_t)is_escape(text, n, i);
	}
	return i < n && i - at <= LONGEST_LABEL + 1 && text[i] == ']' ? i + 1 : 0;
}

/* The offset behind the line end at `at`, if nothing but white space stands before it; 0: something
 * does. */
static size_t skip_line_end(const char *text, size_t n, size_t at)
{
	at = skip_blank(text, n, at);
	return at == n ? n : text[at] == '\n' ? at + 1 : 0;
}

/* Skips white space with at most one newline. */
static size_t skip_one_line(const char *text, size_t n, size_t at)
{
	at = skip_blank(text, n, at);
	return at < n && text[at] == '\n' ? skip_blank(text, n, at + 1) : at;
}

int tj_markdown_definition(const char *text, size_t n, size_t at,
                           struct tj_markdown_definition *definition)
{
	struct tj_markdown_target target;
	if (at >= n || text[at] != '[')
		return 0;
	size_t label = tj_markdown_label(text, n, at);
	if (label == 0 || label >= n || text[label] != ':' ||
	    tj_is_blank(text + at + 1, label - at - 2))
		return 0;
	size_t address = skip_one_line(text, n, label + 1);
	size_t end = address < n ? skip_address(text, n, address) : SIZE_MAX;
	if (end == SIZE_MAX || end == address)
		return 0;
	definition->label = (struct tj_document_range){ at + 1, label - 1 };
	definition->end = skip_line_end(text, n, end);
	size_t title = skip_one_line(text, n, end);
	size_t after = title > end ? read_title(text, n, title, &target) : 0;
	size_t line_end = after > 0 ? skip_line_end(text, n, after) : 0;
	if (line_end > 0)
		definition->end = line_end;
	return definition->end > 0;
}
