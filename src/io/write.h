/* SPDX-License-Identifier: MIT */
/* Bytes into a descriptor. */
#ifndef TJ_IO_WRITE_H
#define TJ_IO_WRITE_H

#include <stddef.h>

#include "src/base/status.h"

/* write(2) all n bytes: short writes and EINTR continued, EAGAIN waited for;
 * EPIPE gives TRUJAMAN_ERROR_CLOSED, anything else an error naming `name`. */
trujaman_status tj_write_all(int fd, const char *name, const void *bytes, size_t n,
                             struct tj_error *err);

#endif
