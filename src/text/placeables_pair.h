/* SPDX-License-Identifier: MIT */
/* Placeables in a pair of texts to train on. */
#ifndef TJ_TEXT_PLACEABLES_PAIR_H
#define TJ_TEXT_PLACEABLES_PAIR_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/status.h"
#include "src/base/string.h"
#include "src/text/spans.h"

/* How many spans of a pair became placeables (on each side), and how many stay. */
struct tj_pair_counts {
	uint64_t replaced, source_only, target_only;
};

/* Appends a source and its translation with the spans replaced that both have with the same value,
 * as many of each as both have (the first ones), of at most `max` different values (1 to
 * TJ_PLACEABLES_MOST); the numbers follow the source's order. The other spans stay. White space
 * beside a placeable is as tj_placeables_take leaves it. Adds to *counts. The finder should have no
 * glossary. Invalidates the result of tj_finder_find. */
trujaman_status tj_placeables_pair(struct tj_finder *f, const char *source, size_t n,
                                   const char *target, size_t n_target, size_t max,
                                   struct tj_string *source_out, struct tj_string *target_out,
                                   struct tj_pair_counts *counts, struct tj_error *err);

#endif
