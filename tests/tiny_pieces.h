/* SPDX-License-Identifier: MIT */
/* SentencePiece models of a few pieces, written by hand. */
#ifndef TJ_TESTS_TINY_PIECES_H
#define TJ_TESTS_TINY_PIECES_H

#include <criterion/criterion.h>
#include <string.h>

enum { TINY_NORMAL = 1, TINY_UNKNOWN = 2, TINY_CONTROL = 3, TINY_USER_DEFINED = 4 };

struct tiny_piece {
	const char *text;
	unsigned char type;
};

/* Serializes the pieces in the order of their ids. Returns the number of bytes written. */
static inline size_t tiny_pieces(const struct tiny_piece *pieces, size_t n, unsigned char *out,
                                 size_t room)
{
	static const unsigned char score[4] = { 0, 0, 0x80, 0xbf }; /* -1, little endian */
	size_t used = 0;
	for (size_t i = 0; i < n; i++) {
		size_t length = strlen(pieces[i].text);
		cr_assert(length < 100 && used + length + 11 <= room);
		unsigned char *p = out + used;
		*p++ = 0x0a; /* field 1 of the model: a piece */
		*p++ = (unsigned char)(length + 9);
		*p++ = 0x0a; /* its text */
		*p++ = (unsigned char)length;
		memcpy(p, pieces[i].text, length);
		p += length;
		*p++ = 0x15; /* its score */
		memcpy(p, score, sizeof score);
		p += sizeof score;
		*p++ = 0x18; /* its type */
		*p++ = pieces[i].type;
		used = (size_t)(p - out);
	}
	return used;
}

#endif
