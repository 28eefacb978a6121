/* SPDX-License-Identifier: MIT */
/* Recognises the beginnings of blocks. */
#define _GNU_SOURCE /* memmem */
#include "src/document/markdown_starts.h"

#include <string.h>

#include "src/base/string.h"
#include "src/document/markdown_tags.h"

static int is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static size_t skip_blank(const char *line, size_t n, size_t at)
{
	while (at < n && is_blank(line[at]))
		at++;
	return at;
}

/* The length of the run of a sign at `at`. */
static size_t run_of(const char *line, size_t n, size_t at, char sign)
{
	size_t end = at;
	while (end < n && line[end] == sign)
		end++;
	return end - at;
}

size_t tj_markdown_heading(const char *line, size_t n)
{
	size_t level = run_of(line, n, 0, '#');
	if (level == 0 || level > 6 || (level < n && !is_blank(line[level])))
		return 0;
	return skip_blank(line, n, level);
}

size_t tj_markdown_heading_end(const char *line, size_t n, size_t first)
{
	size_t end = n;
	while (end > first && is_blank(line[end - 1]))
		end--;
	size_t text = end;
	while (text > first && line[text - 1] == '#')
		text--;
	if (text < end && (text == first || is_blank(line[text - 1])))
		end = text;
	while (end > first && is_blank(line[end - 1]))
		end--;
	return end;
}

size_t tj_markdown_fence(const char *line, size_t n)
{
	if (n < 3 || (line[0] != '`' && line[0] != '~'))
		return 0;
	size_t length = run_of(line, n, 0, line[0]);
	if (length < 3 || (line[0] == '`' && memchr(line + length, '`', n - length) != NULL))
		return 0;
	return length;
}

int tj_markdown_fence_closes(const char *line, size_t n, char sign, size_t length)
{
	size_t own = run_of(line, n, 0, sign);
	return own >= length && skip_blank(line, n, own) == n;
}

/* --- HTML --------------------------------------------------------------------------- */

static int is_listed(const char *names, const char *name, size_t n)
{
	for (const char *at = names + 1, *space; (space = strchr(at, ' ')) != NULL; at = space + 1)
		if ((size_t)(space - at) == n && tj_same_letters(at, name, n))
			return 1;
	return 0;
}

static int is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Kinds 1 and 6, by the name of a tag. */
static int html_by_name(const char *line, size_t n)
{
	static const char raw[] = " script pre style textarea ";
	static const char blocks[] =
	    " address article aside base basefont blockquote body caption center col colgroup dd "
	    "details dialog dir div dl dt fieldset figcaption figure footer form frame frameset h1 "
	    "h2 h3 h4 h5 h6 head header hr html iframe legend li link main menu menuitem nav "
	    "noframes ol optgroup option p param section source search summary table tbody td "
	    "tfoot th thead title tr track ul ";
	size_t first = 1 + (size_t)(n > 1 && line[1] == '/'), end = first;
	while (end < n && is_name(line[end]))
		end++;
	if (end == first)
		return 0;
	int is_end = end == n || is_blank(line[end]) || line[end] == '>';
	if (first == 1 && is_end && is_listed(raw, line + first, end - first))
		return 1;
	is_end |= end + 1 < n && line[end] == '/' && line[end + 1] == '>';
	return is_end && is_listed(blocks, line + first, end - first) ? 6 : 0;
}

int tj_markdown_html(const char *line, size_t n, int in_paragraph)
{
	if (n < 2 || line[0] != '<')
		return 0;
	if (n >= 4 && memcmp(line, "<!--", 4) == 0)
		return 2;
	if (line[1] == '?')
		return 3;
	if (n >= 9 && memcmp(line, "<![CDATA[", 9) == 0)
		return 5;
	if (line[1] == '!' && n > 2 && (line[2] | 0x20) >= 'a' && (line[2] | 0x20) <= 'z')
		return 4;
	int kind = html_by_name(line, n);
	if (kind > 0 || in_paragraph)
		return kind;
	size_t tag = tj_markdown_tag(line, n);
	return tag > 0 && skip_blank(line, n, tag) == n ? 7 : 0;
}

int tj_markdown_html_ends(const char *line, size_t n, int kind)
{
	static const char *const marks[] = { "-->", "?>", ">", "]]>" };
	static const char *const raw[] = { "</script>", "</pre>", "</style>", "</textarea>" };
	if (kind >= 2 && kind <= 5)
		return n > 0 && memmem(line, n, marks[kind - 2], strlen(marks[kind - 2])) != NULL;
	for (size_t at = 0; kind == 1 && at < n; at++) {
		const char *sign = memchr(line + at, '<', n - at);
		if (sign == NULL)
			break;
		at = (size_t)(sign - line);
		for (size_t i = 0; i < sizeof raw / sizeof *raw; i++)
			if (n - at >= strlen(raw[i]) &&
			    tj_same_letters(sign, raw[i], strlen(raw[i])))
				return 1;
	}
	return 0;
}

/* --- Rules, lists, notes, tables ---------------------------------------------------- */

int tj_markdown_underline(const char *line, size_t n)
{
	if (n == 0 || (line[0] != '=' && line[0] != '-'))
		return 0;
	return skip_blank(line, n, run_of(line, n, 0, line[0])) == n;
}

int tj_markdown_rule(const char *line, size_t n, size_t *other)
{
	size_t count = 0;
	*other = 0;
	if (n < 3 || memchr("*-_", line[0], 3) == NULL)
		return 0;
	for (size_t i = 0; i < n; i++) {
		if (line[i] != line[0] && !is_blank(line[i])) {
			*other = i;
			return 0;
		}
		count += line[i] == line[0];
	}
	return count >= 3;
}

size_t tj_markdown_list(const char *line, size_t n, int in_paragraph)
{
	enum { MOST_DIGITS = 9 };
	size_t at = 0;
	if (n == 0)
		return 0;
	if (memchr("*-+", line[0], 3) != NULL) {
		at = 1;
	} else {
		unsigned long number = 0;
		for (; at < n && at < MOST_DIGITS && line[at] >= '0' && line[at] <= '9'; at++)
			number = number * 10 + (unsigned long)(line[at] - '0');
		if (at == 0 || at == n || (line[at] != '.' && line[at] != ')') ||
		    (in_paragraph && number != 1))
			return 0;
		at++;
	}
	if ((at < n && !is_blank(line[at])) || (in_paragraph && skip_blank(line, n, at) == n))
		return 0;
	return at;
}

size_t tj_markdown_note(const char *line, size_t n)
{
	size_t at = 2;
	if (n < 5 || line[0] != '[' || line[1] != '^')
		return 0;
	while (at < n && line[at] != ']' && !is_blank(line[at]))
		at++;
	if (at == 2 || at + 1 >= n || line[at] != ']' || line[at + 1] != ':')
		return 0;
	return skip_blank(line, n, at + 2);
}

size_t tj_markdown_box(const char *line, size_t n)
{
	return n > 3 && line[0] == '[' && memchr(" xX", line[1], 3) != NULL && line[2] == ']' &&
	               is_blank(line[3])
	           ? 3
	           : 0;
}

size_t tj_markdown_columns(const char *line, size_t n)
{
	size_t at = skip_blank(line, n, n > 0 && line[0] == '|'), columns = 0;
	if (n == 0 || memchr("|:-", line[0], 3) == NULL)
		return 0;
	for (;;) {
		at = skip_blank(line, n, at);
		at += at < n && line[at] == ':';
		size_t dashes = run_of(line, n, at, '-');
		if (dashes == 0)
			return 0;
		at += dashes;
		at += at < n && line[at] == ':';
		at = skip_blank(line, n, at);
		columns++;
		if (at == n)
			return columns;
		if (line[at++] != '|')
			return 0;
		at = skip_blank(line, n, at);
		if (at == n)
			return columns;
	}
}

int tj_markdown_begins_block(const char *line, size_t n, int is_first)
{
	size_t other;
	return n == 0 || is_blank(line[0]) || line[0] == '>' || tj_markdown_heading(line, n) > 0 ||
	       tj_markdown_fence(line, n) > 0 || tj_markdown_html(line, n, !is_first) > 0 ||
	       tj_markdown_underline(line, n) || tj_markdown_rule(line, n, &other) ||
	       tj_markdown_note(line, n) > 0 || tj_markdown_list(line, n, !is_first) > 0 ||
	       (!is_first && tj_markdown_columns(line, n) > 0);
}
