/* SPDX-License-Identifier: MIT */
/* Numbers as text: with a decimal point and rounded to nearest, whatever locale and rounding mode
 * the calling program has set. Any thread. */
#ifndef TJ_BASE_NUMBER_H
#define TJ_BASE_NUMBER_H

#include <locale.h>
#include <stdarg.h>
#include <stddef.h>

#include "src/base/float_mode.h"

/* So many bytes hold any double as "%.17g" or "%a". */
enum { TJ_NUMBER_TEXT = 40 };

/* Same as snprintf. */
int tj_number_print(char *text, size_t n_bytes, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int tj_number_vprint(char *text, size_t n_bytes, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));

/* Reads a finite decimal number, such as "-1", "0.25" or "1e-3", that is the whole text. Returns 1;
 * 0: it is none, or none that a double can hold. */
int tj_number_read(const char *text, double *value);

/* Reads back what "%a" has printed, every bit of it. Returns 1 or 0. */
int tj_number_read_exact(const char *text, double *value);

/* Gives the calling thread what the functions above have, for a longer piece of work. */
struct tj_number_mode {
	locale_t locale;
	struct tj_float_mode floats;
};
void tj_number_enter(struct tj_number_mode *mode);
void tj_number_leave(const struct tj_number_mode *mode);

#endif
