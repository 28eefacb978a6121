/* SPDX-License-Identifier: MIT */
/* Makes items of a run: text, and codes as elements that open, close or stand alone. The two halves
 * of a code, such as <bx/> and <ex/>, are a pair where both are in the source. */
#include "src/document/xliff_inline.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/hash.h"
#include "src/base/memory.h"
#include "src/base/utf8.h"
#include "src/document/xml_text.h"
#include "src/document/xml_tokens.h"

enum code { CODE_ALONE, CODE_CONTENT, CODE_MARKER, CODE_OPENS, CODE_CLOSES };

struct inliner {
	struct tj_run *run;
	const struct tj_document *d;
	struct tj_document_range content;
	int preserve;
	uint64_t n_names; /* names of elements are even, those of codes odd */
	uint64_t *open;   /* names of the elements that are open */
	size_t depth, capacity;
};

static enum code code_of(const struct tj_document *d, struct tj_document_range name)
{
	static const struct {
		const char *name;
		enum code code;
	} codes[] = {
		{ "g", CODE_CONTENT }, { "pc", CODE_CONTENT }, { "mrk", CODE_MARKER },
		{ "bx", CODE_OPENS },  { "bpt", CODE_OPENS },  { "sc", CODE_OPENS },
		{ "sm", CODE_OPENS },  { "ex", CODE_CLOSES },  { "ept", CODE_CLOSES },
		{ "ec", CODE_CLOSES }, { "em", CODE_CLOSES },
	};
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (tj_xml_is(d, name, codes[i].name))
			return codes[i].code;
	return CODE_ALONE;
}

static int add(struct inliner *x, enum tj_item_kind kind, struct tj_document_range range,
               uint64_t name)
{
	struct tj_item item = { .range = range, .kind = kind, .name = name };
	return tj_run_add(x->run, &item);
}

static uint64_t new_name(struct inliner *x)
{
	return x->n_names += 2;
}

/* --- Text --------------------------------------------------------------------------- */

static int add_text(struct inliner *x, struct tj_document_range range, int is_cdata)
{
	struct tj_item item = { .range = range, .kind = TJ_ITEM_TEXT, .text = x->run->text.n };
	if (range.first == range.end)
		return 1;
	if (!tj_xml_unescape(x->d->bytes + range.first, range.end - range.first, is_cdata,
	                     &x->run->text))
		return 0;
	item.n = x->run->text.n - item.text;
	return tj_run_add(x->run, &item);
}

/* The bytes of a line break at an offset, perhaps as a reference; 0: there is none. */
static size_t line_break(const struct inliner *x, size_t at, size_t end, int is_cdata)
{
	static const char *const references[] = { "&#10;", "&#13;", "&#xA;",  "&#xD;",
		                                  "&#xa;", "&#xd;", "&#x0A;", "&#x0D;" };
	char c = x->d->bytes[at];
	if (c == '\n' || c == '\r')
		return 1;
	for (size_t i = 0; c == '&' && !is_cdata && i < sizeof references / sizeof *references;
	     i++) {
		size_t n = strlen(references[i]);
		if (end - at >= n && memcmp(x->d->bytes + at, references[i], n) == 0)
			return n;
	}
	return 0;
}

/* Adds text whose line breaks divide it: each is an element that nothing closes. */
static int add_lines(struct inliner *x, struct tj_document_range range, int is_cdata)
{
	size_t from = range.first;
	for (size_t at = from; at < range.end;) {
		size_t n = line_break(x, at, range.end, is_cdata);
		if (n > 0) {
			struct tj_document_range before = { from, at }, line_end = { at, at + n };
			if (!add_text(x, before, is_cdata) ||
			    !add(x, TJ_ITEM_OPENS, line_end, new_name(x)))
				return 0;
			from = at + n;
		}
		at += n > 0 ? n : 1;
	}
	range.first = from;
	return add_text(x, range, is_cdata);
}

/* --- Codes -------------------------------------------------------------------------- */

static int has(const struct inliner *x, const struct tj_xml_token *tag, const char *name,
               const char *value)
{
	struct tj_xml_attribute a;
	for (size_t at = tag->inner.end; tj_xml_attribute(x->d, tag, &at, &a);)
		if (tj_xml_is(x->d, a.name, name) && tj_xml_is(x->d, a.value, value))
			return 1;
	return 0;
}

/* Sets what the two halves of a code share: startRef or rid, or else the id. */
static struct tj_document_range code_id(const struct inliner *x, const struct tj_xml_token *tag)
{
	struct tj_document_range id = { tag->inner.end, tag->inner.end };
	struct tj_xml_attribute a;
	int is_sure = 0;
	for (size_t at = tag->inner.end; tj_xml_attribute(x->d, tag, &at, &a);) {
		int is_reference = tj_xml_is(x->d, a.name, "rid") ||
		                   tj_xml_is(x->d, a.name, "startRef");
		if (is_reference || (!is_sure && tj_xml_is(x->d, a.name, "id")))
			id = a.value;
		is_sure |= is_reference;
	}
	return id;
}

static uint64_t hash(const struct inliner *x, uint64_t kind, struct tj_document_range id)
{
	return tj_hash(kind, x->d->bytes + id.first, id.end - id.first) | 1;
}

/* Adds a code that is half of a pair. */
static int add_half(struct inliner *x, enum code code, const struct tj_xml_token *tag,
                    struct tj_document_range whole)
{
	/* <sm/> and <em/> have ids of their own. */
	int is_marker = x->d->bytes[tag->inner.end - 1] == 'm';
	return add(x, code == CODE_OPENS ? TJ_ITEM_OPENS : TJ_ITEM_CLOSES, whole,
	           hash(x, (uint64_t)is_marker, code_id(x, tag)));
}

/* Adds a code that stands alone. Angular writes tags so: <x id="START_BOLD_TEXT"/>, CLOSE_… */
static int add_alone(struct inliner *x, const struct tj_xml_token *tag,
                     struct tj_document_range whole)
{
	enum { PREFIX = 6, ANGULAR = 2 };
	struct tj_document_range id = code_id(x, tag);
	const char *bytes = x->d->bytes + id.first;
	if (!tj_xml_is(x->d, tag->inner, "x") || id.end - id.first <= PREFIX)
		return add(x, TJ_ITEM_ALONE, whole, 0);
	int opens = memcmp(bytes, "START_", PREFIX) == 0;
	if (!opens && memcmp(bytes, "CLOSE_", PREFIX) != 0)
		return add(x, TJ_ITEM_ALONE, whole, 0);
	id.first += PREFIX;
	return add(x, opens ? TJ_ITEM_OPENS : TJ_ITEM_CLOSES, whole, hash(x, ANGULAR, id));
}

static int open_element(struct inliner *x, const struct tj_xml_token *t)
{
	uint64_t name = new_name(x);
	if (!tj_reserve(&x->open, &x->capacity, x->depth + 1, sizeof *x->open))
		return 0;
	/* Segments of a tool are segments here: what opens and closes such a marker divides. */
	int divides = has(x, t, "mtype", "seg");
	x->open[x->depth++] = divides ? new_name(x) : name;
	return add(x, TJ_ITEM_OPENS, t->range, name);
}

static int read_start(struct inliner *x, const struct tj_xml_token *t, size_t *at)
{
	enum code code = code_of(x->d, t->inner);
	int is_kept = code == CODE_MARKER &&
	              (has(x, t, "mtype", "protected") || has(x, t, "translate", "no") ||
	               has(x, t, "its:translate", "no"));
	int is_element = code == CODE_CONTENT || code == CODE_MARKER;
	if (is_element && !is_kept && !t->is_empty)
		return open_element(x, t);
	struct tj_document_range whole = { t->range.first,
		                           tj_xml_element_end(x->d, t, x->content.end) };
	*at = whole.end;
	return code == CODE_OPENS || code == CODE_CLOSES ? add_half(x, code, t, whole)
	                                                 : add_alone(x, t, whole);
}

static int read_token(struct inliner *x, const struct tj_xml_token *t, size_t *at)
{
	*at = t->range.end;
	switch (t->kind) {
	case TJ_XML_TEXT:
	case TJ_XML_CDATA:
		return x->preserve ? add_lines(x, t->inner, t->kind == TJ_XML_CDATA)
		                   : add_text(x, t->inner, t->kind == TJ_XML_CDATA);
	case TJ_XML_REFERENCE:
		return add(x, TJ_ITEM_ALONE, t->range, 0);
	case TJ_XML_START:
		return read_start(x, t, at);
	case TJ_XML_END:
		return x->depth == 0 || add(x, TJ_ITEM_CLOSES, t->range, x->open[--x->depth]);
	default:
		return 1;
	}
}

/* --- Halves of codes ---------------------------------------------------------------- */

struct half {
	uint64_t name;
	size_t item;
};

static int compare(const void *a, const void *b)
{
	const struct half *x = a, *y = b;
	if (x->name != y->name)
		return x->name < y->name ? -1 : 1;
	return x->item < y->item ? -1 : x->item > y->item;
}

static int is_half(const struct tj_item *item)
{
	return (item->kind == TJ_ITEM_OPENS || item->kind == TJ_ITEM_CLOSES) && item->name % 2 == 1;
}

/* Whether halves of one name open and close in turn. */
static int take_turns(const struct tj_run *r, const struct half *halves, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (r->items[halves[i].item].kind != (i % 2 == 0 ? TJ_ITEM_OPENS : TJ_ITEM_CLOSES))
			return 0;
	return n % 2 == 0;
}

/* A half stands alone unless those of its name open and close in turn. */
static int judge_halves(struct tj_run *r)
{
	size_t n = 0;
	for (size_t i = 0; i < r->n; i++)
		n += (size_t)is_half(&r->items[i]);
	struct half *halves = n > 0 ? malloc(n * sizeof *halves) : NULL;
	if (halves == NULL)
		return n == 0;
	n = 0;
	for (size_t i = 0; i < r->n; i++)
		if (is_half(&r->items[i]))
			halves[n++] = (struct half){ r->items[i].name, i };
	qsort(halves, n, sizeof *halves, compare);
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && halves[end].name == halves[i].name;)
			end++;
		int are_pairs = take_turns(r, halves + i, end - i);
		for (size_t k = i; !are_pairs && k < end; k++)
			r->items[halves[k].item].kind = TJ_ITEM_ALONE;
	}
	free(halves);
	return 1;
}

int tj_xliff_segments(struct tj_run *run, struct tj_document_range content, int preserve)
{
	struct inliner x = { .run = run, .d = run->d, .content = content, .preserve = preserve };
	int good = 1;
	for (size_t at = content.first; good && at < content.end;) {
		struct tj_xml_token t = tj_xml_next(x.d, at, content.end);
		good = read_token(&x, &t, &at);
	}
	free(x.open);
	return good && judge_halves(run) && tj_run_end(run);
}
