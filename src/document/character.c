/* SPDX-License-Identifier: MIT */
/* Characters of documents. */
#include "src/document/character.h"

#include "src/base/utf8.h"
#include "src/text/letters.h"

int tj_character_append(struct tj_string *out, uint32_t c)
{
	char bytes[TJ_UTF8_BYTES];
	return tj_string_append(out, bytes, tj_utf8_write(c, bytes));
}

int tj_has_letter_in(const char *text, size_t n)
{
	for (size_t good; n > 0; text += good + 1, n -= good + 1) {
		good = tj_utf8_valid_prefix(text, n);
		if (tj_has_letter(text, good))
			return 1;
		if (good == n)
			break;
	}
	return 0;
}
