/* SPDX-License-Identifier: MIT */
/* The ways of compression that are read and written, and how each is told. */
#ifndef TJ_IO_PACKING_H
#define TJ_IO_PACKING_H

#include <stddef.h>

enum tj_packing { TJ_PACK_NONE, TJ_PACK_GZIP, TJ_PACK_BZIP2, TJ_PACK_XZ, TJ_PACK_ZSTD };

/* By the end of a file's name: .gz, .bz2, .xz, .zst; else NONE. */
enum tj_packing tj_packing_of_path(const char *path);

/* What tj_packing_of_path tells it by; "" for NONE. */
const char *tj_packing_suffix(enum tj_packing packing);

/* By "none", "gzip", "bzip2", "xz", "zstd"; -1: no such name. */
int tj_packing_by_name(const char *name);

/* The name that tj_packing_by_name knows. */
const char *tj_packing_name(enum tj_packing packing);

/* Bytes that tell every packing at the latest. */
enum { TJ_PACKING_HEAD = 10 };

/* By the first n bytes of a content, all there are if at_end. A packing, or -1: more bytes
 * are needed. None of them is LF then: no line of text waits for the answer. */
int tj_packing_of_content(const void *bytes, size_t n, int at_end);

#endif
