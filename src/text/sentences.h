/* SPDX-License-Identifier: MIT */
/* Where sentences begin and end in a line, and where one that is too long may be cut.
 * ICU knows the rules of scripts and languages; a guard keeps what looks like an end
 * and is none, such as the stop of "Dr.", from being taken for one. */
#ifndef TJ_TEXT_SENTENCES_H
#define TJ_TEXT_SENTENCES_H

#include <stddef.h>

#include "src/base/status.h"

struct tj_sentences; /* for one thread at a time */

struct tj_span {
	size_t first, n; /* bytes of the text */
};

/* By the rules of `language`, a code such as "en" or "pt-BR"; one that ICU does not know
 * has the general rules, and so has "". NULL: every text is one sentence. NULL on failure. */
struct tj_sentences *tj_sentences_open(const char *language, struct tj_error *err);
void tj_sentences_close(struct tj_sentences *s);

/* Find the sentences of n bytes of valid UTF-8. They begin and end with what is no white
 * space; white space lies before, between and after them, or they touch, as in Chinese.
 * White space alone has none. A tab is between two fields and ends a sentence always; a
 * field without letter or digit has none. *spans stays valid until the next call. */
trujaman_status tj_sentences_find(struct tj_sentences *s, const char *text, size_t n,
                                  const struct tj_span **spans, size_t *n_spans,
                                  struct tj_error *err);

/* How well a text of n bytes of valid UTF-8 is cut before byte `at`, 0 < at < n. */
enum tj_seam {
	TJ_SEAM_NONE,  /* within a character, or between it and a mark upon it */
	TJ_SEAM_WORD,  /* within a word */
	TJ_SEAM_SPACE, /* between words */
	TJ_SEAM_CLAUSE /* after a comma, colon, dash or the like */
};

enum tj_seam tj_seam_at(const char *text, size_t n, size_t at);

/* Whether white space stands right before or after byte `at`. */
int tj_is_spaced(const char *text, size_t n, size_t at);

#endif
