/* SPDX-License-Identifier: MIT */
/* Finds the spans of a line that a translation must not change: addresses, code, format
 * placeholders, tags, emoji, numbers, names and characters that a model cannot write; and what the
 * user names by patterns or a glossary. src/text/spans.h adds the check of a translation.
 *
 * A span is found by what stands in it and by the characters that touch it, with these exceptions,
 * where a neighbour across white space makes it longer: groups of digits ("5 000", "912 345 678"),
 * and a unit, percent sign or currency beside a number ("5 kg", "USD 20"). A number that comes to
 * stand beside another one may therefore be found differently; tj_finder_check tells. */
#ifndef TJ_TEXT_SPANS_FIND_H
#define TJ_TEXT_SPANS_FIND_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/status.h"
#include "src/text/glossary.h"
#include "src/text/spans_kinds.h"
#include "src/text/spans_wanted.h"

/* Text of the user in memory, with the name of its file for messages. data NULL: none. */
struct tj_named_text {
	const char *name, *data;
	size_t n;
};

struct tj_finder_options {
	/* Whether the models can read and write a character, as it is after normalisation (say yes
	 * to a curly quote that becomes a straight one). Asked once for each character below U+2100
	 * when the finder is opened, and for others when they occur. NULL: every character. */
	int (*has)(void *context, uint32_t c);
	void *context;
	struct tj_named_text keep;          /* regular expressions of ICU, one a line */
	const struct tj_glossary *glossary; /* must outlive the finder; NULL: none */
};

struct tj_finder; /* one thread at a time */

/* Returns NULL on failure. The texts of the options are copied. */
struct tj_finder *tj_finder_open(const struct tj_finder_options *o, struct tj_error *err);
void tj_finder_close(struct tj_finder *f);

/* Finds the spans of n bytes of valid UTF-8: in order, not empty, not overlapping, touching ones
 * merged (not terms, whose value is another one). Each begins and ends at the boundary of a
 * grapheme cluster and not with white space: a mark that combines with white space begins a span
 * behind it. A character U+F0000 to U+F00FF, or U+2581, is always a span.
 * *spans is valid until the next call. A pattern of the user that takes too long on the line is an
 * error. */
trujaman_status tj_finder_find(struct tj_finder *f, const char *text, size_t n,
                               const struct tj_fixed **spans, size_t *n_spans,
                               struct tj_error *err);

/* The same before merging. */
trujaman_status tj_finder_atoms(struct tj_finder *f, const char *text, size_t n,
                                const struct tj_fixed **atoms, size_t *n_atoms,
                                struct tj_error *err);

/* The same, with the translations of terms that are `wanted` (NULL: none) in the place of the
 * glossary. */
trujaman_status tj_finder_atoms_wanted(struct tj_finder *f, const char *text, size_t n,
                                       struct tj_wanted *wanted, const struct tj_fixed **atoms,
                                       size_t *n_atoms, struct tj_error *err);

#endif
