/* SPDX-License-Identifier: MIT */
/* Reads lines from descriptors, in memory that does not grow with the input. */
#ifndef TJ_IO_LINES_H
#define TJ_IO_LINES_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/status.h"
#include "src/io/source.h"

enum tj_terminator { TJ_NO_NEWLINE, TJ_LF, TJ_CRLF };

/* One line, or one stretch of a line that is longer than the limit. */
struct tj_line {
	const char *text; /* in the reader's buffer, valid until the next call */
	size_t n;         /* bytes, without the terminator */
	uint64_t number;  /* line number in its input, from 1 */
	uint64_t column;  /* byte offset of `text` in its line, from 0; > 0 in later stretches */
	uint64_t offset;  /* bytes of the input up to the end of this, with the terminator;
	                     if compressed: the compressed bytes unpacked so far */
	uint64_t place;   /* bytes of the input, unpacked, up to the end of this */
	size_t input;     /* index of the input */
	int continues;    /* 1: the line continues in the next tj_line; terminator is NO_NEWLINE */
	enum tj_terminator terminator;
};

/* Reads the inputs of a stream one after the other. The last line of an input has the terminator
 * NO_NEWLINE if the input does not end with one; an empty input has no line. CR is part of a
 * terminator only directly before LF. */
struct tj_reader;

/* `inputs` must outlive the reader. An input that is no text (src/io/not_text.h) is an error before
 * its first line, unless its force_text is set. A file is judged by its beginning; a pipe by what
 * has arrived when its first line is complete. A line longer than max_line_bytes (at least 16;
 * SIZE_MAX: no limit) is given out in stretches of at most that many bytes. Every stretch but the
 * last ends after its last separator (src/base/separators.h) or, if it has none, after its last
 * space or, if it has none either, at a UTF-8 boundary. The cuts depend only on the line, never on
 * how many bytes each read returned. Each file is opened when its turn comes. Returns NULL on
 * failure. */
struct tj_reader *tj_reader_open(size_t n_inputs, const trujaman_input *inputs,
                                 size_t max_line_bytes, struct tj_error *err);
void tj_reader_close(struct tj_reader *r);

/* Makes a waiting tj_reader_next return DRY as soon as the descriptor `fd` (for example an
 * eventfd) is readable. */
void tj_reader_wake_by(struct tj_reader *r, int fd);

/* Skips the first n lines of all inputs together. Fewer lines than n are an error. */
void tj_reader_skip(struct tj_reader *r, uint64_t n);

/* Returns the index of the current input. */
size_t tj_reader_input(const struct tj_reader *r);

/* Ends the current input, whatever is left of it. After an ERROR the next call of tj_reader_next
 * then goes on with the next input. Returns the index of the input that was ended. */
size_t tj_reader_pass(struct tj_reader *r);

/* Makes tj_reader_next return DRY, waiting or not, once *stop is nonzero. */
void tj_reader_stop_by(struct tj_reader *r, const volatile int *stop);

/* Gets the next line. If no complete line (or stretch) is buffered and a read would block, it
 * returns DRY with may_block 0 and waits with may_block 1. It does not read while a complete
 * line is buffered. After END every call returns the same again; after ERROR too, until
 * tj_reader_pass. */
enum tj_read tj_reader_next(struct tj_reader *r, int may_block, struct tj_line *line,
                            struct tj_error *err);

/* Fails with TRUJAMAN_ERROR_INPUT if the input is a regular file that is no text. Everything else,
 * errors of reading too, is left to the reading itself. */
trujaman_status tj_reader_check(const trujaman_input *input, struct tj_error *err);

/* Leaves out the byte-order mark of UTF-8 at the beginning of an input. */
void tj_line_skip_mark(struct tj_line *line);

#endif
