/* SPDX-License-Identifier: MIT */
/* The ladder: the whole sentence, the stretches between its spans, the source. */
#include "src/decode/accept.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"
#include "src/base/utf8.h"
#include "src/decode/hide.h"
#include "src/decode/line_prefix.h"
#include "src/text/style.h"

/* --- From what the network wrote to text of the line --------------------------- */

/* Set tools->plain to the source of a fragment without its spans. */
static int source_without_spans(const struct tj_fragment *f, struct tj_string *plain)
{
	const struct tj_plan *p = f->plan;
	size_t at = f->first;
	plain->n = 0;
	for (size_t i = tj_plan_origins(p, f->first); i < p->n_spans; i++) {
		const struct tj_fixed *span = &p->origins[i];
		if (span->first + span->n > f->end)
			break;
		if (!tj_string_append(plain, p->source + at, span->first - at) ||
		    !tj_string_append(plain, "x", 1))
			return 0;
		at = span->first + span->n;
	}
	return tj_string_append(plain, p->source + at, f->end - at);
}

/* Give the text in *text, whose spans are hidden, the typography of its source. A stretch between
 * spans is too little to tell it from, and a prefix stays as it was given. */
static trujaman_status restyle(const struct tj_fragment *f, const struct tj_language *l,
                               struct tj_tools *t, struct tj_string *text, struct tj_error *err)
{
	const char *source = f->plan->source + f->first;
	if (f->way == TJ_WAY_BETWEEN || f->prefix != NULL || text->n == 0 ||
	    !tj_needs_style(source, f->end - f->first, l->target_language, text->data, text->n))
		return TRUJAMAN_OK;
	struct tj_string styled = { NULL, 0, 0 };
	if (!source_without_spans(f, &t->plain))
		return tj_fail_memory(err, "a sentence", f->end - f->first);
	if (tj_style_restore(t->plain.data, t->plain.n, l->target_language, text->data, text->n,
	                     &styled, err) != TRUJAMAN_OK) {
		free(styled.data);
		return err->status;
	}
	free(text->data);
	*text = styled;
	return TRUJAMAN_OK;
}

/* Turn back a text that has spans as they are. Those that the judge finds in it are hidden. */
static trujaman_status turn_raw_back(const struct tj_fragment *f, const struct tj_language *l,
                                     struct tj_tools *t, const char *text, size_t n,
                                     struct tj_error *err)
{
	const struct tj_fixed *spans;
	size_t n_spans;
	if (tj_finder_find(t->judge, text, n, &spans, &n_spans, err) != TRUJAMAN_OK)
		return err->status;
	tj_mapped_clear(&t->hidden);
	t->other.n = 0;
	if (!tj_hide(text, 0, n, spans, n_spans, &t->hidden))
		return tj_fail_memory(err, "a translation", n);
	if (tj_turn_back(l, &f->reading->turn, t->hidden.text.n > 0 ? t->hidden.text.data : "",
	                 t->hidden.text.n, &t->other, err) != TRUJAMAN_OK ||
	    restyle(f, l, t, &t->other, err) != TRUJAMAN_OK)
		return err->status;
	/* If a placeable is lost, so is the span, and the judge will say so. */
	if (tj_unhide(t->other.n > 0 ? t->other.data : "", t->other.n, spans, n_spans, &t->text) ==
	    0)
		return tj_fail_memory(err, "a translation", n);
	return TRUJAMAN_OK;
}

/* Set tools->text to the text of the line that the network's text stands for. */
static trujaman_status restore(const struct tj_fragment *f, const struct tj_language *l,
                               struct tj_tools *t, const char *text, size_t n, struct tj_error *err)
{
	const struct tj_turn *turn = &f->reading->turn;
	t->text.n = 0;
	if (f->way == TJ_WAY_RAW)
		return turn_raw_back(f, l, t, text, n, err);
	if (f->way != TJ_WAY_PLACEABLES)
		return tj_turn_back(l, turn, text, n, &t->text, err) == TRUJAMAN_OK
		           ? restyle(f, l, t, &t->text, err)
		           : err->status;
	t->other.n = 0;
	tj_mapped_clear(&t->hidden);
	if (tj_turn_back(l, turn, text, n, &t->other, err) != TRUJAMAN_OK ||
	    restyle(f, l, t, &t->other, err) != TRUJAMAN_OK ||
	    tj_placeables_restore(&f->reading->placeables, t->other.n > 0 ? t->other.data : "",
	                          t->other.n, &t->hidden, err) != TRUJAMAN_OK)
		return err->status;
	return tj_string_append(&t->text, t->hidden.text.data, t->hidden.text.n)
	           ? TRUJAMAN_OK
	           : tj_fail_memory(err, "a translation", n);
}

/* The same with the prefix of the part, if it has one, as it was given. */
static trujaman_status restore_whole(const struct tj_fragment *f, const struct tj_language *l,
                                     struct tj_tools *t, const struct tj_hypothesis *found,
                                     struct tj_error *err)
{
	const struct tj_part_prefix *p = f->prefix;
	if (p == NULL)
		return restore(f, l, t, found->text, found->n_bytes, err);
	t->written.n = 0;
	if (restore(f, l, t, p->written, p->n_written, err) != TRUJAMAN_OK)
		return err->status;
	if (!tj_string_append(&t->written, t->text.n > 0 ? t->text.data : "", t->text.n))
		return tj_fail_memory(err, "a prefix", t->text.n);
	if (restore(f, l, t, found->text, found->n_bytes, err) != TRUJAMAN_OK)
		return err->status;
	return tj_part_prefix_put(p, t->written.data, t->written.n, &t->text)
	           ? TRUJAMAN_OK
	           : tj_fail_memory(err, "a translation", t->text.n);
}

/* --- Taking -------------------------------------------------------------------- */

static int has_text(const struct tj_part *part, const struct tj_string *text)
{
	for (size_t i = 0; i < part->n_hypotheses; i++)
		if (part->hypotheses[i].n_bytes == text->n &&
		    (text->n == 0 || memcmp(part->hypotheses[i].text, text->data, text->n) == 0))
			return 1;
	return 0;
}

static trujaman_status set_text(struct tj_hypothesis *h, const char *text, size_t n, double score,
                                struct tj_error *err)
{
	char *copy = malloc(n + 1);
	if (copy == NULL)
		return tj_fail_memory(err, "a translation", n + 1);
	if (n > 0)
		memcpy(copy, text, n);
	copy[n] = '\0';
	*h = (struct tj_hypothesis){ .text = copy, .n_bytes = n, .score = score };
	return TRUJAMAN_OK;
}

/* Set *agree to whether the text has the small numbers of its source and no others. Exact stretches
 * between spans have none, and write none. */
static trujaman_status judge_numbers(const struct tj_fragment *f, const struct tj_language *l,
                                     struct tj_tools *t, int *agree, struct tj_error *err)
{
	struct tj_small_numbers wanted, found;
	const struct tj_plan *p = f->plan;
	const struct tj_fixed *spans;
	const char *source = p->source + f->first;
	size_t n_spans, n = f->end - f->first;
	*agree = 1;
	if (l->source_numbers == NULL || (f->reading->exact && f->way == TJ_WAY_BETWEEN) ||
	    (!tj_has_digit(source, n) && !tj_has_digit(t->text.data, t->text.n)))
		return TRUJAMAN_OK;
	size_t i = tj_plan_origins(p, f->first);
	tj_small_numbers_count(l->source_numbers, source, n, i < p->n_spans ? p->origins + i : NULL,
	                       p->n_spans - i, f->first, &wanted);
	if (tj_finder_find(t->judge, t->text.data, t->text.n, &spans, &n_spans, err) != TRUJAMAN_OK)
		return err->status;
	tj_small_numbers_count(l->target_numbers, t->text.data, t->text.n, spans, n_spans, 0,
	                       &found);
	*agree = tj_small_numbers_agree(&wanted, &found);
	return TRUJAMAN_OK;
}

/* Take one text if it holds the promise. An empty one would lose what the source says. */
static trujaman_status take(struct tj_part *part, const struct tj_hypothesis *found,
                            const struct tj_language *l, struct tj_tools *t, struct tj_error *err)
{
	struct tj_fragment *f = part->fragment;
	int holds;
	if (restore_whole(f, l, t, found, err) != TRUJAMAN_OK ||
	    tj_finder_check(t->judge, f->plan->source + f->first, f->end - f->first,
	                    t->text.n > 0 ? t->text.data : "", t->text.n, &holds,
	                    err) != TRUJAMAN_OK)
		return err->status;
	if (has_text(part, &t->text))
		return TRUJAMAN_OK;
	if (!holds || tj_is_blank(t->text.data, t->text.n)) {
		f->why = holds ? TJ_WHY_EMPTY : f->truncated ? TJ_WHY_LENGTH : TJ_WHY_SCAN;
		return TRUJAMAN_OK;
	}
	/* A given beginning may have numbers of its own. */
	if (part->prefix == NULL && judge_numbers(f, l, t, &holds, err) != TRUJAMAN_OK)
		return err->status;
	if (!holds) {
		f->why = TJ_WHY_NUMBERS;
		return TRUJAMAN_OK;
	}
	if (set_text(&part->hypotheses[part->n_hypotheses], t->text.data, t->text.n, found->score,
	             err) == TRUJAMAN_OK)
		part->hypotheses[part->n_hypotheses++].trace = found->trace;
	return err->status;
}

static void release_texts(struct tj_part *part)
{
	for (size_t i = 0; i < part->n_hypotheses; i++)
		free(part->hypotheses[i].text);
	part->n_hypotheses = 0;
}

trujaman_status tj_part_copy(struct tj_part *part, enum tj_why why, struct tj_error *err)
{
	struct tj_fragment *f = part->fragment;
	const char *text;
	size_t n = tj_plan_copy(f->plan, f->first, f->end, &part->chunk->blocks, &text);
	struct tj_hypothesis copy;
	if (n == SIZE_MAX)
		return tj_fail_memory(err, "a translation", f->end - f->first);
	if (set_text(&copy, text, n, 0, err) != TRUJAMAN_OK)
		return err->status;
	release_texts(part);
	part->hypotheses[0] = copy;
	part->n_hypotheses = 1;
	f->way = TJ_WAY_COPIED;
	f->why = why;
	return TRUJAMAN_OK;
}

/* The way in which a fragment is translated again once its small numbers are spans. */
static enum tj_way way_with_numbers(const struct tj_fragment *f, const struct tj_language *l)
{
	size_t n_spans;
	const size_t *from = f->reading->text.from;
	(void)tj_plan_spans(f->plan, from[f->text_first], from[f->text_end], &n_spans);
	if (f->way == TJ_WAY_BETWEEN || (n_spans > 0 && l->n_placeables == 0))
		return TJ_WAY_BETWEEN;
	return n_spans > 0 ? TJ_WAY_PLACEABLES : TJ_WAY_FREE;
}

/* Put other parts behind a part, which has no text itself: for the stretches between its spans, or
 * for the same with its small numbers as spans. */
static trujaman_status split(struct tj_part *part, const struct tj_language *l,
                             struct tj_tools *tools, struct tj_error *err)
{
	struct tj_fragment *f = part->fragment;
	const size_t *from = f->reading->text.from;
	size_t field = f->line->field;
	struct tj_emitter e = { .chunk = part->chunk,
		                .line = f->line,
		                .plan = f->plan,
		                .language = l,
		                .tools = tools,
		                .after = part,
		                .done = field + f->first };
	/* What does not hold with its prefix may hold without it. */
	enum tj_way way = part->prefix != NULL ? f->way : TJ_WAY_BETWEEN;
	e.exact = f->why == TJ_WHY_NUMBERS || f->reading->exact;
	if (e.exact && !f->reading->exact) {
		if (!tj_plan_add_numbers(f->plan, from[f->text_first], from[f->text_end],
		                         &part->chunk->blocks))
			return tj_fail_memory(err, "the spans of a line", f->end - f->first);
		way = way_with_numbers(f, l);
	}
	if (set_text(&part->hypotheses[0], "", 0, 0, err) != TRUJAMAN_OK)
		return err->status;
	part->n_hypotheses = 1;
	f->way = TJ_WAY_SPLIT;
	if (tj_emit(&e, from[f->text_first], from[f->text_end], way, err) != TRUJAMAN_OK)
		return err->status;
	return tj_emit_copy(&e, field + f->end, err);
}

/* Keep what the network wrote. */
static trujaman_status note(struct tj_part *part, const struct tj_hypothesis *best,
                            struct tj_error *err)
{
	struct tj_fragment *f = part->fragment;
	f->wrote = tj_blocks_copy(&part->chunk->blocks, best->text, best->n_bytes);
	f->n_wrote = best->n_bytes;
	return f->wrote != NULL ? TRUJAMAN_OK : tj_fail_memory(err, "a translation", f->n_wrote);
}

trujaman_status tj_accept(struct tj_part *part, struct tj_hypothesis *found, size_t n,
                          const struct tj_language *l, struct tj_tools *tools, struct tj_error *err)
{
	if (l->explain && n > 0)
		(void)note(part, found, err);
	/* The first of a list is what there would be without the list: if there only the best is
	 * looked at, so it is here. */
	for (size_t i = 0; i < n; i++) {
		if (err->status == TRUJAMAN_OK && part->n_hypotheses < l->n_best &&
		    (i == 0 || part->n_hypotheses > 0 || part->fragment->tries))
			(void)take(part, &found[i], l, tools, err);
		free(found[i].text);
	}
	if (err->status != TRUJAMAN_OK || part->n_hypotheses > 0)
		return err->status;
	enum tj_way way = part->fragment->way;
	int again = part->fragment->why == TJ_WHY_NUMBERS && !part->fragment->reading->exact;
	return again || part->prefix != NULL || way == TJ_WAY_RAW || way == TJ_WAY_PLACEABLES
	           ? split(part, l, tools, err)
	           : tj_part_copy(part, part->fragment->why, err);
}
