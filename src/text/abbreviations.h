/* SPDX-License-Identifier: MIT */
/* Decides whether a full stop belongs to an abbreviation, initial or number. Any thread. */
#ifndef TJ_TEXT_ABBREVIATIONS_H
#define TJ_TEXT_ABBREVIATIONS_H

#include <stddef.h>
#include <stdint.h>

/* The word before a full stop, and its context. */
struct tj_before_stop {
	const char *word; /* letters, digits and stops: "Dr", "p.m", "12" */
	size_t n;         /* bytes */
	int opens;        /* 1: no letter or digit precedes it in its sentence */
	int32_t next;     /* the first letter or digit after the full stop */
};

/* Whether the full stop belongs to the word, so that no sentence ends there: after an
 * abbreviation, a single capital letter, a number of up to three digits or a list marker.
 * `language` is a code such as "en". In doubt it returns 1: two sentences left together do less
 * harm than one split in the middle. */
int tj_stop_is_of_word(const char *language, const struct tj_before_stop *stop);

#endif
