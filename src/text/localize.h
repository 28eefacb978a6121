/* SPDX-License-Identifier: MIT */
/* Writes numbers of one language as another one writes them: 1,234.5 becomes 1234,5 in Spanish. */
#ifndef TJ_TEXT_LOCALIZE_H
#define TJ_TEXT_LOCALIZE_H

#include <stddef.h>

#include "src/base/status.h"
#include "src/base/string.h"

struct tj_localizer; /* one thread at a time */

/* Takes language codes; of a language that ICU does not know, or "", numbers are written as in its
 * root locale. Returns NULL on failure. */
struct tj_localizer *tj_localizer_open(const char *from, const char *to, struct tj_error *err);
void tj_localizer_close(struct tj_localizer *l);

/* Appends to *out the span of a number, n bytes of UTF-8, as the other language writes it, and
 * returns 1. Returns 0, and appends nothing, if it stays as it is: if it has no decimal sign and no
 * groups of digits, or if the first language does not write a number just so (1.2.3, 12:30, 1,23 in
 * English), since it is something else then. The value is the same to the last digit, and so are
 * the digits behind the decimal sign; signs, currencies and units around it stay. -1 is a failure.
 */
int tj_localize_number(struct tj_localizer *l, const char *number, size_t n, struct tj_string *out,
                       struct tj_error *err);

#endif
