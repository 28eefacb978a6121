/* SPDX-License-Identifier: MIT */
/* Each part of a line holds its own spans, but parts may make or break a span where they meet. Then
 * one of the two is copied from the source; and if that does not help, the whole line is. */
#include "src/decode/line_join.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"
#include "src/decode/accept.h"
#include "src/decode/emit.h"
#include "src/decode/hide.h"
#include "src/decode/k_best.h"
#include "src/decode/line_prefix.h"
#include "src/text/localize_spans.h"
#include "src/text/number_words.h"

/* The work on one line. */
struct joiner {
	struct tj_chunk *chunk;
	struct tj_chunk_line *line;
	const struct tj_plan *plan;
	const struct tj_language *language;
	struct tj_tools *tools;
	struct tj_k_best best;
	struct tj_string text; /* of the line, with all its columns */
};

static trujaman_status no_memory(struct tj_error *err)
{
	return tj_fail_memory(err, "the translation of a line", 1);
}

/* --- Judging -------------------------------------------------------------------- */

/* Sets *holds to whether a translation of the bytes [first, end) of the plan's source holds the
 * promise. */
static trujaman_status judge(const struct joiner *j, size_t first, size_t end, const char *text,
                             size_t n, int *holds, struct tj_error *err)
{
	return tj_finder_check(j->tools->judge, j->plan->source + first, end - first,
	                       n > 0 ? text : "", n, holds, err);
}

/* The same for the whole text of the line; what is not its field is copied anyway. */
static trujaman_status judge_line(const struct joiner *j, const struct tj_string *text, int *holds,
                                  struct tj_error *err)
{
	const struct tj_chunk_line *line = j->line;
	size_t around = line->n_bytes - line->n_field;
	return judge(j, 0, line->n_field, text->n > 0 ? text->data + line->field : "",
	             text->n - around, holds, err);
}

/* --- Mending where parts meet --------------------------------------------------- */

/* Whether a part stands for bytes of the source. */
static int is_real(const struct tj_part *part)
{
	return part->fragment != NULL && part->fragment->way != TJ_WAY_SPLIT;
}

static struct tj_part *next_real(struct tj_part *part)
{
	while (part != NULL && !is_real(part))
		part = part->next;
	return part;
}

/* Append the line from behind the text of `one` (NULL: from its beginning) to the text of `other`
 * (NULL: to its end), or less the other columns. */
static int append_between(const struct joiner *j, const struct tj_part *one,
                          const struct tj_part *other, struct tj_string *text)
{
	const struct tj_chunk_line *line = j->line;
	const struct tj_part *part = one != NULL ? one->next : line->first_part;
	for (; part != NULL; part = part->next) {
		size_t skip = part == line->first_part ? line->field : 0;
		if (!tj_string_append(text, part->before + skip, part->n_before - skip) ||
		    !tj_string_append(text, part->hypotheses->text, part->hypotheses->n_bytes))
			return 0;
		if (part == other)
			return 1;
	}
	size_t end = line->field + line->n_field;
	size_t from = line->rest > line->field ? line->rest : line->field;
	return from >= end ||
	       tj_string_append(text, j->chunk->text.data + line->first_byte + from, end - from);
}

/* Judge the line from the text of `one` to that of `other`; NULL: its beginning, its end. */
static trujaman_status judge_meeting(struct joiner *j, const struct tj_part *one,
                                     const struct tj_part *other, int *holds, struct tj_error *err)
{
	struct tj_string *text = &j->tools->text;
	text->n = 0;
	if ((one != NULL &&
	     !tj_string_append(text, one->hypotheses->text, one->hypotheses->n_bytes)) ||
	    !append_between(j, one, other, text))
		return no_memory(err);
	return judge(j, one != NULL ? one->fragment->first : 0,
	             other != NULL ? other->fragment->end : j->plan->n_source, text->data, text->n,
	             holds, err);
}

/* Copy the first of two parts that can still be; returns it, or NULL. */
static struct tj_part *copy_one(struct tj_part *one, struct tj_part *other, struct tj_error *err)
{
	struct tj_part *part = one;
	if (part == NULL || part->fragment->way == TJ_WAY_COPIED)
		part = other;
	if (part == NULL || part->fragment->way == TJ_WAY_COPIED)
		return NULL;
	return tj_part_copy(part, TJ_WHY_MEETING, err) == TRUJAMAN_OK ? part : NULL;
}

/* Copy parts where the meeting of two does not hold. */
static trujaman_status mend_meetings(struct joiner *j, struct tj_error *err)
{
	struct tj_part *one = NULL, *other = next_real(j->line->first_part);
	for (;;) {
		int holds;
		if (judge_meeting(j, one, other, &holds, err) != TRUJAMAN_OK)
			return err->status;
		if (!holds && copy_one(other, one, err) != NULL)
			continue;
		if (err->status != TRUJAMAN_OK || other == NULL)
			return err->status;
		one = other;
		other = next_real(one->next);
	}
}

static trujaman_status copy_all(struct joiner *j, struct tj_error *err)
{
	for (struct tj_part *part = next_real(j->line->first_part); part != NULL;
	     part = next_real(part->next))
		if (tj_part_copy(part, TJ_WHY_LINE, err) != TRUJAMAN_OK)
			return err->status;
	return TRUJAMAN_OK;
}

/* Let the best translation of the line hold the promise. */
static trujaman_status mend(struct joiner *j, struct tj_error *err)
{
	double score;
	int holds = 0;
	for (int step = 0; !holds && step < 3; step++) {
		if ((step == 1 && mend_meetings(j, err) != TRUJAMAN_OK) ||
		    (step == 2 && copy_all(j, err) != TRUJAMAN_OK))
			return err->status;
		j->text.n = 0;
		if (!tj_chunk_join(j->chunk, j->line, NULL, &j->text, &score))
			return no_memory(err);
		if (judge_line(j, &j->text, &holds, err) != TRUJAMAN_OK)
			return err->status;
	}
	return TRUJAMAN_OK;
}

/* --- Translations of a line ------------------------------------------------------ */

/* Write the numbers of the line's field as the target language does. */
static trujaman_status localize(struct joiner *j, struct tj_error *err)
{
	const struct tj_chunk_line *line = j->line;
	struct tj_tools *t = j->tools;
	size_t end = j->text.n - (line->n_bytes - line->field - line->n_field);
	if (j->text.n == 0 || !tj_has_digit(j->text.data + line->field, end - line->field))
		return TRUJAMAN_OK;
	t->text.n = 0;
	if (!tj_string_append(&t->text, j->text.data, line->field))
		return no_memory(err);
	if (tj_localize_spans(t->localizer, t->judge, j->plan->source, j->plan->n_source,
	                      j->text.data + line->field, end - line->field, &t->text,
	                      err) != TRUJAMAN_OK)
		return err->status;
	if (!tj_string_append(&t->text, j->text.data + end, j->text.n - end))
		return no_memory(err);
	const struct tj_string localized = t->text;
	t->text = j->text;
	j->text = localized;
	return TRUJAMAN_OK;
}

static trujaman_status add(struct joiner *j, double score, struct tj_error *err)
{
	struct tj_chunk *c = j->chunk;
	if (j->tools->localizer != NULL && j->plan != NULL && localize(j, err) != TRUJAMAN_OK)
		return err->status;
	struct tj_joined joined = { .first = c->joined_text.n, .n = j->text.n, .score = score };
	int is_traced = j->language->traces || (j->plan != NULL && j->plan->n_names > 0);
	if (is_traced && j->language->n_best > 1 && j->line->n_parts > 0) {
		joined.picks = (uint8_t *)tj_blocks_copy(&c->blocks, j->best.picks,
		                                         j->line->n_parts);
		if (joined.picks == NULL)
			return no_memory(err);
	}
	if (!tj_reserve(&c->joined, &c->joined_capacity, c->n_joined + 1, sizeof *c->joined) ||
	    !tj_string_append(&c->joined_text, j->text.data, j->text.n))
		return no_memory(err);
	c->joined[c->n_joined++] = joined;
	j->line->n_joined++;
	return TRUJAMAN_OK;
}

/* Add the translation `rank` of the list, if it holds the promise. */
static trujaman_status add_ranked(struct joiner *j, size_t rank, struct tj_error *err)
{
	double score;
	int holds = 1;
	j->text.n = 0;
	if (!tj_k_best_join(&j->best, rank, &j->text, &score))
		return no_memory(err);
	if (j->plan != NULL && rank > 0 && judge_line(j, &j->text, &holds, err) != TRUJAMAN_OK)
		return err->status;
	return holds ? add(j, score, err) : TRUJAMAN_OK;
}

static trujaman_status join_line(struct joiner *j, struct tj_error *err)
{
	double score;
	j->line->first_joined = j->chunk->n_joined;
	if (j->plan != NULL && j->line->n_parts > 0 && mend(j, err) != TRUJAMAN_OK)
		return err->status;
	if (j->language->n_best == 1) {
		j->text.n = 0;
		if (!tj_chunk_join(j->chunk, j->line, NULL, &j->text, &score))
			return no_memory(err);
		j->line->without_prefix = (uint8_t)!tj_line_has_prefix(j->chunk, j->line,
		                                                       j->language, &j->text);
		return add(j, score, err);
	}
	if (!tj_k_best_find(&j->best, j->chunk, j->line, j->language->n_best))
		return no_memory(err);
	for (size_t rank = 0; rank < j->best.n; rank++)
		if (add_ranked(j, rank, err) != TRUJAMAN_OK)
			return err->status;
	return TRUJAMAN_OK;
}

trujaman_status tj_chunk_join_lines(struct tj_chunk *c, const struct tj_language *l,
                                    struct tj_tools *tools, struct tj_error *err)
{
	struct joiner j = { .chunk = c, .language = l, .tools = tools };
	for (size_t i = 0; err->status == TRUJAMAN_OK && i < c->n_lines; i++) {
		j.line = &c->lines[i];
		j.plan = c->plans != NULL && !j.line->blank ? &c->plans[i] : NULL;
		(void)join_line(&j, err);
	}
	tj_k_best_release(&j.best);
	free(j.text.data);
	return err->status;
}
