/* SPDX-License-Identifier: MIT */
/* A name replaces the words that look at it more than at any other, if they are names as well. */
#include "src/decode/names.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"
#include "src/base/utf8.h"
#include "src/decode/alignment.h"
#include "src/text/piece_words.h"

/* The least share of a word's attention. */
static const float LEAST_SHARE = 0.4f;

/* Names of a line; each is looked for in all of its words. */
enum { MOST_NAMES = 256 };

static trujaman_status no_memory(struct tj_error *err)
{
	return tj_fail_memory(err, "the names of a line", 1);
}

/* --- In the source ---------------------------------------------------------------- */

static trujaman_status find_in_sentence(struct tj_plan *p, const struct tj_span *s,
                                        const struct tj_language *l, struct tj_tools *tools,
                                        struct tj_error *err)
{
	size_t n_spans, i = tj_plan_spans(p, s->first, s->first + s->n, &n_spans);
	return tj_names_find(l->known_words, p->normal.text.data, s->first, s->first + s->n,
	                     n_spans > 0 ? p->spans + i : NULL, n_spans, &tools->names)
	           ? TRUJAMAN_OK
	           : no_memory(err);
}

trujaman_status tj_plan_find_names(struct tj_plan *p, const struct tj_language *l,
                                   struct tj_tools *tools, struct tj_blocks *blocks,
                                   struct tj_error *err)
{
	tools->names.n = 0;
	for (size_t i = 0; l->known_words != NULL && i < p->n_sentences; i++) {
		if (find_in_sentence(p, &p->sentences[i], l, tools, err) != TRUJAMAN_OK)
			return err->status;
		if (tools->names.n > MOST_NAMES)
			tools->names.n = MOST_NAMES;
	}
	if (l->known_words == NULL || tools->names.n == 0)
		return TRUJAMAN_OK;
	p->names = tj_blocks_take(blocks, tools->names.n * sizeof *p->names);
	if (p->names == NULL)
		return no_memory(err);
	for (size_t i = 0; i < tools->names.n; i++) {
		const struct tj_range *r = &tools->names.items[i];
		size_t first = tj_plan_origin(p, r->first), end = tj_plan_origin(p, r->end);
		if (end > first)
			p->names[p->n_names++] = (struct tj_name){ .first = first,
				                                   .n = end - first };
	}
	return TRUJAMAN_OK;
}

int tj_plan_has_name(const struct tj_plan *p, size_t first, size_t end)
{
	size_t low = 0, high = p->n_names;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (p->names[middle].first < first)
			low = middle + 1;
		else
			high = middle;
	}
	return low < p->n_names && p->names[low].first < end;
}

/* --- In a translation ------------------------------------------------------------- */

/* What is put in the place of the bytes [first, end) of a translation. */
struct change {
	size_t first, end;
	struct tj_name *name;
};

/* The work on a chunk; on one translation of one line. */
struct copier {
	struct tj_chunk *chunk;
	const struct tj_language *language;
	struct tj_tools *tools;
	struct tj_chunk_line *line;
	struct tj_plan *plan;
	struct tj_word_text source, target; /* of the line's field */
	struct tj_range *words;             /* [target.n_words]: their bytes */
	size_t words_capacity;
	struct change *changes;
	size_t n_changes, changes_capacity;
};

static int list_words(struct copier *x)
{
	const struct tj_word_text *t = &x->target;
	if (!tj_reserve(&x->words, &x->words_capacity, t->n_words + 1, sizeof *x->words))
		return 0;
	for (size_t i = 0; i < t->n; i++) {
		if (tj_is_space(t->bytes[i]))
			continue;
		if (i == 0 || tj_is_space(t->bytes[i - 1]))
			x->words[t->word[i]].first = i;
		x->words[t->word[i]].end = i + 1;
	}
	return 1;
}

/* Whether a translation has a name as often as its source; it is often right. */
static int has_name(const struct copier *x, const char *word, size_t n)
{
	struct tj_range core;
	size_t found = 0, wanted = 0;
	for (size_t i = 0; i < x->plan->n_names; i++)
		wanted += x->plan->names[i].n == n &&
		          memcmp(x->plan->source + x->plan->names[i].first, word, n) == 0;
	for (size_t i = 0; i < x->target.n_words; i++)
		found += tj_name_core(x->target.bytes, x->words[i].first, x->words[i].end, &core) &&
		         core.end - core.first == n &&
		         memcmp(x->target.bytes + core.first, word, n) == 0;
	return found >= wanted;
}

/* Whether word `target` looks at word `source` most: the links of a target word are in a row. */
static int looks_at(const struct tj_alignment *a, size_t link)
{
	const struct tj_link *l = &a->links[link];
	if (l->share < LEAST_SHARE)
		return 0;
	for (size_t i = link; i > 0 && a->links[i - 1].target == l->target; i--)
		if (a->links[i - 1].share >= l->share)
			return 0;
	for (size_t i = link + 1; i < a->n_links && a->links[i].target == l->target; i++)
		if (a->links[i].share > l->share)
			return 0;
	return 1;
}

/* Adds the change that a name asks for: of the first words in a row that look at it. */
static int add_change(struct copier *x, const struct tj_alignment *a, struct tj_name *name)
{
	const char *text = x->plan->source + name->first;
	uint32_t word = x->source.word[name->first];
	struct tj_range core, whole = { 0, 0 };
	uint32_t last = 0;
	for (size_t i = 0; i < a->n_links; i++) {
		const struct tj_link *l = &a->links[i];
		if (l->source != word || l->target >= x->target.n_words || !looks_at(a, i) ||
		    !tj_name_core(x->target.bytes, x->words[l->target].first,
		                  x->words[l->target].end, &core) ||
		    !tj_same_script(text, name->n, x->target.bytes + core.first,
		                    core.end - core.first))
			continue;
		if (whole.end > 0 && l->target != last + 1)
			break;
		/* A capital at the beginning may be that of an article: the next word is the name.
		 */
		if (whole.end == 0 || last == 0)
			whole.first = core.first;
		whole.end = core.end;
		last = l->target;
	}
	int is_right = whole.end - whole.first == name->n &&
	               memcmp(x->target.bytes + whole.first, text, name->n) == 0;
	if (whole.end == 0 || is_right || has_name(x, text, name->n))
		return 1;
	if (!tj_reserve(&x->changes, &x->changes_capacity, x->n_changes + 1, sizeof *x->changes))
		return 0;
	x->changes[x->n_changes++] = (struct change){ whole.first, whole.end, name };
	return 1;
}

static int by_place(const void *a, const void *b)
{
	const struct change *x = a, *y = b;
	return x->first < y->first ? -1 : x->first > y->first;
}

/* Appends the changed translation of the field to *text; changes that overlap one before them are
 * left out. */
static int write_changed(struct copier *x, struct tj_string *text)
{
	size_t at = 0, n = 0;
	qsort(x->changes, x->n_changes, sizeof *x->changes, by_place);
	for (size_t i = 0; i < x->n_changes; i++) {
		const struct change *c = &x->changes[i];
		if (c->first < at)
			continue;
		if (!tj_string_append(text, x->target.bytes + at, c->first - at) ||
		    !tj_string_append(text, x->plan->source + c->name->first, c->name->n))
			return 0;
		at = c->end;
		x->changes[n++] = *c;
	}
	x->n_changes = n;
	return tj_string_append(text, x->target.bytes + at, x->target.n - at);
}

/* Whether another text of the line, from `first` to the one before `end`, is this one. */
static int is_there(const struct copier *x, size_t first, size_t end, const struct tj_string *text)
{
	const struct tj_chunk *c = x->chunk;
	for (; first < end; first++)
		if (c->joined[first].n == text->n &&
		    (text->n == 0 || memcmp(c->joined_text.data + c->joined[first].first,
		                            text->data, text->n) == 0))
			return 1;
	return 0;
}

/* Keeps for an explanation what the names of the best translation replace. */
static trujaman_status note(struct copier *x, struct tj_error *err)
{
	for (size_t i = 0; i < x->n_changes; i++) {
		const struct change *c = &x->changes[i];
		c->name->n_was = c->end - c->first;
		c->name->was = tj_blocks_copy(&x->chunk->blocks, x->target.bytes + c->first,
		                              c->name->n_was);
		if (c->name->was == NULL)
			return no_memory(err);
	}
	return TRUJAMAN_OK;
}

/* Keeps where the names of a translation stand, for those who know only what its parts say. */
static trujaman_status note_moved(struct copier *x, struct tj_joined *joined, struct tj_error *err)
{
	struct tj_moved *moved = tj_blocks_take(&x->chunk->blocks, x->n_changes * sizeof *moved);
	if (moved == NULL)
		return no_memory(err);
	for (size_t i = 0; i < x->n_changes; i++) {
		const struct change *c = &x->changes[i];
		moved[i] = (struct tj_moved){ c->first, c->end, c->name->n };
	}
	joined->moved = moved;
	joined->n_moved = x->n_changes;
	return TRUJAMAN_OK;
}

/* Whether the changed field has the spans that it must have: those of the source; where numbers are
 * written anew, those that it had. */
static trujaman_status judge(struct copier *x, const char *text, size_t n, int *holds,
                             struct tj_error *err)
{
	const char *like = x->language->localizes ? x->target.bytes : x->plan->source;
	size_t n_like = x->language->localizes ? x->target.n : x->plan->n_source;
	return tj_finder_check(x->tools->judge, like, n_like, text, n, holds, err);
}

/* Sets tools->text to the translation with the changes, and *changed to whether it is to be taken.
 */
static trujaman_status change(struct copier *x, const struct tj_joined *joined, int *changed,
                              struct tj_error *err)
{
	const struct tj_chunk_line *line = x->line;
	struct tj_string *text = &x->tools->text;
	const char *all = x->chunk->joined_text.data + joined->first;
	size_t behind = line->field + x->target.n;
	*changed = 0;
	text->n = 0;
	x->n_changes = 0;
	for (size_t i = 0; i < x->plan->n_names; i++)
		if (!add_change(x, joined->alignment, &x->plan->names[i]))
			return no_memory(err);
	if (x->n_changes == 0)
		return TRUJAMAN_OK;
	if (!tj_string_append(text, all, line->field) || !write_changed(x, text))
		return no_memory(err);
	if (judge(x, text->data + line->field, text->n - line->field, changed, err) != TRUJAMAN_OK)
		return err->status;
	return tj_string_append(text, all + behind, joined->n - behind) ? TRUJAMAN_OK
	                                                                : no_memory(err);
}

/* Names in translation number `from` of the chunk, which becomes number `to`; *kept: whether it
 * stays. */
static trujaman_status copy_names(struct copier *x, size_t from, size_t to, int *kept,
                                  struct tj_error *err)
{
	struct tj_chunk *c = x->chunk;
	const struct tj_chunk_line *line = x->line;
	struct tj_joined joined = c->joined[from];
	struct tj_string *text = &x->tools->text;
	int changed = 0;
	size_t n = joined.n - (line->n_bytes - line->n_field);
	if (!tj_word_text_read(&x->target, &c->joined_text, joined.first + line->field, n) ||
	    !list_words(x))
		return no_memory(err);
	if (change(x, &joined, &changed, err) != TRUJAMAN_OK)
		return err->status;
	if (!changed) {
		text->n = 0;
		if (!tj_string_append(text, c->joined_text.data + joined.first, joined.n))
			return no_memory(err);
	}
	*kept = !is_there(x, line->first_joined, to, text);
	if (changed && from == line->first_joined && note(x, err) != TRUJAMAN_OK)
		return err->status;
	if (changed) {
		if (note_moved(x, &joined, err) != TRUJAMAN_OK)
			return err->status;
		joined.first = c->joined_text.n;
		joined.n = text->n;
		if (!tj_string_append(&c->joined_text, text->data, text->n))
			return no_memory(err);
	}
	if (*kept)
		c->joined[to] = joined;
	return TRUJAMAN_OK;
}

static trujaman_status copy_into_line(struct copier *x, struct tj_error *err)
{
	struct tj_chunk_line *line = x->line;
	size_t to = line->first_joined, end = to + line->n_joined;
	if (!tj_word_text_read(&x->source, &x->chunk->text, line->first_byte + line->field,
	                       line->n_field))
		return no_memory(err);
	for (size_t from = to; from < end; from++) {
		int kept = 1;
		if (copy_names(x, from, to, &kept, err) != TRUJAMAN_OK)
			return err->status;
		to += (size_t)kept;
	}
	line->n_joined = to - line->first_joined;
	return TRUJAMAN_OK;
}

trujaman_status tj_chunk_copy_names(struct tj_chunk *c, const struct tj_language *l,
                                    struct tj_tools *tools, struct tj_error *err)
{
	struct copier x = { .chunk = c, .language = l, .tools = tools };
	for (size_t i = 0; c->plans != NULL && i < c->n_lines && err->status == TRUJAMAN_OK; i++) {
		x.line = &c->lines[i];
		x.plan = &c->plans[i];
		if (x.plan->n_names > 0)
			(void)copy_into_line(&x, err);
	}
	tj_word_text_free(&x.source);
	tj_word_text_free(&x.target);
	free(x.words);
	free(x.changes);
	return err->status;
}
