/* SPDX-License-Identifier: MIT */
/* Gives a translation the typography of its source. */
#ifndef TJ_TEXT_STYLE_H
#define TJ_TEXT_STYLE_H

#include <stddef.h>

#include "src/base/status.h"
#include "src/base/string.h"

/* Appends to *out the translation of `source` (valid UTF-8 both) as the source is written:
 * - where the source has curly quotes or guillemets and no straight double quotes, the straight
 *   ones of the translation become curly, or guillemets if the source has those and `language`
 *   uses them; single quotes and apostrophes likewise. Quotes change only if each of them is
 *   clearly an opening or a closing one, and each that is opened is closed, or the source's are
 *   as unbalanced.
 * - where the source has dashes instead of hyphens between words, or ellipses instead of three
 *   full stops, and no others, and the translation as many, it gets those of the source.
 * - a translation into Spanish (`language` "es") gets the ¿ or ¡ that is missing at the beginning
 *   of a sentence whose end has the closing mark; one into another language loses both.
 * Characters U+F0000 to U+F00FF (placeables) are words. Spans that must not change, code above all,
 * are to be left out of `source` and to stand as placeables in `translated`. Any thread. */
trujaman_status tj_style_restore(const char *source, size_t n, const char *language,
                                 const char *translated, size_t n_translated, struct tj_string *out,
                                 struct tj_error *err);

/* Returns whether tj_style_restore may change anything; 0 is certain. Fast. */
int tj_needs_style(const char *source, size_t n, const char *language, const char *translated,
                   size_t n_translated);

#endif
