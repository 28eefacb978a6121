/* SPDX-License-Identifier: MIT */
/* Reads from the source what its translation may write. */
#include "src/decode/constraint.h"

#include <string.h>

#include "src/text/char_code.h"

enum { FIRST_PLACEABLE = 0xF0000 };

/* A number that ends: three digits or more are no small number. */
static void add_number(struct tj_constraint *c, size_t *n_small, unsigned value, unsigned digits)
{
	if (digits == 0 || digits > 2)
		return;
	if (*n_small < TJ_MOST_SMALL)
		c->small[*n_small] = (uint16_t)(value | digits << 8);
	++*n_small;
}

/* Counts a placeable. Returns 0 if there is no room for it. */
static int add_placeable(struct tj_constraint *c, uint32_t k)
{
	if (k >= TJ_CONSTRAINED_PLACEABLES || c->count[k] == UINT8_MAX)
		return 0;
	c->count[k]++;
	if (k >= c->n_placeables)
		c->n_placeables = (uint8_t)(k + 1);
	return 1;
}

int tj_constraint_read(struct tj_constraint *c, const char *text, size_t n)
{
	struct tj_constraint found = *c;
	size_t n_small = 0;
	unsigned value = 0, digits = 0;
	memset(found.count, 0, sizeof found.count);
	memset(found.small, 0, sizeof found.small);
	found.n_placeables = 0;
	found.symbols = 0;
	for (size_t at = 0; at < n;) {
		uint32_t character = tj_char_next(text, n, &at);
		uint8_t code = tj_char_code(character);
		if (code >= TJ_CHAR_DIGIT && code < TJ_CHAR_DIGIT + 10) {
			value = (10 * value + code - TJ_CHAR_DIGIT) % 1000;
			digits += digits < 3;
			continue;
		}
		add_number(&found, &n_small, value, digits);
		value = digits = 0;
		if (code >= TJ_CHAR_SYMBOL && code < TJ_CHAR_SYMBOL + TJ_N_SYMBOLS)
			found.symbols |= (uint32_t)1 << (code - TJ_CHAR_SYMBOL);
		if (code == TJ_CHAR_PLACEABLE &&
		    !add_placeable(&found, character - FIRST_PLACEABLE))
			return 0;
	}
	add_number(&found, &n_small, value, digits);
	/* With too many numbers to list, any may be written. So they may if the source has no
	 * digits: a number that it has as a word may become one of digits. */
	found.small_only = n_small <= TJ_MOST_SMALL && (n_small > 0 || found.n_placeables > 0);
	found.n_small = (uint8_t)(found.small_only ? n_small : 0);
	*c = found;
	return 1;
}
