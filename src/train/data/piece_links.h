/* SPDX-License-Identifier: MIT */
/* From links of words, as they were given, to links of the pieces that the network sees. What
 * happens to a text in between (normalisation, letter case, placeables, a tag) does not matter:
 * src/text/correspond.h leads back. */
#ifndef TJ_TRAIN_DATA_PIECE_LINKS_H
#define TJ_TRAIN_DATA_PIECE_LINKS_H

#include "src/text/piece_words.h"
#include "src/train/data/word_links.h"
#include "src/train/net/batch.h"

/* A pair with more links of pieces has none. It takes more than a thousand pieces on a side. */
enum { TJ_MOST_PIECE_LINKS = 1 << 20 };

/* One side of a pair. */
struct tj_linked_side {
	const char *tag; /* stands before the text for the network alone; NULL: none */
	const char *text;
	size_t n;
	const struct tj_pieces *pieces;
	const int32_t *ids; /* [n_ids], `</s>` excluded */
	size_t n_ids;
};

/* Zero it before first use; release with tj_piece_linker_free. One thread at a time. */
struct tj_piece_linker {
	struct tj_string texts[2];
	struct tj_word_text words[2];
	struct tj_placed_pieces placed[2];
	unsigned char *marks;   /* [source pieces]: linked to the target piece at hand */
	struct tj_words *reach; /* [source words]: from the first to the last piece of a word */
	size_t marks_capacity, reach_capacity;
	struct tj_piece_link *links; /* [n]: the result, sorted by target, then by source */
	size_t n, capacity;
};

/* Links each piece of a target word to all pieces of the source words that its word is linked to.
 * `links` are sorted as in struct tj_word_links. The result stays until the next call. */
trujaman_status tj_link_pieces(struct tj_piece_linker *l, const struct tj_linked_side sides[2],
                               const struct tj_word_link *links, size_t n, struct tj_error *err);
void tj_piece_linker_free(struct tj_piece_linker *l);

#endif
