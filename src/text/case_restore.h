/* SPDX-License-Identifier: MIT */
/* Gives a translation the case of its source. */
#ifndef TJ_TEXT_CASE_RESTORE_H
#define TJ_TEXT_CASE_RESTORE_H

#include "src/base/string.h"
#include "src/text/letter_case.h"

/* Appends to *out a translation, n bytes of valid UTF-8, of a sentence of case *c
 * (tj_case_to_sentence), in that case by the rules of its `language`. Where a mark was added for
 * the network, that of the translation is left out, with the opening one of Spanish. Characters
 * U+F0000 to U+F00FF (placeables) stay. Any thread. */
trujaman_status tj_case_restore(const struct tj_case *c, const char *translated, size_t n,
                                const char *language, struct tj_string *out, struct tj_error *err);

#endif
