/* SPDX-License-Identifier: MIT */
/* Vocabularies: text to ids of pieces and back. The pieces are those of a SentencePiece model, or
 * tokens, whole words of a text that is cut at spaces already. */
#ifndef TJ_TEXT_PIECES_H
#define TJ_TEXT_PIECES_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/status.h"
#include "src/base/string.h"
#include "src/text/piece_ids.h"

struct tj_pieces; /* does not change once open; any number of threads may share one */

/* Opens a serialized SentencePiece model of n_bytes, which it copies. `name` is for messages
 * ("en-es.safetensors: source.spm"). Returns NULL on failure. */
struct tj_pieces *tj_pieces_open(const void *model, size_t n_bytes, const char *name,
                                 struct tj_error *err);

/* Opens a list of tokens as it lies in a model file (src/text/tokens.h), of which nothing is kept.
 * `name` and the result as above. */
struct tj_pieces *tj_pieces_open_tokens(const void *list, size_t n_bytes, const char *name,
                                        struct tj_error *err);
void tj_pieces_close(struct tj_pieces *p);

/* Whether the pieces are tokens. Each word of a text, as ASCII white space separates them, is one
 * then, known or not; all that has to do with characters is known; there are no placeables. */
int tj_pieces_are_tokens(const struct tj_pieces *p);

uint32_t tj_pieces_size(const struct tj_pieces *p);

/* Ids of the special pieces; -1 if the model has no such piece. */
int32_t tj_pieces_unk(const struct tj_pieces *p);
int32_t tj_pieces_bos(const struct tj_pieces *p);
int32_t tj_pieces_eos(const struct tj_pieces *p);

/* Whether a piece starts a word (begins with U+2581). */
int tj_pieces_starts_word(const struct tj_pieces *p, int32_t id);

/* Whether the character has a piece of its own, with or without the mark of a word's beginning.
 * Text with others is unknown, or falls into pieces of single bytes. */
int tj_pieces_has(const struct tj_pieces *p, uint32_t c);

/* Whether each character of n bytes of valid UTF-8 has a piece of its own, or is a space. */
int tj_pieces_have(const struct tj_pieces *p, const char *text, size_t n);

/* Whether a word of n bytes is one piece at a word's beginning. */
int tj_pieces_has_word(const struct tj_pieces *p, const char *word, size_t n);

/* The kind of a piece, whose id is below tj_pieces_size. `byte` gets the value of a TJ_PIECE_BYTE;
 * it may be NULL. */
enum tj_piece_kind tj_pieces_kind(const struct tj_pieces *p, int32_t id, uint8_t *byte);

/* The text of a piece, with U+2581 where a space is written; *n gets its bytes. It lives as long
 * as the vocabulary. */
const char *tj_pieces_text(const struct tj_pieces *p, int32_t id, size_t *n);

/* The number N of placeable pieces: user-defined symbols U+F0000, U+F0001 … U+F0000 + N - 1, one
 * character each. */
size_t tj_pieces_placeables(const struct tj_pieces *p);

/* The id of the placeable piece of U+F0000 + k; -1 unless k is below tj_pieces_placeables. */
int32_t tj_pieces_placeable(const struct tj_pieces *p, size_t k);

/* Appends the ids of n bytes of text to *ids, without <s> and </s>. The text may hold any bytes,
 * including NUL and invalid UTF-8; more than 64 MiB are an error. */
trujaman_status tj_pieces_encode(const struct tj_pieces *p, const char *text, size_t n,
                                 struct tj_ids *ids, struct tj_error *err);

/* Sets starts[i] to the byte offset in the text at which piece i begins, for the n_ids pieces that
 * tj_pieces_encode gives for that text. The offsets never decrease and lie at character
 * boundaries; several pieces of one character have the same offset. */
trujaman_status tj_pieces_starts(const struct tj_pieces *p, const char *text, size_t n,
                                 size_t n_ids, size_t *starts, struct tj_error *err);

/* Appends the ids of a random segmentation of a text, drawn from the 16 best ones: each has a
 * probability proportional to its model probability to the power alpha (Kudo 2018, "Subword
 * Regularization"). Equal seeds give equal ids on every machine. Works for unigram models only;
 * others are an error. */
trujaman_status tj_pieces_sample(const struct tj_pieces *p, const char *text, size_t n,
                                 double alpha, uint64_t seed, struct tj_ids *ids,
                                 struct tj_error *err);

/* Appends the text of n ids, each below tj_pieces_size, to *text. */
trujaman_status tj_pieces_decode(const struct tj_pieces *p, const int32_t *ids, size_t n,
                                 struct tj_string *text, struct tj_error *err);

#endif
