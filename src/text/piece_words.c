/* SPDX-License-Identifier: MIT */
/* Finds words by ASCII white space, and pieces by what their texts correspond to. */
#include "src/text/piece_words.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"
#include "src/base/utf8.h"
#include "src/text/tokens.h"

int tj_word_text_read(struct tj_word_text *t, const struct tj_string *s, size_t first, size_t n)
{
	const char *bytes = n > 0 ? s->data + first : "";
	uint32_t count = 0;
	if (!tj_reserve(&t->word, &t->capacity, n + 1, sizeof *t->word))
		return 0;
	for (size_t i = 0; i < n; i++) {
		t->word[i] = count;
		count += !tj_is_space(bytes[i]) && (i + 1 == n || tj_is_space(bytes[i + 1]));
	}
	t->word[n] = count;
	t->bytes = bytes;
	t->n = n;
	t->n_words = count;
	return 1;
}

/* The same bytes without white space around them. */
static struct tj_range trim(const struct tj_word_text *t, size_t first, size_t end)
{
	while (first < end && tj_is_space(t->bytes[first]))
		first++;
	while (first < end && tj_is_space(t->bytes[end - 1]))
		end--;
	return (struct tj_range){ first, end };
}

struct tj_words tj_words_in(const struct tj_word_text *t, size_t first, size_t end)
{
	struct tj_range r = trim(t, first, end);
	if (r.first >= r.end)
		return (struct tj_words){ 0, 0 };
	return (struct tj_words){ t->word[r.first], t->word[r.end - 1] + 1 };
}

static int append_piece(struct tj_string *raw, const struct tj_pieces *pieces, int32_t id)
{
	uint8_t byte;
	size_t n;
	switch (tj_pieces_kind(pieces, id, &byte)) {
	case TJ_PIECE_BYTE:
		return tj_string_append(raw, (const char *)&byte, 1);
	case TJ_PIECE_TEXT:
		break;
	default:
		return 1;
	}
	const char *text = tj_pieces_text(pieces, id, &n);
	for (size_t i = 0; i < n;) {
		int is_mark = n - i >= 3 && memcmp(text + i, "\xe2\x96\x81", 3) == 0;
		if (!tj_string_append(raw, is_mark ? " " : text + i, 1))
			return 0;
		i += is_mark ? 3 : 1;
	}
	return 1;
}

/* The bytes of the text that the bytes [at, end) of the pieces' texts correspond to; without any,
 * the place behind the piece before, `last`. */
static struct tj_range span_of(const struct tj_placed_pieces *p, size_t at, size_t end,
                               const struct tj_word_text *text, size_t first, size_t last)
{
	size_t from = SIZE_MAX, to = 0;
	for (size_t k = at; k < end; k++) {
		if (tj_is_space(p->raw.data[k]) || p->ranges[k].first >= p->ranges[k].end)
			continue;
		from = p->ranges[k].first < from ? p->ranges[k].first : from;
		to = p->ranges[k].end > to ? p->ranges[k].end : to;
	}
	struct tj_range none = { last, last };
	if (from >= to)
		return none;
	struct tj_range r = trim(text, first + from, first + to);
	return r.first < r.end ? r : none;
}

static int append_pieces(struct tj_placed_pieces *p, const struct tj_pieces *pieces,
                         const int32_t *ids, size_t n)
{
	p->raw.n = 0;
	if (!tj_reserve(&p->ends, &p->ends_capacity, n + 1, sizeof *p->ends))
		return 0;
	for (size_t i = 0; i < n; i++) {
		if (!append_piece(&p->raw, pieces, ids[i]))
			return 0;
		p->ends[i] = p->raw.n;
	}
	return 1;
}

/* Places tokens, which are the words of the bytes [first, end) one by one. Returns 0 if these have
 * another number of words. */
static int place_tokens(struct tj_placed_pieces *p, size_t n, const struct tj_word_text *text,
                        size_t first, size_t end)
{
	size_t at = first;
	for (size_t i = 0; i <= n; i++) {
		size_t from = tj_tokens_next(text->bytes, end, &at);
		if ((from < end) != (i < n))
			return 0;
		if (i == n)
			return 1;
		p->spans[i] = (struct tj_range){ from, at };
		p->words[i] = tj_words_in(text, from, at);
	}
	return 0;
}

trujaman_status tj_place_pieces(struct tj_placed_pieces *p, const struct tj_pieces *pieces,
                                const int32_t *ids, size_t n, const struct tj_word_text *text,
                                size_t first, size_t end, struct tj_blocks *blocks,
                                struct tj_error *err)
{
	p->spans = tj_blocks_take(blocks, (n + 1) * sizeof *p->spans);
	if (p->spans == NULL || !append_pieces(p, pieces, ids, n) ||
	    !tj_reserve(&p->words, &p->words_capacity, n + 1, sizeof *p->words) ||
	    !tj_reserve(&p->ranges, &p->ranges_capacity, p->raw.n + 1, sizeof *p->ranges))
		return tj_fail_memory(err, "an alignment", n);
	if (tj_pieces_are_tokens(pieces) && place_tokens(p, n, text, first, end))
		return TRUJAMAN_OK;
	if (tj_correspond(text->n > 0 ? text->bytes + first : "", end - first,
	                  p->raw.n > 0 ? p->raw.data : "", p->raw.n, p->ranges, err) != TRUJAMAN_OK)
		return err->status;
	size_t last = first;
	for (size_t i = 0, at = 0; i < n; at = p->ends[i++]) {
		p->spans[i] = span_of(p, at, p->ends[i], text, first, last);
		p->words[i] = tj_words_in(text, p->spans[i].first, p->spans[i].end);
		last = p->spans[i].end;
	}
	return TRUJAMAN_OK;
}

void tj_word_text_free(struct tj_word_text *t)
{
	free(t->word);
}

void tj_placed_pieces_free(struct tj_placed_pieces *p)
{
	free(p->raw.data);
	free(p->ends);
	free(p->words);
	free(p->ranges);
}
