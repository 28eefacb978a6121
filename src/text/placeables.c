/* SPDX-License-Identifier: MIT */
/* Replaces spans by placeables and back. */
#include "src/text/placeables.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"
#include "src/text/spans_scan.h"

static trujaman_status fail_memory(const struct tj_mapped *m, struct tj_error *err)
{
	return tj_fail_memory(err, "a line with placeables", m->text.n);
}

/* Returns the offset behind the white space from `at` on. */
static size_t skip_white(const struct tj_scan *s, size_t at)
{
	for (size_t after = at; after < s->n && tj_is_white(tj_scan_next(s, &after));)
		at = after;
	return at;
}

/* Returns the offset of the white space that ends at `at`, at least `low`. */
static size_t skip_white_back(const struct tj_scan *s, size_t low, size_t at)
{
	for (size_t before = at; before > low && tj_is_white(tj_scan_back(s, &before));)
		at = before;
	return at;
}

/* Appends the placeable number k, which stands for the bytes [first, end) of the original. */
static int append_placeable(struct tj_mapped *m, size_t k, size_t first, size_t end)
{
	char bytes[TJ_PLACEABLE_BYTES];
	size_t n = 0;
	U8_APPEND_UNSAFE(bytes, n, TJ_PLACEABLE_FIRST + (UChar32)k);
	return tj_mapped_append(m, bytes, n, first, end);
}

/* --- Taking ------------------------------------------------------------------------- */

/* Finds or adds the item of a value. Returns its number; `max`: no room for another value. */
static size_t item_of(struct tj_placeables *p, const struct tj_fixed *span, size_t max)
{
	size_t i = 0;
	while (i < p->n && (p->items[i].n_value != span->n_value ||
	                    memcmp(p->items[i].value, span->value, span->n_value) != 0))
		i++;
	if (i == p->n && i < max)
		p->items[p->n++] = (struct tj_placeable){ span->value, span->n_value, 0 };
	return i;
}

/* Whether a straight quote opens what follows; [low, at) stands before it. */
static int is_open_quote(const struct tj_scan *s, size_t low, size_t at)
{
	int32_t c = at > low ? tj_scan_before(s, at) : TJ_SCAN_NONE;
	return tj_is_white(c) || c == '(' || c == '[' || c == 0xBF || c == 0xA1;
}

/* Whether a word would directly follow what stands in [low, at): nothing, an opening bracket or
 * quote. */
static int is_opened(const struct tj_scan *s, size_t low, size_t at)
{
	if (at == low)
		return 1;
	int32_t c = tj_scan_back(s, &at);
	if (c == '"' || c == '\'')
		return is_open_quote(s, low, at);
	int type = u_charType(c);
	return type == U_START_PUNCTUATION || type == U_INITIAL_PUNCTUATION || c == 0xBF ||
	       c == 0xA1;
}

/* Whether a word stands directly behind a span that ends at `end`, behind a tag perhaps in quotes
 * or with an inverted question mark. */
static int is_touched(const struct tj_scan *s, size_t end)
{
	int32_t c = tj_scan_at(s, end);
	if (tj_is_word(c))
		return 1;
	return s->text[end - 1] == '>' && c != TJ_SCAN_NONE &&
	       (c == '"' || c == 0xBF || c == 0xA1 || u_charType(c) == U_START_PUNCTUATION ||
	        u_charType(c) == U_INITIAL_PUNCTUATION);
}

static struct tj_placeable_use use_of(const struct tj_scan *s, size_t first, size_t item,
                                      const struct tj_fixed *span)
{
	size_t end = span->first + span->n;
	struct tj_placeable_use use = { .item = item };
	if (span->first > first) {
		size_t before = skip_white_back(s, first, span->first);
		/* White space at the beginning stays in the text. */
		if (before > first)
			use.before = (const char *)s->text + before;
		use.n_before = before > first ? span->first - before : 0;
		use.is_opened = before > first && is_opened(s, first, before);
		use.touches_before = use.n_before == 0 &&
		                     tj_is_word(tj_scan_before(s, span->first));
	}
	if (end < s->n) {
		use.after = (const char *)s->text + end;
		use.n_after = skip_white(s, end) - end;
		use.touches_after = use.n_after == 0 && is_touched(s, end);
	}
	return use;
}

/* Appends the text [at, end) that stands between two spans (or the sentence's ends). */
static int append_between(struct tj_mapped *m, const struct tj_scan *s, size_t at, size_t end,
                          int behind_span, int before_span)
{
	size_t first = behind_span ? skip_white(s, at) : at;
	size_t last = end;
	if (first >= end) /* white space only; it stays at the end of the range */
		first = before_span ? end : at;
	if (before_span && (behind_span || skip_white(s, at) < end))
		last = skip_white_back(s, first, end);
	int is_spaced = first > at && first < end;
	return (!is_spaced || tj_mapped_append(m, " ", 1, at, first)) &&
	       tj_mapped_append(m, s->text + first, last - first, first, last);
}

trujaman_status tj_placeables_take(struct tj_placeables *p, const char *text, size_t first,
                                   size_t n, const struct tj_fixed *spans, size_t n_spans,
                                   size_t max, struct tj_mapped *m, size_t *used,
                                   struct tj_error *err)
{
	struct tj_scan s = { (const uint8_t *)text, first + n };
	size_t at = first, end = first + n, i = 0;
	int behind = 0;
	if (!tj_reserve(&p->items, &p->capacity, max, sizeof *p->items) ||
	    !tj_reserve(&p->uses, &p->uses_capacity, TJ_PLACEABLES_MOST, sizeof *p->uses))
		return fail_memory(m, err);
	while (i < n_spans && spans[i].first < first)
		i++;
	for (; i < n_spans && spans[i].first < end; i++, behind = 1) {
		const struct tj_fixed *span = &spans[i];
		size_t item = p->n_uses < TJ_PLACEABLES_MOST ? item_of(p, span, max) : max;
		if (item == max) {
			end = span->first;
			break;
		}
		p->items[item].count++;
		p->uses[p->n_uses++] = use_of(&s, first, item, span);
		if (!append_between(m, &s, at, span->first, behind, 1) ||
		    !append_placeable(m, item, span->first, span->first + span->n))
			return fail_memory(m, err);
		at = span->first + span->n;
	}
	*used = end - first;
	return append_between(m, &s, at, end, behind, 0) ? TRUJAMAN_OK : fail_memory(m, err);
}

void tj_placeables_release(struct tj_placeables *p)
{
	free(p->items);
	free(p->uses);
	*p = (struct tj_placeables){ .items = NULL };
}

/* --- Restoring ---------------------------------------------------------------------- */

struct restoring {
	const struct tj_placeables *p;
	struct tj_scan s; /* the translated text */
	struct tj_mapped *m;
	size_t start;                    /* of this text in m */
	size_t seen[TJ_PLACEABLES_MOST]; /* how often each item has occurred */
	int behind_value;                /* what was appended last is a value */
	const struct tj_placeable_use *last;
};

/* Returns the use of an item that its next occurrence is, or its last one. */
static const struct tj_placeable_use *next_use(struct restoring *r, size_t item)
{
	const struct tj_placeable_use *found = NULL;
	size_t left = ++r->seen[item];
	for (size_t i = 0; i < r->p->n_uses && left > 0; i++)
		if (r->p->uses[i].item == item) {
			found = &r->p->uses[i];
			left--;
		}
	return found;
}

/* Whether `use` directly follows `last` in the source, without white space. */
static int touch_in_source(const struct restoring *r, const struct tj_placeable_use *use)
{
	return r->last != NULL && use == r->last + 1 && use->before != NULL &&
	       use->before == r->last->after && use->n_before == 0;
}

static int append_white_before(struct restoring *r, const struct tj_placeable_use *use, size_t at)
{
	struct tj_scan out = { (const uint8_t *)r->m->text.data, r->m->text.n };
	int32_t c = out.n > r->start ? tj_scan_before(&out, out.n) : TJ_SCAN_NONE;
	int opened = out.n == r->start || tj_is_white(c) ||
	             (is_opened(&out, r->start, out.n) && !use->is_opened);
	if (r->behind_value ? touch_in_source(r, use) : opened)
		return 1;
	if (use->n_before > 0)
		return tj_mapped_append(r->m, use->before, use->n_before, at, at);
	int touches = tj_is_word(c) && !use->touches_before;
	if (use->before != NULL && !touches && !r->behind_value)
		return 1;
	return tj_mapped_append(r->m, " ", 1, at, at);
}

/* Appends a value for the placeable at `at`, and the white space behind it. Returns where to go on,
 * or 0 if out of memory. */
static size_t append_value(struct restoring *r, size_t item, size_t at)
{
	const struct tj_placeable_use *use = next_use(r, item);
	const struct tj_placeable *p = &r->p->items[item];
	size_t end = at + TJ_PLACEABLE_BYTES;
	if (!append_white_before(r, use, at) ||
	    !tj_mapped_append(r->m, p->value, p->n_value, at, end))
		return 0;
	r->last = use;
	r->behind_value = 1;
	return end;
}

/* Returns the number of the placeable at `at`; p->n: there is none. */
static size_t placeable_at(const struct restoring *r, size_t at)
{
	int32_t c = tj_scan_at(&r->s, at);
	size_t item = c < TJ_PLACEABLE_FIRST ? r->p->n : (size_t)(c - TJ_PLACEABLE_FIRST);
	return item < r->p->n ? item : r->p->n;
}

/* Appends the text [at, end) between two placeables. */
static int append_text(struct restoring *r, size_t at, size_t end)
{
	size_t first = at, last = end;
	if (end < r->s.n) /* a placeable follows, which has its own white space */
		last = skip_white_back(&r->s, at, end);
	if (last == at && r->m->text.n == r->start)
		last = end;
	if (last == at)
		return 1;
	if (r->behind_value) {
		first = skip_white(&r->s, at);
		int touches = tj_is_word(tj_scan_at(&r->s, at)) && !r->last->touches_after;
		const char *white = r->last->n_after > 0 ? r->last->after : " ";
		size_t n = r->last->n_after > 0 ? r->last->n_after : 1;
		if (first >= last)
			return tj_mapped_append(r->m, r->s.text + at, last - at, at, last);
		int keeps = r->last->n_after == 0 && r->last->touches_after; /* "<b>One" */
		if (!keeps && (first > at || touches) &&
		    !tj_mapped_append(r->m, white, n, at, first))
			return 0;
	}
	r->behind_value = 0;
	return tj_mapped_append(r->m, r->s.text + first, last - first, first, last);
}

trujaman_status tj_placeables_restore(const struct tj_placeables *p, const char *translated,
                                      size_t n, struct tj_mapped *m, struct tj_error *err)
{
	struct restoring r = {
		.p = p, .s = { (const uint8_t *)translated, n }, .m = m, .start = m->text.n
	};
	size_t at = 0;
	while (at < n) {
		size_t end = at, item = p->n;
		while (end < n && (item = placeable_at(&r, end)) == p->n)
			tj_scan_next(&r.s, &end);
		if (!append_text(&r, at, end))
			return fail_memory(m, err);
		if (end == n)
			break;
		at = append_value(&r, item, end);
		if (at == 0)
			return fail_memory(m, err);
	}
	return tj_mapped_append(m, "", 0, n, n) ? TRUJAMAN_OK : fail_memory(m, err);
}
