/* SPDX-License-Identifier: MIT */
/* Tests of src/io/names.c: which names are those of files that the program makes. */
#include <criterion/criterion.h>

#include "src/io/names.h"

Test(names, kinds)
{
	static const struct {
		const char *name;
		enum tj_name_kind kind;
	} cases[] = {
		{ "a.partial", TJ_NAME_IS_UNFINISHED },
		{ "a.en.partial-12", TJ_NAME_IS_UNFINISHED },
		{ "a.partial-12-3", TJ_NAME_IS_UNFINISHED },
		{ "a.partial-x.partial-7", TJ_NAME_IS_UNFINISHED },
		{ "a.1-of-2.partial", TJ_NAME_IS_UNFINISHED },
		{ "a.journal", TJ_NAME_IS_JOURNAL },
		{ "a.journal.new", TJ_NAME_IS_JOURNAL },
		{ "a.2-of-9.journal", TJ_NAME_IS_JOURNAL },
		{ "a.1-of-1", TJ_NAME_IS_PART },
		{ "a.en.12-of-345", TJ_NAME_IS_PART },
		{ ".partial", TJ_NAME_OTHER },
		{ "partial", TJ_NAME_OTHER },
		{ "a.partial-", TJ_NAME_OTHER },
		{ "a.partial-mine", TJ_NAME_OTHER },
		{ "a.partial-12-", TJ_NAME_OTHER },
		{ "a.partial-12x", TJ_NAME_OTHER },
		{ "a.partial.en", TJ_NAME_OTHER },
		{ ".partial-12", TJ_NAME_OTHER },
		{ "a.new", TJ_NAME_OTHER },
		{ "a.journals", TJ_NAME_OTHER },
		{ "a.0-of-2", TJ_NAME_OTHER },
		{ "a.3-of-2", TJ_NAME_OTHER },
		{ "a.1-of-", TJ_NAME_OTHER },
		{ "a.1-of-2x", TJ_NAME_OTHER },
		{ "a.1of2", TJ_NAME_OTHER },
		{ "a.1-of-9999999999", TJ_NAME_OTHER },
		{ "1-of-2", TJ_NAME_OTHER },
		{ ".1-of-2", TJ_NAME_OTHER },
		{ "", TJ_NAME_OTHER },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		cr_expect_eq(tj_name_kind(cases[i].name), cases[i].kind, "%s: %d", cases[i].name,
		             tj_name_kind(cases[i].name));
}

Test(names, parts)
{
	unsigned i = 0, n = 0;
	cr_assert(tj_name_read_part("7-of-12", &i, &n));
	cr_expect_eq(i, 7);
	cr_expect_eq(n, 12);
	cr_expect_not(tj_name_read_part("-7-of-12", &i, &n));
	cr_expect_not(tj_name_read_part("+7-of-12", &i, &n));
	cr_expect_not(tj_name_read_part(" 7-of-12", &i, &n));
	cr_expect_not(tj_name_read_part("7-of--12", &i, &n));
}
