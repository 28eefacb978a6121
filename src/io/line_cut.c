/* SPDX-License-Identifier: MIT */
/* Cuts lines that are longer than a limit into stretches. */
#include "src/io/line_cut.h"

#include "src/base/separators.h"
#include "src/base/utf8.h"

size_t tj_line_cut(const char *text, size_t most, size_t rest)
{
	size_t n = tj_separator_last(text, most);
	if (n > 0)
		return n;
	for (n = most; n > 0; n--)
		if (text[n - 1] == ' ')
			return n;
	return tj_utf8_floor(text, most, rest);
}
