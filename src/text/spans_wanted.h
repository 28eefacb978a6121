/* SPDX-License-Identifier: MIT */
/* Finds translations of glossary terms that a text must hold. */
#ifndef TJ_TEXT_SPANS_WANTED_H
#define TJ_TEXT_SPANS_WANTED_H

#include <stddef.h>

/* Translations, each to be found as often as `left` says. */
struct tj_wanted {
	struct tj_wanted_term {
		const char *value;
		size_t n;
		int left;
	} *terms; /* longest first */
	size_t n;
};

/* Returns the bytes of the longest translation that stands as whole words at byte `at` of n bytes
 * of valid UTF-8 and has not been found often enough, sets *value to it and counts it; 0: none. */
size_t tj_wanted_match(struct tj_wanted *w, const char *text, size_t n, size_t at,
                       const char **value, size_t *n_value);

#endif
