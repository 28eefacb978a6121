/* SPDX-License-Identifier: MIT */
/* Reads HTML from token to token. There is no tree: a run of text ends where a block begins or
 * ends, and which of its tags belong together is found within the run. */
#define _GNU_SOURCE /* memmem */
#include "src/document/html.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/hash.h"
#include "src/base/utf8.h"
#include "src/document/html_attributes.h"
#include "src/document/html_names.h"
#include "src/document/html_text.h"
#include "src/document/html_tokens.h"
#include "src/document/inline_run.h"

struct html {
	struct tj_document *d;
	struct tj_run run;
	struct tj_languages languages;
	struct tj_error *err;
	size_t at;
	int is_xml;
};

static int no_memory(struct html *x)
{
	(void)tj_fail_memory(x->err, "a document", x->d->n);
	return 0;
}

static int end_run(struct html *x)
{
	return tj_run_end(&x->run) || no_memory(x);
}

static uint64_t name_of(const struct html *x, const struct tj_token *t)
{
	uint64_t hash = 0;
	for (size_t i = t->name.first; i < t->name.end; i++) {
		char c = x->d->bytes[i];
		char small = (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
		hash = tj_hash(hash, &small, 1);
	}
	return hash;
}

static int is_named(const struct html *x, const struct tj_token *t, const struct tj_token *other)
{
	size_t n = t->name.end - t->name.first;
	return n == other->name.end - other->name.first &&
	       tj_same_letters(x->d->bytes + t->name.first, x->d->bytes + other->name.first, n);
}

/* --- Text --------------------------------------------------------------------------- */

static int add_text_item(struct html *x, size_t first, size_t end)
{
	struct tj_item item = { .range = { first, end },
		                .kind = TJ_ITEM_TEXT,
		                .text = x->run.text.n };
	if (first == end)
		return 1;
	if (!tj_html_unescape(x->d->bytes + first, end - first, &x->run.text))
		return no_memory(x);
	item.n = x->run.text.n - item.text;
	return tj_run_add(&x->run, &item) || no_memory(x);
}

/* Adds text. An entity that is written without its semicolon stands for itself. */
static int add_text(struct html *x, size_t first, size_t end)
{
	const char *bytes = x->d->bytes;
	size_t from = first;
	for (size_t i = first; i < end; i++) {
		const char *sign = memchr(bytes + i, '&', end - i);
		uint32_t c;
		if (sign == NULL)
			break;
		i = (size_t)(sign - bytes);
		size_t read = tj_entity_read(sign, end - i, &c);
		size_t kept = read == 0 ? tj_entity_kept(sign, end - i) : 0;
		if (kept > 0 && sign[kept - 1] != ';') {
			struct tj_item item = { .range = { i, i + kept }, .kind = TJ_ITEM_ALONE };
			if (!add_text_item(x, from, i))
				return 0;
			if (!tj_run_add(&x->run, &item))
				return no_memory(x);
			from = i + kept;
		}
		i += read > 0 ? read - 1 : kept > 0 ? kept - 1 : 0;
	}
	return add_text_item(x, from, end);
}

/* --- Elements ----------------------------------------------------------------------- */

/* Adds markup as one item, with the values of attributes that were added since `value`. */
static int add_item(struct html *x, enum tj_item_kind kind, const struct tj_token *t, size_t end,
                    size_t value)
{
	struct tj_item item = { .range = { t->range.first, end },
		                .kind = kind,
		                .name = name_of(x, t),
		                .value = value,
		                .n_values = x->run.n_values - value };
	return tj_run_add(&x->run, &item) || no_memory(x);
}

/* The end of an element whose content has no markup. */
static size_t raw_element_end(const struct html *x, const struct tj_token *t)
{
	const char *name = x->d->bytes + t->name.first;
	size_t n = t->name.end - t->name.first;
	int is_script = n == 6 && tj_same_letters(name, "script", n);
	if (n == 9 && tj_same_letters(name, "plaintext", n))
		return x->d->n;
	size_t at = tj_raw_end(x->d, t->range.end, name, n, is_script);
	return at < x->d->n ? tj_token_next(x->d, at, 0).range.end : at;
}

/* The end of an element that is kept. */
static size_t element_end(const struct html *x, const struct tj_token *open, int is_foreign)
{
	const char *bytes = x->d->bytes;
	int ends_alone = tj_element_ends_alone(bytes + open->name.first,
	                                       open->name.end - open->name.first);
	size_t depth = 1, at = open->range.end;
	for (;;) {
		struct tj_token t = tj_token_next(x->d, at, x->is_xml || is_foreign);
		at = t.range.end;
		if (t.kind == TJ_TOKEN_NONE)
			return x->d->n;
		if (t.kind == TJ_TOKEN_START && !is_foreign &&
		    tj_element_of(bytes + t.name.first, t.name.end - t.name.first) ==
		        TJ_ELEMENT_RAW)
			at = raw_element_end(x, &t);
		if ((t.kind != TJ_TOKEN_START && t.kind != TJ_TOKEN_END) || !is_named(x, &t, open))
			continue;
		if (t.kind == TJ_TOKEN_START && ends_alone)
			return t.range.first;
		if (t.kind == TJ_TOKEN_START)
			depth += !t.is_void || !(x->is_xml || is_foreign);
		else if (--depth == 0)
			return at;
	}
}

static int read_title(struct html *x, const struct tj_token *t)
{
	size_t n = t->name.end - t->name.first;
	size_t end = tj_raw_end(x->d, t->range.end, x->d->bytes + t->name.first, n, 0);
	x->at = end;
	return end_run(x) && add_text(x, t->range.end, end) && end_run(x);
}

static int is_foreign_name(const struct html *x, const struct tj_token *t)
{
	size_t n = t->name.end - t->name.first;
	const char *name = x->d->bytes + t->name.first;
	return (n == 3 && tj_same_letters(name, "svg", n)) ||
	       (n == 4 && tj_same_letters(name, "math", n));
}

static int read_block(struct html *x, const struct tj_token *t, size_t end, size_t value)
{
	/* The values belong to the block, not to the text before it. */
	struct tj_value *values = x->run.values;
	size_t n = x->run.n_values - value;
	x->run.n_values = value;
	if (n == 0)
		return end_run(x);
	struct tj_value *copy = malloc(n * sizeof *copy);
	struct tj_string text = { NULL, 0, 0 };
	int good = copy != NULL && tj_string_append(&text, x->run.text.data, x->run.text.n);
	if (good)
		memcpy(copy, values + value, n * sizeof *copy);
	good = good && tj_run_end(&x->run) && tj_string_append(&x->run.text, text.data, text.n);
	for (size_t i = 0; good && i < n; i++)
		good = tj_run_add_value(&x->run, &copy[i]);
	free(copy);
	free(text.data);
	if (!good)
		return no_memory(x);
	return add_item(x, TJ_ITEM_ALONE, t, end, 0) && end_run(x);
}

static int read_start(struct html *x, const struct tj_token *t)
{
	struct tj_tag_facts facts;
	size_t value = x->run.n_values;
	enum tj_element element = tj_element_of(x->d->bytes + t->name.first,
	                                        t->name.end - t->name.first);
	if (!tj_html_attributes(&x->run, t, element, &x->languages, &facts, x->err))
		return x->err->status == TRUJAMAN_OK ? no_memory(x) : 0;
	int is_kept = element == TJ_ELEMENT_KEPT || element == TJ_ELEMENT_KEPT_BLOCK ||
	              facts.is_kept;
	int is_block = element == TJ_ELEMENT_BLOCK || element == TJ_ELEMENT_KEPT_BLOCK ||
	               element == TJ_ELEMENT_META;
	int is_alone = element == TJ_ELEMENT_VOID || (x->is_xml && t->is_void);
	x->at = t->range.end;
	if (element == TJ_ELEMENT_RAW)
		x->at = raw_element_end(x, t);
	else if (is_kept && !is_alone && element != TJ_ELEMENT_META && !facts.is_void)
		x->at = element_end(x, t, is_foreign_name(x, t));
	else if (element == TJ_ELEMENT_TITLE)
		return read_title(x, t);
	else if (!is_block && !is_alone)
		return add_item(x, TJ_ITEM_OPENS, t, t->range.end, value);
	return is_block ? read_block(x, t, x->at, value)
	                : add_item(x, TJ_ITEM_ALONE, t, x->at, value);
}

static int read_end(struct html *x, const struct tj_token *t)
{
	enum tj_element element = tj_element_of(x->d->bytes + t->name.first,
	                                        t->name.end - t->name.first);
	int is_inline = element == TJ_ELEMENT_INLINE || element == TJ_ELEMENT_KEPT;
	return is_inline ? add_item(x, TJ_ITEM_CLOSES, t, t->range.end, x->run.n_values)
	                 : end_run(x);
}

/* A comment stands in a sentence; a doctype or an instruction does not. */
static int read_other(struct html *x, const struct tj_token *t)
{
	size_t n = t->range.end - t->range.first;
	int is_comment = n >= 4 && memcmp(x->d->bytes + t->range.first, "<!--", 4) == 0;
	return is_comment ? add_item(x, TJ_ITEM_ALONE, t, t->range.end, x->run.n_values)
	                  : end_run(x);
}

static int read_token(struct html *x, const struct tj_token *t)
{
	x->at = t->range.end;
	switch (t->kind) {
	case TJ_TOKEN_TEXT:
		return add_text(x, t->range.first, t->range.end);
	case TJ_TOKEN_START:
		return read_start(x, t);
	case TJ_TOKEN_END:
		return read_end(x, t);
	default:
		return read_other(x, t);
	}
}

trujaman_status tj_html_read(struct tj_document *d, const char *source_language,
                             const char *target_language, struct tj_error *err)
{
	struct html x = { .d = d,
		          .run = { .d = d },
		          .languages = { source_language, target_language },
		          .err = err,
		          .at = tj_utf8_mark(d->bytes, d->n) };
	x.is_xml = d->n - x.at >= 5 && memcmp(d->bytes + x.at, "<?xml", 5) == 0;
	d->named_space = d->n > 0 && memmem(d->bytes, d->n, "&nbsp;", 6) != NULL;
	int good = 1;
	while (good) {
		struct tj_token t = tj_token_next(d, x.at, x.is_xml);
		if (t.kind == TJ_TOKEN_NONE)
			break;
		good = read_token(&x, &t);
	}
	if (good)
		(void)end_run(&x);
	tj_run_release(&x.run);
	return err->status;
}
