/* SPDX-License-Identifier: MIT */
/* The bytes of one input: out of a descriptor, and unpacked where their beginning says that
 * they are compressed (gzip, bzip2, xz, zstd; any number of members, one after the other). */
#ifndef TJ_IO_SOURCE_H
#define TJ_IO_SOURCE_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/status.h"
#include "src/io/packing.h"

/* What came of reading: bytes (or from a tj_reader a line); nothing without waiting; the end;
 * a failure. */
enum tj_read { TJ_READ_SOME, TJ_READ_LINE = TJ_READ_SOME, TJ_READ_DRY, TJ_READ_END, TJ_READ_ERROR };

/* How a source waits. */
struct tj_waiting {
	int wake_fd;              /* DRY as soon as this is readable; -1: none */
	const volatile int *stop; /* DRY, waiting or not, once *stop is nonzero; NULL: none */
};

struct tj_source;

/* Opens the path, or takes the descriptor and leaves it open; never waits. Reading begins at
 * byte input->from - 1 where from > 0. Both must outlive the source. NULL on failure. */
struct tj_source *tj_source_open(const trujaman_input *input, const struct tj_waiting *waiting,
                                 struct tj_error *err);
void tj_source_close(struct tj_source *s);

/* At least 1 and at most `room` bytes of text into `buffer`: SOME and their number in *n.
 * Until the first came, room must be TJ_PACKING_HEAD at least. With may_block 0, DRY when that
 * would wait. Of a compressed input all that can be unpacked of what has arrived is given out;
 * damage is an error (TRUJAMAN_ERROR_FORMAT) that names the byte, after what came before it.
 * Compressed, and only a part of it wanted (from, to): TRUJAMAN_ERROR_USAGE. */
enum tj_read tj_source_read(struct tj_source *s, char *buffer, size_t room, size_t *n,
                            int may_block, struct tj_error *err);

/* Compressed bytes unpacked so far; 0: the input is not compressed, or not told yet. */
uint64_t tj_source_unpacked(const struct tj_source *s);

/* Whether a file is compressed: 1, 0, or -1 on failure. Of what is no regular file nothing
 * is read, and the answer is 0. */
int tj_source_is_packed(const char *path, struct tj_error *err);

/* The name of an input for messages: its path, or "standard input" for fd 0,
 * else "descriptor N". */
const char *tj_input_name(const trujaman_input *input, char *buffer, size_t n_bytes);

#endif
