/* SPDX-License-Identifier: MIT */
/* Lines out of descriptors, in memory that does not grow with the input. */
#ifndef TJ_IO_LINES_H
#define TJ_IO_LINES_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/status.h"
#include "src/io/source.h"

enum tj_terminator { TJ_NO_NEWLINE, TJ_LF, TJ_CRLF };

/* One line, or one stretch of a line too long to be held at once. */
struct tj_line {
	const char *text; /* in the reader's buffer: valid until the next call */
	size_t n;         /* bytes, the terminator not counted */
	uint64_t number;  /* line number in its input, from 1 */
	uint64_t column;  /* byte offset of text in its line, from 0; > 0 in later stretches */
	uint64_t offset;  /* bytes of the input up to the end of this, terminator included;
	                     of a compressed one, those unpacked so far */
	size_t input;     /* index of the input */
	int continues;    /* 1: the line goes on in the next tj_line; terminator then NO_NEWLINE */
	enum tj_terminator terminator;
};

/* Reads the inputs of a stream one after the other. An input's last line has
 * terminator NO_NEWLINE when the file does not end with one; an empty input
 * yields no line. CR is part of a terminator only directly before LF. */
struct tj_reader;

/* `inputs` must outlive the reader. A line longer than max_line_bytes (at least
 * 16; SIZE_MAX: no limit) comes in stretches of at most that many bytes, each
 * but the last cut after its last ASCII space or tab, or where it has none at a
 * UTF-8 boundary. The cuts depend on the line alone, never on how reads fell.
 * Files are opened when their turn comes. NULL on failure. */
struct tj_reader *tj_reader_open(size_t n_inputs, const trujaman_input *inputs,
                                 size_t max_line_bytes, struct tj_error *err);
void tj_reader_close(struct tj_reader *r);

/* Let a waiting tj_reader_next return DRY as soon as the descriptor `fd` (an eventfd,
 * say) is readable. */
void tj_reader_wake_by(struct tj_reader *r, int fd);

/* Pass over the first n lines of all inputs together. Should they have fewer, that is an error. */
void tj_reader_skip(struct tj_reader *r, uint64_t n);

/* Let tj_reader_next return DRY, waiting or not, once *stop is nonzero. */
void tj_reader_stop_by(struct tj_reader *r, const volatile int *stop);

/* The next line. With may_block 0, DRY when no complete line (or stretch) is
 * at hand and reading more would block; with may_block 1 it waits. Never reads
 * more than is needed to give one line when at least one is buffered. After END
 * or ERROR every call gives the same again. */
enum tj_read tj_reader_next(struct tj_reader *r, int may_block, struct tj_line *line,
                            struct tj_error *err);

#endif
