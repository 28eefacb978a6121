/* SPDX-License-Identifier: MIT */
/* The words that a network knows: those that its training text has several times. A word is a run
 * of letters, whatever their case. A word that is not in the list, and has a capital where a common
 * word has none, is a name that the network never learnt to write. */
#ifndef TJ_TEXT_WORD_LIST_H
#define TJ_TEXT_WORD_LIST_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/status.h"
#include "src/base/string.h"

/* How often a text has a word that is worth a place, and the longest word, in bytes. */
enum { TJ_WORD_TIMES = 3, TJ_LONGEST_WORD = 64 };

/* Finds the next run of letters in the bytes [*at, n) of valid UTF-8: returns where it begins, and
 * *at gets its end; n if there is none. Marks on a letter belong to it. */
size_t tj_word_next(const char *text, size_t n, size_t *at);

struct tj_word_list {
	const char *words;      /* not owned */
	const uint32_t *starts; /* [n + 1]: where each begins; owned */
	size_t n;
};

/* Opens a list as it lies in a file: each word in folded case behind the one that comes before it
 * by its bytes, with a newline at its end. `data` must outlive the list; `name` is for messages.
 * Release it with tj_word_list_close. */
trujaman_status tj_word_list_open(struct tj_word_list *l, const char *data, size_t n,
                                  const char *name, struct tj_error *err);
void tj_word_list_close(struct tj_word_list *l);

/* Whether the list has a word of n bytes, in any case. A word that is too long counts as one that
 * it has. Any thread. */
int tj_word_list_has(const struct tj_word_list *l, const char *word, size_t n);

/* Counts the words of a text. */
struct tj_word_counter;

struct tj_word_counter *tj_word_counter_new(struct tj_error *err);
void tj_word_counter_free(struct tj_word_counter *c);

/* Counts those of a line, n bytes of valid UTF-8. Returns 0 if memory is short. */
int tj_word_counter_add(struct tj_word_counter *c, const char *text, size_t n);

/* Appends the list of what was counted, and of `others` (NULL: none), to *out. It stays empty if so
 * many words within lines have a capital that these are no names: as in German, where all nouns
 * have one. Returns 0 if memory is short. */
int tj_word_counter_list(const struct tj_word_counter *c, const struct tj_word_list *others,
                         struct tj_string *out);

#endif
