/* SPDX-License-Identifier: MIT */
/* A failure: which kind, and one line of text that says what, where and why. */
#ifndef TJ_BASE_STATUS_H
#define TJ_BASE_STATUS_H

#include "trujaman.h"

struct tj_error {
	trujaman_status status;
	char text[1024]; /* UTF-8 or whatever bytes a file name has; cut if longer */
};

/* Record a failure and return its status, so that a caller can write
 * `return tj_fail(err, …)`. The first failure wins: a later one is not
 * recorded over it, but the call still returns the first one's status. */
trujaman_status tj_fail(struct tj_error *err, trujaman_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* "cannot WHAT NAME: strerror(code)" with status IO (MEMORY for ENOMEM). */
trujaman_status tj_fail_errno(struct tj_error *err, int code, const char *what, const char *name);

/* "out of memory for WHAT (N bytes)". */
trujaman_status tj_fail_memory(struct tj_error *err, const char *what, size_t n_bytes);

void tj_error_clear(struct tj_error *err);

#endif
