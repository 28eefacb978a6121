/* SPDX-License-Identifier: MIT */
/* Which of several words somebody may have meant who wrote another one. */
#ifndef TJ_BASE_NEAREST_H
#define TJ_BASE_NEAREST_H

#include <stddef.h>

/* The search for the word that is nearest to `word`. Begin with { .word = … }, show it every word
 * that exists, and take `found`. Neither pointer is owned. */
struct tj_nearest {
	const char *word;
	const char *found; /* NULL: none is near */
	size_t distance;   /* of `found` */
};

/* Takes `candidate` if it is near and nearer than what was shown before. Near is what a slip makes:
 * an ASCII letter too many, missing, wrong, in the other case, or two that changed places, up to
 * one in three of the letters and two in all; or a beginning of at least three letters. */
void tj_nearest_show(struct tj_nearest *n, const char *candidate);

#endif
