/* SPDX-License-Identifier: MIT */
/* An option as one line of a table: its name, type, range and default, and where its value lies in
 * a struct of options. Setters, range errors, listings and --help come from such tables. */
#ifndef TJ_BASE_OPTION_H
#define TJ_BASE_OPTION_H

#include <stddef.h>

#include "src/base/number.h"
#include "src/base/status.h"

struct tj_option {
	trujaman_option about; /* what the user is told */
	size_t field; /* offset in the struct of options: an int (FLAG, WHOLE; a FLAG may be -1:
	                 not set), a double (NUMBER) or a const char * (WORD, TEXT, FILE) */
};

/* Returns the index of `word` in `words`, a list separated by bars ("adam|sgd"); -1 if absent. */
int tj_option_word(const char *word, const char *words);

/* Fails with the message that tells what the option's value must be. */
trujaman_status tj_option_fault(const struct tj_option *t, const char *value, struct tj_error *err);

/* Checks a value that is given as text. A value out of range returns TRUJAMAN_ERROR_USAGE with a
 * message that tells the range. */
trujaman_status tj_option_check_text(const struct tj_option *t, const char *value,
                                     struct tj_error *err);

/* Sets the option in `options`, the struct, from text. A string is not copied. */
trujaman_status tj_option_set(void *options, const struct tj_option *t, const char *value,
                              struct tj_error *err);

/* Checks the value that the struct holds: a program may have filled it with anything. A WHOLE may
 * also be what it is in `defaults`, a struct of the same type. */
trujaman_status tj_option_check(const void *options, const void *defaults,
                                const struct tj_option *t, struct tj_error *err);

/* Returns the option's value as text, NULL if it is not set. `digits` holds numbers. */
const char *tj_option_show(const void *options, const struct tj_option *t,
                           char digits[TJ_NUMBER_TEXT]);

#endif
