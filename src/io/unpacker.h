/* SPDX-License-Identifier: MIT */
/* Decompresses bytes as they arrive, in bounded memory. It makes every check that the format
 * provides, and outputs all sound data before an error. */
#ifndef TJ_IO_UNPACKER_H
#define TJ_IO_UNPACKER_H

#include <stddef.h>

#include "src/base/status.h"
#include "src/io/packing.h"

struct tj_unpacker;

/* `packing` must not be NONE. Returns NULL if out of memory. One thread at a time. */
struct tj_unpacker *tj_unpacker_open(enum tj_packing packing, struct tj_error *err);
void tj_unpacker_close(struct tj_unpacker *u);

/* Decompresses some of the *n_in bytes at `in` into the *n_out > 0 bytes at `out`, and sets both
 * to the number of bytes used. A call that outputs nothing has used all of the input and needs
 * more. On failure (FORMAT, MEMORY) tj_unpacker_reason says why; the output up to then is valid,
 * and no further call is allowed. */
trujaman_status tj_unpack(struct tj_unpacker *u, const void *in, size_t *n_in, void *out,
                          size_t *n_out);

/* Returns FORMAT, and sets the reason, if the input is incomplete here. */
trujaman_status tj_unpacker_end(struct tj_unpacker *u);

/* Says what is wrong after a failure, without the input's name or the position. */
const char *tj_unpacker_reason(const struct tj_unpacker *u);

#endif
