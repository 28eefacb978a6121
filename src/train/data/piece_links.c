/* SPDX-License-Identifier: MIT */
/* Finds the words of each piece, and with them the pieces that links of words link. */
#include "src/train/data/piece_links.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"
#include "src/base/utf8.h"

static trujaman_status no_memory(struct tj_error *err)
{
	return tj_fail_memory(err, "links of pieces", 1);
}

/* Finds the words of a side's pieces; those of its tag come first. */
static trujaman_status place(struct tj_piece_linker *l, int side, const struct tj_linked_side *s,
                             struct tj_blocks *blocks, struct tj_error *err)
{
	struct tj_string *text = &l->texts[side];
	text->n = 0;
	if ((s->tag != NULL && (!tj_string_append(text, s->tag, strlen(s->tag)) ||
	                        !tj_string_append(text, " ", 1))) ||
	    !tj_string_append(text, s->text, s->n) ||
	    !tj_word_text_read(&l->words[side], text, 0, text->n))
		return no_memory(err);
	return tj_place_pieces(&l->placed[side], s->pieces, s->ids, s->n_ids, &l->words[side], 0,
	                       text->n, blocks, err);
}

/* Sets the reach of each source word. */
static int find_reach(struct tj_piece_linker *l, size_t n_ids)
{
	size_t n = l->words[0].n_words;
	if (!tj_reserve(&l->reach, &l->reach_capacity, n + 1, sizeof *l->reach) ||
	    !tj_reserve(&l->marks, &l->marks_capacity, n_ids + 1, 1))
		return 0;
	memset(l->reach, 0, (n + 1) * sizeof *l->reach);
	memset(l->marks, 0, n_ids + 1);
	for (uint32_t i = 0; i < n_ids; i++)
		for (uint32_t w = l->placed[0].words[i].first; w < l->placed[0].words[i].end; w++) {
			struct tj_words *r = &l->reach[w];
			*r = (struct tj_words){ r->end > 0 ? r->first : i, i + 1 };
		}
	return 1;
}

/* The first link of a target word or of a later one. */
static size_t find(const struct tj_word_link *links, size_t n, uint32_t target)
{
	size_t low = 0, high = n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (links[middle].target < target)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Marks the pieces of a source word, and widens `range` by them. */
static void mark(struct tj_piece_linker *l, uint32_t word, struct tj_words *range)
{
	const struct tj_words r = l->reach[word];
	if (r.first == r.end)
		return;
	for (uint32_t i = r.first; i < r.end; i++)
		if (l->placed[0].words[i].first <= word && word < l->placed[0].words[i].end)
			l->marks[i] = 1;
	range->first = range->end == 0 || r.first < range->first ? r.first : range->first;
	range->end = r.end > range->end ? r.end : range->end;
}

/* Links a target piece to the pieces that are marked, and takes the marks away. */
static int take_marks(struct tj_piece_linker *l, uint32_t target, struct tj_words range)
{
	for (uint32_t i = range.first; i < range.end; i++) {
		if (!l->marks[i])
			continue;
		l->marks[i] = 0;
		if (!tj_reserve(&l->links, &l->capacity, l->n + 1, sizeof *l->links))
			return 0;
		l->links[l->n++] = (struct tj_piece_link){ (uint16_t)target, (uint16_t)i };
	}
	return 1;
}

trujaman_status tj_link_pieces(struct tj_piece_linker *l, const struct tj_linked_side sides[2],
                               const struct tj_word_link *links, size_t n, struct tj_error *err)
{
	struct tj_blocks blocks = { NULL };
	l->n = 0;
	if (n == 0 || sides[0].n_ids > UINT16_MAX || sides[1].n_ids > UINT16_MAX)
		return TRUJAMAN_OK;
	const uint32_t n_tag = sides[0].tag != NULL
	                           ? (uint32_t)tj_count_words(sides[0].tag, strlen(sides[0].tag))
	                           : 0;
	if (place(l, 0, &sides[0], &blocks, err) == TRUJAMAN_OK &&
	    place(l, 1, &sides[1], &blocks, err) == TRUJAMAN_OK && !find_reach(l, sides[0].n_ids))
		no_memory(err);
	tj_blocks_release(&blocks);
	for (uint32_t i = 0;
	     err->status == TRUJAMAN_OK && i < sides[1].n_ids && l->n <= TJ_MOST_PIECE_LINKS; i++) {
		struct tj_words range = { 0, 0 }, w = l->placed[1].words[i];
		for (size_t k = find(links, n, w.first); k < n && links[k].target < w.end; k++)
			if (links[k].source + n_tag < l->words[0].n_words)
				mark(l, links[k].source + n_tag, &range);
		if (!take_marks(l, i, range))
			no_memory(err);
	}
	if (l->n > TJ_MOST_PIECE_LINKS)
		l->n = 0;
	return err->status;
}

void tj_piece_linker_free(struct tj_piece_linker *l)
{
	for (int side = 0; side < 2; side++) {
		free(l->texts[side].data);
		tj_word_text_free(&l->words[side]);
		tj_placed_pieces_free(&l->placed[side]);
	}
	free(l->marks);
	free(l->reach);
	free(l->links);
	memset(l, 0, sizeof *l);
}
