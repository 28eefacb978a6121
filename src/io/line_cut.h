/* SPDX-License-Identifier: MIT */
/* Cuts lines that are longer than a limit into stretches. */
#ifndef TJ_IO_LINE_CUT_H
#define TJ_IO_LINE_CUT_H

#include <stddef.h>

/* Bytes of a line behind `most` that can change a cut: a CR there may belong to the terminator, and
 * a UTF-8 sequence may continue there. Later bytes cannot. */
enum { TJ_LINE_CUT_LOOKAHEAD = 4 };

/* Returns the bytes of the stretch to cut off `rest` > `most` bytes, those of the line that were
 * not given out yet, without the terminator. It is the part of the first `most` that ends with
 * their last separator; if there is none, with their last space; if there is none either, it is all
 * of them, less an incomplete UTF-8 sequence at the end. */
size_t tj_line_cut(const char *text, size_t most, size_t rest);

#endif
