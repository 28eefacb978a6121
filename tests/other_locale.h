/* SPDX-License-Identifier: MIT */
/* A locale with a decimal comma, made by localedef in the scratch folder. */
#ifndef TJ_TESTS_OTHER_LOCALE_H
#define TJ_TESTS_OTHER_LOCALE_H

#include <locale.h>
#include <sys/stat.h>

#include "tests/model_files.h"

/* Makes a locale and sets it, or skips the test. */
static inline void use_locale(const char *name)
{
	char command[2 * PATH_MAX], code[64];
	snprintf(code, sizeof code, "%s.UTF-8", name);
	cr_assert_eq(mkdir(in_scratch("locales"), 0777), 0);
	snprintf(command, sizeof command,
	         "cd '%s' && localedef -i %s -f UTF-8 ./%s >/dev/null 2>&1", in_scratch("locales"),
	         name, code);
	if (system(command) != 0)
		cr_skip_test("localedef cannot make %s here (Debian: the package locales)", code);
	setenv("LOCPATH", in_scratch("locales"), 1);
	cr_assert_not_null(setlocale(LC_ALL, code), "%s", code);
	cr_assert_str_eq(localeconv()->decimal_point, ",");
}

/* The .fini of a suite that uses it. */
static inline void remove_with_locales(void)
{
	char command[PATH_MAX + 64];
	snprintf(command, sizeof command, "rm -rf '%s'", in_scratch("locales"));
	cr_expect_eq(system(command), 0);
	remove_scratch();
}

#endif
