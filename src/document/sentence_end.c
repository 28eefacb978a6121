/* SPDX-License-Identifier: MIT */
/* Looks at the last characters of a line. */
#include "src/document/sentence_end.h"

#include <string.h>

#include "src/text/letters.h"

static int ends_with(const char *text, size_t n, const char *sign)
{
	size_t n_sign = strlen(sign);
	return n >= n_sign && memcmp(text + n - n_sign, sign, n_sign) == 0;
}

/* Returns the bytes of the sign out of a list that a text ends with; 0: of none. */
static size_t last_of(const char *text, size_t n, const char *const *signs, size_t n_signs)
{
	for (size_t i = 0; i < n_signs; i++)
		if (ends_with(text, n, signs[i]))
			return strlen(signs[i]);
	return 0;
}

/* The length without closing quotes and brackets. */
static size_t without_closing(const char *text, size_t n)
{
	static const char *const closing[] = { "\"",     "'",      ")",      "]",
		                               " ",      "\u00BB", "\u201D", "\u2019",
		                               "\u203A", "\u300D", "\u300F" };
	for (size_t bytes;
	     (bytes = last_of(text, n, closing, sizeof closing / sizeof *closing)) > 0;)
		n -= bytes;
	return n;
}

int tj_ends_sentence(const char *text, size_t n)
{
	static const char *const ends[] = { ".",      "!",      "?",      ":",      ";",
		                            "\u2026", "\u3002", "\uFF01", "\uFF1F", "\u061F",
		                            "\u06D4", "\u0964", "\u266A", "\u266B" };
	return last_of(text, without_closing(text, n), ends, sizeof ends / sizeof *ends) > 0;
}

int tj_goes_on(const char *text, size_t n, const char *next, size_t n_next)
{
	size_t left = without_closing(text, n);
	return left > 0 && !tj_ends_sentence(text, n) &&
	       (text[left - 1] == ',' || tj_begins_small(next, n_next));
}
