/* SPDX-License-Identifier: MIT */
/* The case of a sentence: tells one in capitals, in lower case or in title case from an ordinary
 * one, and makes an ordinary one of it for the network. case_restore.h gives its translation the
 * case back. */
#ifndef TJ_TEXT_LETTER_CASE_H
#define TJ_TEXT_LETTER_CASE_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/status.h"
#include "src/text/mapped.h"

enum tj_letter_case {
	TJ_CASE_SENTENCE, /* as usual: it is left alone */
	TJ_CASE_UPPER, /* two words or a common word of two letters or more, none in lower case */
	TJ_CASE_LOWER, /* two letters or more, and none in upper case */
	TJ_CASE_TITLE  /* words begin with a capital that prose would write without one */
};

/* What is known of the vocabulary of the network's source side. */
struct tj_case_words {
	/* Whether the character has a piece of its own. NULL: every one has. */
	int (*has)(void *context, uint32_t c);
	/* Whether a lower-case word of n bytes is common: one piece, for example. Only common words
	 * tell a title, and only they lose their capital in one; names keep theirs. NULL: every
	 * word is. */
	int (*knows)(void *context, const char *word, size_t n);
	void *context;
};

struct tj_case {
	enum tj_letter_case kind;
	int turns_first; /* the first letter goes in lower case: it has no piece as a capital */
	int adds_mark;   /* '.' or '?' is added at the end; 0: nothing */
};

/* Tells the case of one sentence, n bytes of valid UTF-8. Characters U+F0000 to U+F00FF
 * (placeables) do not count. `language` is a code such as "en"; NULL: unknown. A sentence of three
 * words or more in lower case without a mark at its end gets one for the network. Any thread. */
struct tj_case tj_case_tell(const char *text, size_t n, const char *language,
                            const struct tj_case_words *words);

/* Appends to *m the ordinary sentence that stands for a sentence of case *c. Case is mapped
 * character by character by the rules of `language`; *m maps into `text`. */
trujaman_status tj_case_to_sentence(const struct tj_case *c, const char *text, size_t n,
                                    const char *language, const struct tj_case_words *words,
                                    struct tj_mapped *m, struct tj_error *err);

/* Returns whether the sentence differs from what the network gets. */
static inline int tj_case_changes(const struct tj_case *c)
{
	return c->kind != TJ_CASE_SENTENCE || c->turns_first;
}

/* Whether the language tells i with a dot from ı without one. */
int tj_case_is_turkic(const char *language);

/* Whether n bytes are a word (in lower case) that titles in `language` write small: "of", "de". */
int tj_case_is_small(const char *word, size_t n, const char *language);

#endif
