/* SPDX-License-Identifier: MIT */
/* Vocabularies made from text by SentencePiece's own trainer, behind a C face. */
#ifndef TJ_TEXT_PIECES_TRAIN_H
#define TJ_TEXT_PIECES_TRAIN_H

#include <stddef.h>

#include "src/base/status.h"

struct tj_vocabulary_options {
	size_t size;       /* pieces, the special ones counted; fewer where the text is small */
	int bpe;           /* 0: unigram */
	int byte_fallback; /* 256 pieces for the bytes of characters that have none */
};

/* The next line of text, not NUL-terminated, of *n bytes, valid UTF-8 and not blank; NULL
 * after the last. What it returns need live until the next call only. */
typedef const char *tj_next_text(void *context, size_t *n);

/* Train. On success *model is malloc's, of *n_bytes, and good for tj_pieces_open: <unk> is
 * 0, <s> 1, </s> 2. The same text and options give the same bytes everywhere; they hold
 * no path and no time. Lines over 4192 bytes are passed over. */
trujaman_status tj_vocabulary_train(const struct tj_vocabulary_options *options, tj_next_text *next,
                                    void *context, void **model, size_t *n_bytes,
                                    struct tj_error *err);

#endif
