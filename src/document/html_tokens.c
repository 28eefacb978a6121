/* SPDX-License-Identifier: MIT */
/* Scans HTML. */
#define _GNU_SOURCE /* memmem */
#include "src/document/html_tokens.h"

#include <string.h>

#include "src/base/string.h"

static int is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

static int is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Whether the document has these bytes at `at`, whatever their letter case. */
static int has(const struct tj_document *d, size_t at, const char *bytes, size_t n)
{
	return d->n - at >= n && tj_same_letters(d->bytes + at, bytes, n);
}

/* The offset behind the first `mark` from `at` on; the end of the document: there is none. */
static size_t behind(const struct tj_document *d, size_t at, const char *mark)
{
	const char *found = at < d->n ? memmem(d->bytes + at, d->n - at, mark, strlen(mark)) : NULL;
	return found != NULL ? (size_t)(found - d->bytes) + strlen(mark) : d->n;
}

/* The end of a comment whose "<!--" ends at `at`. */
static size_t comment_end(const struct tj_document *d, size_t at)
{
	if (has(d, at, ">", 1))
		return at + 1;
	if (has(d, at, "->", 2))
		return at + 2;
	for (size_t i = at; i < d->n; i++) {
		const char *dash = memchr(d->bytes + i, '-', d->n - i);
		if (dash == NULL)
			break;
		i = (size_t)(dash - d->bytes);
		if (has(d, i, "-->", 3))
			return i + 3;
		if (has(d, i, "--!>", 4))
			return i + 4;
	}
	return d->n;
}

/* The end of a tag from behind its name on. */
static size_t tag_end(const struct tj_document *d, const struct tj_token *tag, int *is_void)
{
	const struct tj_token open = { .range = { tag->range.first, d->n } };
	struct tj_attribute a;
	size_t at = tag->name.end;
	while (tj_attribute_next(d, &open, &at, &a))
		continue;
	*is_void = at < d->n && at > tag->name.first && d->bytes[at - 1] == '/' &&
	           d->bytes[at] == '>';
	return at < d->n ? at + 1 : d->n;
}

static int is_markup(const struct tj_document *d, size_t at)
{
	if (d->n - at < 2)
		return 0;
	char c = d->bytes[at + 1];
	return is_letter(c) || c == '!' || c == '?' || (c == '/' && d->n - at > 2);
}

static struct tj_token read_markup(const struct tj_document *d, size_t at, int is_xml)
{
	struct tj_token t = { .kind = TJ_TOKEN_OTHER, .range = { at, d->n } };
	size_t name = at + 1 + (d->bytes[at + 1] == '/');
	if (has(d, at, "<!--", 4)) {
		t.range.end = comment_end(d, at + 4);
	} else if (is_xml && has(d, at, "<![CDATA[", 9)) {
		t.range.end = behind(d, at, "]]>");
	} else if (name >= d->n || !is_letter(d->bytes[name])) {
		t.range.end = behind(d, at, ">");
	} else {
		t.kind = d->bytes[at + 1] == '/' ? TJ_TOKEN_END : TJ_TOKEN_START;
		t.name.first = t.name.end = name;
		while (t.name.end < d->n && !is_space(d->bytes[t.name.end]) &&
		       d->bytes[t.name.end] != '/' && d->bytes[t.name.end] != '>')
			t.name.end++;
		t.range.end = tag_end(d, &t, &t.is_void);
		/* A tag that does not end is nothing: the end of the document cuts it off. */
		if (t.range.end == d->n && d->bytes[d->n - 1] != '>')
			t.kind = TJ_TOKEN_OTHER;
	}
	return t;
}

struct tj_token tj_token_next(const struct tj_document *d, size_t at, int is_xml)
{
	struct tj_token t = { .kind = TJ_TOKEN_TEXT, .range = { at, d->n } };
	if (at >= d->n) {
		t.kind = TJ_TOKEN_NONE;
		return t;
	}
	if (d->bytes[at] == '<' && is_markup(d, at))
		return read_markup(d, at, is_xml);
	for (size_t i = at + 1; i < d->n; i++) {
		const char *open = memchr(d->bytes + i, '<', d->n - i);
		if (open == NULL)
			break;
		i = (size_t)(open - d->bytes);
		if (is_markup(d, i)) {
			t.range.end = i;
			break;
		}
	}
	return t;
}

int tj_attribute_next(const struct tj_document *d, const struct tj_token *tag, size_t *at,
                      struct tj_attribute *a)
{
	const char *b = d->bytes;
	size_t i = *at, end = tag->range.end;
	memset(a, 0, sizeof *a);
	while (i < end && (is_space(b[i]) || (b[i] == '/' && !(i + 1 < end && b[i + 1] == '>'))))
		i++;
	if (i < end && b[i] == '/')
		i++;
	*at = i;
	if (i >= end || b[i] == '>')
		return 0;
	a->name.first = i++;
	while (i < end && !is_space(b[i]) && b[i] != '/' && b[i] != '>' && b[i] != '=')
		i++;
	a->name.end = i;
	size_t after = i;
	while (after < end && is_space(b[after]))
		after++;
	*at = i;
	if (after >= end || b[after] != '=')
		return 1;
	for (i = after + 1; i < end && is_space(b[i]);)
		i++;
	a->has_value = 1;
	if (i < end && (b[i] == '"' || b[i] == '\'')) {
		const char *close = memchr(b + i + 1, b[i], end - i - 1);
		a->quote = b[i];
		a->value.first = i + 1;
		a->value.end = close != NULL ? (size_t)(close - b) : end;
		*at = close != NULL ? a->value.end + 1 : end;
		return 1;
	}
	a->value.first = i;
	while (i < end && !is_space(b[i]) && b[i] != '>')
		i++;
	a->value.end = *at = i;
	return 1;
}

/* Whether the tag `</NAME` or `<NAME` stands at `at`. */
static int is_tag(const struct tj_document *d, size_t at, const char *open, const char *name,
                  size_t n)
{
	size_t after = at + strlen(open) + n;
	return has(d, at, open, strlen(open)) && after <= d->n &&
	       has(d, at + strlen(open), name, n) &&
	       (after == d->n || is_space(d->bytes[after]) || d->bytes[after] == '/' ||
	        d->bytes[after] == '>');
}

size_t tj_raw_end(const struct tj_document *d, size_t at, const char *name, size_t n, int is_script)
{
	/* In a script, a comment may hold scripts as text. */
	int in_comment = 0, in_inner = 0;
	for (size_t i = at; i < d->n; i++) {
		char c = d->bytes[i];
		if (is_script && in_comment && c == '-' && has(d, i, "-->", 3))
			in_comment = in_inner = 0;
		if (c != '<')
			continue;
		if (is_script && !in_comment && has(d, i, "<!--", 4))
			in_comment = !has(d, i + 4, ">", 1) && !has(d, i + 4, "->", 2);
		else if (in_comment && !in_inner && is_tag(d, i, "<", name, n))
			in_inner = 1;
		else if (is_tag(d, i, "</", name, n)) {
			if (!in_inner)
				return i;
			in_inner = 0;
		}
	}
	return d->n;
}
