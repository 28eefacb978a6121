/* SPDX-License-Identifier: MIT */
/* Writes the numbers of a translation as its language does. */
#ifndef TJ_TEXT_LOCALIZE_SPANS_H
#define TJ_TEXT_LOCALIZE_SPANS_H

#include "src/text/localize.h"
#include "src/text/spans.h"

/* Appends to *out the n_output bytes of `output`, which holds the spans of `source`
 * (tj_finder_check), with its numbers in the form of the other language; nothing else changes, the
 * terms of a glossary neither. Both texts are valid UTF-8. Invalidates the results of the finder.
 */
trujaman_status tj_localize_spans(struct tj_localizer *l, struct tj_finder *f, const char *source,
                                  size_t n, const char *output, size_t n_output,
                                  struct tj_string *out, struct tj_error *err);

#endif
