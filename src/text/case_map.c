/* SPDX-License-Identifier: MIT */
/* Opens ICU's letter cases, whatever the language is called. */
#include "src/text/case_map.h"

#include <stddef.h>

UCaseMap *tj_case_map_open(const char *language, UErrorCode *code)
{
	UCaseMap *map = ucasemap_open(language != NULL ? language : "", 0, code);
	if (*code != U_ILLEGAL_ARGUMENT_ERROR)
		return map;
	*code = U_ZERO_ERROR;
	return ucasemap_open("", 0, code);
}
