/* SPDX-License-Identifier: MIT */
/* The names of the kinds. */
#include "src/text/spans_kinds.h"

const char *tj_fixed_kind_name(enum tj_fixed_kind kind)
{
	static const char *const names[] = { "url",     "email",  "path",  "code",   "format",
		                             "tag",     "entity", "emoji", "number", "name",
		                             "unknown", "keep",   "term" };
	_Static_assert(sizeof names / sizeof *names == TJ_N_FIXED_KINDS, "a name for each");
	return names[kind];
}
