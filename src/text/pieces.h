/* SPDX-License-Identifier: MIT */
/* SentencePiece behind a C face: text to piece ids and back. pieces.cc is the
 * only C++ in the project; no exception leaves it. */
#ifndef TJ_TEXT_PIECES_H
#define TJ_TEXT_PIECES_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/status.h"
#include "src/base/string.h"

struct tj_pieces; /* immutable once open: any number of threads may share one */

struct tj_ids { /* a growing array; zero it before first use, free data with free */
	int32_t *data;
	size_t n, capacity;
};

/* Open a serialized SentencePiece model of n bytes (copied). `name` is for
 * messages ("en-es.safetensors: source.spm"). NULL on failure. */
struct tj_pieces *tj_pieces_open(const void *model, size_t n_bytes, const char *name,
                                 struct tj_error *err);
void tj_pieces_close(struct tj_pieces *p);

uint32_t tj_pieces_size(const struct tj_pieces *p);

/* Ids of the special pieces; -1 where the model has none. */
int32_t tj_pieces_unk(const struct tj_pieces *p);
int32_t tj_pieces_bos(const struct tj_pieces *p);
int32_t tj_pieces_eos(const struct tj_pieces *p);

/* Whether a piece starts a word (begins with U+2581). */
int tj_pieces_starts_word(const struct tj_pieces *p, int32_t id);

/* Append the ids of n bytes of text to *ids: no <s>, no </s>. The text may be
 * anything, NUL bytes and invalid UTF-8 included; more than 64 MiB are an error. */
trujaman_status tj_pieces_encode(const struct tj_pieces *p, const char *text, size_t n,
                                 struct tj_ids *ids, struct tj_error *err);

/* For each of the n_ids that tj_pieces_encode gives for a text, the byte of the text where
 * what it stands for begins: never falling, at characters; several pieces of one character
 * share it. */
trujaman_status tj_pieces_starts(const struct tj_pieces *p, const char *text, size_t n,
                                 size_t n_ids, size_t *starts, struct tj_error *err);

/* Append ids drawn at random among the segmentations of a text: of the 16 best, one with
 * probability proportional to its own to the power alpha (Kudo 2018, "Subword
 * Regularization"). `seed` decides: equal seeds give equal ids on every machine. Unigram
 * models only; an error for others. */
trujaman_status tj_pieces_sample(const struct tj_pieces *p, const char *text, size_t n,
                                 double alpha, uint64_t seed, struct tj_ids *ids,
                                 struct tj_error *err);

/* Append the text of n ids, each below tj_pieces_size, to *text. */
trujaman_status tj_pieces_decode(const struct tj_pieces *p, const int32_t *ids, size_t n,
                                 struct tj_string *text, struct tj_error *err);

#endif
