/* SPDX-License-Identifier: MIT */
/* Finds names in a sentence: words with a capital where common words have none, which the network
 * has not learnt (word_list.h). */
#ifndef TJ_TEXT_NAMES_H
#define TJ_TEXT_NAMES_H

#include "src/text/correspond.h"
#include "src/text/spans_kinds.h"
#include "src/text/word_list.h"

struct tj_name_list { /* zero it before first use; free items */
	struct tj_range *items;
	size_t n, capacity;
};

/* Appends the names in the bytes [first, end) of valid UTF-8, which are one sentence, to *names.
 * There are none at its beginning, behind a colon, a quotation mark or what ends a sentence, in
 * spans, nor where most words have capitals. Returns 0 if memory is short. Any thread. */
int tj_names_find(const struct tj_word_list *known, const char *text, size_t first, size_t end,
                  const struct tj_fixed *spans, size_t n_spans, struct tj_name_list *names);

/* Sets *core to the word in the bytes [first, end), which have no white space, without what stands
 * around it. Returns whether it is one, with a capital at its beginning: letters, and hyphens and
 * apostrophes between them. An English 's at its end does not belong to it. */
int tj_name_core(const char *text, size_t first, size_t end, struct tj_range *core);

/* Whether two words, which begin with a letter, are in one script. */
int tj_same_script(const char *one, size_t n_one, const char *other, size_t n_other);

#endif
