/* SPDX-License-Identifier: MIT */
/* The spans that a translation must not change: finding them (src/text/spans_find.h), and checking
 * that a translation holds them. */
#ifndef TJ_TEXT_SPANS_H
#define TJ_TEXT_SPANS_H

#include "src/text/spans_find.h"

/* Sets *holds to whether the spans of `output`, before merging, are those of `source` (of a term
 * its translation), each as often. If the tags of the source are well nested, those of the output
 * are too, each within the same ones; otherwise they keep their order. A translation of a term may
 * occur more often. Both texts are valid UTF-8. Invalidates the result of tj_finder_find. */
trujaman_status tj_finder_check(struct tj_finder *f, const char *source, size_t n,
                                const char *output, size_t n_output, int *holds,
                                struct tj_error *err);

#endif
