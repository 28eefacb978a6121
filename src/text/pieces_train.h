/* SPDX-License-Identifier: MIT */
/* A C interface to SentencePiece's trainer, which makes vocabularies from text. */
#ifndef TJ_TEXT_PIECES_TRAIN_H
#define TJ_TEXT_PIECES_TRAIN_H

#include <stddef.h>

#include "src/base/status.h"

struct tj_vocabulary_options {
	size_t size;       /* pieces, including the special ones; fewer if the text is small */
	int bpe;           /* 0: unigram */
	int byte_fallback; /* 1: add 256 byte pieces for the characters without a piece */
	/* Characters of the text, commonest first, get a piece each until they are this share of
	 * it; 1: all of them; 0: 0.9995 of it if byte pieces can represent the others. */
	double coverage;
	const char *required; /* UTF-8: characters that get a piece whatever the text has; NULL */
	size_t n_placeables;  /* user-defined symbols U+F0000 … */
};

/* Returns the next line of text and sets *n to its bytes; NULL after the last line. A line is valid
 * UTF-8, not blank and not NUL-terminated. It must stay valid until the next call only. */
typedef const char *tj_next_text(void *context, size_t *n);

/* Trains a vocabulary. On success *model has *n_bytes, is allocated with malloc (the caller
 * releases it with free) and can be given to tj_pieces_open; <unk> is 0, <s> 1 and </s> 2. The
 * same text and options give the same bytes everywhere; the model holds no path and no time. Lines
 * longer than 4192 bytes are skipped. */
trujaman_status tj_vocabulary_train(const struct tj_vocabulary_options *options, tj_next_text *next,
                                    void *context, void **model, size_t *n_bytes,
                                    struct tj_error *err);

#endif
