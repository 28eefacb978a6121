/* SPDX-License-Identifier: MIT */
/* The supported compression formats, and how to recognise each. Any thread. */
#ifndef TJ_IO_PACKING_H
#define TJ_IO_PACKING_H

#include <stddef.h>

enum tj_packing { TJ_PACK_NONE, TJ_PACK_GZIP, TJ_PACK_BZIP2, TJ_PACK_XZ, TJ_PACK_ZSTD };

/* Recognises a format by a file name's suffix: .gz, .bz2, .xz, .zst; otherwise NONE. */
enum tj_packing tj_packing_of_path(const char *path);

/* Returns the suffix that tj_packing_of_path recognises; "" for NONE. */
const char *tj_packing_suffix(enum tj_packing packing);

/* All names. */
#define TJ_PACKING_NAMES "none|gzip|bzip2|xz|zstd"

/* Looks up "none", "gzip", "bzip2", "xz" or "zstd"; -1: no such name. */
int tj_packing_by_name(const char *name);

/* Returns the name that tj_packing_by_name accepts. */
const char *tj_packing_name(enum tj_packing packing);

/* So many leading bytes always suffice to recognise the format. */
enum { TJ_PACKING_HEAD = 10 };

/* Recognises the format by the first n bytes of a content; with at_end they are all of it.
 * Returns a tj_packing, or -1 if it needs more bytes. The n bytes contain no LF then, so
 * recognition never holds up a complete line of text. */
int tj_packing_of_content(const void *bytes, size_t n, int at_end);

#endif
