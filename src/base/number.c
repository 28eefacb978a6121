/* SPDX-License-Identifier: MIT */
/* Prints and reads numbers in the C locale. */
#include "src/base/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void tj_number_enter(struct tj_number_mode *mode)
{
	/* The C library has this locale ready, so it neither allocates it nor can it fail. If it
	 * did, uselocale would change nothing. */
	mode->locale = uselocale(newlocale(LC_ALL_MASK, "C", (locale_t)0));
	tj_float_enter(&mode->floats);
}

void tj_number_leave(const struct tj_number_mode *mode)
{
	tj_float_leave(&mode->floats);
	(void)uselocale(mode->locale);
}

int tj_number_vprint(char *text, size_t n_bytes, const char *format, va_list args)
{
	struct tj_number_mode mode;
	tj_number_enter(&mode);
	int n = vsnprintf(text, n_bytes, format, args);
	tj_number_leave(&mode);
	return n;
}

int tj_number_print(char *text, size_t n_bytes, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int n = tj_number_vprint(text, n_bytes, format, args);
	va_end(args);
	return n;
}

/* `characters`: strtod alone would also accept white space, infinities and NaN. */
static int read_number(const char *text, const char *characters, double *value)
{
	struct tj_number_mode mode;
	char *end;
	if (*text == '\0' || text[strspn(text, characters)] != '\0')
		return 0;
	tj_number_enter(&mode);
	*value = strtod(text, &end);
	tj_number_leave(&mode);
	return *end == '\0' && end != text && isfinite(*value);
}

int tj_number_read(const char *text, double *value)
{
	return read_number(text, "0123456789.eE+-", value);
}

int tj_number_read_exact(const char *text, double *value)
{
	return read_number(text, "0123456789abcdefABCDEF.xXpP+-", value);
}
