/* SPDX-License-Identifier: MIT */
/* Orders inline parts. */
#include "src/document/markdown_items.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"
#include "src/base/utf8.h"
#include "src/document/character.h"
#include "src/document/html_text.h"

enum { MOST_LOOK_AHEAD = 64, SOFT_HYPHEN = 0xAD };

/* --- What a text says --------------------------------------------------------------- */

/* Appends the sign behind a backslash: not so that a mark or an entity comes out. */
static int add_escaped(const char *text, size_t n, struct tj_string *out)
{
	size_t kept = text[0] == '&' ? tj_entity_kept(text, n) : 0;
	if (text[0] == '<')
		return tj_string_append(out, "&lt;", 4);
	if (kept > 0 && text[kept - 1] == ';')
		return tj_string_append(out, "&amp;", 5);
	return tj_string_append(out, text, 1);
}

int tj_markdown_unescape(const char *text, size_t n, struct tj_string *out)
{
	int good = 1, in_space = 0;
	for (size_t at = 0; good && at < n;) {
		uint32_t c = 0;
		size_t bytes = text[at] == '&' ? tj_entity_read(text + at, n - at, &c) : 0;
		int is_space = tj_is_space(text[at]);
		if (is_space) {
			good = in_space || tj_string_append(out, " ", 1);
		} else if (bytes > 0) {
			good = c == SOFT_HYPHEN || tj_character_append(out, c);
		} else if (text[at] == '\\' && at + 1 < n && tj_markdown_is_sign(text[at + 1])) {
			good = add_escaped(text + at + 1, n - at - 1, out);
			bytes = 2;
		} else {
			good = tj_string_append(out, text + at, 1);
		}
		in_space = is_space;
		at += bytes > 0 ? bytes : 1;
	}
	return good;
}

/* --- Order -------------------------------------------------------------------------- */

static int compare_marks(const void *a, const void *b)
{
	const struct tj_markdown_item *x = a, *y = b;
	return (x->first > y->first) - (x->first < y->first);
}

/* Sets the partners among the marks. */
static int find_partners(struct tj_markdown_scratch *s)
{
	if (!tj_reserve(&s->openers, &s->openers_capacity, (size_t)s->n_names + 1,
	                sizeof *s->openers))
		return 0;
	for (size_t i = 0; i < s->n_marks; i++) {
		struct tj_markdown_item *mark = &s->marks[i];
		mark->partner = i;
		if (mark->type != TJ_MARKDOWN_EMPHASIS && mark->type != TJ_MARKDOWN_LINK &&
		    mark->type != TJ_MARKDOWN_IMAGE)
			continue;
		if (mark->kind == TJ_ITEM_OPENS) {
			s->openers[mark->name] = i;
			continue;
		}
		mark->partner = s->openers[mark->name];
		s->marks[mark->partner].partner = i;
	}
	return 1;
}

/* Whether mark i opens an image without inline parts: its text is translated for itself. */
static size_t image_end(const struct tj_markdown_scratch *s, size_t i)
{
	size_t end = i + 1;
	if (s->marks[i].type != TJ_MARKDOWN_IMAGE || s->marks[i].kind != TJ_ITEM_OPENS)
		return 0;
	while (s->marks[end].type == TJ_MARKDOWN_SOFT)
		end++;
	return end == s->marks[i].partner ? end : 0;
}

/* The same for an element of HTML whose content is kept; 0: it is none, or not well nested. */
static size_t kept_end(const struct tj_markdown_scratch *s, size_t i)
{
	const struct tj_markdown_item *open = &s->marks[i];
	size_t most = s->n_marks - i < MOST_LOOK_AHEAD ? s->n_marks : i + MOST_LOOK_AHEAD;
	if (open->type != TJ_MARKDOWN_HTML || open->kind != TJ_ITEM_OPENS || !open->quote)
		return 0;
	size_t end = i + 1, last = 0;
	for (; end < most; end++) {
		const struct tj_markdown_item *mark = &s->marks[end];
		if (mark->type == TJ_MARKDOWN_HTML && mark->kind == TJ_ITEM_CLOSES &&
		    mark->name == open->name)
			return last < end ? end : 0;
		if (mark->partner < i || mark->type == TJ_MARKDOWN_BREAK)
			return 0;
		last = mark->partner > last ? mark->partner : last;
	}
	return 0;
}

static int add_item(struct tj_markdown_inlines *x, const struct tj_markdown_item *item)
{
	if (!tj_reserve(&x->items, &x->capacity, x->n_items + 1, sizeof *item))
		return 0;
	x->items[x->n_items++] = *item;
	return 1;
}

static int add_text(struct tj_markdown_inlines *x, size_t first, size_t end)
{
	struct tj_markdown_item item = { .first = first,
		                         .end = end,
		                         .kind = TJ_ITEM_TEXT,
		                         .said = x->said.n,
		                         .partner = x->n_items };
	if (first == end)
		return 1;
	if (!tj_markdown_unescape(x->text + first, end - first, &x->said))
		return 0;
	item.n_said = x->said.n - item.said;
	return add_item(x, &item);
}

/* Adds what begins with mark i. Returns the last mark of it, or SIZE_MAX if memory is short. */
static size_t add_marks(struct tj_markdown_inlines *x, size_t i)
{
	struct tj_markdown_scratch *s = x->scratch;
	struct tj_markdown_item item = s->marks[i];
	size_t image = image_end(s, i), kept = image > 0 ? 0 : kept_end(s, i), last = i;
	item.partner = x->n_items;
	if (item.type == TJ_MARKDOWN_SOFT) {
		item.said = x->said.n;
		item.n_said = 1;
		if (!tj_string_append(&x->said, " ", 1))
			return SIZE_MAX;
	} else if (image > 0) {
		const struct tj_markdown_item *close = &s->marks[image];
		item.alt = (struct tj_document_range){ item.end, close->first };
		item.title = close->title;
		item.quote = close->quote;
		item.tail = close->tail;
		item.end = close->end;
		item.kind = TJ_ITEM_ALONE;
		last = image;
	} else if (kept > 0) {
		item.end = s->marks[kept].end;
		item.kind = TJ_ITEM_ALONE;
		last = kept;
	} else if (s->marks[i].partner < i) {
		/* What was put together lies within an element, so its partner is still there. */
		item.partner = s->openers[item.name];
		x->items[item.partner].partner = x->n_items;
	} else if (s->marks[i].partner > i) {
		s->openers[item.name] = x->n_items;
	}
	return add_item(x, &item) ? last : SIZE_MAX;
}

int tj_markdown_order_items(struct tj_markdown_inlines *x)
{
	struct tj_markdown_scratch *s = x->scratch;
	size_t at = 0;
	if (s->n_marks > 1)
		qsort(s->marks, s->n_marks, sizeof *s->marks, compare_marks);
	if (!find_partners(s))
		return 0;
	for (size_t i = 0; i < s->n_marks; i++) {
		if (!add_text(x, at, s->marks[i].first))
			return 0;
		i = add_marks(x, i);
		if (i == SIZE_MAX)
			return 0;
		at = x->items[x->n_items - 1].end;
	}
	return add_text(x, at, x->n);
}
