/* SPDX-License-Identifier: MIT */
/* Tokenises sentence pairs on several threads and joins them into one corpus. */
#include "src/train/data/corpus.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/latin.h"
#include "src/base/memory.h"
#include "src/base/random.h"
#include "src/base/utf8.h"
#include "src/train/data/piece_links.h"
#include "src/train/net/share.h"

/* lines per work item */
enum { STRETCH_LINES = 1024 };

enum fate { KEPT, EMPTY, TOO_LONG, INVALID, LATIN, NOT_TAKEN };

/* The ids of a pair, and its links. */
struct lengths {
	uint32_t source, target, links;
};

/* The pairs of one stretch of consecutive lines, in order. A line's copy, if it has one, follows
 * the pair. */
struct stretch {
	struct tj_ids ids;
	struct lengths pair[STRETCH_LINES], copy[STRETCH_LINES];
	unsigned char fate[STRETCH_LINES], is_copied[STRETCH_LINES];
	struct tj_piece_link *links; /* of all pairs; copies have none */
	size_t n_links, links_capacity;
	struct tj_pair_record made;
	struct tj_string tagged; /* a source behind its tag */
	struct tj_error error;
};

struct tokenising {
	const struct tj_pair_text *text;
	const struct tj_corpus_options *o;
	size_t n_lines;
	struct stretch **stretches;
	struct tj_pair_maker **makers;   /* [n_threads]; NULL: texts stay as they are */
	struct tj_piece_linker *linkers; /* [n_threads]; NULL: no text has links */
};

/* Appends the ids of a text as one side to s->ids; *n is their number. The random numbers of a
 * text of a line are `counter`, and those of its copy follow all others. */
static enum fate split(const struct tokenising *j, struct stretch *s, struct tj_stretch text,
                       int side, uint64_t counter, uint32_t *n)
{
	const struct tj_corpus_options *o = j->o;
	const struct tj_pieces *pieces = side == 0 ? o->source : o->target;
	size_t before = s->ids.n;
	if (o->sampling > 0)
		tj_pieces_sample(pieces, text.text, text.n, o->sampling,
		                 tj_random(o->seed, counter), &s->ids, &s->error);
	else
		tj_pieces_encode(pieces, text.text, text.n, &s->ids, &s->error);
	size_t count = s->ids.n - before;
	if (count == 0)
		return EMPTY; /* nothing remains, for example of a line of control characters */
	if (count > o->max_pieces)
		return TOO_LONG;
	if (side == 1 || o->source_eos) {
		if (!tj_reserve(&s->ids.data, &s->ids.capacity, s->ids.n + 1,
		                sizeof *s->ids.data)) {
			tj_fail_memory(&s->error, "piece ids", s->ids.n * sizeof *s->ids.data);
			return EMPTY;
		}
		s->ids.data[s->ids.n++] = tj_pieces_eos(pieces);
		count++;
	}
	*n = (uint32_t)count;
	return KEPT;
}

static enum fate split_pair(const struct tokenising *j, struct stretch *s,
                            const struct tj_stretch pair[2], uint64_t counter,
                            struct lengths *lengths)
{
	size_t before = s->ids.n;
	enum fate fate = split(j, s, pair[0], 0, counter, &lengths->source);
	if (fate == KEPT)
		fate = split(j, s, pair[1], 1, counter + 1, &lengths->target);
	if (fate != KEPT)
		s->ids.n = before;
	return fate;
}

/* Puts the tag of the line's text before its source, after all preparation: nothing changes it. */
static trujaman_status put_tag(const struct tokenising *j, struct stretch *s, size_t line,
                               struct tj_stretch *source)
{
	const char *tag = j->o->with_tags ? tj_pair_text_tag(j->text, line) : NULL;
	if (tag == NULL || tj_is_blank(source->text, source->n))
		return TRUJAMAN_OK;
	s->tagged.n = 0;
	if (!tj_string_append(&s->tagged, tag, strlen(tag)) ||
	    !tj_string_append(&s->tagged, " ", 1) ||
	    !tj_string_append(&s->tagged, source->text, source->n))
		return tj_fail_memory(&s->error, "a tagged source", source->n);
	*source = (struct tj_stretch){ s->tagged.data, s->tagged.n };
	return TRUJAMAN_OK;
}

/* A target that its own vocabulary can write may be too long for that of the source: then there is
 * no copy. */
static void add_copy(const struct tokenising *j, struct stretch *s, struct tj_stretch target,
                     size_t line, size_t i)
{
	const struct tj_stretch pair[2] = { target, target };
	s->copy[i].links = 0;
	uint64_t counter = 2 * ((uint64_t)j->n_lines + line);
	s->is_copied[i] = split_pair(j, s, pair, counter, &s->copy[i]) == KEPT;
}

/* Adds the links of the pair of ids that comes last. */
static void add_links(const struct tokenising *j, struct stretch *s, struct tj_piece_linker *linker,
                      const struct tj_stretch given[2], size_t line, struct lengths *lengths)
{
	const struct tj_corpus_options *o = j->o;
	const struct tj_word_links *words = o->links;
	const int32_t *target = s->ids.data + s->ids.n - lengths->target;
	const struct tj_linked_side sides[2] = {
		{ o->with_tags ? tj_pair_text_tag(j->text, line) : NULL, given[0].text, given[0].n,
		  o->source, target - lengths->source, lengths->source - (o->source_eos ? 1 : 0) },
		{ NULL, given[1].text, given[1].n, o->target, target, lengths->target - 1 },
	};
	size_t first = words->first[line], n = words->first[line + 1] - first;
	lengths->links = 0;
	if (n == 0 ||
	    tj_link_pieces(linker, sides, words->links + first, n, &s->error) != TRUJAMAN_OK ||
	    linker->n == 0)
		return;
	if (!tj_reserve(&s->links, &s->links_capacity, s->n_links + linker->n, sizeof *s->links)) {
		tj_fail_memory(&s->error, "links of pieces", linker->n * sizeof *s->links);
		return;
	}
	memcpy(s->links + s->n_links, linker->links, linker->n * sizeof *s->links);
	s->n_links += linker->n;
	lengths->links = (uint32_t)linker->n;
}

static enum fate take_line(const struct tokenising *j, struct stretch *s, size_t thread,
                           size_t line, size_t i)
{
	struct tj_pair_maker *maker = j->makers != NULL ? j->makers[thread] : NULL;
	const struct tj_corpus_options *o = j->o;
	const struct tj_pair_record before = s->made;
	struct tj_stretch pair[2], given[2];
	if (o->take != NULL && !o->take(o->context, line))
		return NOT_TAKEN;
	for (int side = 0; side < 2; side++) {
		size_t n;
		const char *text = tj_pair_text_line(j->text, side, line, &n);
		if (tj_utf8_valid_prefix(text, n) < n)
			return tj_is_latin(text, n) ? LATIN : INVALID;
		if (tj_is_blank(text, n))
			return EMPTY;
		given[side] = pair[side] = (struct tj_stretch){ text, n };
	}
	if (maker != NULL) {
		struct tj_pair_variation v = tj_draw_variation(&o->preparation, line);
		if (tj_pair_make(maker, &v, pair, &s->made, &s->error) != TRUJAMAN_OK)
			return EMPTY;
	}
	if (put_tag(j, s, line, &pair[0]) != TRUJAMAN_OK)
		return EMPTY;
	enum fate fate = split_pair(j, s, pair, 2 * (uint64_t)line, &s->pair[i]);
	if (fate != KEPT) {
		s->made = before;
		return fate;
	}
	if (j->linkers != NULL)
		add_links(j, s, &j->linkers[thread], given, line, &s->pair[i]);
	if (tj_draw_copy(&o->preparation, line))
		add_copy(j, s, pair[1], line, i);
	return fate;
}

static void stretch_item(void *context, size_t item, size_t thread)
{
	const struct tokenising *j = context;
	struct stretch *s = calloc(1, sizeof *s);
	j->stretches[item] = s; /* join reports a NULL */
	for (size_t i = 0; s != NULL && i < STRETCH_LINES; i++) {
		size_t line = item * STRETCH_LINES + i;
		s->fate[i] = NOT_TAKEN;
		if (line < j->n_lines && s->error.status == TRUJAMAN_OK)
			s->fate[i] = (unsigned char)take_line(j, s, thread, line, i);
	}
	if (s != NULL) {
		free(s->tagged.data);
		s->tagged = (struct tj_string){ NULL, 0, 0 };
	}
}

static int reserve(struct tj_corpus *c, size_t n_pairs, size_t n_ids)
{
	c->first_link = calloc(n_pairs + 1, sizeof *c->first_link);
	c->ids = malloc((n_ids + 1) * sizeof *c->ids);
	c->source = malloc((n_pairs + 1) * sizeof *c->source);
	c->target = malloc((n_pairs + 1) * sizeof *c->target);
	c->n_source = malloc((n_pairs + 1) * sizeof *c->n_source);
	c->n_target = malloc((n_pairs + 1) * sizeof *c->n_target);
	c->line = malloc((n_pairs + 1) * sizeof *c->line);
	return c->first_link != NULL && c->ids != NULL && c->source != NULL && c->target != NULL &&
	       c->n_source != NULL && c->n_target != NULL && c->line != NULL;
}

/* Returns the offset behind the pair. */
static size_t add_pair(struct tj_corpus *c, size_t at, const struct lengths *lengths, size_t line)
{
	c->source[c->n] = at;
	c->target[c->n] = at + lengths->source;
	c->n_source[c->n] = lengths->source;
	c->n_target[c->n] = lengths->target;
	c->line[c->n++] = line;
	c->first_link[c->n] = c->first_link[c->n - 1] + lengths->links;
	c->n_linked += lengths->links > 0;
	c->source_pieces += lengths->source;
	c->target_pieces += lengths->target;
	return at + lengths->source + lengths->target;
}

static void add_record(struct tj_pair_record *sum, const struct tj_pair_record *r)
{
	sum->spans.replaced += r->spans.replaced;
	sum->spans.source_only += r->spans.source_only;
	sum->spans.target_only += r->spans.target_only;
	sum->cased += r->cased;
	sum->without_mark += r->without_mark;
}

static void add_stretch(struct tj_corpus *c, const struct stretch *s, size_t first_line)
{
	size_t at = c->n_ids;
	if (s->ids.n > 0)
		memcpy(c->ids + c->n_ids, s->ids.data, s->ids.n * sizeof *c->ids);
	c->n_ids += s->ids.n;
	if (s->n_links > 0)
		memcpy(c->links + c->first_link[c->n], s->links, s->n_links * sizeof *c->links);
	add_record(&c->made, &s->made);
	for (size_t i = 0; i < STRETCH_LINES; i++) {
		c->skipped.empty += s->fate[i] == EMPTY;
		c->skipped.too_long += s->fate[i] == TOO_LONG;
		c->skipped.invalid += s->fate[i] == INVALID || s->fate[i] == LATIN;
		c->skipped.latin += s->fate[i] == LATIN;
		if (s->fate[i] != KEPT)
			continue;
		at = add_pair(c, at, &s->pair[i], first_line + i);
		if (s->is_copied[i])
			at = add_pair(c, at, &s->copy[i], first_line + i);
		c->n_copies += s->is_copied[i];
	}
}

static void free_stretch(struct stretch *s)
{
	if (s == NULL)
		return;
	free(s->ids.data);
	free(s->links);
	free(s);
}

static trujaman_status join(struct tj_corpus *c, const struct tokenising *j, size_t n_stretches,
                            struct tj_error *err)
{
	size_t pairs = 0, ids = 0, links = 0;
	for (size_t i = 0; i < n_stretches; i++) {
		const struct stretch *s = j->stretches[i];
		if (s == NULL)
			return tj_fail_memory(err, "a stretch of the corpus", sizeof *s);
		if (s->error.status != TRUJAMAN_OK)
			return tj_fail(err, s->error.status, "%s", s->error.text);
		ids += s->ids.n;
		links += s->n_links;
		for (size_t k = 0; k < STRETCH_LINES; k++)
			pairs += s->fate[k] == KEPT ? 1 + (size_t)s->is_copied[k] : 0;
	}
	if (pairs > UINT32_MAX)
		return tj_fail(err, TRUJAMAN_ERROR_INPUT,
		               "%zu sentence pairs; the most is %" PRIu32, pairs, UINT32_MAX);
	if (!reserve(c, pairs, ids))
		return tj_fail_memory(err, "the corpus", ids * sizeof *c->ids);
	c->links = j->linkers != NULL ? malloc((links + 1) * sizeof *c->links) : NULL;
	if (j->linkers != NULL && c->links == NULL)
		return tj_fail_memory(err, "links of pieces", links * sizeof *c->links);
	for (size_t i = 0; i < n_stretches; i++) {
		add_stretch(c, j->stretches[i], i * STRETCH_LINES);
		free_stretch(j->stretches[i]);
		j->stretches[i] = NULL;
	}
	if (c->n == 0)
		return tj_fail(err, TRUJAMAN_ERROR_INPUT,
		               "%s, %s and %s%s: no usable sentence pair: of %zu, %" PRIu64
		               " have an empty side, %" PRIu64
		               " are longer than %zu pieces, %" PRIu64 " are not UTF-8%s",
		               j->o->what, tj_pair_text_name(j->text, 0),
		               tj_pair_text_name(j->text, 1), tj_pair_text_others(j->text),
		               j->n_lines, c->skipped.empty, c->skipped.too_long, j->o->max_pieces,
		               c->skipped.invalid,
		               tj_latin_advice(c->skipped.latin, c->skipped.invalid));
	return TRUJAMAN_OK;
}

/* Texts of weight 1 alone need no parts. */
static trujaman_status find_parts(struct tj_corpus *c, const struct tj_pair_text *t,
                                  struct tj_error *err)
{
	size_t n = tj_pair_text_files(t), pair = 0;
	int is_weighted = 0;
	for (size_t k = 0; k < n; k++) {
		const struct tj_corpus_files *f = tj_pair_text_file(t, k);
		is_weighted |= f != NULL && f->weight != 1;
	}
	if (!is_weighted)
		return TRUJAMAN_OK;
	c->parts = calloc(n, sizeof *c->parts);
	if (c->parts == NULL)
		return tj_fail_memory(err, "the weights", n * sizeof *c->parts);
	c->n_parts = n;
	for (size_t k = 0; k < n; k++) {
		while (pair < c->n && c->line[pair] < tj_pair_text_end(t, k))
			pair++;
		c->parts[k] = (struct tj_corpus_part){ pair, tj_pair_text_file(t, k)->weight };
	}
	return TRUJAMAN_OK;
}

static trujaman_status open_makers(struct tokenising *j, struct tj_error *err)
{
	const struct tj_preparation *p = &j->o->preparation;
	size_t n = j->o->n_threads;
	if (j->o->links != NULL) {
		j->linkers = calloc(n + 1, sizeof *j->linkers);
		if (j->linkers == NULL)
			return tj_fail_memory(err, "links of pieces", n * sizeof *j->linkers);
	}
	if (!tj_preparation_is_needed(p))
		return TRUJAMAN_OK;
	j->makers = calloc(n + 1, sizeof *j->makers);
	if (j->makers == NULL)
		return tj_fail_memory(err, "preparing pairs", n * sizeof *j->makers);
	for (size_t i = 0; i < n && err->status == TRUJAMAN_OK; i++)
		j->makers[i] = tj_pair_maker_open(&p->rules, p->source_language, p->target_language,
		                                  err);
	return err->status;
}

static void close_makers(struct tokenising *j)
{
	for (size_t i = 0; j->makers != NULL && i < j->o->n_threads; i++)
		tj_pair_maker_close(j->makers[i]);
	free(j->makers);
	for (size_t i = 0; j->linkers != NULL && i < j->o->n_threads; i++)
		tj_piece_linker_free(&j->linkers[i]);
	free(j->linkers);
}

trujaman_status tj_corpus_read(struct tj_corpus *c, const struct tj_pair_text *t,
                               const struct tj_corpus_options *options, struct tj_error *err)
{
	struct tokenising j = { .text = t, .o = options, .n_lines = tj_pair_text_lines(t) };
	size_t n = (j.n_lines + STRETCH_LINES - 1) / STRETCH_LINES;
	memset(c, 0, sizeof *c);
	j.stretches = calloc(n + 1, sizeof *j.stretches);
	if (j.stretches == NULL)
		return tj_fail_memory(err, "the corpus", n * sizeof *j.stretches);
	if (open_makers(&j, err) == TRUJAMAN_OK) {
		tj_share(options->n_threads, n, stretch_item, &j);
		if (join(c, &j, n, err) == TRUJAMAN_OK)
			find_parts(c, t, err);
	}
	close_makers(&j);
	for (size_t i = 0; i < n; i++)
		free_stretch(j.stretches[i]);
	free(j.stretches);
	return err->status;
}

void tj_corpus_free(struct tj_corpus *c)
{
	free(c->ids);
	free(c->source);
	free(c->target);
	free(c->n_source);
	free(c->n_target);
	free(c->line);
	free(c->parts);
	free(c->links);
	free(c->first_link);
	memset(c, 0, sizeof *c);
}
