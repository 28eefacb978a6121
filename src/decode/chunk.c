/* SPDX-License-Identifier: MIT */
#include "src/decode/chunk.h"

#include "src/base/memory.h"
#include "src/text/utf8.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct tj_chunk *tj_chunk_new(struct tj_error *err)
{
	struct tj_chunk *c = calloc(1, sizeof *c);
	if (c == NULL)
		tj_fail_memory(err, "a chunk of lines", sizeof *c);
	return c;
}

void tj_chunk_free(struct tj_chunk *c)
{
	if (c == NULL)
		return;
	/* The hypotheses' texts; those of parts that never came to an end are NULL. */
	for (size_t p = 0; c->hypotheses != NULL && p < c->n_parts; p++)
		for (size_t h = 0; h < c->parts[p].n_hypotheses; h++)
			free(c->hypotheses[c->parts[p].first_hypothesis + h].text);
	free(c->hypotheses);
	free(c->text.data);
	free(c->target_text.data);
	free(c->lines);
	free(c->ids.data);
	free(c->target_ids.data);
	free(c->parts);
	free(c->out.data);
	free(c);
}

int tj_string_append(struct tj_string *s, const void *bytes, size_t n)
{
	if (n == 0)
		return 1;
	if (n > SIZE_MAX - s->n || !tj_reserve(&s->data, &s->capacity, s->n + n, 1))
		return 0;
	memcpy(s->data + s->n, bytes, n);
	s->n += n;
	return 1;
}

/* Append text with ill-formed UTF-8 replaced; returns the offset of the first, or SIZE_MAX. */
static int append_valid(struct tj_string *s, const char *text, size_t n, size_t *invalid)
{
	size_t good = tj_utf8_valid_prefix(text, n), rest = n - good;
	if (invalid != NULL)
		*invalid = rest > 0 ? good : SIZE_MAX;
	if (!tj_string_append(s, text, good))
		return 0;
	if (rest == 0)
		return 1;
	if (rest > (SIZE_MAX - s->n) / 3 ||
	    !tj_reserve(&s->data, &s->capacity, s->n + 3 * rest, 1))
		return 0;
	s->n += tj_utf8_repair(text + good, rest, s->data + s->n);
	return 1;
}

struct tj_chunk_line *tj_chunk_add(struct tj_chunk *c, const char *text, size_t n,
                                   const char *target, size_t n_target, size_t *invalid,
                                   size_t *invalid_target)
{
	size_t first = c->text.n, first_target = c->target_text.n;
	if (!tj_reserve(&c->lines, &c->lines_capacity, c->n_lines + 1, sizeof *c->lines) ||
	    !append_valid(&c->text, text, n, invalid) ||
	    (target != NULL && !append_valid(&c->target_text, target, n_target, invalid_target)))
		return NULL;
	struct tj_chunk_line *line = &c->lines[c->n_lines++];
	memset(line, 0, sizeof *line);
	line->first_byte = first;
	line->n_bytes = c->text.n - first;
	line->first_target = first_target;
	line->n_target = c->target_text.n - first_target;
	return line;
}

/* How many of n pieces go into the next part: all, or as many as fit, up to the
 * last word that begins in the second half of what fits. */
static size_t cut(const struct tj_language *l, const int32_t *ids, size_t n)
{
	if (n <= l->max_pieces)
		return n;
	for (size_t at = l->max_pieces; at > l->max_pieces / 2; at--)
		if (tj_pieces_starts_word(l->source, ids[at]))
			return at;
	return l->max_pieces;
}

static trujaman_status add_part(struct tj_chunk *c, struct tj_part part, struct tj_error *err)
{
	if (!tj_reserve(&c->parts, &c->parts_capacity, c->n_parts + 1, sizeof *c->parts))
		return tj_fail_memory(err, "a chunk's parts", c->n_parts * sizeof *c->parts);
	part.chunk = c;
	c->parts[c->n_parts++] = part;
	return TRUJAMAN_OK;
}

static trujaman_status prepare_scoring(struct tj_chunk *c, const struct tj_language *l,
                                       struct tj_chunk_line *line, size_t first_id, size_t n_ids,
                                       struct tj_error *err)
{
	struct tj_part part = { .first_id = first_id, .n_ids = n_ids,
		                .first_target = c->target_ids.n };
	const char *target = line->n_target > 0 ? c->target_text.data + line->first_target : "";
	if (n_ids > l->max_scored)
		return tj_fail(err, TRUJAMAN_ERROR_INPUT,
		               "%s:%llu: %zu pieces, at most %zu can be scored; split the line",
		               l->name, (unsigned long long)line->number, n_ids,
		               l->max_scored);
	/* White space may be a piece to SentencePiece; to us it is nothing, as in the source. */
	if (!tj_is_blank(target, line->n_target) &&
	    tj_pieces_encode(l->target, target, line->n_target, &c->target_ids, err) != TRUJAMAN_OK)
		return err->status;
	part.n_target = c->target_ids.n - part.first_target;
	c->n_target_pieces += part.n_target;
	return add_part(c, part, err);
}

static trujaman_status prepare_line(struct tj_chunk *c, const struct tj_language *l,
                                    struct tj_chunk_line *line, struct tj_error *err)
{
	const char *text = line->n_bytes > 0 ? c->text.data + line->first_byte : "";
	size_t first = c->ids.n, n;
	line->first_part = c->n_parts;
	line->blank = (uint8_t)tj_is_blank(text, line->n_bytes);
	line->n_words = tj_count_words(text, line->n_bytes);
	c->n_words += line->n_words;
	if (!line->blank &&
	    tj_pieces_encode(l->source, text, line->n_bytes, &c->ids, err) != TRUJAMAN_OK)
		return err->status;
	n = c->ids.n - first;
	c->n_source_pieces += n;
	if (l->scoring) {
		if (prepare_scoring(c, l, line, first, n, err) != TRUJAMAN_OK)
			return err->status;
	} else {
		line->cut = n > l->max_pieces;
		for (size_t at = 0, m; at < n; at += m) {
			m = cut(l, c->ids.data + first + at, n - at);
			struct tj_part part = { .first_id = first + at, .n_ids = m };
			if (add_part(c, part, err) != TRUJAMAN_OK)
				return err->status;
		}
	}
	line->n_parts = c->n_parts - line->first_part;
	return TRUJAMAN_OK;
}

trujaman_status tj_chunk_prepare(struct tj_chunk *c, const struct tj_language *l,
                                 struct tj_error *err)
{
	for (size_t i = 0; i < c->n_lines; i++)
		if (prepare_line(c, l, &c->lines[i], err) != TRUJAMAN_OK)
			return err->status;
	c->hypotheses = calloc(c->n_parts > 0 ? c->n_parts : 1, l->n_best * sizeof *c->hypotheses);
	if (c->hypotheses == NULL)
		return tj_fail_memory(err, "translations", c->n_parts * sizeof *c->hypotheses);
	for (size_t i = 0; i < c->n_parts; i++)
		c->parts[i].first_hypothesis = i * l->n_best;
	c->n_open = c->n_parts;
	return TRUJAMAN_OK;
}

struct tj_request tj_chunk_request(struct tj_chunk *c, const struct tj_language *l, size_t i)
{
	static const int32_t none = 0; /* forced, and empty, must not look like not forced */
	const struct tj_part *part = &c->parts[i];
	struct tj_request r = { .ids = part->n_ids > 0 ? c->ids.data + part->first_id : NULL,
		                .n_ids = part->n_ids, .tag = (uint64_t)(uintptr_t)part };
	if (part->n_ids == 0 && l->empty_source >= 0) {
		r.ids = &l->empty_source;
		r.n_ids = 1;
	}
	if (l->scoring) {
		r.forced = part->n_target > 0 ? c->target_ids.data + part->first_target : &none;
		r.n_forced = part->n_target;
	}
	return r;
}

/* A line break inside a translation would break the line for line promise. */
static void flatten(char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (text[i] == '\n' || text[i] == '\r')
			text[i] = ' ';
}

static trujaman_status keep_text(const struct tj_result *result, size_t rank,
                                 const struct tj_language *l, struct tj_ids *scratch,
                                 struct tj_hypothesis *h, struct tj_error *err)
{
	struct tj_string text = { NULL, 0, 0 };
	size_t n = result->ended[rank].n_pieces;
	if (!tj_reserve(&scratch->data, &scratch->capacity, n, sizeof *scratch->data))
		return tj_fail_memory(err, "target pieces", n * sizeof *scratch->data);
	tj_search_pieces(result->search, result->options, rank, scratch->data);
	if (tj_pieces_decode(l->target, scratch->data, n, &text, err) != TRUJAMAN_OK ||
	    !tj_string_append(&text, "", 1)) {
		free(text.data);
		return err->status != TRUJAMAN_OK ? err->status
		                                  : tj_fail_memory(err, "a translation", text.n);
	}
	h->n_bytes = text.n - 1;
	flatten(text.data, h->n_bytes);
	h->text = text.data;
	h->score = result->ended[rank].rank;
	return TRUJAMAN_OK;
}

trujaman_status tj_chunk_result(const struct tj_result *result, const struct tj_language *l,
                                struct tj_ids *scratch, struct tj_error *err)
{
	struct tj_part *part = (struct tj_part *)(uintptr_t)result->tag;
	struct tj_hypothesis *h = part->chunk->hypotheses + part->first_hypothesis;
	assert(result->n >= 1 && result->n <= l->n_best);
	if (l->scoring) {
		h->score = result->ended[0].score;
		part->n_hypotheses = 1;
	}
	for (size_t i = 0; !l->scoring && i < result->n; i++) {
		if (keep_text(result, i, l, scratch, &h[i], err) != TRUJAMAN_OK)
			return err->status;
		part->n_hypotheses = i + 1;
	}
	if (!l->scoring)
		part->chunk->n_target_pieces += result->ended[0].n_pieces;
	part->chunk->n_open--;
	return TRUJAMAN_OK;
}

size_t tj_chunk_n_hypotheses(const struct tj_chunk *c, const struct tj_chunk_line *line)
{
	size_t n = 1;
	for (size_t i = 0; i < line->n_parts; i++)
		if (c->parts[line->first_part + i].n_hypotheses > n)
			n = c->parts[line->first_part + i].n_hypotheses;
	return n;
}

int tj_chunk_join(const struct tj_chunk *c, const struct tj_chunk_line *line, size_t rank,
                  struct tj_string *out, double *score)
{
	*score = 0;
	if (line->n_parts == 0)
		return line->n_bytes == 0 ||
		       tj_string_append(out, c->text.data + line->first_byte, line->n_bytes);
	for (size_t i = 0; i < line->n_parts; i++) {
		const struct tj_part *part = &c->parts[line->first_part + i];
		size_t at = rank < part->n_hypotheses ? rank : part->n_hypotheses - 1;
		const struct tj_hypothesis *h = &c->hypotheses[part->first_hypothesis + at];
		*score += h->score;
		if ((i > 0 && !tj_string_append(out, " ", 1)) ||
		    !tj_string_append(out, h->text, h->n_bytes))
			return 0;
	}
	return 1;
}
