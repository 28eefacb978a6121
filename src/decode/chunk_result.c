/* SPDX-License-Identifier: MIT */
/* Requests for the parts of a chunk, and the translations that become of the answers. */
#include "src/decode/chunk_result.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/hash.h"
#include "src/base/memory.h"
#include "src/base/separators.h"
#include "src/base/utf8.h"
#include "src/decode/accept.h"
#include "src/decode/line_prefix.h"
#include "src/decode/trace.h"
#include "src/text/tokens.h"

/* Whether it is to be known what the network looked at. */
static int is_traced(const struct tj_part *part, const struct tj_language *l)
{
	return l->traces || (part->fragment != NULL && part->fragment->has_name);
}

struct tj_request tj_chunk_request(struct tj_chunk *c, const struct tj_language *l, size_t i)
{
	/* Scoring an empty target needs a pointer that is not NULL: NULL means translating. */
	static const int32_t none = 0;
	const struct tj_part *part = c->parts[i];
	struct tj_request r = { .ids = part->n_ids > 0 ? c->ids.data + part->first_id : NULL,
		                .n_ids = part->n_ids,
		                .tag = (uint64_t)(uintptr_t)part };
	if (part->n_ids == 0 && l->empty_source >= 0) {
		r.ids = &l->empty_source;
		r.n_ids = 1;
	}
	r.key = tj_hash(part->key, r.ids, r.n_ids * sizeof *r.ids);
	r.constraint = part->constraint;
	if (part->prefix != NULL)
		r.prefix = &part->prefix->pieces;
	r.attends = is_traced(part, l);
	if (l->scoring) {
		r.forced = part->n_target > 0 ? c->target_ids.data + part->first_target : &none;
		r.n_forced = part->n_target;
		if (part->trace != NULL) {
			r.shares = part->trace->shares;
			r.scores = part->trace->scores;
		}
	}
	return r;
}

/* Replace the separators inside a translation by spaces: lines, columns and separators of the
 * output are those of the input. Returns the number of bytes that are left of n. */
static size_t flatten(char *text, size_t n)
{
	size_t to = tj_separator_find(text, n);
	for (size_t from = to; from < n;) {
		size_t bytes = tj_separator_at(text + from, n - from);
		text[to++] = bytes > 0 ? ' ' : text[from];
		from += bytes > 0 ? bytes : 1;
	}
	return to;
}

/* Appends the word of a part's text that a piece was looked at for; without one, nothing. */
static int append_word(const struct tj_part *part, int32_t looked, struct tj_string *text)
{
	size_t first = 0, end = 0;
	for (int32_t i = 0; i <= looked; i++)
		first = tj_tokens_next(part->text, part->n_text, &end);
	return tj_string_append(text, part->text + first, end - first);
}

/* Appends the text of n pieces, in which a word of the source stands where one is unknown. */
static trujaman_status write_tokens(const struct tj_part *part, const struct tj_language *l,
                                    const int32_t *ids, const int32_t *looked, size_t n,
                                    struct tj_string *text, struct tj_error *err)
{
	for (size_t i = 0; i < n; i++) {
		enum tj_piece_kind kind = tj_pieces_kind(l->target, ids[i], NULL);
		if (kind == TJ_PIECE_CONTROL)
			continue;
		if (text->n > 0 && !tj_string_append(text, " ", 1))
			return tj_fail_memory(err, "a translation", text->n);
		if (kind != TJ_PIECE_UNKNOWN) {
			if (tj_pieces_decode(l->target, &ids[i], 1, text, err) != TRUJAMAN_OK)
				return err->status;
		} else if (!append_word(part, looked[i], text)) {
			return tj_fail_memory(err, "a translation", text->n);
		}
	}
	return TRUJAMAN_OK;
}

/* Sets *text to that of a hypothesis, whose n pieces come into `ids`, of which 2 n can be
 * written. */
static trujaman_status write_text(const struct tj_result *result, size_t rank,
                                  const struct tj_language *l, int32_t *ids, size_t n,
                                  struct tj_string *text, struct tj_error *err)
{
	const struct tj_part *part = (struct tj_part *)(uintptr_t)result->tag;
	tj_search_looked(result->search, result->options, rank, ids, ids + n);
	return l->replaces_unknown ? write_tokens(part, l, ids, ids + n, n, text, err)
	                           : tj_pieces_decode(l->target, ids, n, text, err);
}

static trujaman_status keep_text(const struct tj_result *result, size_t rank,
                                 const struct tj_language *l, struct tj_ids *scratch,
                                 struct tj_hypothesis *h, struct tj_error *err)
{
	struct tj_string text = { NULL, 0, 0 };
	size_t n = result->ended[rank].n_pieces;
	/* One more, so that there is an address even without a piece. */
	if (!tj_reserve(&scratch->data, &scratch->capacity, 2 * n + 1, sizeof *scratch->data))
		return tj_fail_memory(err, "target pieces", n * sizeof *scratch->data);
	if (write_text(result, rank, l, scratch->data, n, &text, err) != TRUJAMAN_OK ||
	    !tj_string_append(&text, "", 1)) {
		free(text.data);
		return err->status != TRUJAMAN_OK ? err->status
		                                  : tj_fail_memory(err, "a translation", text.n);
	}
	h->n_bytes = flatten(text.data, text.n - 1);
	text.data[h->n_bytes] = '\0';
	h->text = text.data;
	h->score = result->ended[rank].rank;
	h->trace = NULL;
	struct tj_part *part = (struct tj_part *)(uintptr_t)result->tag;
	if (is_traced(part, l) &&
	    tj_trace_make(part, scratch->data, n, l, &h->trace, err) != TRUJAMAN_OK)
		free(text.data);
	if (h->trace != NULL)
		tj_trace_fill(h->trace, result, rank, l);
	return err->status;
}

/* Whether one of n hypotheses has the text of h. */
static int has_text(const struct tj_hypothesis *list, size_t n, const struct tj_hypothesis *h)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].n_bytes == h->n_bytes && memcmp(list[i].text, h->text, h->n_bytes) == 0)
			return 1;
	return 0;
}

/* Keep the hypotheses that tj_chunk_result describes: up to `most` of them. Those of a fragment are
 * judged later, blank ones too. */
static trujaman_status keep_texts(const struct tj_result *result, const struct tj_language *l,
                                  struct tj_ids *scratch, size_t most, int of_fragment,
                                  struct tj_answer *answer, struct tj_error *err)
{
	struct tj_hypothesis *kept = answer->hypotheses;
	const struct tj_ended *best = result->ended;
	int only_blank = 0;
	for (size_t i = 0; i < result->n && answer->n < most; i++) {
		struct tj_hypothesis h;
		if (keep_text(result, i, l, scratch, &h, err) != TRUJAMAN_OK)
			return err->status;
		int blank = !of_fragment && tj_is_blank(h.text, h.n_bytes);
		if (only_blank && !blank) {
			free(kept->text);
			answer->n = 0;
		} else if (answer->n > 0 && (blank || has_text(kept, answer->n, &h))) {
			free(h.text);
			continue;
		}
		if (answer->n == 0) {
			best = &result->ended[i];
			only_blank = blank;
		}
		kept[answer->n++] = h;
	}
	answer->n_pieces = best->n_pieces;
	answer->truncated = best->length == best->n_pieces;
	return TRUJAMAN_OK;
}

static void free_texts(struct tj_answer *answer)
{
	for (size_t i = 0; i < answer->n; i++)
		free(answer->hypotheses[i].text);
	answer->n = 0;
}

/* Where the hypotheses of a part's answer go: those of a fragment are judged first. */
static struct tj_hypothesis *room(const struct tj_part *part, struct tj_tools *tools)
{
	return part->fragment != NULL ? tools->found : part->hypotheses;
}

/* Give the hypotheses of a part their prefix as it was given. */
static trujaman_status put_prefix(const struct tj_part *part, struct tj_hypothesis *h, size_t n,
                                  struct tj_error *err)
{
	const struct tj_part_prefix *p = part->prefix;
	for (size_t i = 0; p != NULL && i < n; i++) {
		struct tj_string text = { h[i].text, h[i].n_bytes, h[i].n_bytes + 1 };
		int good = tj_part_prefix_put(p, p->written, p->n_written, &text);
		h[i].text = text.data;
		if (!good)
			return tj_fail_memory(err, "a translation", text.n);
		h[i].n_bytes = text.n;
		h[i].text[text.n] = '\0';
	}
	return TRUJAMAN_OK;
}

/* Add an answer to a part and to the chunk's counts. The part is done. */
static trujaman_status close_part(struct tj_part *part, const struct tj_answer *answer,
                                  const struct tj_language *l, struct tj_tools *tools,
                                  struct tj_error *err)
{
	struct tj_chunk *c = part->chunk;
	c->n_target_pieces += answer->n_pieces;
	c->n_truncated += answer->truncated != 0;
	c->n_open--;
	if (part->fragment != NULL) {
		part->fragment->truncated = answer->truncated != 0;
		return tj_accept(part, answer->hypotheses, answer->n, l, tools, err);
	}
	part->n_hypotheses = answer->n;
	return put_prefix(part, part->hypotheses, part->n_hypotheses, err);
}

/* Append the text of a part to its key: unknown words have one id, but may come into the
 * translation. Every key has one then. */
static trujaman_status append_text(const struct tj_part *part, struct tj_ids *key,
                                   struct tj_error *err)
{
	size_t n = part->n_text / sizeof *key->data + 2;
	if (!tj_reserve(&key->data, &key->capacity, key->n + n, sizeof *key->data))
		return tj_fail_memory(err, "pieces", part->n_text);
	int32_t *to = key->data + key->n;
	memset(to, 0, n * sizeof *to);
	memcpy(to, part->text, part->n_text);
	to[n - 1] = (int32_t)part->n_text;
	key->n += n;
	return TRUJAMAN_OK;
}

/* Append the prefix of a part to its key, so that no key without one ends alike: such a key ends
 * with 0 or 1, or is ids alone. */
static trujaman_status append_prefix(const struct tj_prefix *p, struct tj_ids *key,
                                     struct tj_error *err)
{
	size_t n_tail = (p->n_tail + sizeof *key->data - 1) / sizeof *key->data;
	size_t n = p->n_ids + n_tail + 3;
	if (!tj_reserve(&key->data, &key->capacity, key->n + n, sizeof *key->data))
		return tj_fail_memory(err, "pieces", n * sizeof *key->data);
	int32_t *to = key->data + key->n;
	memset(to, 0, n * sizeof *to);
	if (p->n_ids > 0)
		memcpy(to, p->ids, p->n_ids * sizeof *to);
	if (p->n_tail > 0)
		memcpy(to + p->n_ids, p->tail, p->n_tail);
	to[n - 3] = (int32_t)p->n_ids;
	to[n - 2] = (int32_t)p->n_tail;
	to[n - 1] = -1;
	key->n += n;
	return TRUJAMAN_OK;
}

/* The same for an answer of the engine: its traces are still to be filled. */
static trujaman_status close_found(struct tj_part *part, const struct tj_answer *answer,
                                   const struct tj_language *l, struct tj_tools *tools,
                                   struct tj_error *err)
{
	if (close_part(part, answer, l, tools, err) != TRUJAMAN_OK || !is_traced(part, l))
		return err->status;
	return tj_trace_queue(part, err);
}

/* All that the search sees of a part: its pieces, its constraint and its prefix. */
static trujaman_status make_key(const struct tj_part *part, const struct tj_language *l,
                                struct tj_ids *key, struct tj_error *err)
{
	enum { WORDS = sizeof(struct tj_constraint) / sizeof *key->data };
	const struct tj_constraint *c = part->constraint;
	if (!tj_reserve(&key->data, &key->capacity, part->n_ids, sizeof *key->data))
		return tj_fail_memory(err, "pieces", part->n_ids * sizeof *key->data);
	memcpy(key->data, part->chunk->ids.data + part->first_id, part->n_ids * sizeof *key->data);
	key->n = part->n_ids;
	if (l->replaces_unknown && append_text(part, key, err) != TRUJAMAN_OK)
		return err->status;
	if (c == NULL)
		return TRUJAMAN_OK;
	if (!tj_reserve(&key->data, &key->capacity, key->n + WORDS + 1, sizeof *key->data))
		return tj_fail_memory(err, "pieces", part->n_ids * sizeof *key->data);
	memcpy(key->data + key->n, c, sizeof *c);
	key->n += WORDS;
	/* How many hypotheses are kept. */
	key->data[key->n++] = part->fragment != NULL && part->fragment->tries;
	return part->prefix == NULL ? TRUJAMAN_OK : append_prefix(&part->prefix->pieces, key, err);
}

_Static_assert(sizeof(struct tj_constraint) % sizeof(int32_t) == 0, "a constraint is whole words");

trujaman_status tj_chunk_recall(struct tj_chunk *c, const struct tj_language *l, size_t i,
                                struct tj_tools *tools, int *known, struct tj_error *err)
{
	struct tj_part *part = c->parts[i];
	struct tj_answer answer = { .hypotheses = room(part, tools) };
	*known = 0;
	/* The cache does not know what the network looked at. */
	if (l->cache == NULL || l->scoring || is_traced(part, l))
		return TRUJAMAN_OK;
	if (make_key(part, l, &tools->key, err) != TRUJAMAN_OK)
		return err->status;
	int found = tj_cache_find(l->cache, tools->key.data, tools->key.n, &answer);
	if (found < 0)
		return tj_fail_memory(err, "translations", part->n_ids);
	*known = found;
	if (!found)
		return TRUJAMAN_OK;
	c->n_cached++;
	return close_part(part, &answer, l, tools, err);
}

struct tj_chunk *tj_chunk_of_result(const struct tj_result *result)
{
	const struct tj_trace *trace = tj_trace_of_tag(result->tag);
	return trace != NULL ? trace->part->chunk
	                     : ((struct tj_part *)(uintptr_t)result->tag)->chunk;
}

trujaman_status tj_chunk_result(const struct tj_result *result, const struct tj_language *l,
                                struct tj_tools *tools, struct tj_error *err)
{
	if (tj_trace_of_tag(result->tag) != NULL) {
		tj_chunk_of_result(result)->n_open--;
		return TRUJAMAN_OK;
	}
	struct tj_part *part = (struct tj_part *)(uintptr_t)result->tag;
	struct tj_answer answer = { room(part, tools), 0, 0, 0 };
	assert(result->n >= 1);
	if (l->scoring) {
		answer.hypotheses->trace = part->trace;
		answer.hypotheses->score = result->ended->score;
		answer.n = 1;
		return close_part(part, &answer, l, tools, err);
	}
	size_t most = l->n_best;
	if (part->fragment != NULL && (part->fragment->tries || most > 1))
		most = l->n_found;
	if (keep_texts(result, l, &tools->ids, most, part->fragment != NULL, &answer, err) !=
	        TRUJAMAN_OK ||
	    (l->cache != NULL && make_key(part, l, &tools->key, err) != TRUJAMAN_OK)) {
		free_texts(&answer);
		return err->status;
	}
	if (l->cache != NULL)
		tj_cache_keep(l->cache, tools->key.data, tools->key.n, &answer);
	return close_found(part, &answer, l, tools, err);
}
