/* SPDX-License-Identifier: MIT */
/* Text to ids, in tests of vocabularies. */
#ifndef TJ_TESTS_ENCODED_H
#define TJ_TESTS_ENCODED_H

#include <criterion/criterion.h>

#include "src/text/pieces.h"

/* The ids of a text, from malloc; all of them must be of the vocabulary. */
static inline struct tj_ids encode(const struct tj_pieces *p, const char *text, size_t n)
{
	struct tj_ids ids = { 0 };
	struct tj_error err = { 0 };
	cr_assert_eq(tj_pieces_encode(p, text, n, &ids, &err), TRUJAMAN_OK, "%s", err.text);
	for (size_t i = 0; i < ids.n; i++)
		cr_assert(ids.data[i] >= 0 && (uint32_t)ids.data[i] < tj_pieces_size(p));
	return ids;
}

#endif
