/* SPDX-License-Identifier: MIT */
/* A glossary: words and phrases with the translation that the user wants for them.
 * src/text/glossary_read.h reads one. */
#ifndef TJ_TEXT_GLOSSARY_H
#define TJ_TEXT_GLOSSARY_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/status.h"

struct tj_glossary; /* does not change once read; any number of threads may share one */

struct tj_term {
	char *source, *target; /* [n_source], [n_target]; malloc */
	size_t n_source, n_target;
	size_t line;   /* of the file, from 1 */
	int derived;   /* 1: another case of a line */
	uint32_t next; /* of the glossary's own */
};

struct tj_glossary *tj_glossary_new(struct tj_error *err);
void tj_glossary_close(struct tj_glossary *g);

/* Adds a term. Takes over its two strings, also on failure. */
trujaman_status tj_glossary_add(struct tj_glossary *g, struct tj_term t, struct tj_error *err);

/* The term with this source, or number i; NULL: there is none. */
const struct tj_term *tj_glossary_find(const struct tj_glossary *g, const char *source, size_t n);
const struct tj_term *tj_glossary_term(const struct tj_glossary *g, size_t i);

/* Returns the bytes of the longest term that stands as whole words at byte `at` of n bytes of valid
 * UTF-8, and sets *value to its translation; 0: none does. One space of a term stands for any
 * number of spaces. */
size_t tj_glossary_match(const struct tj_glossary *g, const char *text, size_t n, size_t at,
                         const char **value, size_t *n_value);

/* Whether whole words begin or end at `at`: not both sides of it are of letters, digits, marks and
 * "_". */
int tj_is_word_end(const char *text, size_t n, size_t at);

#endif
