/* SPDX-License-Identifier: MIT */
/* Comparing texts of which any may be empty, and then have no address. */
#ifndef SAME_BYTES_H
#define SAME_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Two texts are the same: memcmp may not be given NULL, even for no bytes. */
static inline bool same_bytes(const void *a, size_t n_a, const void *b, size_t n_b)
{
	return n_a == n_b && (n_a == 0 || memcmp(a, b, n_a) == 0);
}

#endif
