/* SPDX-License-Identifier: MIT */
/* Requests for the parts of a chunk, and the translations that become of the answers. */
#include "src/decode/chunk_result.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"
#include "src/base/separators.h"
#include "src/base/utf8.h"

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
	if (l->scoring) {
		r.forced = part->n_target > 0 ? c->target_ids.data + part->first_target : &none;
		r.n_forced = part->n_target;
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
	h->n_bytes = flatten(text.data, text.n - 1);
	text.data[h->n_bytes] = '\0';
	h->text = text.data;
	h->score = result->ended[rank].rank;
	return TRUJAMAN_OK;
}

/* Whether one of n hypotheses has the text of h. */
static int has_text(const struct tj_hypothesis *list, size_t n, const struct tj_hypothesis *h)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].n_bytes == h->n_bytes && memcmp(list[i].text, h->text, h->n_bytes) == 0)
			return 1;
	return 0;
}

/* Keep the hypotheses of a part that tj_chunk_result describes. *best gets the first of them. */
static trujaman_status keep_texts(const struct tj_result *result, const struct tj_language *l,
                                  struct tj_ids *scratch, struct tj_part *part,
                                  const struct tj_ended **best, struct tj_error *err)
{
	struct tj_hypothesis *kept = part->hypotheses;
	int only_blank = 0;
	for (size_t i = 0; i < result->n && part->n_hypotheses < l->n_best; i++) {
		struct tj_hypothesis h;
		if (keep_text(result, i, l, scratch, &h, err) != TRUJAMAN_OK)
			return err->status;
		int blank = tj_is_blank(h.text, h.n_bytes);
		if (only_blank && !blank) {
			free(kept->text);
			part->n_hypotheses = 0;
		} else if (part->n_hypotheses > 0 &&
		           (blank || has_text(kept, part->n_hypotheses, &h))) {
			free(h.text);
			continue;
		}
		if (part->n_hypotheses == 0) {
			*best = &result->ended[i];
			only_blank = blank;
		}
		kept[part->n_hypotheses++] = h;
	}
	return TRUJAMAN_OK;
}

/* Mark a part as done and add it to the chunk's counts. */
static void close_part(struct tj_part *part, const struct tj_answer *answer)
{
	struct tj_chunk *c = part->chunk;
	c->n_target_pieces += answer->n_pieces;
	c->n_truncated += answer->truncated != 0;
	part->n_hypotheses = answer->n;
	c->n_open--;
}

trujaman_status tj_chunk_recall(struct tj_chunk *c, const struct tj_language *l, size_t i,
                                int *known, struct tj_error *err)
{
	struct tj_part *part = c->parts[i];
	struct tj_answer answer = { .hypotheses = part->hypotheses };
	*known = 0;
	if (l->cache == NULL || l->scoring)
		return TRUJAMAN_OK;
	int found = tj_cache_find(l->cache, c->ids.data + part->first_id, part->n_ids, &answer);
	if (found < 0)
		return tj_fail_memory(err, "translations", part->n_ids);
	*known = found;
	if (found) {
		close_part(part, &answer);
		c->n_cached++;
	}
	return TRUJAMAN_OK;
}

trujaman_status tj_chunk_result(const struct tj_result *result, const struct tj_language *l,
                                struct tj_ids *scratch, struct tj_error *err)
{
	struct tj_part *part = (struct tj_part *)(uintptr_t)result->tag;
	struct tj_chunk *c = part->chunk;
	struct tj_answer answer = { part->hypotheses, 1, 0, 0 };
	const struct tj_ended *best = result->ended;
	assert(result->n >= 1);
	if (l->scoring) {
		answer.hypotheses->score = result->ended->score;
		close_part(part, &answer);
		return TRUJAMAN_OK;
	}
	if (keep_texts(result, l, scratch, part, &best, err) != TRUJAMAN_OK)
		return err->status;
	answer.n = part->n_hypotheses;
	answer.n_pieces = best->n_pieces;
	answer.truncated = best->length == best->n_pieces;
	if (l->cache != NULL)
		tj_cache_keep(l->cache, c->ids.data + part->first_id, part->n_ids, &answer);
	close_part(part, &answer);
	return TRUJAMAN_OK;
}
