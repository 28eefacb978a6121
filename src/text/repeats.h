/* SPDX-License-Identifier: MIT */
/* How often a text repeats itself. */
#ifndef TJ_TEXT_REPEATS_H
#define TJ_TEXT_REPEATS_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/status.h"

struct tj_repeats { /* memory for one text after the other; zero it before first use */
	uint64_t *hashes;
	size_t n, capacity;
};

/* Sets *limit to the highest count of any one word of n bytes of valid UTF-8, which is also that of
 * any words in a row: 1 to 255. Words are letters, digits and marks in a row, and their case does
 * not matter. */
trujaman_status tj_repeat_limit(struct tj_repeats *r, const char *text, size_t n, uint8_t *limit,
                                struct tj_error *err);

void tj_repeats_release(struct tj_repeats *r);

#endif
