/* SPDX-License-Identifier: MIT */
/* Copies what a chunk knows of a translation into a struct for the caller. Within a chunk it points
 * to what the chunk has. */
#include "src/api/attention.h"

#include <stdlib.h>
#include <string.h>

#include "src/api/columns.h"
#include "src/base/memory.h"
#include "src/base/utf8.h"
#include "src/decode/trace.h"

/* The work on one translation. After a failure nothing more is made. */
struct maker {
	const trujaman_translator *t;
	struct tj_chunk *chunk;
	struct tj_blocks *to;
	struct tj_error *err;
};

/* n zeroed items; NULL: memory is short, or was. */
static void *take(const struct maker *m, size_t n, size_t n_bytes)
{
	size_t size;
	if (m->err->status != TRUJAMAN_OK)
		return NULL;
	void *items = tj_multiply(n + 1, n_bytes, &size) ? tj_blocks_take(m->to, size) : NULL;
	if (items == NULL)
		tj_fail_memory(m->err, "attention", n * n_bytes);
	return items;
}

/* n bytes that lie in the chunk's blocks, or a copy of them. */
static const void *keep(const struct maker *m, const void *bytes, size_t n)
{
	if (m->err->status != TRUJAMAN_OK || m->to == &m->chunk->blocks || n == 0)
		return bytes;
	const void *copy = tj_blocks_copy(m->to, bytes, n);
	if (copy == NULL)
		tj_fail_memory(m->err, "attention", n);
	return copy;
}

static const char *keep_text(const struct maker *m, const char *text, size_t n)
{
	char *copy = take(m, n, 1);
	if (copy != NULL && n > 0)
		memcpy(copy, text, n);
	return copy;
}

/* --- Pieces ----------------------------------------------------------------------- */

/* The texts of n pieces and of the `</s>` behind them, if there is one. */
static const char *const *name_pieces(const struct maker *m, const struct tj_pieces *pieces,
                                      const int32_t *ids, size_t n, size_t n_all)
{
	const char **names = take(m, n_all, sizeof *names);
	/* What stands for an empty source. */
	int32_t end = tj_pieces_eos(pieces) >= 0 ? tj_pieces_eos(pieces) : tj_pieces_unk(pieces);
	for (size_t i = 0; names != NULL && i < n_all; i++) {
		size_t len;
		const char *text = tj_pieces_text(pieces, i < n ? ids[i] : end, &len);
		names[i] = keep_text(m, text, len);
	}
	return names;
}

/* The spans of n pieces; of an `</s>` behind them, the place where the part ends. */
static const size_t (*give_spans(const struct maker *m, const struct tj_range *ranges, size_t n,
                                 size_t n_all, size_t end))[2]
{
	size_t(*spans)[2] = take(m, n_all, sizeof *spans);
	for (size_t i = 0; spans != NULL && i < n_all; i++) {
		spans[i][0] = i < n ? ranges[i].first : end;
		spans[i][1] = i < n ? ranges[i].end : end;
	}
	return (const size_t(*)[2])spans;
}

static const trujaman_attention_part *make_part(const struct maker *m,
                                                const struct tj_aligned_part *from)
{
	const struct tj_trace *t = from->trace;
	const struct tj_part *p = t->part;
	trujaman_attention_part *part = take(m, 1, sizeof *part);
	if (part == NULL)
		return NULL;
	const int32_t *ids = p->n_ids > 0 ? m->chunk->ids.data + p->first_id : NULL;
	size_t n_target = t->n + 1;
	*part = (trujaman_attention_part){
		.n_source = t->n_source,
		.n_target = n_target,
		.source_pieces = name_pieces(m, m->t->model->source, ids, p->n_ids, t->n_source),
		.target_pieces = name_pieces(m, m->t->model->target, t->ids, t->n, n_target),
		.source_spans = give_spans(m, from->source, p->n_ids, t->n_source,
		                           from->source_end),
		.target_spans = give_spans(m, from->target, t->n, n_target, from->target_end),
		.scores = keep(m, t->scores, n_target * sizeof *t->scores),
		.shares = keep(m, t->shares, n_target * t->n_source * sizeof *t->shares),
	};
	return part;
}

/* --- Words ------------------------------------------------------------------------ */

static const size_t (*find_words(const struct maker *m, const char *text, size_t len,
                                 size_t n_words))[2]
{
	size_t(*words)[2] = take(m, n_words, sizeof *words);
	size_t n = 0;
	for (size_t i = 0; words != NULL && i < len && n < n_words; i++) {
		if (tj_is_space(text[i]))
			continue;
		words[n][0] = i;
		while (i < len && !tj_is_space(text[i]))
			i++;
		words[n++][1] = i;
	}
	return (const size_t(*)[2])words;
}

static void give_links(const struct maker *m, const struct tj_alignment *from,
                       trujaman_attention *a)
{
	struct tj_link *links = tj_links_of(from, m->t->options.alignments_threshold, &a->n_links);
	if (links == NULL) {
		tj_fail_memory(m->err, "attention", from->n_links);
		return;
	}
	size_t(*pairs)[2] = take(m, a->n_links, sizeof *pairs);
	float *shares = take(m, a->n_links, sizeof *shares);
	for (size_t i = 0; pairs != NULL && shares != NULL && i < a->n_links; i++) {
		pairs[i][0] = links[i].source;
		pairs[i][1] = links[i].target;
		shares[i] = links[i].share;
	}
	free(links);
	a->links = (const size_t(*)[2])pairs;
	a->link_shares = shares;
}

static void give_words(const struct maker *m, const struct tj_alignment *from,
                       trujaman_attention *a)
{
	a->n_source_words = from->n_source;
	a->n_target_words = from->n_target;
	a->source_words = find_words(m, a->source, a->source_len, from->n_source);
	a->target_words = find_words(m, a->target, a->target_len, from->n_target);
	a->word_scores = keep(m, from->scores, from->n_target * sizeof *from->scores);
	give_links(m, from, a);
}

static void give_texts(const struct maker *m, const struct tj_chunk_line *line,
                       const struct tj_joined *joined, trujaman_attention *a)
{
	const struct tj_chunk *c = m->chunk;
	const struct tj_string *target = joined != NULL ? &c->joined_text : &c->target_text;
	size_t first = joined != NULL ? joined->first + line->field : line->first_target;
	a->source_len = line->n_field;
	a->target_len = joined != NULL ? joined->n - (line->n_bytes - line->n_field)
	                               : line->n_target;
	a->source = keep_text(m,
	                      a->source_len > 0 ? c->text.data + line->first_byte + line->field
	                                        : "",
	                      a->source_len);
	a->target = keep_text(m, a->target_len > 0 ? target->data + first : "", a->target_len);
}

trujaman_status tj_make_attention(const trujaman_translator *t, struct tj_chunk *c,
                                  const struct tj_chunk_line *line, const struct tj_joined *joined,
                                  struct tj_blocks *to, const trujaman_attention **attention,
                                  struct tj_error *err)
{
	const struct maker m = { t, c, to, err };
	const struct tj_alignment *from = joined != NULL ? joined->alignment : line->alignment;
	*attention = NULL;
	if (!t->options.attention || from == NULL)
		return err->status;
	trujaman_attention *a = take(&m, 1, sizeof *a);
	const trujaman_attention_part **parts = take(&m, from->n_parts, sizeof *parts);
	if (a == NULL || parts == NULL)
		return err->status;
	size_t rank = joined != NULL ? (size_t)(joined - (c->joined + line->first_joined)) : 0;
	*a = (trujaman_attention){ .input = line->input,
		                   .line = line->number,
		                   .rank = line->draw + rank,
		                   .score = joined != NULL ? joined->score
		                                           : line->first_part->hypotheses->score,
		                   .n_parts = from->n_parts,
		                   .parts = parts };
	give_texts(&m, line, joined, a);
	if (err->status == TRUJAMAN_OK)
		give_words(&m, from, a);
	for (size_t i = 0; err->status == TRUJAMAN_OK && i < from->n_parts; i++)
		parts[i] = make_part(&m, &from->parts[i]);
	if (err->status == TRUJAMAN_OK)
		*attention = a;
	return err->status;
}

/* --- Streams ---------------------------------------------------------------------- */

trujaman_status tj_make_attentions(const trujaman_translator *t, struct tj_chunk *c,
                                   struct tj_error *err)
{
	if (t->options.attend == NULL)
		return err->status;
	for (size_t i = 0; err->status == TRUJAMAN_OK && i < c->n_lines; i++) {
		struct tj_chunk_line *line = &c->lines[i];
		if (line->alignment != NULL)
			(void)tj_make_attention(t, c, line, NULL, &c->blocks,
			                        &line->alignment->told, err);
		for (size_t k = 0; err->status == TRUJAMAN_OK && k < line->n_joined; k++) {
			struct tj_joined *joined = &c->joined[line->first_joined + k];
			if (joined->alignment != NULL)
				(void)tj_make_attention(t, c, line, joined, &c->blocks,
				                        &joined->alignment->told, err);
		}
	}
	return err->status;
}

static trujaman_status tell(const trujaman_options *o, const struct tj_alignment *a,
                            struct tj_error *err)
{
	if (a != NULL && a->told != NULL && o->attend(o->attend_context, a->told) != 0)
		return tj_fail(err, TRUJAMAN_ERROR_IO, "the attention was refused");
	return TRUJAMAN_OK;
}

trujaman_status tj_tell_attentions(const trujaman_translator *t, const struct tj_chunk *c,
                                   struct tj_error *err)
{
	const trujaman_options *o = &t->options;
	for (size_t i = 0; o->attend != NULL && i < c->n_lines; i++) {
		const struct tj_chunk_line *line = &c->lines[i];
		if (tell(o, line->alignment, err) != TRUJAMAN_OK)
			return err->status;
		for (size_t k = 0; k < line->n_joined; k++)
			if (tell(o, c->joined[line->first_joined + k].alignment, err) !=
			    TRUJAMAN_OK)
				return err->status;
	}
	return TRUJAMAN_OK;
}
