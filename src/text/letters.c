/* SPDX-License-Identifier: MIT */
/* Letters, as ICU classifies them. */
#include "src/text/letters.h"

#include <stdint.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

int tj_has_letter(const char *text, size_t n)
{
	const uint8_t *s = (const uint8_t *)text;
	for (size_t i = 0; i < n;) {
		UChar32 c;
		U8_NEXT_UNSAFE(s, i, c);
		if (u_isalpha(c))
			return 1;
	}
	return 0;
}
