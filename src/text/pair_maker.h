/* SPDX-License-Identifier: MIT */
/* Makes of a text and its translation what a network sees of them: normalised, with placeables, and
 * in training varied on purpose. Training and scoring share it. */
#ifndef TJ_TEXT_PAIR_MAKER_H
#define TJ_TEXT_PAIR_MAKER_H

#include "src/text/placeables_pair.h"
#include "src/text/vary.h"

/* What the model is made for. All zero: texts stay as they are. */
struct tj_pair_rules {
	int normalize;         /* feature normalization */
	size_t max_placeables; /* feature placeables: N; 0: none */
	/* Whether the vocabularies have a character, as in struct tj_finder_options. */
	int (*has)(void *context, uint32_t c);
	void *context;
};

/* What happens to one pair on purpose. All zero: nothing. */
struct tj_pair_variation {
	int keep_spans; /* no placeables */
	enum tj_vary_case letter_case;
	int drop_marks;
};

/* What happened to pairs. */
struct tj_pair_record {
	struct tj_pair_counts spans;
	uint64_t cased, without_mark;
};

struct tj_pair_maker; /* one thread at a time */

/* The languages choose the rules for letter cases; NULL: unknown. Returns NULL on failure. */
struct tj_pair_maker *tj_pair_maker_open(const struct tj_pair_rules *rules,
                                         const char *source_language, const char *target_language,
                                         struct tj_error *err);
void tj_pair_maker_close(struct tj_pair_maker *m);

/* Makes a pair: pair[0] is the source and pair[1] its translation, valid UTF-8. On success they are
 * what the network sees, in memory of the maker that is valid until its next call, or as they were.
 * `v` may be NULL: no variation. Adds to *record. */
trujaman_status tj_pair_make(struct tj_pair_maker *m, const struct tj_pair_variation *v,
                             struct tj_stretch pair[2], struct tj_pair_record *record,
                             struct tj_error *err);

#endif
