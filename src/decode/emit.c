/* SPDX-License-Identifier: MIT */
/* Makes readings of a plan, and their parts. */
#include "src/decode/emit.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"
#include "src/base/utf8.h"
#include "src/decode/cut.h"
#include "src/decode/hide.h"
#include "src/decode/line_prefix.h"
#include "src/decode/names.h"
#include "src/text/letters.h"

static trujaman_status no_memory(struct tj_error *err)
{
	return tj_fail_memory(err, "the parts of a line", sizeof(struct tj_part));
}

/* --- Reading ------------------------------------------------------------------ */

static struct tj_reading *new_reading(struct tj_emitter *e, size_t first, size_t end,
                                      enum tj_way way)
{
	struct tj_reading *r = tj_blocks_take(&e->chunk->blocks, sizeof *r);
	if (r == NULL)
		return NULL;
	r->first = first;
	r->end = end;
	r->way = way;
	r->exact = e->exact;
	r->next = e->plan->readings;
	e->plan->readings = r;
	return r;
}

/* Let m, which maps to another mapped text, map to what that one maps to. */
static void map_through(struct tj_mapped *m, const struct tj_mapped *to)
{
	for (size_t i = 0; m->from != NULL && i <= m->text.n; i++)
		m->from[i] = to->from[m->from[i]];
}

/* Append a turned text to r->text with the spans, which were hidden in it, at their places, and
 * note these in tools->spans. */
static int append_shown(struct tj_reading *r, const struct tj_plan *p, size_t span, size_t n_spans,
                        struct tj_tools *tools)
{
	const struct tj_mapped *turned = &tools->turned;
	const char *text = turned->text.data;
	size_t n = turned->text.n;
	if (!tj_reserve(&tools->spans, &tools->spans_capacity, n_spans, sizeof *tools->spans))
		return 0;
	for (size_t from = 0, to, i_span = 0; from < n; from = to + TJ_PLACEABLE_BYTES) {
		to = from + tj_placeable_find(text + from, n - from);
		for (size_t i = from; i < to; i++)
			if (!tj_mapped_append(&r->text, text + i, 1, turned->from[i],
			                      turned->from[i + 1]))
				return 0;
		if (to == n)
			break;
		const struct tj_fixed *f = &p->spans[span + i_span];
		tools->spans[i_span] = *f;
		tools->spans[i_span++].first = r->text.text.n;
		if (!tj_mapped_append(&r->text, p->normal.text.data + f->first, f->n, f->first,
		                      f->first + f->n))
			return 0;
	}
	return 1;
}

/* Set r->text to what the network reads. `used` bytes of the range are in it: all but with
 * placeables, where the rest needs another reading. */
static trujaman_status read_text(struct tj_emitter *e, struct tj_reading *r, size_t *used,
                                 struct tj_error *err)
{
	const struct tj_plan *p = e->plan;
	struct tj_mapped *hidden = &e->tools->hidden, *turned = &e->tools->turned;
	const char *text = p->normal.text.data;
	size_t n_spans, span = tj_plan_spans(p, r->first, r->end, &n_spans);
	const struct tj_fixed *spans = n_spans > 0 ? p->spans + span : NULL;
	tj_mapped_clear(hidden);
	tj_mapped_clear(turned);
	*used = r->end - r->first;
	if (r->way == TJ_WAY_PLACEABLES) {
		if (tj_placeables_take(&r->placeables, text, r->first, *used, spans, n_spans,
		                       e->language->n_placeables, hidden, used, err) != TRUJAMAN_OK)
			return err->status;
	} else if (!tj_hide(text, r->first, r->end, spans, n_spans, hidden)) {
		return no_memory(err);
	}
	if (tj_turn_to_sentence(e->language, r->way == TJ_WAY_BETWEEN, hidden->text.data,
	                        hidden->text.n, &r->turn, turned, err) != TRUJAMAN_OK)
		return err->status;
	map_through(turned, hidden);
	if (r->way == TJ_WAY_RAW)
		return append_shown(r, p, span, n_spans, e->tools) ? TRUJAMAN_OK : no_memory(err);
	struct tj_mapped empty = r->text;
	r->text = *turned;
	*turned = empty;
	return TRUJAMAN_OK;
}

trujaman_status tj_fragment_constrain(struct tj_fragment *f, const struct tj_language *l,
                                      struct tj_tools *tools, struct tj_error *err)
{
	struct tj_constraint *c = &f->constraint;
	const char *text = f->reading->text.text.data + f->text_first;
	size_t n = f->text_end - f->text_first;
	memset(c, 0, sizeof *c);
	c->guard = f->way != TJ_WAY_RAW;
	c->coverage_penalty = (float)l->coverage_penalty;
	if (l->guard_repeats &&
	    tj_repeat_limit(&tools->repeats, text, n, &c->repeat, err) != TRUJAMAN_OK)
		return err->status;
	c->min_length = l->constraint.min_length;
	c->suppress = l->constraint.suppress;
	c->active = c->guard || c->repeat > 0 || c->coverage_penalty > 0 || c->min_length > 0 ||
	            c->suppress || f->prefix != NULL;
	/* If it has too many of a placeable, the judge will say so. */
	if (c->guard)
		(void)tj_constraint_read(c, text, n);
	if (c->guard && f->reading->exact)
		c->small_only = 1;
	return TRUJAMAN_OK;
}

/* --- Parts -------------------------------------------------------------------- */

/* Set part->before to the bytes of the line from e->done to byte `end`. */
static trujaman_status set_before(struct tj_emitter *e, size_t end, struct tj_part *part,
                                  struct tj_error *err)
{
	const struct tj_chunk_line *line = e->line;
	const char *all = e->chunk->text.data + line->first_byte, *copied;
	size_t from = e->done > line->field ? e->done : line->field;
	size_t field_end = line->field + line->n_field;
	size_t to = end < field_end ? end : field_end;
	part->before = all + e->done;
	part->n_before = end - e->done;
	if (from >= to)
		return TRUJAMAN_OK;
	size_t n = tj_plan_copy(e->plan, from - line->field, to - line->field, &e->chunk->blocks,
	                        &copied);
	if (n == SIZE_MAX)
		return no_memory(err);
	if (copied == e->plan->source + (from - line->field))
		return TRUJAMAN_OK;
	size_t n_ahead = from - e->done, n_behind = end - to;
	char *before = tj_blocks_take(&e->chunk->blocks, n_ahead + n + n_behind + 1);
	if (before == NULL)
		return no_memory(err);
	memcpy(before, all + e->done, n_ahead);
	memcpy(before + n_ahead, copied, n);
	memcpy(before + n_ahead + n, all + to, n_behind);
	part->before = before;
	part->n_before = n_ahead + n + n_behind;
	return TRUJAMAN_OK;
}

trujaman_status tj_emit_copy(struct tj_emitter *e, size_t end, struct tj_error *err)
{
	struct tj_part part = { .n_before = 0 };
	if (end <= e->done)
		return TRUJAMAN_OK;
	if (set_before(e, end, &part, err) != TRUJAMAN_OK)
		return err->status;
	size_t field_end = e->line->field + e->line->n_field;
	part.given_first = (end < field_end ? end : field_end) - e->line->field;
	part.given_end = part.given_first;
	e->after = tj_chunk_add_copy(e->chunk, e->line, e->after, &part);
	if (e->after == NULL)
		return no_memory(err);
	e->done = end;
	return TRUJAMAN_OK;
}

/* Add the part of a slice of a reading whose pieces are n_ids of the chunk's from first_id on. */
static trujaman_status emit_slice(struct tj_emitter *e, const struct tj_reading *r, size_t from,
                                  size_t to, size_t first_id, size_t n_ids, struct tj_error *err)
{
	struct tj_part part = { .first_id = first_id, .n_ids = n_ids };
	const struct tj_mapped *m = &r->text;
	struct tj_fragment *f = tj_blocks_take(&e->chunk->blocks, sizeof *f);
	if (f == NULL)
		return no_memory(err);
	while (from < to && tj_is_space(m->text.data[from]))
		from++;
	while (from < to && tj_is_space(m->text.data[to - 1]))
		to--;
	*f = (struct tj_fragment){ .line = e->line,
		                   .plan = e->plan,
		                   .reading = r,
		                   .text_first = from,
		                   .text_end = to,
		                   .first = tj_plan_origin(e->plan, m->from[from]),
		                   .end = tj_plan_origin(e->plan, m->from[to]),
		                   .way = r->way };
	f->tries = r->way == TJ_WAY_RAW || r->way == TJ_WAY_PLACEABLES ||
	           tj_has_digit(m->text.data + from, to - from);
	f->has_name = r->turn.letter_case.kind == TJ_CASE_SENTENCE &&
	              tj_plan_has_name(e->plan, f->first, f->end);
	part.fragment = f;
	/* A stretch between spans may begin where the whole sentence does. */
	part.place = (uint64_t)f->first << 3 | (uint64_t)r->way;
	part.constraint = &f->constraint;
	if (e->n_prefix > 0 && e->after == NULL && r->way != TJ_WAY_BETWEEN &&
	    tj_part_prefix_make(e->chunk, e->language, r, e->prefix, e->n_prefix, e->tools,
	                        &f->prefix, err) != TRUJAMAN_OK)
		return err->status;
	part.prefix = f->prefix;
	part.given_first = f->first;
	part.given_end = f->end;
	if (set_before(e, e->line->field + f->first, &part, err) != TRUJAMAN_OK)
		return err->status;
	e->done = e->line->field + f->end;
	if (tj_fragment_constrain(f, e->language, e->tools, err) != TRUJAMAN_OK)
		return err->status;
	e->after = tj_chunk_add_part(e->chunk, e->line, e->after, &part, e->language->n_best);
	return e->after != NULL ? TRUJAMAN_OK : no_memory(err);
}

/* Add the parts of a reading. Sets *fits to 0, and adds none, if a span would have to be cut. */
static trujaman_status emit_reading(struct tj_emitter *e, const struct tj_reading *r, int *fits,
                                    struct tj_error *err)
{
	struct tj_ids *ids = &e->chunk->ids;
	struct tj_tools *tools = e->tools;
	const char *text = r->text.text.data;
	size_t n_bytes = r->text.text.n, first_id = ids->n, n_spans = 0;
	*fits = 1;
	if (n_bytes == 0)
		return TRUJAMAN_OK;
	if (tj_pieces_encode(e->language->source, text, n_bytes, ids, err) != TRUJAMAN_OK)
		return err->status;
	size_t n_ids = ids->n - first_id;
	if (n_ids == 0)
		return TRUJAMAN_OK;
	if (n_ids <= e->language->max_pieces) {
		e->chunk->n_source_pieces += n_ids;
		return emit_slice(e, r, 0, n_bytes, first_id, n_ids, err);
	}
	if (!tj_reserve(&tools->starts, &tools->starts_capacity, n_ids + 1, sizeof *tools->starts))
		return no_memory(err);
	if (tj_pieces_starts(e->language->source, text, n_bytes, n_ids, tools->starts, err) !=
	    TRUJAMAN_OK)
		return err->status;
	tools->starts[n_ids] = n_bytes;
	if (r->way == TJ_WAY_RAW)
		(void)tj_plan_spans(e->plan, r->first, r->end, &n_spans);
	struct tj_cuttable whole = {
		text, n_bytes, tools->starts, n_ids, e->language->max_pieces, tools->spans, n_spans
	};
	for (size_t from = 0, to; *fits && from < n_ids; from = to) {
		to = tj_cut(&whole, from);
		*fits = to > from;
	}
	if (!*fits) {
		ids->n = first_id;
		return TRUJAMAN_OK;
	}
	e->line->n_over_long++;
	e->chunk->n_source_pieces += n_ids;
	for (size_t from = 0, to; from < n_ids; from = to) {
		to = tj_cut(&whole, from);
		if (emit_slice(e, r, from > 0 ? tools->starts[from] : 0, tools->starts[to],
		               first_id + from, to - from, err) != TRUJAMAN_OK)
			return err->status;
	}
	return TRUJAMAN_OK;
}

/* Read the bytes [first, end) in a way that takes all of them. */
static trujaman_status emit_whole(struct tj_emitter *e, size_t first, size_t end, enum tj_way way,
                                  int *fits, struct tj_error *err)
{
	for (size_t used; first < end; first += used) {
		struct tj_reading *r = new_reading(e, first, end, way);
		if (r == NULL)
			return no_memory(err);
		if (read_text(e, r, &used, err) != TRUJAMAN_OK)
			return err->status;
		r->end = first + used;
		*fits = used > 0;
		if (*fits && emit_reading(e, r, fits, err) != TRUJAMAN_OK)
			return err->status;
		if (!*fits)
			return TRUJAMAN_OK;
	}
	return TRUJAMAN_OK;
}

static int is_among(char c, const char *marks)
{
	return tj_is_space(c) || (c != '\0' && strchr(marks, c) != NULL);
}

/* Read a stretch between spans, without the white space at its ends, and without the marks that
 * belong to the span before it or behind it: they are copied, so that no word comes to touch it. */
static trujaman_status emit_stretch(struct tj_emitter *e, size_t first, size_t end, int after_span,
                                    int before_span, struct tj_error *err)
{
	const char *text = e->plan->normal.text.data;
	int fits;
	while (first < end && is_among(text[first], after_span ? ",;:.!?)]}%/-\"'" : ""))
		first++;
	while (first < end && is_among(text[end - 1], before_span ? "([{/-\"'#$<" : ""))
		end--;
	if (!tj_has_letter(text + first, end - first))
		return TRUJAMAN_OK;
	return emit_whole(e, first, end, TJ_WAY_BETWEEN, &fits, err);
}

trujaman_status tj_emit(struct tj_emitter *e, size_t first, size_t end, enum tj_way way,
                        struct tj_error *err)
{
	const struct tj_plan *p = e->plan;
	int fits = way != TJ_WAY_BETWEEN, after_span = 0;
	if (fits && emit_whole(e, first, end, way, &fits, err) != TRUJAMAN_OK)
		return err->status;
	if (fits)
		return TRUJAMAN_OK;
	size_t n_spans, i = tj_plan_spans(p, first, end, &n_spans);
	for (size_t to = i + n_spans; i < to; i++) {
		if (emit_stretch(e, first, p->spans[i].first, after_span, 1, err) != TRUJAMAN_OK)
			return err->status;
		first = p->spans[i].first + p->spans[i].n;
		after_span = 1;
	}
	return emit_stretch(e, first, end, after_span, 0, err);
}

int tj_readable(const struct tj_plan *p, const struct tj_language *l, size_t first, size_t end)
{
	size_t n_spans, i = tj_plan_spans(p, first, end, &n_spans);
	for (size_t to = i + n_spans; i < to; i++)
		if (p->spans[i].kind == TJ_FIXED_TERM ||
		    !tj_pieces_have(l->source, p->spans[i].value, p->spans[i].n_value) ||
		    !tj_pieces_have(l->target, p->spans[i].value, p->spans[i].n_value))
			return 0;
	return 1;
}
