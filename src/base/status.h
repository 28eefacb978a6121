/* SPDX-License-Identifier: MIT */
/* A failure: its kind, and one line of text that says what failed, where and why. */
#ifndef TJ_BASE_STATUS_H
#define TJ_BASE_STATUS_H

#include "trujaman.h"

struct tj_error {
	trujaman_status status;
	char text[1024]; /* UTF-8, or the raw bytes of a file name; what is longer lacks its middle
	                  */
	int code;        /* of a call of the system that failed: its errno; 0: of none */
};

/* Records a failure and returns its status, so that a caller can write
 * `return tj_fail(err, …)`. The first failure wins: a later one does not overwrite it,
 * and the call then returns the first one's status. */
trujaman_status tj_fail(struct tj_error *err, trujaman_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Records "cannot WHAT NAME: strerror(code)" with the code and status IO (MEMORY for ENOMEM). */
trujaman_status tj_fail_errno(struct tj_error *err, int code, const char *what, const char *name);

/* Records a failure with status IO and the code that a call of the system would have failed with:
 * so it counts where a caller looks at codes. */
trujaman_status tj_fail_as(struct tj_error *err, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Records "out of memory for WHAT (N bytes)" with status MEMORY. */
trujaman_status tj_fail_memory(struct tj_error *err, const char *what, size_t n_bytes);

/* Copies the message into a caller's buffer, which may have no bytes, and returns the status. The
 * copy is one line, even if a file name contains line breaks. */
trujaman_status tj_error_tell(const struct tj_error *err, char *text, size_t n_bytes);

/* Returns the message as one line, which the caller frees; NULL: out of memory. */
char *tj_error_copy(const struct tj_error *err);

void tj_error_clear(struct tj_error *err);

#endif
