/* SPDX-License-Identifier: MIT */
/* What failed in a run that goes on after a failure, to be told at its end. */
#ifndef TJ_DELIVERY_FAILURES_H
#define TJ_DELIVERY_FAILURES_H

#include <stddef.h>

enum { TJ_FAILURES_KEPT = 20 };

struct tj_failures {
	size_t n, n_untold; /* all; those among them of which nothing has been told yet */
	char *texts[TJ_FAILURES_KEPT]; /* of the first of n_untold; from malloc; NULL: there was no
	                                  memory */
};

/* Adds a failure: one line that says what failed, on what, and why. */
void tj_failures_add(struct tj_failures *f, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Counts a failure that a listener has been told. */
void tj_failures_count(struct tj_failures *f);

void tj_failures_free(struct tj_failures *f);

#endif
