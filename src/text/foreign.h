/* SPDX-License-Identifier: MIT */
/* Tells whether a text of some length is written in another language than the expected one. It is
 * made to keep silent: it says nothing of short texts, of texts in several languages, of names and
 * program code, or where the expected language is unknown. */
#ifndef TJ_TEXT_FOREIGN_H
#define TJ_TEXT_FOREIGN_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/status.h"

/* In letters: a shorter text is not judged; the text after these is not looked at. */
enum { TJ_FOREIGN_LEAST = 2000, TJ_FOREIGN_MOST = 20000 };

/* What was found in a text. A share is that of the language's common words among the words of two
 * or more letters, divided by their usual share: about 1 in prose of that language. In a script
 * other than the Latin one, it is that of the script's letters among all letters. */
struct tj_foreign_evidence {
	uint64_t letters;
	int language;         /* that explains most, the expected one apart; -1: none */
	double share, own;    /* of that language; of the expected one */
	unsigned n_different; /* different words of that language; 0 if its script tells it */
};

struct tj_foreign; /* one thread at a time */

/* `expected` is a code such as "en" or "pt-BR"; NULL, or a language that is not in the table:
 * nothing is ever found. Returns NULL if memory is short. */
struct tj_foreign *tj_foreign_open(const char *expected, struct tj_error *err);
void tj_foreign_close(struct tj_foreign *f);

/* Begins another text. */
void tj_foreign_begin(struct tj_foreign *f);

/* Adds n bytes of valid UTF-8, which end a word, to the text. Returns 1 if that was enough: more
 * of the text would not be looked at. */
int tj_foreign_add(struct tj_foreign *f, const char *text, size_t n);

/* Returns the other language in which the text so far is written, as an index of tj_languages;
 * -1: none. */
int tj_foreign_find(const struct tj_foreign *f);

struct tj_foreign_evidence tj_foreign_weigh(const struct tj_foreign *f);

#endif
