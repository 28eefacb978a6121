/* SPDX-License-Identifier: MIT */
/* Ids of pieces, and what kinds of pieces there are. */
#ifndef TJ_TEXT_PIECE_IDS_H
#define TJ_TEXT_PIECE_IDS_H

#include <stddef.h>
#include <stdint.h>

struct tj_ids { /* a growing array; zero it before first use, release data with free */
	int32_t *data;
	size_t n, capacity;
};

enum tj_piece_kind {
	TJ_PIECE_TEXT,    /* ordinary, or defined by the user */
	TJ_PIECE_BYTE,    /* one byte of a character that has no piece of its own */
	TJ_PIECE_CONTROL, /* <s>, </s> and the like: no text */
	TJ_PIECE_UNKNOWN
};

#endif
