/* SPDX-License-Identifier: MIT */
/* The tile of the integer products where one instruction multiplies eight k of two rows by eight k
 * of two columns; included by int8_body.h. Beside what that file says, the including file
 * provides
 *   ia            eight k of a row, then eight k of another one
 *   iw            eight k of a column, then eight k of the next one
 *   iv            the sums of the first row with both columns, then of the second row
 *   ia_low(p, q), ia_high(p, q)   the first and the second eight of sixteen k of two rows
 *   iv_first(x, y), iv_second(x, y)   the sums of a row with the four columns of x and y */
#ifndef TJ_SIMD_INT8_PAIRS_H
#define TJ_SIMD_INT8_PAIRS_H

#include "simd/kernels.h"

enum {
	PANEL_SUMS = TJ_LANES / 2, /* vectors of sums that a pair of rows has in a panel */
	BLOCK_BYTES = 8 * TJ_LANES /* a panel's bytes of eight k */
};

/* Add the products of eight k, the first (high 0) or second eight from k on. Both blocks read the
 * inputs: registers for both at once are not left beside 24 sums. */
INLINE void add_block(const size_t n_pairs, const size_t n_panels, const i8_input *const *a,
                      size_t k, const int high, const uint8_t *b, size_t panel_bytes,
                      iv (*acc)[4 * PANEL_SUMS])
{
	ia x[I8_ROWS / 2];
	UNROLL
	for (size_t p = 0; p < n_pairs; p++)
		x[p] = high ? ia_high(a[2 * p] + k, a[2 * p + 1] + k)
		            : ia_low(a[2 * p] + k, a[2 * p + 1] + k);
	UNROLL
	for (size_t c = 0; c < n_panels * PANEL_SUMS; c++) {
		iw w = iw_load(b + c / PANEL_SUMS * panel_bytes + c % PANEL_SUMS * 16);
		UNROLL
		for (size_t p = 0; p < n_pairs; p++)
			acc[p][c] = iv_dot(acc[p][c], w, x[p]);
		if (c % 2) /* else gcc loads the weights of all columns early, and spills sums */
			__asm__ volatile("" ::: "memory");
	}
}

/* An odd row is its own partner, and half of its sums are not stored. */
INLINE void int8_tile(const size_t n_rows, const size_t n_panels, const i8_input *const *rows,
                      size_t n_quads, const uint8_t *b, size_t panel_bytes, const uint8_t *ahead,
                      int32_t *sums)
{
	iv acc[I8_ROWS / 2][4 * PANEL_SUMS];
	const size_t n_pairs = (n_rows + 1) / 2;
	size_t n_blocks = n_quads / 2, i = 0;
	const i8_input *a[I8_ROWS];
	UNROLL
	for (size_t p = 0; p < n_pairs; p++) {
		a[2 * p] = rows[2 * p];
		a[2 * p + 1] = rows[2 * p + 1 < n_rows ? 2 * p + 1 : 2 * p];
		UNROLL
		for (size_t c = 0; c < n_panels * PANEL_SUMS; c++)
			acc[p][c] = iv_zero();
	}
	for (; i + 1 < n_blocks; i += 2, b += 2 * BLOCK_BYTES) {
		UNROLL
		for (size_t line = 0; line < 4; line++)
			__builtin_prefetch(ahead + i * BLOCK_BYTES + 64 * line, 0, 2);
		add_block(n_pairs, n_panels, a, 8 * i, 0, b, panel_bytes, acc);
		add_block(n_pairs, n_panels, a, 8 * i, 1, b + BLOCK_BYTES, panel_bytes, acc);
	}
	if (i < n_blocks) /* inputs are padded to 64 bytes */
		add_block(n_pairs, n_panels, a, 8 * i, 0, b, panel_bytes, acc);
	UNROLL
	for (size_t r = 0; r < n_rows; r++) {
		UNROLL
		for (size_t c = 0; c < n_panels * PANEL_SUMS; c += 2) {
			iv x = acc[r / 2][c], y = acc[r / 2][c + 1];
			iv_store(sums + r * TJ_GROUP + 2 * c,
			         r % 2 ? iv_second(x, y) : iv_first(x, y));
		}
	}
}

#endif
