/* SPDX-License-Identifier: MIT */
/* Finds translations of glossary terms that a text must hold. */
#ifndef TJ_TEXT_SPANS_WANTED_H
#define TJ_TEXT_SPANS_WANTED_H

#include <stddef.h>

#include "src/text/spans_kinds.h"

/* Translations, each to be found as often as `left` says. */
struct tj_wanted { /* zero it; release it */
	struct tj_wanted_term {
		const char *value;
		size_t n, left;
		size_t
		    next; /* index + 1 of the next one in its bucket, which is no longer; 0: none */
	} *terms;
	size_t n;
	size_t *first; /* [n_buckets], a power of two, by the first word: index + 1; 0: none */
	size_t n_buckets;
};

/* Lists the translations, each as often as it is in `terms`, whose `left` is 1 each. Takes over
 * `terms` (malloc), also on failure. Returns 0 if memory is short. */
int tj_wanted_make(struct tj_wanted *w, struct tj_wanted_term *terms, size_t n);
/* The same with the values of the terms among n atoms, which must outlive it. */
int tj_wanted_take(struct tj_wanted *w, const struct tj_fixed *atoms, size_t n);
void tj_wanted_release(struct tj_wanted *w);

/* Returns the bytes of the longest translation that stands as whole words at byte `at` of n bytes
 * of valid UTF-8 and has not been found often enough, sets *value to it and counts it; 0: none. */
size_t tj_wanted_match(struct tj_wanted *w, const char *text, size_t n, size_t at,
                       const char **value, size_t *n_value);

#endif
