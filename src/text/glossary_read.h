/* SPDX-License-Identifier: MIT */
/* Reads a glossary. */
#ifndef TJ_TEXT_GLOSSARY_READ_H
#define TJ_TEXT_GLOSSARY_READ_H

#include "src/text/glossary.h"

/* Reads n bytes of lines "source TAB target", where a blank line means nothing. `name` is for
 * messages. A term without capitals is also found with an initial capital and in capitals, and its
 * translation is then written alike, except for the spans in it (src/text/spans_find.h), which
 * stay; a term with capitals is also found in capitals, if it has more than one letter. A line of
 * the file goes before what follows from another one. An error names file and line: not valid
 * UTF-8, not two fields, an empty field, a control character, tags that the translation opens or
 * closes and the term does not, a term that an earlier line translates otherwise. Returns NULL on
 * failure. */
struct tj_glossary *tj_glossary_open(const char *name, const char *data, size_t n,
                                     struct tj_error *err);

#endif
