/* SPDX-License-Identifier: MIT */
/* Reads what is known of a line once it is done: its plan, the fragments of its parts, and the
 * joined text. */
#include "src/decode/explain.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "src/base/escape.h"
#include "src/decode/emit.h"
#include "src/decode/hide.h"

/* A report that grows. Once memory is short, nothing more is added. */
struct report {
	struct tj_string *out;
	size_t before; /* offset in its line of what the plan calls byte 0 */
	int failed;
};

static void put(struct report *r, const char *text, size_t n)
{
	if (!r->failed && n > 0)
		r->failed = !tj_string_append(r->out, text, n);
}

static void put_word(struct report *r, const char *word)
{
	put(r, word, strlen(word));
}

/* Begin a record of the bytes [first, end) of the plan's source. */
static void begin(struct report *r, const char *kind, size_t first, size_t end)
{
	char range[64];
	int n = snprintf(range, sizeof range, "\t%zu-%zu", r->before + first, r->before + end);
	put_word(r, kind);
	put(r, range, (size_t)n);
}

static void end(struct report *r)
{
	put(r, "\n", 1);
}

static void put_field(struct report *r, const char *text)
{
	put(r, "\t", 1);
	put_word(r, text);
}

/* The number of the placeable character at `text`. */
static unsigned placeable_at(const char *text)
{
	return ((unsigned char)text[2] & 3u) << 6 | ((unsigned char)text[3] & 0x3fu);
}

/* Put a field of n bytes of text, with placeable k as \{k}. */
static void put_text(struct report *r, const char *text, size_t n)
{
	put(r, "\t", 1);
	for (size_t at = 0, to; at < n; at = to + TJ_PLACEABLE_BYTES) {
		char name[16];
		to = at + tj_placeable_find(text + at, n - at);
		if (!r->failed && to > at)
			r->failed = !tj_escape_append(r->out, text + at, to - at);
		if (to == n)
			break;
		int n_name = snprintf(name, sizeof name, "\\{%u}", placeable_at(text + to));
		put(r, name, (size_t)n_name);
	}
}

static void put_record(struct report *r, const char *kind, size_t first, size_t last,
                       const char *text, size_t n)
{
	begin(r, kind, first, last);
	put_text(r, text, n);
	end(r);
}

/* --- What was found in the line -------------------------------------------------- */

static void tell_spans(struct report *r, const struct tj_plan *p)
{
	for (size_t i = 0; i < p->n_spans; i++) {
		const struct tj_fixed *f = &p->origins[i];
		begin(r, "span", f->first, f->first + f->n);
		put_field(r, tj_fixed_kind_name(f->kind));
		put_text(r, p->source + f->first, f->n);
		if (f->kind == TJ_FIXED_TERM)
			put_text(r, f->value, f->n_value);
		end(r);
	}
}

static size_t char_bytes(const char *text, size_t n)
{
	size_t bytes = 1;
	while (bytes < n && ((unsigned char)text[bytes] & 0xc0) == 0x80)
		bytes++;
	return bytes;
}

/* The bytes of the character at byte `at` of the normalised text if it stands so at byte `s` of the
 * source; else 0. */
static size_t same_bytes(const struct tj_plan *p, size_t at, size_t s)
{
	const struct tj_mapped *m = &p->normal;
	if (at >= m->text.n || m->from[at] != s)
		return 0;
	size_t bytes = char_bytes(m->text.data + at, m->text.n - at);
	return p->n_source - s >= bytes && m->from[at + bytes] == s + bytes &&
	               memcmp(m->text.data + at, p->source + s, bytes) == 0
	           ? bytes
	           : 0;
}

/* Tell each place where normalisation has changed the text. */
static void tell_changes(struct report *r, const struct tj_plan *p)
{
	const struct tj_mapped *m = &p->normal;
	size_t at = 0, s = 0;
	while (m->from != NULL && (at < m->text.n || s < p->n_source)) {
		size_t same = same_bytes(p, at, s), to = at;
		at += same;
		s += same;
		if (same > 0)
			continue;
		while (to < m->text.n && same_bytes(p, to, m->from[to]) == 0)
			to += char_bytes(m->text.data + to, m->text.n - to);
		if (to == at && m->from[to] == s)
			return;
		begin(r, "normal", s, m->from[to]);
		put_text(r, p->source + s, m->from[to] - s);
		put_text(r, m->text.data + at, to - at);
		end(r);
		at = to;
		s = m->from[to];
	}
}

static void tell_sentences(struct report *r, const struct tj_plan *p)
{
	for (size_t i = 0; i < p->n_sentences; i++) {
		size_t first = p->sentences[i].first, last = first + p->sentences[i].n;
		begin(r, "sentence", tj_plan_origin(p, first), tj_plan_origin(p, last));
		if (!tj_plan_has_letter(p, first, last))
			put_field(r, "copied\tno letter outside its spans");
		end(r);
	}
}

/* --- What became of its parts ----------------------------------------------------- */

static void tell_placeables(struct report *r, const struct tj_fragment *f)
{
	const struct tj_mapped *m = &f->reading->text;
	const char *text = m->text.data;
	const struct tj_plan *p = f->plan;
	for (size_t at = f->text_first;; at += TJ_PLACEABLE_BYTES) {
		size_t n_spans;
		at += tj_placeable_find(text + at, f->text_end - at);
		if (at >= f->text_end)
			return;
		const struct tj_placeable *item =
		    &f->reading->placeables.items[placeable_at(text + at)];
		size_t i = tj_plan_spans(p, m->from[at], p->normal.text.n, &n_spans);
		const struct tj_fixed *span = &p->origins[i];
		begin(r, "placeable", span->first, span->first + span->n);
		put_text(r, text + at, TJ_PLACEABLE_BYTES);
		put_text(r, item->value, item->n_value);
		end(r);
	}
}

static void tell_case(struct report *r, const struct tj_fragment *f)
{
	static const char *const names[] = {
		[TJ_CASE_SENTENCE] = "as it is",
		[TJ_CASE_UPPER] = "capitals",
		[TJ_CASE_LOWER] = "lower case",
		[TJ_CASE_TITLE] = "title case",
	};
	const struct tj_case *c = &f->reading->turn.letter_case;
	if (!tj_case_changes(c) && !c->adds_mark)
		return;
	begin(r, "case", f->first, f->end);
	put_field(r, names[c->kind]);
	if (c->turns_first)
		put_field(r, "the first letter made small");
	if (c->adds_mark) {
		const char mark = (char)c->adds_mark;
		put_field(r, "ended with ");
		put(r, &mark, 1);
	}
	end(r);
}

static const char *reason(enum tj_why why)
{
	switch (why) {
	case TJ_WHY_NOT:
		break;
	case TJ_WHY_SCAN:
		return "the translation has other spans than the source";
	case TJ_WHY_NUMBERS:
		return "the translation has other small numbers than the source";
	case TJ_WHY_LENGTH:
		return "the translation met its length limit before all spans were out";
	case TJ_WHY_EMPTY:
		return "the translation is empty";
	case TJ_WHY_MEETING:
		return "a span was made or broken where it meets its neighbour";
	case TJ_WHY_LINE:
		return "the whole line had other spans than the source";
	}
	return "";
}

/* Why a stretch was not part of a whole sentence to begin with. */
static const char *reason_between(const struct tj_fragment *f, const struct tj_language *l)
{
	const struct tj_plan *p = f->plan;
	for (size_t i = 0; i < p->n_sentences; i++) {
		size_t first = p->sentences[i].first, last = first + p->sentences[i].n;
		if (f->reading->first < first || f->reading->first >= last)
			continue;
		if (l->n_placeables == 0 && !tj_readable(p, l, first, last))
			return "the model has neither placeables nor all characters of the spans";
	}
	return "the sentence would have to be cut within a span";
}

static void tell_step(struct report *r, const struct tj_fragment *f, const struct tj_language *l,
                      size_t split_end)
{
	begin(r, "step", f->first, f->end);
	switch (f->way) {
	case TJ_WAY_FREE:
		put_field(r, "whole\tno spans");
		break;
	case TJ_WAY_PLACEABLES:
		put_field(r, "whole\tspans behind placeables");
		break;
	case TJ_WAY_RAW:
		put_field(r, "whole\tspans as they are; the model has no placeables");
		break;
	case TJ_WAY_BETWEEN:
		put_field(r, "stretch");
		put_field(r, f->first < split_end ? "of what was split" : reason_between(f, l));
		break;
	case TJ_WAY_SPLIT:
		put_field(r, "split");
		put_field(r, reason(f->why));
		break;
	case TJ_WAY_COPIED:
		put_field(r, "copied");
		put_field(r, reason(f->why));
		break;
	}
	end(r);
}

static void tell_part(struct report *r, const struct tj_part *part, const struct tj_language *l,
                      size_t split_end)
{
	const struct tj_fragment *f = part->fragment;
	const struct tj_mapped *m = &f->reading->text;
	if (f->reading->way == TJ_WAY_PLACEABLES)
		tell_placeables(r, f);
	tell_case(r, f);
	put_record(r, "read", f->first, f->end, m->text.data + f->text_first,
	           f->text_end - f->text_first);
	if (f->text_first > 0 || f->text_end < m->text.n) {
		begin(r, "cut", f->first, f->end);
		put_field(r, "the sentence has more than --max-pieces");
		end(r);
	}
	put_record(r, "wrote", f->first, f->end, f->wrote, f->n_wrote);
	tell_step(r, f, l, split_end);
	if (f->way != TJ_WAY_SPLIT)
		put_record(r, "text", f->first, f->end, part->hypotheses->text,
		           part->hypotheses->n_bytes);
}

/* Tell the names that have replaced what the network wrote for them. */
static void tell_names(struct report *r, const struct tj_plan *p)
{
	for (size_t i = 0; i < p->n_names; i++) {
		const struct tj_name *name = &p->names[i];
		if (name->was == NULL)
			continue;
		begin(r, "name", name->first, name->first + name->n);
		put_text(r, p->source + name->first, name->n);
		put_text(r, name->was, name->n_was);
		end(r);
	}
}

static const char *at_byte(const struct tj_string *s, size_t at)
{
	return s->data != NULL ? s->data + at : "";
}

trujaman_status tj_explain_line(const struct tj_chunk *c, const struct tj_chunk_line *line,
                                const struct tj_language *l, struct tj_string *out,
                                struct tj_error *err)
{
	const struct tj_plan *p = &c->plans[line - c->lines];
	const struct tj_joined *best = &c->joined[line->first_joined];
	struct report r = { .out = out, .before = (size_t)line->column };
	size_t split_end = 0;
	put_record(&r, "line", 0, line->n_bytes, at_byte(&c->text, line->first_byte),
	           line->n_bytes);
	if (line->blank || line->short_row) {
		begin(&r, "copied", 0, line->n_bytes);
		put_field(&r, line->short_row ? "no such column" : "blank");
		end(&r);
		return r.failed ? tj_fail_memory(err, "an explanation", out->n) : TRUJAMAN_OK;
	}
	r.before += line->field;
	tell_spans(&r, p);
	tell_changes(&r, p);
	tell_sentences(&r, p);
	for (const struct tj_part *part = line->first_part; part != NULL; part = part->next) {
		if (part->fragment == NULL)
			continue;
		tell_part(&r, part, l, split_end);
		if (part->fragment->way == TJ_WAY_SPLIT)
			split_end = part->fragment->end;
	}
	tell_names(&r, p);
	r.before -= line->field;
	put_record(&r, "result", 0, line->n_bytes, at_byte(&c->joined_text, best->first), best->n);
	return r.failed ? tj_fail_memory(err, "an explanation", out->n) : TRUJAMAN_OK;
}
