/* SPDX-License-Identifier: MIT */
/* Reads the attributes of a tag. */
#include "src/document/html_attributes.h"

#include <stdio.h>
#include <string.h>

#include "src/base/string.h"
#include "src/base/utf8.h"
#include "src/document/html_text.h"
#include "src/text/letters.h"

struct tag {
	struct tj_run *run;
	struct tj_document *d;
	const struct tj_token *token;
	enum tj_element element;
	const struct tj_languages *languages;
	struct tj_tag_facts *facts;
	struct tj_error *err;
	struct tj_attribute content; /* of a <meta> */
	int is_description;
};

static int is(const struct tag *x, struct tj_document_range r, const char *text)
{
	size_t n = strlen(text);
	return r.end - r.first == n && tj_same_letters(x->d->bytes + r.first, text, n);
}

/* Where a text begins in a range, whatever its letter case; SIZE_MAX: it does not. */
static size_t find(const struct tag *x, struct tj_document_range r, const char *text)
{
	size_t n = strlen(text);
	for (size_t i = r.first; i < r.end && r.end - i >= n; i++)
		if (tj_same_letters(x->d->bytes + i, text, n))
			return i;
	return SIZE_MAX;
}

/* --- Values ------------------------------------------------------------------------- */

static int add_value(struct tag *x, const struct tj_attribute *a)
{
	struct tj_run *run = x->run;
	struct tj_value v = { .range = a->value, .text = run->text.n };
	const char *bytes = x->d->bytes + a->value.first;
	size_t n = a->value.end - a->value.first;
	if (n == 0 || tj_utf8_valid_prefix(bytes, n) < n)
		return 1;
	for (size_t i = 0; i < n; i++) {
		uint32_t c;
		if (bytes[i] != '&')
			continue;
		size_t kept = tj_entity_read(bytes + i, n - i, &c) == 0
		                  ? tj_entity_kept(bytes + i, n - i)
		                  : 0;
		if (kept > 0 && bytes[i + kept - 1] != ';')
			return 1; /* a value has no marks that could keep it */
	}
	if (!tj_html_unescape(bytes, n, &run->text))
		return 0;
	v.n = run->text.n - v.text;
	v.style = a->quote == '"'    ? TJ_STYLE_DOUBLE
	          : a->quote == '\'' ? TJ_STYLE_SINGLE
	                             : TJ_STYLE_BARE;
	if (!tj_has_letter(run->text.data + v.text, v.n)) {
		run->text.n = v.text;
		return 1;
	}
	return tj_run_add_value(run, &v);
}

/* --- Language and encoding ---------------------------------------------------------- */

/* Whether a code is of the same language: en-US and en. */
static int is_language(const struct tag *x, struct tj_document_range code, const char *language)
{
	size_t n = strcspn(language, "-_");
	size_t n_code = code.end - code.first;
	return n_code >= n && tj_same_letters(x->d->bytes + code.first, language, n) &&
	       (n_code == n || x->d->bytes[code.first + n] == '-' ||
	        x->d->bytes[code.first + n] == '_');
}

static int read_language(struct tag *x, const struct tj_attribute *a)
{
	const struct tj_languages *l = x->languages;
	struct tj_document_range name = x->token->name;
	int is_root = is(x, name, "html");
	if (a->value.first == a->value.end || l->source == NULL || l->target == NULL)
		return 1;
	if (!is_root && !is_language(x, a->value, l->source)) {
		x->facts->is_kept = 1;
		return 1;
	}
	if (is_language(x, a->value, l->target))
		return 1;
	const struct tj_document_edit edit = { a->value, l->target };
	return tj_document_add_edit(x->d, &edit);
}

/* The page says that it is in `charset`. */
static int read_charset(struct tag *x, struct tj_document_range charset)
{
	const struct tj_document *d = x->d;
	if (is(x, charset, "utf-8") || is(x, charset, "utf8") || charset.first == charset.end)
		return 1;
	size_t valid = tj_utf8_valid_prefix(d->bytes, d->n), ascii = 0;
	while (ascii < d->n && (unsigned char)d->bytes[ascii] < 0x80)
		ascii++;
	if (ascii == d->n)
		x->d->ascii_only = 1;
	if (valid == d->n)
		return 1;
	char message[256];
	int n = (int)(charset.end - charset.first < 40 ? charset.end - charset.first : 40);
	const char *name = d->bytes + charset.first;
	snprintf(message, sizeof message,
	         "the page says that it is in %.*s, and it is not UTF-8; iconv -f %.*s -t UTF-8 "
	         "converts it",
	         n, name, n, name);
	(void)tj_document_fail(d, x->token->range.first, message, x->err);
	return 0;
}

/* --- Tags --------------------------------------------------------------------------- */

static int read_meta_attribute(struct tag *x, const struct tj_attribute *a)
{
	if (is(x, a->name, "charset"))
		return read_charset(x, a->value);
	if (is(x, a->name, "name") && is(x, a->value, "description"))
		x->is_description = 1;
	if (!is(x, a->name, "content"))
		return 1;
	x->content = *a;
	size_t at = find(x, a->value, "charset=");
	if (at == SIZE_MAX)
		return 1;
	struct tj_document_range charset = { at + strlen("charset="), at + strlen("charset=") };
	while (charset.end < a->value.end && strchr(" ;\"'", x->d->bytes[charset.end]) == NULL)
		charset.end++;
	return find(x, (struct tj_document_range){ a->value.first, at }, "text/html") == SIZE_MAX ||
	       read_charset(x, charset);
}

static int read_attribute(struct tag *x, const struct tj_attribute *a)
{
	if (!a->has_value)
		return 1;
	if (is(x, a->name, "lang") || is(x, a->name, "xml:lang"))
		return read_language(x, a);
	if (is(x, a->name, "translate")) {
		x->facts->is_kept |= is(x, a->value, "no");
		return 1;
	}
	if (x->element == TJ_ELEMENT_META)
		return read_meta_attribute(x, a);
	if (is(x, a->name, "alt") || is(x, a->name, "title") || is(x, a->name, "placeholder"))
		return add_value(x, a);
	return 1;
}

int tj_html_attributes(struct tj_run *run, const struct tj_token *tag, enum tj_element element,
                       const struct tj_languages *languages, struct tj_tag_facts *facts,
                       struct tj_error *err)
{
	struct tag x = { .run = run,
		         .d = run->d,
		         .token = tag,
		         .element = element,
		         .languages = languages,
		         .facts = facts,
		         .err = err };
	struct tj_attribute a;
	size_t at = tag->name.end, n_values = run->n_values;
	*facts = (struct tj_tag_facts){ .is_kept = 0 };
	while (tj_attribute_next(run->d, tag, &at, &a))
		if (!read_attribute(&x, &a))
			return 0;
	if (x.is_description && !add_value(&x, &x.content))
		return 0;
	static const char *const voids[] = { "br", "hr", "col", "link", "base", "param", "frame" };
	for (size_t i = 0; i < sizeof voids / sizeof *voids; i++)
		facts->is_void |= is(&x, tag->name, voids[i]);
	if (facts->is_kept || element == TJ_ELEMENT_KEPT || element == TJ_ELEMENT_KEPT_BLOCK ||
	    element == TJ_ELEMENT_RAW)
		run->n_values = n_values;
	return 1;
}
