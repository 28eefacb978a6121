/* SPDX-License-Identifier: MIT */
/* Unpacks compressed bytes as they come, in bounded memory, with every check that the format
 * has, and gives out all that is sound before an error. */
#ifndef TJ_IO_UNPACKER_H
#define TJ_IO_UNPACKER_H

#include <stddef.h>

#include "src/base/status.h"
#include "src/io/packing.h"

struct tj_unpacker;

/* `packing` is not NONE. NULL: no memory. One thread at a time. */
struct tj_unpacker *tj_unpacker_open(enum tj_packing packing, struct tj_error *err);
void tj_unpacker_close(struct tj_unpacker *u);

/* Unpack some of the *n_in bytes at `in` into the *n_out bytes at `out` (not 0): both are set
 * to what was used. Once a call puts out nothing, it has used all of the input and needs more.
 * On failure (FORMAT, MEMORY) tj_unpacker_reason tells why; what was put out up to then
 * stands, and no further call is allowed. */
trujaman_status tj_unpack(struct tj_unpacker *u, const void *in, size_t *n_in, void *out,
                          size_t *n_out);

/* FORMAT, and a reason, where the input may not end here. */
trujaman_status tj_unpacker_end(struct tj_unpacker *u);

/* What is wrong, after a failure: not whose input, nor where. */
const char *tj_unpacker_reason(const struct tj_unpacker *u);

#endif
