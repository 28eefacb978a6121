/* SPDX-License-Identifier: MIT */
/* Reads whole files. */
#ifndef TJ_IO_WHOLE_H
#define TJ_IO_WHOLE_H

#include "src/base/status.h"
#include "src/base/string.h"

/* Read all of a file into `all`, and a NUL behind it that does not count. A file of more than
 * most_mib MiB is an error (TRUJAMAN_ERROR_INPUT). What was in `all` is not released; all->data is
 * the caller's to free, NULL after a failure. `fd` stays open. */
trujaman_status tj_whole_read(const char *path, unsigned most_mib, struct tj_string *all,
                              struct tj_error *err);
trujaman_status tj_whole_read_fd(int fd, const char *path, unsigned most_mib, struct tj_string *all,
                                 struct tj_error *err);

#endif
