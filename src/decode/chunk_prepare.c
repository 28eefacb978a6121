/* SPDX-License-Identifier: MIT */
/* Splits the lines of a chunk into sentences, cuts sentences that are too long, and tokenises. */
#include "src/decode/chunk_prepare.h"

#include <stdlib.h>

#include "src/base/memory.h"
#include "src/base/separators.h"
#include "src/base/utf8.h"
#include "src/decode/cut.h"
#include "src/decode/emit.h"
#include "src/decode/line_divide.h"
#include "src/decode/line_prefix.h"
#include "src/decode/names.h"
#include "src/decode/trace.h"

/* The state of preparing one chunk. */
struct cutter {
	struct tj_chunk *chunk;
	const struct tj_language *language;
	struct tj_tools *tools;
	const char *prefix; /* [n_prefix] of the line, as far as it can be translated to */
	size_t n_prefix;
	struct tj_sentences *splitter; /* for the line */
};

/* Find the prefix of a line. If it has several sentences, the line is not split. */
static trujaman_status find_prefix(struct cutter *x, const struct tj_chunk_line *line,
                                   struct tj_error *err)
{
	const struct tj_span *spans;
	size_t n_spans;
	x->splitter = x->tools->sentences;
	x->n_prefix = tj_line_prefix(x->chunk, line, x->language, &x->prefix);
	if (x->n_prefix > 0 && (tj_utf8_valid_prefix(x->prefix, x->n_prefix) < x->n_prefix ||
	                        tj_separator_find(x->prefix, x->n_prefix) < x->n_prefix))
		x->n_prefix = 0;
	if (x->n_prefix == 0)
		return TRUJAMAN_OK;
	if (tj_sentences_find(x->tools->prefixes, x->prefix, x->n_prefix, 0, &spans, &n_spans,
	                      err) != TRUJAMAN_OK)
		return err->status;
	if (n_spans > 1)
		x->splitter = x->tools->whole;
	return TRUJAMAN_OK;
}

static trujaman_status add_part(const struct cutter *x, struct tj_chunk_line *line,
                                const struct tj_part *part, struct tj_error *err)
{
	struct tj_chunk *c = x->chunk;
	if (tj_chunk_add_part(c, line, line->last_part, part, x->language->n_best) == NULL)
		return tj_fail_memory(err, "a chunk's parts", c->n_parts * sizeof *part);
	return TRUJAMAN_OK;
}

/* Give a part of a line without a plan its constraint and prefix. */
static trujaman_status constrain(const struct cutter *x, const struct tj_chunk_line *line,
                                 struct tj_part *part, struct tj_error *err)
{
	const struct tj_constraint *c = &x->language->constraint;
	if (c->active)
		part->constraint = c;
	if (x->n_prefix == 0 || line->first_part != NULL)
		return TRUJAMAN_OK;
	if (tj_part_prefix_make(x->chunk, x->language, NULL, x->prefix, x->n_prefix, x->tools,
	                        &part->prefix, err) != TRUJAMAN_OK ||
	    part->prefix == NULL)
		return err->status;
	struct tj_constraint *own = tj_blocks_take(&x->chunk->blocks, sizeof *own);
	if (own == NULL)
		return tj_fail_memory(err, "a constraint", sizeof *own);
	*own = *c;
	own->active = 1;
	part->constraint = own;
	return TRUJAMAN_OK;
}

static trujaman_status prepare_scoring(const struct cutter *x, struct tj_chunk_line *line,
                                       struct tj_error *err)
{
	struct tj_chunk *c = x->chunk;
	const struct tj_language *l = x->language;
	const char *source = line->n_field > 0 ? c->text.data + line->first_byte + line->field : "";
	const char *target = line->n_target > 0 ? c->target_text.data + line->first_target : "";
	struct tj_part part = { .first_id = c->ids.n, .first_target = c->target_ids.n };
	struct tj_stretch pair[2] = { { source, line->n_field }, { target, line->n_target } };
	struct tj_pair_record record = { .cased = 0 };
	int blank_target = tj_is_blank(target, line->n_target);
	if (x->tools->pairs != NULL &&
	    tj_pair_make(x->tools->pairs, NULL, pair, &record, err) != TRUJAMAN_OK)
		return err->status;
	if (!line->blank &&
	    tj_pieces_encode(l->source, pair[0].text, pair[0].n, &c->ids, err) != TRUJAMAN_OK)
		return err->status;
	part.n_ids = c->ids.n - part.first_id;
	/* The model does not see the rest of a source that is too long: a pair gets a score in any
	 * case, and the lines after it theirs. */
	if (part.n_ids > l->max_scored) {
		part.n_ids = l->max_scored;
		c->ids.n = part.first_id + part.n_ids;
		line->n_over_long = 1;
	}
	/* SentencePiece may encode white space as a piece. Here a blank target is empty, like a
	 * blank source. */
	if (!blank_target && tj_pieces_encode(l->target, pair[1].text, pair[1].n, &c->target_ids,
	                                      err) != TRUJAMAN_OK)
		return err->status;
	part.n_target = c->target_ids.n - part.first_target;
	part.given_end = line->n_field;
	c->n_source_pieces += part.n_ids;
	c->n_target_pieces += part.n_target;
	line->n_sentences = 1;
	if (add_part(x, line, &part, err) != TRUJAMAN_OK || !l->traces)
		return err->status;
	return tj_trace_make(line->last_part, c->target_ids.data + part.first_target, part.n_target,
	                     l, &line->last_part->trace, err);
}

/* Add the parts of a sentence that is too long. `part` has the ids of the whole sentence and the
 * text before it, which becomes that of its first part. */
static trujaman_status cut_sentence(struct cutter *x, struct tj_chunk_line *line, const char *text,
                                    size_t n_bytes, struct tj_part part, struct tj_error *err)
{
	const struct tj_language *l = x->language;
	size_t first_id = part.first_id, n_ids = part.n_ids;
	uint64_t place = part.place;
	struct tj_tools *tools = x->tools;
	if (!tj_reserve(&tools->starts, &tools->starts_capacity, n_ids, sizeof *tools->starts))
		return tj_fail_memory(err, "a long sentence", n_ids * sizeof *tools->starts);
	if (tj_pieces_starts(l->source, text, n_bytes, n_ids, tools->starts, err) != TRUJAMAN_OK)
		return err->status;
	struct tj_cuttable whole = { text, n_bytes, tools->starts, n_ids, l->max_pieces, NULL, 0 };
	size_t given = part.given_first;
	for (size_t from = 0, to; from < n_ids; from = to) {
		to = tj_cut(&whole, from);
		part.first_id = first_id + from;
		part.place = place + (from > 0 ? tools->starts[from] : 0);
		part.n_ids = to - from;
		part.given_first = given + (from > 0 ? tools->starts[from] : 0);
		part.given_end = given + (to < n_ids ? tools->starts[to] : n_bytes);
		part.text = text + (from > 0 ? tools->starts[from] : 0);
		part.n_text = part.given_end - part.given_first;
		if (add_part(x, line, &part, err) != TRUJAMAN_OK)
			return err->status;
		part.before = " ";
		part.prefix = NULL;
		part.constraint = l->constraint.active ? &l->constraint : NULL;
		part.n_before = to < n_ids && tj_is_spaced(text, n_bytes, tools->starts[to]);
	}
	return TRUJAMAN_OK;
}

/* Add one sentence of a line. line->rest is the offset of the text that no part covers yet. */
static trujaman_status add_sentence(struct cutter *x, struct tj_chunk_line *line,
                                    struct tj_span span, struct tj_error *err)
{
	struct tj_chunk *c = x->chunk;
	const char *text = c->text.data + line->first_byte;
	struct tj_part part = { .first_id = c->ids.n,
		                .place = span.first,
		                .before = text + line->rest,
		                .n_before = span.first - line->rest,
		                .given_first = span.first - line->field,
		                .given_end = span.first + span.n - line->field,
		                .text = text + span.first,
		                .n_text = span.n };
	if (tj_pieces_encode(x->language->source, text + span.first, span.n, &c->ids, err) !=
	    TRUJAMAN_OK)
		return err->status;
	part.n_ids = c->ids.n - part.first_id;
	if (part.n_ids == 0) /* no part: its text is copied with line->rest */
		return TRUJAMAN_OK;
	c->n_source_pieces += part.n_ids;
	line->n_sentences++;
	line->rest = span.first + span.n;
	if (constrain(x, line, &part, err) != TRUJAMAN_OK)
		return err->status;
	if (part.n_ids <= x->language->max_pieces)
		return add_part(x, line, &part, err);
	line->n_over_long++;
	return cut_sentence(x, line, text + span.first, span.n, part, err);
}

/* The way of a sentence: its spans as placeables if the model has some, else as they are if the
 * vocabularies can write them, else not at all. */
static enum tj_way way_of(const struct cutter *x, const struct tj_plan *p, const struct tj_span *s)
{
	size_t n_spans;
	(void)tj_plan_spans(p, s->first, s->first + s->n, &n_spans);
	if (n_spans == 0)
		return TJ_WAY_FREE;
	if (x->language->n_placeables > 0)
		return TJ_WAY_PLACEABLES;
	return tj_readable(p, x->language, s->first, s->first + s->n) ? TJ_WAY_RAW : TJ_WAY_BETWEEN;
}

/* Divide a line into parts that keep what must not change. */
static trujaman_status plan_line(struct cutter *x, struct tj_chunk_line *line, const char *field,
                                 struct tj_error *err)
{
	struct tj_chunk *c = x->chunk;
	struct tj_plan *p = &c->plans[line - c->lines];
	/* What a prefix says of letter case goes for all of the line. */
	struct tj_language cased = *x->language;
	cased.keep_case |= x->n_prefix > 0;
	struct tj_emitter e = { .chunk = c,
		                .line = line,
		                .plan = p,
		                .language = x->n_prefix > 0 ? &cased : x->language,
		                .tools = x->tools,
		                .prefix = x->prefix,
		                .n_prefix = x->n_prefix };
	if (tj_plan_make(p, field, line->n_field, line->is_piece, x->language, x->splitter,
	                 x->tools, &c->blocks, err) != TRUJAMAN_OK ||
	    (x->n_prefix == 0 && tj_plan_divide(p, &c->blocks, err) != TRUJAMAN_OK) ||
	    (x->n_prefix == 0 &&
	     tj_plan_find_names(p, x->language, x->tools, &c->blocks, err) != TRUJAMAN_OK))
		return err->status;
	for (size_t i = 0; i < p->n_sentences; i++) {
		const struct tj_span *s = &p->sentences[i];
		if (!tj_plan_has_letter(p, s->first, s->first + s->n))
			continue;
		line->n_sentences++;
		if (tj_emit(&e, s->first, s->first + s->n, way_of(x, p, s), err) != TRUJAMAN_OK)
			return err->status;
	}
	/* Terms behind the last part have to be replaced. */
	const char *rest;
	size_t end = line->field + line->n_field,
	       from = e.done > line->field ? e.done : line->field;
	size_t n = tj_plan_copy(p, from - line->field, line->n_field, &c->blocks, &rest);
	if (n == SIZE_MAX)
		return tj_fail_memory(err, "a line", line->n_bytes);
	if (rest != field + (from - line->field) && tj_emit_copy(&e, end, err) != TRUJAMAN_OK)
		return err->status;
	line->rest = e.done;
	return TRUJAMAN_OK;
}

static trujaman_status prepare_line(struct cutter *x, struct tj_chunk_line *line,
                                    struct tj_error *err)
{
	struct tj_chunk *c = x->chunk;
	const char *field = line->n_field > 0 ? c->text.data + line->first_byte + line->field : "";
	const struct tj_span *spans;
	size_t n_spans;
	if (find_prefix(x, line, err) != TRUJAMAN_OK)
		return err->status;
	line->blank = (uint8_t)tj_is_blank(field, line->n_field);
	line->n_words = tj_count_words(field, line->n_field);
	c->n_words += line->n_words;
	if (x->language->scoring) {
		if (prepare_scoring(x, line, err) != TRUJAMAN_OK)
			return err->status;
	} else if (!line->blank) {
		if (x->language->alphabet != NULL)
			return plan_line(x, line, field, err);
		if (tj_sentences_find(x->splitter, field, line->n_field, line->is_piece, &spans,
		                      &n_spans, err) != TRUJAMAN_OK)
			return err->status;
		for (size_t i = 0; i < n_spans; i++) {
			struct tj_span span = { line->field + spans[i].first, spans[i].n };
			if (add_sentence(x, line, span, err) != TRUJAMAN_OK)
				return err->status;
		}
	}
	return TRUJAMAN_OK;
}

trujaman_status tj_chunk_prepare(struct tj_chunk *c, const struct tj_language *l,
                                 struct tj_tools *tools, struct tj_error *err)
{
	struct cutter x = { .chunk = c, .language = l, .tools = tools };
	if (l->alphabet != NULL && !l->scoring) {
		c->plans = calloc(c->n_lines > 0 ? c->n_lines : 1, sizeof *c->plans);
		if (c->plans == NULL)
			return tj_fail_memory(err, "lines", c->n_lines * sizeof *c->plans);
	}
	for (size_t i = 0; err->status == TRUJAMAN_OK && i < c->n_lines; i++)
		(void)prepare_line(&x, &c->lines[i], err);
	return err->status;
}
