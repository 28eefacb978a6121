/* SPDX-License-Identifier: MIT */
/* Reads the bytes of one input from a descriptor or from memory, and decompresses them if their
 * beginning shows that they are compressed (gzip, bzip2, xz or zstd; any number of members in
 * sequence). */
#ifndef TJ_IO_SOURCE_H
#define TJ_IO_SOURCE_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/status.h"
#include "src/io/packing.h"

/* The result of a read: bytes (from a tj_reader: a line); nothing available without waiting; the
 * end; a failure. */
enum tj_read { TJ_READ_SOME, TJ_READ_LINE = TJ_READ_SOME, TJ_READ_DRY, TJ_READ_END, TJ_READ_ERROR };

/* What ends the waiting of a source. */
struct tj_waiting {
	int wake_fd;              /* a wait returns DRY as soon as this is readable; -1: none */
	const volatile int *stop; /* reads return DRY once *stop is nonzero; NULL: none */
};

struct tj_source;

/* Opens the input's path, or uses its descriptor and leaves it open; never waits. If
 * input->from > 0, reading begins at byte input->from - 1; unless input->force_text, it fails then
 * if the file's beginning is no text (src/io/not_text.h). `input` and `waiting` must outlive the
 * source. Returns NULL on failure. */
struct tj_source *tj_source_open(const trujaman_input *input, const struct tj_waiting *waiting,
                                 struct tj_error *err);
void tj_source_close(struct tj_source *s);

/* Reads at least 1 and at most `room` uncompressed bytes into `buffer`: returns SOME and sets *n
 * to their number. Until the first bytes have arrived, room must be at least TJ_PACKING_HEAD. With
 * may_block 0 it returns DRY instead of waiting. Of a compressed input it gives out everything
 * that the bytes received so far decompress to. Damage is an error (TRUJAMAN_ERROR_FORMAT) that
 * names the byte position; it is reported after all the data before it. If the input is compressed
 * but only a part of it is wanted (from, to), the error is TRUJAMAN_ERROR_USAGE. */
enum tj_read tj_source_read(struct tj_source *s, char *buffer, size_t room, size_t *n,
                            int may_block, struct tj_error *err);

/* Returns the compressed bytes unpacked so far; 0: the input is not compressed, or it is not yet
 * known whether it is. */
uint64_t tj_source_unpacked(const struct tj_source *s);

/* Whether reads never wait: the input is a regular file. */
int tj_source_never_waits(const struct tj_source *s);

/* Returns the compression of a file, an enum tj_packing; -1 on failure. For anything but a regular
 * file it reads nothing and returns TJ_PACK_NONE. */
int tj_source_packing(const char *path, struct tj_error *err);

/* Records what an input is if not text: the message of tj_not_text_refuse with the input's name. */
struct tj_not_text;
void tj_source_refuse(const trujaman_input *input, const struct tj_not_text *found,
                      struct tj_error *err);

/* Returns an input's name for messages: its path, "document" for bytes in memory, "standard input"
 * for fd 0, or otherwise "descriptor N", which is written to `buffer` of n_bytes. */
const char *tj_input_name(const trujaman_input *input, char *buffer, size_t n_bytes);

#endif
