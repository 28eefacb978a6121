/* SPDX-License-Identifier: MIT */
/* Words and phrases that a text must not have: an automaton that reads the text character by
 * character (Aho and Corasick 1975). */
#ifndef TJ_TEXT_UNWANTED_H
#define TJ_TEXT_UNWANTED_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/status.h"
#include "src/text/normalize.h"

struct tj_unwanted; /* does not change once open; any number of threads may share one */

/* Where the automaton is. Zeros: at the beginning of a text. */
struct tj_unwanted_place {
	uint32_t node;
	uint8_t in_word;
};

/* Reads n bytes of lines, each a word or phrase, which is normalised as the rules say; a blank line
 * means nothing. Case does not count, and one space stands for any number of them in the file. An
 * entry that begins or ends with a letter, digit, mark or "_" is found where a word begins or ends.
 * `name` is for messages. An error names file and line: not valid UTF-8. Returns NULL on failure.
 */
struct tj_unwanted *tj_unwanted_open(const char *name, const char *data, size_t n,
                                     enum tj_normal rules, struct tj_error *err);
void tj_unwanted_close(struct tj_unwanted *u);

/* Reads the next character. Returns 0 once the text has an entry; *place is then undefined. */
int tj_unwanted_read(const struct tj_unwanted *u, struct tj_unwanted_place *place, uint32_t c);

/* Whether the text up to here would have an entry if its last word ended here. */
int tj_unwanted_ends(const struct tj_unwanted *u, const struct tj_unwanted_place *place);

#endif
