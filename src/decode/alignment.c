/* SPDX-License-Identifier: MIT */
/* From shares of pieces to links of words. */
#include "src/decode/alignment.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"
#include "src/base/utf8.h"
#include "src/decode/line_plan.h"
#include "src/decode/trace.h"
#include "src/text/correspond.h"
#include "src/text/piece_words.h"

/* A share below this is no link at any threshold: a softmax is never 0. */
static const float LEAST_SHARE = 0.01f;

/* Sums of shares of a part, words by words; a part with more gets scores but no links. */
static const size_t MOST_SUMS = (size_t)1 << 22;

/* The work on one translation of one line. */
struct aligner {
	struct tj_chunk *chunk;
	const struct tj_language *language;
	int only_with_names; /* as in tj_chunk_align */
	struct tj_word_text source, target;
	struct tj_placed_pieces sides[2];
	float *sums; /* [target words of the part][source words of the part] */
	uint32_t *counts;
	size_t sums_capacity, counts_capacity;
	struct tj_link *links;
	size_t n_links, links_capacity;
	struct tj_aligned_part *parts;
	size_t n_parts, parts_capacity;
	double *scores;
};

static trujaman_status no_memory(struct tj_error *err)
{
	return tj_fail_memory(err, "an alignment", 1);
}

static int add_link(struct aligner *a, uint32_t source, uint32_t target, float share)
{
	if (!tj_reserve(&a->links, &a->links_capacity, a->n_links + 1, sizeof *a->links))
		return 0;
	a->links[a->n_links++] = (struct tj_link){ source, target, share };
	return 1;
}

/* Adds up the shares of a part, whose words begin at those of `from` and `to`, n_source of them in
 * its source. */
static void add_shares(struct aligner *a, const struct tj_trace *t, struct tj_words from,
                       struct tj_words to)
{
	size_t n_source = from.end - from.first, n_ids = t->part->n_ids;
	for (size_t i = 0; i < t->n; i++) {
		struct tj_words w = a->sides[1].words[i];
		const float *shares = t->shares + i * t->n_source;
		if (w.first < w.end)
			a->scores[w.first] += t->scores[i];
		for (uint32_t target = w.first; target < w.end; target++) {
			float *sums = a->sums + (target - to.first) * n_source;
			a->counts[target - to.first]++;
			for (size_t k = 0; n_source > 0 && k < n_ids && k < t->n_source; k++)
				for (uint32_t s = a->sides[0].words[k].first;
				     s < a->sides[0].words[k].end; s++)
					sums[s - from.first] += shares[k];
		}
	}
}

/* Finds where the pieces of a trace lie, and keeps that. */
static trujaman_status place(struct aligner *a, const struct tj_trace *t, size_t first, size_t end,
                             size_t at, size_t n, struct tj_error *err)
{
	const struct tj_part *part = t->part;
	const int32_t *ids = part->n_ids > 0 ? a->chunk->ids.data + part->first_id : NULL;
	struct tj_blocks *blocks = &a->chunk->blocks;
	if (tj_place_pieces(&a->sides[0], a->language->source, ids, part->n_ids, &a->source, first,
	                    end, blocks, err) != TRUJAMAN_OK ||
	    tj_place_pieces(&a->sides[1], a->language->target, t->ids, t->n, &a->target, at, at + n,
	                    blocks, err) != TRUJAMAN_OK)
		return err->status;
	if (!tj_reserve(&a->parts, &a->parts_capacity, a->n_parts + 1, sizeof *a->parts))
		return no_memory(err);
	a->parts[a->n_parts++] = (struct tj_aligned_part){ t, a->sides[0].spans, end,
		                                           a->sides[1].spans, at + n };
	return TRUJAMAN_OK;
}

/* Links what the network has written: the trace's part stands for the bytes [first, end) of the
 * source, its text for [at, at + n) of the translation. */
static trujaman_status link_written(struct aligner *a, const struct tj_trace *t, size_t first,
                                    size_t end, size_t at, size_t n, struct tj_error *err)
{
	struct tj_words from = tj_words_in(&a->source, first, end);
	struct tj_words to = tj_words_in(&a->target, at, at + n);
	size_t n_target = to.end - to.first;
	if (place(a, t, first, end, at, n, err) != TRUJAMAN_OK || n_target == 0)
		return err->status;
	/* Pieces of a long source are left out when scoring, so words can be many more than pieces.
	 */
	if (from.end - from.first > MOST_SUMS / n_target)
		from.end = from.first;
	size_t n_source = from.end - from.first;
	if (!tj_reserve(&a->sums, &a->sums_capacity, n_source * n_target + 1, sizeof *a->sums) ||
	    !tj_reserve(&a->counts, &a->counts_capacity, n_target, sizeof *a->counts))
		return no_memory(err);
	memset(a->sums, 0, n_source * n_target * sizeof *a->sums);
	memset(a->counts, 0, n_target * sizeof *a->counts);
	add_shares(a, t, from, to);
	for (size_t i = 0; i < n_target; i++)
		for (size_t k = 0; a->counts[i] > 0 && k < n_source; k++) {
			float share = a->sums[i * n_source + k] / (float)a->counts[i];
			if (share >= LEAST_SHARE &&
			    !add_link(a, from.first + (uint32_t)k, to.first + (uint32_t)i, share))
				return no_memory(err);
		}
	return TRUJAMAN_OK;
}

/* Links what was copied: the bytes [at, at + n) of the translation from [first, end) of the
 * source. */
static trujaman_status link_copied(struct aligner *a, size_t first, size_t end, size_t at, size_t n,
                                   struct tj_error *err)
{
	struct tj_placed_pieces *s = &a->sides[1];
	struct tj_words to = tj_words_in(&a->target, at, at + n);
	if (to.first == to.end || first >= end)
		return TRUJAMAN_OK;
	if (!tj_reserve(&s->ranges, &s->ranges_capacity, n, sizeof *s->ranges))
		return no_memory(err);
	if (tj_correspond(a->source.bytes + first, end - first, a->target.bytes + at, n, s->ranges,
	                  err) != TRUJAMAN_OK)
		return err->status;
	for (size_t i = 0; i < n;) {
		uint32_t word = a->target.word[at + i];
		size_t from = SIZE_MAX, until = 0;
		for (; i < n && a->target.word[at + i] == word; i++)
			if (!tj_is_space(a->target.bytes[at + i]) &&
			    s->ranges[i].first < s->ranges[i].end) {
				from = s->ranges[i].first < from ? s->ranges[i].first : from;
				until = s->ranges[i].end > until ? s->ranges[i].end : until;
			}
		struct tj_words w = from < until
		                        ? tj_words_in(&a->source, first + from, first + until)
		                        : (struct tj_words){ 0, 0 };
		for (uint32_t k = w.first; k < w.end; k++)
			if (!add_link(a, k, word, 1))
				return no_memory(err);
	}
	return TRUJAMAN_OK;
}

/* --- Lines ------------------------------------------------------------------------ */

/* Whether the text of a part is that of its source. What is written may have no trace, too, if it
 * is very long: then it has no links. */
static int is_copied(const struct tj_part *part)
{
	return part->fragment != NULL && part->fragment->way == TJ_WAY_COPIED;
}

/* Where byte `at` of what the parts say is in the translation, which has names in other words'
 * places; of a byte within such a word, the end of the name. Where numbers were written anew, all
 * behind them is not quite there, but always within the text. */
static size_t place_of(const struct aligner *a, const struct tj_joined *joined, size_t at)
{
	size_t place = at;
	for (size_t i = 0; i < joined->n_moved && joined->moved[i].first < at; i++) {
		const struct tj_moved *m = &joined->moved[i];
		place += m->n;
		place -= (m->end < at ? m->end : at) - m->first;
	}
	return place < a->target.n ? place : a->target.n;
}

/* Whether what a part looked at counts. For names it does only where they are asked for, so that
 * they are put alike whatever else is told of the line: not in title case, say. */
static int counts(const struct aligner *a, const struct tj_part *part)
{
	return !a->only_with_names || (part->fragment != NULL && part->fragment->has_name);
}

/* The links of all parts of a line. Offsets of the source are those of its field. */
static trujaman_status link_parts(struct aligner *a, const struct tj_chunk_line *line,
                                  const struct tj_joined *joined, struct tj_error *err)
{
	const uint8_t *picks = joined->picks;
	size_t done = 0, at = 0, from = 0, to;
	for (const struct tj_part *part = line->first_part; part != NULL; part = part->next) {
		const struct tj_hypothesis *h = part->hypotheses + (picks != NULL ? *picks++ : 0);
		size_t skip = part == line->first_part ? line->field : 0;
		size_t n_before = part->n_before - skip;
		to = place_of(a, joined, at += n_before);
		if (link_copied(a, done, part->given_first, from, to - from, err) != TRUJAMAN_OK)
			return err->status;
		from = to;
		done = part->given_first;
		if (h->n_bytes == 0)
			continue;
		to = place_of(a, joined, at += h->n_bytes);
		if (is_copied(part))
			(void)link_copied(a, done, part->given_end, from, to - from, err);
		else if (h->trace != NULL && counts(a, part))
			(void)link_written(a, h->trace, done, part->given_end, from, to - from,
			                   err);
		if (err->status != TRUJAMAN_OK)
			return err->status;
		from = to;
		done = part->given_end;
	}
	return link_copied(a, done, a->source.n, from, a->target.n - from, err);
}

static int by_target(const void *one, const void *other)
{
	const struct tj_link *x = one, *y = other;
	if (x->target != y->target)
		return x->target < y->target ? -1 : 1;
	return x->source < y->source ? -1 : x->source > y->source;
}

/* A word that was copied in part, or that two parts have written, has several links to one word:
 * the strongest stays. */
static void unite_links(struct aligner *a)
{
	size_t n = 0;
	if (a->n_links > 0)
		qsort(a->links, a->n_links, sizeof *a->links, by_target);
	for (size_t i = 0; i < a->n_links; i++) {
		struct tj_link *last = n > 0 ? &a->links[n - 1] : NULL;
		if (last != NULL && by_target(last, &a->links[i]) == 0)
			last->share = last->share > a->links[i].share ? last->share
			                                              : a->links[i].share;
		else
			a->links[n++] = a->links[i];
	}
	a->n_links = n;
}

static trujaman_status begin(struct aligner *a, const struct tj_chunk_line *line,
                             const struct tj_string *target, size_t first, size_t n,
                             struct tj_error *err)
{
	if (!tj_word_text_read(&a->source, &a->chunk->text, line->first_byte + line->field,
	                       line->n_field) ||
	    !tj_word_text_read(&a->target, target, first, n))
		return no_memory(err);
	a->scores = tj_blocks_take(&a->chunk->blocks, (a->target.n_words + 1) * sizeof(double));
	a->n_links = a->n_parts = 0;
	return a->scores != NULL ? TRUJAMAN_OK : no_memory(err);
}

static trujaman_status end(struct aligner *a, struct tj_alignment **alignment, struct tj_error *err)
{
	struct tj_blocks *blocks = &a->chunk->blocks;
	struct tj_alignment *made = tj_blocks_take(blocks, sizeof *made);
	unite_links(a);
	if (made == NULL)
		return no_memory(err);
	*made = (struct tj_alignment){ .n_links = a->n_links,
		                       .scores = a->scores,
		                       .n_source = a->source.n_words,
		                       .n_target = a->target.n_words,
		                       .n_parts = a->n_parts };
	made->links = tj_blocks_take(blocks, (a->n_links + 1) * sizeof *made->links);
	made->parts = tj_blocks_take(blocks, (a->n_parts + 1) * sizeof *made->parts);
	if (made->links == NULL || made->parts == NULL)
		return no_memory(err);
	if (a->n_links > 0)
		memcpy(made->links, a->links, a->n_links * sizeof *made->links);
	if (a->n_parts > 0)
		memcpy(made->parts, a->parts, a->n_parts * sizeof *made->parts);
	*alignment = made;
	return TRUJAMAN_OK;
}

static trujaman_status align_scored(struct aligner *a, struct tj_chunk_line *line,
                                    struct tj_error *err)
{
	const struct tj_trace *trace = line->first_part->hypotheses->trace;
	if (begin(a, line, &a->chunk->target_text, line->first_target, line->n_target, err) !=
	        TRUJAMAN_OK ||
	    (trace != NULL &&
	     link_written(a, trace, 0, line->n_field, 0, line->n_target, err) != TRUJAMAN_OK))
		return err->status;
	return end(a, &line->alignment, err);
}

static trujaman_status align_joined(struct aligner *a, const struct tj_chunk_line *line,
                                    struct tj_joined *joined, struct tj_error *err)
{
	size_t n = joined->n - (line->n_bytes - line->n_field);
	if (begin(a, line, &a->chunk->joined_text, joined->first + line->field, n, err) !=
	        TRUJAMAN_OK ||
	    link_parts(a, line, joined, err) != TRUJAMAN_OK)
		return err->status;
	return end(a, &joined->alignment, err);
}

static void release(struct aligner *a)
{
	for (int i = 0; i < 2; i++)
		tj_placed_pieces_free(&a->sides[i]);
	tj_word_text_free(&a->source);
	tj_word_text_free(&a->target);
	free(a->sums);
	free(a->counts);
	free(a->links);
	free(a->parts);
}

trujaman_status tj_chunk_align(struct tj_chunk *c, const struct tj_language *l, int only_with_names,
                               struct tj_error *err)
{
	struct aligner a = { .chunk = c, .language = l, .only_with_names = only_with_names };
	for (size_t i = 0; err->status == TRUJAMAN_OK && i < c->n_lines; i++) {
		struct tj_chunk_line *line = &c->lines[i];
		if (only_with_names && (c->plans == NULL || c->plans[i].n_names == 0))
			continue;
		if (l->scoring)
			(void)align_scored(&a, line, err);
		for (size_t k = 0; err->status == TRUJAMAN_OK && k < line->n_joined; k++)
			(void)align_joined(&a, line, &c->joined[line->first_joined + k], err);
	}
	release(&a);
	return err->status;
}
