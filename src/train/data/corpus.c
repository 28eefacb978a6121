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
#include "src/train/net/share.h"

/* lines per work item */
enum { STRETCH_LINES = 1024 };

enum fate { KEPT, EMPTY, TOO_LONG, INVALID, LATIN, NOT_TAKEN };

/* The pairs of one stretch of consecutive lines, in order. */
struct stretch {
	struct tj_ids ids;
	uint32_t n_source[STRETCH_LINES], n_target[STRETCH_LINES];
	unsigned char fate[STRETCH_LINES];
	struct tj_error error;
};

struct tokenising {
	const struct tj_pair_text *text;
	const struct tj_corpus_options *o;
	size_t n_lines;
	struct stretch **stretches;
};

static int is_valid(const char *text, size_t n)
{
	return tj_utf8_valid_prefix(text, n) == n;
}

/* Appends the ids of one side to s->ids; *n is their number. */
static enum fate split(const struct tokenising *j, struct stretch *s, size_t line, int side,
                       uint32_t *n)
{
	const struct tj_corpus_options *o = j->o;
	const struct tj_pieces *pieces = side == 0 ? o->source : o->target;
	size_t length, before = s->ids.n;
	const char *text = tj_pair_text_line(j->text, side, line, &length);
	if (o->sampling > 0)
		tj_pieces_sample(pieces, text, length, o->sampling,
		                 tj_random(o->seed, 2 * line + (size_t)side), &s->ids, &s->error);
	else
		tj_pieces_encode(pieces, text, length, &s->ids, &s->error);
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

static enum fate take_line(const struct tokenising *j, struct stretch *s, size_t line, size_t i)
{
	const struct tj_corpus_options *o = j->o;
	size_t before = s->ids.n;
	if (o->take != NULL && !o->take(o->context, line))
		return NOT_TAKEN;
	for (int side = 0; side < 2; side++) {
		size_t n;
		const char *text = tj_pair_text_line(j->text, side, line, &n);
		if (!is_valid(text, n))
			return tj_is_latin(text, n) ? LATIN : INVALID;
		if (tj_is_blank(text, n))
			return EMPTY;
	}
	enum fate fate = split(j, s, line, 0, &s->n_source[i]);
	if (fate == KEPT)
		fate = split(j, s, line, 1, &s->n_target[i]);
	if (fate != KEPT)
		s->ids.n = before;
	return fate;
}

static void stretch_item(void *context, size_t item, size_t thread)
{
	const struct tokenising *j = context;
	struct stretch *s = calloc(1, sizeof *s);
	(void)thread;
	j->stretches[item] = s; /* join reports a NULL */
	for (size_t i = 0; s != NULL && i < STRETCH_LINES; i++) {
		size_t line = item * STRETCH_LINES + i;
		s->fate[i] = NOT_TAKEN;
		if (line < j->n_lines && s->error.status == TRUJAMAN_OK)
			s->fate[i] = (unsigned char)take_line(j, s, line, i);
	}
}

static int reserve(struct tj_corpus *c, size_t n_pairs, size_t n_ids)
{
	c->ids = malloc((n_ids + 1) * sizeof *c->ids);
	c->source = malloc((n_pairs + 1) * sizeof *c->source);
	c->target = malloc((n_pairs + 1) * sizeof *c->target);
	c->n_source = malloc((n_pairs + 1) * sizeof *c->n_source);
	c->n_target = malloc((n_pairs + 1) * sizeof *c->n_target);
	c->line = malloc((n_pairs + 1) * sizeof *c->line);
	return c->ids != NULL && c->source != NULL && c->target != NULL && c->n_source != NULL &&
	       c->n_target != NULL && c->line != NULL;
}

static void add_stretch(struct tj_corpus *c, const struct stretch *s, size_t first_line)
{
	size_t at = c->n_ids;
	if (s->ids.n > 0)
		memcpy(c->ids + c->n_ids, s->ids.data, s->ids.n * sizeof *c->ids);
	c->n_ids += s->ids.n;
	for (size_t i = 0; i < STRETCH_LINES; i++) {
		c->skipped.empty += s->fate[i] == EMPTY;
		c->skipped.too_long += s->fate[i] == TOO_LONG;
		c->skipped.invalid += s->fate[i] == INVALID || s->fate[i] == LATIN;
		c->skipped.latin += s->fate[i] == LATIN;
		if (s->fate[i] != KEPT)
			continue;
		c->source[c->n] = at;
		c->target[c->n] = at + s->n_source[i];
		c->n_source[c->n] = s->n_source[i];
		c->n_target[c->n] = s->n_target[i];
		c->line[c->n++] = first_line + i;
		at += s->n_source[i] + (size_t)s->n_target[i];
		c->source_pieces += s->n_source[i];
		c->target_pieces += s->n_target[i];
	}
}

static trujaman_status join(struct tj_corpus *c, const struct tokenising *j, size_t n_stretches,
                            struct tj_error *err)
{
	size_t pairs = 0, ids = 0;
	for (size_t i = 0; i < n_stretches; i++) {
		const struct stretch *s = j->stretches[i];
		if (s == NULL)
			return tj_fail_memory(err, "a stretch of the corpus", sizeof *s);
		if (s->error.status != TRUJAMAN_OK)
			return tj_fail(err, s->error.status, "%s", s->error.text);
		ids += s->ids.n;
		for (size_t k = 0; k < STRETCH_LINES; k++)
			pairs += s->fate[k] == KEPT;
	}
	if (pairs > UINT32_MAX)
		return tj_fail(err, TRUJAMAN_ERROR_INPUT,
		               "%zu sentence pairs; the most is %" PRIu32, pairs, UINT32_MAX);
	if (!reserve(c, pairs, ids))
		return tj_fail_memory(err, "the corpus", ids * sizeof *c->ids);
	for (size_t i = 0; i < n_stretches; i++) {
		add_stretch(c, j->stretches[i], i * STRETCH_LINES);
		free(j->stretches[i]->ids.data);
		free(j->stretches[i]);
		j->stretches[i] = NULL;
	}
	if (c->n == 0)
		return tj_fail(err, TRUJAMAN_ERROR_INPUT,
		               "%s, %s and %s: no usable sentence pair: of %zu, %" PRIu64
		               " have an empty side, %" PRIu64
		               " are longer than %zu pieces, %" PRIu64 " are not UTF-8%s",
		               j->o->what, tj_pair_text_name(j->text, 0),
		               tj_pair_text_name(j->text, 1), j->n_lines, c->skipped.empty,
		               c->skipped.too_long, j->o->max_pieces, c->skipped.invalid,
		               tj_latin_advice(c->skipped.latin, c->skipped.invalid));
	return TRUJAMAN_OK;
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
	tj_share(options->n_threads, n, stretch_item, &j);
	join(c, &j, n, err);
	for (size_t i = 0; i < n; i++) {
		if (j.stretches[i] != NULL)
			free(j.stretches[i]->ids.data);
		free(j.stretches[i]);
	}
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
	memset(c, 0, sizeof *c);
}
