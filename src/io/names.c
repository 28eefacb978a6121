/* SPDX-License-Identifier: MIT */
/* Recognises the names of the files that the program makes beside an output. */
#include "src/io/names.h"

#include <stdlib.h>
#include <string.h>

/* Returns the number of decimal digits at the beginning of `text`. */
static size_t digits(const char *text)
{
	return strspn(text, "0123456789");
}

/* Whether `name` is X, which is not empty, and `suffix`. */
static int ends_with(const char *name, const char *suffix)
{
	size_t n = strlen(name), n_suffix = strlen(suffix);
	return n > n_suffix && strcmp(name + n - n_suffix, suffix) == 0;
}

static int is_temporary(const char *name)
{
	const char *at = NULL, *next = name;
	while ((next = strstr(next + (next == at), TJ_NAME_TEMPORARY)) != NULL)
		at = next; /* the last one */
	if (at == NULL || at == name)
		return 0;
	at += strlen(TJ_NAME_TEMPORARY);
	size_t n = digits(at);
	if (n > 0 && at[n] == '-' && digits(at + n + 1) > 0)
		n += 1 + digits(at + n + 1);
	return n > 0 && at[n] == '\0';
}

int tj_name_read_part(const char *text, unsigned *i, unsigned *n)
{
	enum { MAX_DIGITS = 9 }; /* so that no number overflows */
	static const char between[] = "-of-";
	size_t n_i = digits(text);
	if (n_i == 0 || n_i > MAX_DIGITS || strncmp(text + n_i, between, strlen(between)) != 0)
		return 0;
	const char *of = text + n_i + strlen(between);
	size_t n_n = digits(of);
	if (n_n == 0 || n_n > MAX_DIGITS || of[n_n] != '\0')
		return 0;
	*i = (unsigned)strtoul(text, NULL, 10);
	*n = (unsigned)strtoul(of, NULL, 10);
	return *i >= 1 && *i <= *n;
}

enum tj_name_kind tj_name_kind(const char *name)
{
	unsigned i, n;
	const char *dot = strrchr(name, '.');
	if (ends_with(name, TJ_NAME_PARTIAL) || is_temporary(name))
		return TJ_NAME_IS_UNFINISHED;
	if (ends_with(name, TJ_NAME_JOURNAL) || ends_with(name, TJ_NAME_JOURNAL TJ_NAME_NEW))
		return TJ_NAME_IS_JOURNAL;
	if (dot != NULL && dot > name && tj_name_read_part(dot + 1, &i, &n))
		return TJ_NAME_IS_PART;
	return TJ_NAME_OTHER;
}
