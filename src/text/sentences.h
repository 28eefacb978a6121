/* SPDX-License-Identifier: MIT */
/* Finds where sentences begin and end in a line, and where a sentence that is too long may be cut.
 * ICU supplies the rules of scripts and languages. A further check rejects false sentence ends
 * such as the full stop of "Dr.". */
#ifndef TJ_TEXT_SENTENCES_H
#define TJ_TEXT_SENTENCES_H

#include <stddef.h>

#include "src/base/status.h"

struct tj_sentences; /* one thread at a time */

struct tj_span {
	size_t first, n; /* byte offset in the text, and bytes */
};

/* Uses the rules of `language`, a code such as "en" or "pt-BR". A language that ICU does not know,
 * and "", use the general rules. language NULL: every stretch is one sentence. Returns NULL on
 * failure. */
struct tj_sentences *tj_sentences_open(const char *language, struct tj_error *err);
void tj_sentences_close(struct tj_sentences *s);

/* Finds the sentences of n bytes of valid UTF-8. Sentences neither begin nor end with white space.
 * White space may lie before, between and after them; in Chinese, for example, they touch. A text
 * of white space only has no sentence. Separators (src/base/separators.h) divide the text into
 * stretches and are in no sentence, for every `language`; neither is U+FEFF at the ends of a
 * stretch. If there are several stretches, or with is_piece (the text is a piece of a longer one),
 * a stretch without a letter or digit has no sentence. *spans is valid until the next call. */
trujaman_status tj_sentences_find(struct tj_sentences *s, const char *text, size_t n, int is_piece,
                                  const struct tj_span **spans, size_t *n_spans,
                                  struct tj_error *err);

/* How suitable a cut before byte `at` is, in order of increasing suitability. */
enum tj_seam {
	TJ_SEAM_NONE,  /* within a character, or before a combining mark */
	TJ_SEAM_WORD,  /* within a word */
	TJ_SEAM_SPACE, /* between words */
	TJ_SEAM_CLAUSE /* after a comma, colon, dash or similar */
};

/* `text` has n bytes of valid UTF-8; 0 < at < n. Any thread. */
enum tj_seam tj_seam_at(const char *text, size_t n, size_t at);

/* Whether there is white space directly before or at byte `at`. */
int tj_is_spaced(const char *text, size_t n, size_t at);

#endif
