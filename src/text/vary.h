/* SPDX-License-Identifier: MIT */
/* Changes a pair of texts on purpose, so that a network in training meets what users write: other
 * letter cases, and sentences without their final mark. */
#ifndef TJ_TEXT_VARY_H
#define TJ_TEXT_VARY_H

#include <stddef.h>

#include "src/base/status.h"
#include "src/base/string.h"
#include "src/text/spans.h"

enum tj_vary_case { TJ_VARY_NOTHING, TJ_VARY_UPPER, TJ_VARY_LOWER, TJ_VARY_TITLE, TJ_N_VARY_CASES };

struct tj_case_writer; /* of one language; one thread at a time */

/* `language` is a code such as "en" or "tr"; NULL: the rules that hold for most. Returns NULL on
 * failure. */
struct tj_case_writer *tj_case_writer_open(const char *language, struct tj_error *err);
void tj_case_writer_close(struct tj_case_writer *w);

/* Appends n bytes of valid UTF-8 with their letters in the case `to`; the spans, in order, stay as
 * they are. Title: the first letter of each word is a capital. */
trujaman_status tj_case_write(struct tj_case_writer *w, enum tj_vary_case to, const char *text,
                              size_t n, const struct tj_fixed *spans, size_t n_spans,
                              struct tj_string *out, struct tj_error *err);

/* A stretch of a text. */
struct tj_stretch {
	const char *text;
	size_t n;
};

/* Takes the final mark (full stops, an ellipsis, exclamation or question marks) from both texts of
 * a pair, with the inverted mark that a Spanish text begins with. Returns 0, and changes nothing,
 * if only one text has one, the kinds differ, an inverted mark stands elsewhere, or nothing would
 * be left. */
int tj_drop_final_marks(struct tj_stretch *source, struct tj_stretch *target);

#endif
