/* SPDX-License-Identifier: MIT */
/* Writes bytes to a descriptor. */
#ifndef TJ_IO_WRITE_H
#define TJ_IO_WRITE_H

#include <stddef.h>

#include "src/base/status.h"

/* Writes all n bytes with write(2). It continues after short writes and EINTR, and waits after
 * EAGAIN. EPIPE gives TRUJAMAN_ERROR_CLOSED, any other failure an error that names `name`. */
trujaman_status tj_write_all(int fd, const char *name, const void *bytes, size_t n,
                             struct tj_error *err);

#endif
