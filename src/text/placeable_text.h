/* SPDX-License-Identifier: MIT */
/* The text of a placeable piece. */
#ifndef TJ_TEXT_PLACEABLE_TEXT_H
#define TJ_TEXT_PLACEABLE_TEXT_H

#include <stddef.h>

/* Writes the 4 bytes of UTF-8 of U+F0000 + k, k below 4096. */
static inline void tj_placeable_write(char out[4], size_t k)
{
	out[0] = (char)0xF3;
	out[1] = (char)0xB0;
	out[2] = (char)(0x80 | k >> 6);
	out[3] = (char)(0x80 | (k & 0x3F));
}

#endif
