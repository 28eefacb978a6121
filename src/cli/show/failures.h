/* SPDX-License-Identifier: MIT */
/* What failed in a run that goes on after a failure; it is told at the end. */
#ifndef TJ_CLI_SHOW_FAILURES_H
#define TJ_CLI_SHOW_FAILURES_H

#include <stddef.h>

enum { TJ_FAILURES_TOLD = 20 };

struct tj_failures {
	size_t n, n_kept;
	char *texts[TJ_FAILURES_TOLD]; /* of the first n_kept; from malloc; NULL: there was no
	                                  memory */
};

/* Adds a failure: one line that says what failed, on what, and why. */
void tj_failures_add(struct tj_failures *f, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Counts a failure that has been reported. */
void tj_failures_count(struct tj_failures *f);

/* Prints each failure that has not been reported, but not more than TJ_FAILURES_TOLD, and then how
 * many of `n_inputs` inputs failed, with the `advice` (NULL: none). Prints nothing if nothing
 * failed. */
void tj_failures_tell(const struct tj_failures *f, size_t n_inputs, const char *advice);

void tj_failures_free(struct tj_failures *f);

#endif
