/* SPDX-License-Identifier: MIT */
/* The words of a text, and where in it its pieces lie. The text of the pieces differs from what was
 * given or written, by normalisation, letter case, typography and placeables: tj_correspond leads
 * from one to the other, so nothing here knows those stages. */
#ifndef TJ_TEXT_PIECE_WORDS_H
#define TJ_TEXT_PIECE_WORDS_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/blocks.h"
#include "src/base/string.h"
#include "src/text/correspond.h"
#include "src/text/pieces.h"

/* A text and the words in it. Zero it before first use. */
struct tj_word_text {
	const char *bytes;
	size_t n, n_words;
	uint32_t *word; /* [n + 1], from malloc: the word that a byte belongs to; of white space
	                   and at the end, the next one */
	size_t capacity;
};

/* Words, from the first to the one before `end`; none if they are equal. */
struct tj_words {
	uint32_t first, end;
};

/* The pieces of a stretch of a text. Zero it before first use. */
struct tj_placed_pieces {
	struct tj_range *spans; /* [n], in the blocks: the bytes of the text that each stands for,
	                           without white space around them; equal: none */
	struct tj_words *words; /* [n], from malloc: the words that have a part of those bytes */
	size_t words_capacity;
	/* Scratch: the texts of all pieces, where each of them ends, and what corresponds. */
	struct tj_string raw;
	size_t *ends;
	struct tj_range *ranges;
	size_t ends_capacity, ranges_capacity;
};

/* Numbers the words of n bytes of a string, which may have none and no address. Returns 0 if memory
 * is short. */
int tj_word_text_read(struct tj_word_text *t, const struct tj_string *s, size_t first, size_t n);

/* The words of which the bytes [first, end) have a part. */
struct tj_words tj_words_in(const struct tj_word_text *t, size_t first, size_t end);

/* Finds the bytes and words of `text` for each of n pieces that stand for its bytes
 * [first, end). */
trujaman_status tj_place_pieces(struct tj_placed_pieces *p, const struct tj_pieces *pieces,
                                const int32_t *ids, size_t n, const struct tj_word_text *text,
                                size_t first, size_t end, struct tj_blocks *blocks,
                                struct tj_error *err);

void tj_word_text_free(struct tj_word_text *t);
void tj_placed_pieces_free(struct tj_placed_pieces *p);

#endif
