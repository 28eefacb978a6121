/* SPDX-License-Identifier: MIT */
/* The columns that follow a translation or a score: word alignments and scores of words. */
#ifndef TJ_API_COLUMNS_H
#define TJ_API_COLUMNS_H

#include "src/api/options.h"
#include "src/base/string.h"
#include "src/decode/alignment.h"

/* The links with a share of at least the threshold, sorted by source word, then by target word,
 * from malloc; *n gets their number. NULL: memory is short. */
struct tj_link *tj_links_of(const struct tj_alignment *a, double threshold, size_t *n);

/* Appends what the options ask for, each after a tab. Links are "i-j", source word and target word
 * from 0, those with a share of at least the threshold, sorted by i, then j. A translation that is
 * too long to be aligned has none. Returns 0 if memory is short. */
int tj_append_columns(struct tj_string *out, const trujaman_options *o,
                      const struct tj_alignment *a);

#endif
