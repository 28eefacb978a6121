/* SPDX-License-Identifier: MIT */
/* Structs that callers make and that begin with their size: a program may have been compiled with
 * another version of the header, whose structs have fewer or more members. */
#ifndef TJ_API_SIZED_H
#define TJ_API_SIZED_H

#include "src/base/status.h"

/* Copies a caller's struct into one of n_bytes, whose other members become zero. Fails if the size
 * is not set; `what` names the struct. */
trujaman_status tj_sized_take(void *to, size_t n_bytes, const void *from, const char *what,
                              struct tj_error *err);

/* Copies a struct of n_bytes, which begins with a size, back into the caller's, whose size stays.
 */
void tj_sized_give(void *to, const void *from, size_t n_bytes);

/* Copies an array of inputs; the caller frees it. NULL on failure. */
trujaman_input *tj_inputs_take(size_t n, const trujaman_input *inputs, struct tj_error *err);

#endif
