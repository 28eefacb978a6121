/* SPDX-License-Identifier: MIT */
/* A glossary: words and phrases with the translation that the user wants for them. */
#ifndef TJ_TEXT_GLOSSARY_H
#define TJ_TEXT_GLOSSARY_H

#include <stddef.h>

#include "src/base/status.h"

struct tj_glossary; /* does not change once open; any number of threads may share one */

/* Reads n bytes of lines "source TAB target", where a blank line means nothing. `name` is for
 * messages. A term without capitals is also found with an initial capital and in capitals, and its
 * translation is then written alike; a term with capitals is also found in capitals, if it has more
 * than one letter. A line of the file goes before what follows from another one. An error names
 * file and line: not valid UTF-8, not two fields, an empty field, a control character, a term that
 * an earlier line translates otherwise. Returns NULL on failure. */
struct tj_glossary *tj_glossary_open(const char *name, const char *data, size_t n,
                                     struct tj_error *err);
void tj_glossary_close(struct tj_glossary *g);

/* Returns the bytes of the longest term that stands as whole words at byte `at` of n bytes of valid
 * UTF-8, and sets *value to its translation; 0: none does. One space of a term stands for any
 * number of spaces. */
size_t tj_glossary_match(const struct tj_glossary *g, const char *text, size_t n, size_t at,
                         const char **value, size_t *n_value);

/* Whether whole words begin or end at `at`: not both sides of it are of letters, digits, marks and
 * "_". */
int tj_is_word_end(const char *text, size_t n, size_t at);

#endif
