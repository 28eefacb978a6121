/* SPDX-License-Identifier: MIT */
/* Looks translations of terms up. */
#include "src/text/spans_wanted.h"

#include <string.h>

#include "src/text/glossary.h"

size_t tj_wanted_match(struct tj_wanted *w, const char *text, size_t n, size_t at,
                       const char **value, size_t *n_value)
{
	for (size_t i = 0; i < w->n; i++) {
		struct tj_wanted_term *t = &w->terms[i];
		if (t->left > 0 && t->n <= n - at && memcmp(text + at, t->value, t->n) == 0 &&
		    tj_is_word_end(text, n, at) && tj_is_word_end(text, n, at + t->n)) {
			t->left--;
			*value = text + at;
			*n_value = t->n;
			return t->n;
		}
	}
	return 0;
}
