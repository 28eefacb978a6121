/* SPDX-License-Identifier: MIT */
/* Word alignments of a training text, as files in Pharaoh's format give them: for each pair a line
 * of links i-j, source word i with target word j, from 0. Words are what ASCII white space
 * separates in the lines as they are given. */
#ifndef TJ_TRAIN_DATA_WORD_LINKS_H
#define TJ_TRAIN_DATA_WORD_LINKS_H

#include <stdint.h>

#include "src/train/data/pair_text.h"

struct tj_word_link {
	uint32_t source, target;
};

struct tj_word_links {
	size_t n_lines; /* 0: the text has no alignments */
	size_t *first;  /* [n_lines + 1]: line i has the links [first[i], first[i + 1]) */
	/* Those of a line are sorted by target, then by source; none is there twice. */
	struct tj_word_link *links;
	size_t first_capacity, capacity;
};

/* Reads the alignments of all pairs of files of a text that have some; lines of the others have no
 * links. A file with another number of lines than its texts, what is no link, and a link of a word
 * that a line does not have are errors that name the file and the line. Release with
 * tj_word_links_free, also after a failure. */
trujaman_status tj_word_links_read(struct tj_word_links *l, const struct tj_pair_text *t,
                                   struct tj_error *err);
void tj_word_links_free(struct tj_word_links *l);

#endif
