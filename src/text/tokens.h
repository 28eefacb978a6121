/* SPDX-License-Identifier: MIT */
/* A vocabulary of tokens: whole words of a text that other tools have cut at spaces. In a model
 * file it is a list of them in the order of their ids, each with a newline behind it. */
#ifndef TJ_TEXT_TOKENS_H
#define TJ_TEXT_TOKENS_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/status.h"
#include "src/base/string.h"
#include "src/text/piece_ids.h"

struct tj_tokens; /* does not change once open; any number of threads may share one */

/* Opens a list of n_bytes, of which nothing is kept. Each token must be valid UTF-8, not empty and
 * without spaces and separators (src/base/separators.h), and stand there once; `<unk>` must be
 * among them. `name` is for messages. NULL on failure. */
struct tj_tokens *tj_tokens_open(const char *list, size_t n_bytes, const char *name,
                                 struct tj_error *err);
void tj_tokens_close(struct tj_tokens *t);

uint32_t tj_tokens_size(const struct tj_tokens *t);

/* The id of a token; -1 if there is none. Special tokens are found too. */
int32_t tj_tokens_find(const struct tj_tokens *t, const char *token, size_t n);

/* What a token of n bytes is. TJ_PIECE_UNKNOWN: `<unk>`. TJ_PIECE_CONTROL: `<s>`, `</s>`, `<pad>`,
 * `<blank>`, which no text has: such a word is unknown. All others are text. */
enum tj_piece_kind tj_token_kind(const char *token, size_t n);
enum tj_piece_kind tj_tokens_kind(const struct tj_tokens *t, int32_t id);

/* The text of a token behind U+2581, the mark of a word's beginning; of special ones without it. */
const char *tj_tokens_text(const struct tj_tokens *t, int32_t id, size_t *n);

/* The next word of the bytes [*at, n), as ASCII white space separates them: returns where it
 * begins, and *at gets its end; n if there is none. */
size_t tj_tokens_next(const char *text, size_t n, size_t *at);

/* The functions of src/text/pieces.h. */
trujaman_status tj_tokens_encode(const struct tj_tokens *t, const char *text, size_t n,
                                 struct tj_ids *ids, struct tj_error *err);
trujaman_status tj_tokens_starts(const struct tj_tokens *t, const char *text, size_t n,
                                 size_t n_ids, size_t *starts, struct tj_error *err);
trujaman_status tj_tokens_decode(const struct tj_tokens *t, const int32_t *ids, size_t n,
                                 struct tj_string *text, struct tj_error *err);

#endif
