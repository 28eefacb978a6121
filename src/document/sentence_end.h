/* SPDX-License-Identifier: MIT */
/* Whether a sentence goes on in the next line, for formats whose lines are broken for the eye. */
#ifndef TJ_DOCUMENT_SENTENCE_END_H
#define TJ_DOCUMENT_SENTENCE_END_H

#include <stddef.h>

/* Whether a text ends as a sentence does, with closing quotes and brackets left out. Bytes that are
 * no UTF-8 are other characters. */
int tj_ends_sentence(const char *text, size_t n);

/* Whether one text, of valid UTF-8, may go on in another: it does not end a sentence, and the other
 * begins with a small letter, or there is a comma in between. */
int tj_goes_on(const char *text, size_t n, const char *next, size_t n_next);

#endif
