/* SPDX-License-Identifier: MIT */
/* Makes a list of tokens (tokens.h) from a text that is cut at spaces: its commonest words. */
#ifndef TJ_TEXT_TOKEN_COUNTER_H
#define TJ_TEXT_TOKEN_COUNTER_H

#include <stddef.h>

#include "src/base/status.h"
#include "src/base/string.h"

struct tj_token_counter;

struct tj_token_counter *tj_token_counter_new(struct tj_error *err);
void tj_token_counter_free(struct tj_token_counter *c);

/* Counts the words of a line, n bytes of valid UTF-8, that can be tokens. Returns 0 if memory is
 * short. */
int tj_token_counter_add(struct tj_token_counter *c, const char *text, size_t n);

/* Appends `<unk>`, `<s>`, `</s>` and the commonest words, `most` tokens together, each with a
 * newline, to *out; of equally common ones those first whose bytes are. Returns 0 if memory is
 * short. */
int tj_token_counter_list(const struct tj_token_counter *c, size_t most, struct tj_string *out);

#endif
