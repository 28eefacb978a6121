/* SPDX-License-Identifier: MIT */
#ifndef TJ_TEXT_ABBREVIATIONS_H
#define TJ_TEXT_ABBREVIATIONS_H

#include <stddef.h>
#include <stdint.h>

/* The word before a full stop, and what stands around both. */
struct tj_before_stop {
	const char *word; /* letters, digits and stops: "Dr", "p.m", "12" */
	size_t n;         /* bytes */
	int opens;        /* nothing but marks stands before it in its sentence */
	int32_t next;     /* the first letter or digit after the full stop */
};

/* Whether the full stop is the word's own, so that no sentence ends there: after an
 * abbreviation, a capital letter, a number of up to three digits, a list mark.
 * `language` is a code such as "en". When in doubt it is: two sentences that stay
 * together do less harm than one that is torn. */
int tj_stop_is_of_word(const char *language, const struct tj_before_stop *stop);

#endif
