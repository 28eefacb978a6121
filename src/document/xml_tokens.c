/* SPDX-License-Identifier: MIT */
/* Scans XML that is well formed. It stays within its bytes whatever they are. */
#define _GNU_SOURCE /* memmem */
#include "src/document/xml_tokens.h"

#include <string.h>

#include "src/base/utf8.h"

int tj_xml_is(const struct tj_document *d, struct tj_document_range r, const char *word)
{
	size_t n = strlen(word);
	return r.end - r.first == n && memcmp(d->bytes + r.first, word, n) == 0;
}

static int begins(const struct tj_document *d, size_t at, size_t end, const char *word)
{
	size_t n = strlen(word);
	return end - at >= n && memcmp(d->bytes + at, word, n) == 0;
}

/* The end of what ends with a word, which is sought from `from` on. */
static size_t behind(const struct tj_document *d, size_t from, size_t end, const char *word)
{
	const char *found = from < end ? memmem(d->bytes + from, end - from, word, strlen(word))
	                               : NULL;
	return found != NULL ? (size_t)(found - d->bytes) + strlen(word) : end;
}

/* Whether "&name;" is a reference that every XML document knows. */
static int is_known(const struct tj_document *d, size_t at, size_t end)
{
	static const char *const words[] = { "&#", "&lt;", "&gt;", "&amp;", "&quot;", "&apos;" };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (begins(d, at, end, words[i]))
			return 1;
	return 0;
}

static size_t text_end(const struct tj_document *d, size_t at, size_t end)
{
	while (at < end && d->bytes[at] != '<' && (d->bytes[at] != '&' || is_known(d, at, end)))
		at++;
	return at;
}

/* Whether a character ends a name. */
static int ends_name(char c)
{
	return tj_is_space(c) || c == '>' || c == '/' || c == '=';
}

static struct tj_xml_token read_tag(const struct tj_document *d, size_t at, size_t end)
{
	int is_end = begins(d, at, end, "</");
	size_t first = at + 1 + (size_t)is_end, name = first, to = first;
	char quote = 0;
	while (name < end && !ends_name(d->bytes[name])) {
		if (d->bytes[name++] == ':')
			first = name;
	}
	for (to = name; to < end && (quote != 0 || d->bytes[to] != '>'); to++) {
		char c = d->bytes[to];
		if (quote != 0)
			quote = (char)(c == quote ? 0 : quote);
		else if (c == '"' || c == '\'')
			quote = c;
	}
	return (struct tj_xml_token){ .kind = is_end ? TJ_XML_END : TJ_XML_START,
		                      .range = { at, to < end ? to + 1 : end },
		                      .inner = { first, name },
		                      .is_empty = to < end && !is_end && d->bytes[to - 1] == '/' };
}

struct tj_xml_token tj_xml_next(const struct tj_document *d, size_t at, size_t end)
{
	struct tj_xml_token t = { .kind = TJ_XML_NONE, .range = { at, at }, .inner = { at, at } };
	if (at >= end)
		return t;
	if (begins(d, at, end, "<![CDATA[")) {
		t.kind = TJ_XML_CDATA;
		t.range.end = behind(d, at + 9, end, "]]>");
		t.inner = (struct tj_document_range){ at + 9, t.range.end - 3 };
		if (t.inner.end < t.inner.first)
			t.inner.end = t.inner.first;
	} else if (begins(d, at, end, "<!--")) {
		t.kind = TJ_XML_OTHER;
		t.range.end = behind(d, at + 4, end, "-->");
	} else if (begins(d, at, end, "<?")) {
		t.kind = TJ_XML_OTHER;
		t.range.end = behind(d, at + 2, end, "?>");
	} else if (d->bytes[at] == '<') {
		return read_tag(d, at, end);
	} else if (d->bytes[at] == '&' && !is_known(d, at, end)) {
		t.kind = TJ_XML_REFERENCE;
		t.range.end = behind(d, at, end, ";");
	} else {
		t.kind = TJ_XML_TEXT;
		t.range.end = text_end(d, at, end);
		t.inner = t.range;
	}
	return t;
}

size_t tj_xml_element_end(const struct tj_document *d, const struct tj_xml_token *start, size_t end)
{
	size_t depth = !start->is_empty, at = start->range.end;
	while (depth > 0 && at < end) {
		struct tj_xml_token t = tj_xml_next(d, at, end);
		depth += t.kind == TJ_XML_START && !t.is_empty;
		depth -= t.kind == TJ_XML_END;
		at = t.range.end;
	}
	return at;
}

int tj_xml_attribute(const struct tj_document *d, const struct tj_xml_token *tag, size_t *at,
                     struct tj_xml_attribute *a)
{
	size_t i = *at, end = tag->range.end - 1;
	while (i < end && tj_is_space(d->bytes[i]))
		i++;
	a->name.first = i;
	while (i < end && !ends_name(d->bytes[i]))
		i++;
	a->name.end = i;
	while (i < end && (tj_is_space(d->bytes[i]) || d->bytes[i] == '='))
		i++;
	if (a->name.end == a->name.first || i >= end || (d->bytes[i] != '"' && d->bytes[i] != '\''))
		return 0;
	char quote = d->bytes[i++];
	a->value.first = i;
	while (i < end && d->bytes[i] != quote)
		i++;
	a->value.end = i;
	*at = i + 1;
	return 1;
}
