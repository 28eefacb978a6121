/* SPDX-License-Identifier: MIT */
/* Splits the lines of a chunk into sentences, cuts sentences that are too long, and tokenises. */
#include "src/decode/chunk_prepare.h"

#include <stdlib.h>

#include "src/base/memory.h"
#include "src/base/utf8.h"

/* The state of preparing one chunk. */
struct cutter {
	struct tj_chunk *chunk;
	const struct tj_language *language;
	struct tj_sentences *sentences;
	size_t *starts; /* byte offset of each piece in the sentence being cut */
	size_t starts_capacity;
};

static trujaman_status add_part(const struct cutter *x, struct tj_chunk_line *line,
                                const struct tj_part *part, struct tj_error *err)
{
	struct tj_chunk *c = x->chunk;
	if (tj_chunk_add_part(c, line, part, x->language->n_best) == NULL)
		return tj_fail_memory(err, "a chunk's parts", c->n_parts * sizeof *part);
	return TRUJAMAN_OK;
}

static trujaman_status prepare_scoring(const struct cutter *x, struct tj_chunk_line *line,
                                       struct tj_error *err)
{
	struct tj_chunk *c = x->chunk;
	const struct tj_language *l = x->language;
	const char *source = line->n_bytes > 0 ? c->text.data + line->first_byte : "";
	const char *target = line->n_target > 0 ? c->target_text.data + line->first_target : "";
	struct tj_part part = { .first_id = c->ids.n, .first_target = c->target_ids.n };
	if (!line->blank &&
	    tj_pieces_encode(l->source, source, line->n_bytes, &c->ids, err) != TRUJAMAN_OK)
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
	if (!tj_is_blank(target, line->n_target) &&
	    tj_pieces_encode(l->target, target, line->n_target, &c->target_ids, err) != TRUJAMAN_OK)
		return err->status;
	part.n_target = c->target_ids.n - part.first_target;
	c->n_source_pieces += part.n_ids;
	c->n_target_pieces += part.n_target;
	line->n_sentences = 1;
	return add_part(x, line, &part, err);
}

/* Add the parts of a sentence that is too long. `part` has the ids of the whole sentence and the
 * text before it, which becomes that of its first part. */
static trujaman_status cut_sentence(struct cutter *x, struct tj_chunk_line *line, const char *text,
                                    size_t n_bytes, struct tj_part part, struct tj_error *err)
{
	const struct tj_language *l = x->language;
	size_t first_id = part.first_id, n_ids = part.n_ids;
	if (!tj_reserve(&x->starts, &x->starts_capacity, n_ids, sizeof *x->starts))
		return tj_fail_memory(err, "a long sentence", n_ids * sizeof *x->starts);
	if (tj_pieces_starts(l->source, text, n_bytes, n_ids, x->starts, err) != TRUJAMAN_OK)
		return err->status;
	struct tj_cuttable whole = { text, n_bytes, x->starts, n_ids, l->max_pieces, NULL, 0 };
	for (size_t from = 0, to; from < n_ids; from = to) {
		to = tj_cut(&whole, from);
		part.first_id = first_id + from;
		part.n_ids = to - from;
		if (add_part(x, line, &part, err) != TRUJAMAN_OK)
			return err->status;
		part.before = " ";
		part.n_before = to < n_ids && tj_is_spaced(text, n_bytes, x->starts[to]);
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
		                .before = text + line->rest,
		                .n_before = span.first - line->rest };
	if (tj_pieces_encode(x->language->source, text + span.first, span.n, &c->ids, err) !=
	    TRUJAMAN_OK)
		return err->status;
	part.n_ids = c->ids.n - part.first_id;
	if (part.n_ids == 0) /* no part: its text is copied with line->rest */
		return TRUJAMAN_OK;
	c->n_source_pieces += part.n_ids;
	line->n_sentences++;
	line->rest = span.first + span.n;
	if (part.n_ids <= x->language->max_pieces)
		return add_part(x, line, &part, err);
	line->n_over_long++;
	return cut_sentence(x, line, text + span.first, span.n, part, err);
}

static trujaman_status prepare_line(struct cutter *x, struct tj_chunk_line *line,
                                    struct tj_error *err)
{
	struct tj_chunk *c = x->chunk;
	const char *field = line->n_field > 0 ? c->text.data + line->first_byte + line->field : "";
	const struct tj_span *spans;
	size_t n_spans;
	line->blank = (uint8_t)tj_is_blank(field, line->n_field);
	line->n_words = tj_count_words(field, line->n_field);
	c->n_words += line->n_words;
	if (x->language->scoring) {
		if (prepare_scoring(x, line, err) != TRUJAMAN_OK)
			return err->status;
	} else if (!line->blank) {
		if (tj_sentences_find(x->sentences, field, line->n_field, line->is_piece, &spans,
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
                                 struct tj_sentences *sentences, struct tj_error *err)
{
	struct cutter x = { .chunk = c, .language = l, .sentences = sentences };
	for (size_t i = 0; err->status == TRUJAMAN_OK && i < c->n_lines; i++)
		(void)prepare_line(&x, &c->lines[i], err);
	free(x.starts);
	return err->status;
}
