/* SPDX-License-Identifier: MIT */
/* Compares pieces with the last word of a prefix. */
#include "src/decode/constraint_prefix.h"

#include <string.h>

int tj_prefix_fits(const struct tj_prefix *p, size_t done, const char *text, size_t n,
                   int *goes_beyond)
{
	size_t left = p->n_tail - done, common = n < left ? n : left;
	*goes_beyond = n > left;
	return n > 0 && memcmp(p->tail + done, text, common) == 0;
}
