/* SPDX-License-Identifier: MIT */
/* Brings text into the form that networks are trained on: one form of quotes, dashes, ellipses,
 * spaces and of composed characters. */
#ifndef TJ_TEXT_NORMALIZE_H
#define TJ_TEXT_NORMALIZE_H

#include <stddef.h>

#include "src/base/status.h"
#include "src/text/mapped.h"
#include "src/text/spans_kinds.h"

/* The rules are part of a model: a number here never changes its meaning. */
enum tj_normal {
	TJ_NORMAL_NONE = 0,
	/* Double quotes of all kinds become ", single quotes and apostrophes ', dashes and hyphens
	 * - (a dash that touches letters on both sides gets a space on each), an ellipsis three
	 * full stops, white space other than separators a space, full-width forms and the
	 * ligatures of Latin letters their plain letters, and letters with a combining mark the
	 * composed letter, where one exists. Soft hyphens, zero-width spaces and marks of the
	 * writing direction are left out. Separators (src/base/separators.h) stay. */
	TJ_NORMAL_1 = 1
};

/* Appends n bytes of valid UTF-8 to *m, normalised except within the n_spans spans, which are in
 * order and do not overlap. spans_out[i] gets span i with `first` as an offset in m->text; NULL:
 * not wanted. It may be `spans`. Any thread. */
trujaman_status tj_normalize(enum tj_normal rules, const char *text, size_t n,
                             const struct tj_fixed *spans, size_t n_spans, struct tj_mapped *m,
                             struct tj_fixed *spans_out, struct tj_error *err);

/* Returns whether tj_normalize may change anything; 0 is certain. Fast. */
int tj_needs_normalizing(enum tj_normal rules, const char *text, size_t n);

#endif
