/* SPDX-License-Identifier: MIT */
/* Writes compressed bytes to a descriptor. The output depends only on the bytes and on where
 * members end, not on how the bytes are divided into calls, on the time or on the file's name. */
#ifndef TJ_IO_PACKER_H
#define TJ_IO_PACKER_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/status.h"
#include "src/io/packing.h"

/* One thread at a time. Compresses in the thread that writes, at the default levels of the
 * command line tools: gzip 6, bzip2 9 (8 MB of memory), xz 6 (about 100 MB), zstd 3. Every
 * member has a checksum. */
struct tj_packer;

/* Compresses into `fd` from its current position; the caller keeps ownership of `fd`. `name` is
 * for messages and is copied. `packing` must not be NONE. Returns NULL on failure. */
struct tj_packer *tj_packer_open(int fd, const char *name, enum tj_packing packing,
                                 struct tj_error *err);

/* Fails as tj_write_all does, or if out of memory. After a failure nothing more is written, and
 * all later writes, member ends and tj_packer_close report the same failure. */
trujaman_status tj_packer_write(struct tj_packer *p, const void *bytes, size_t n,
                                struct tj_error *err);

/* Completes a member (a gzip member; a bzip2 or xz stream; a zstd frame) of all that was written
 * since the last one ended, and writes all of it to the descriptor. The next write begins another
 * member. If nothing was written since, there is no member. */
trujaman_status tj_packer_end_member(struct tj_packer *p, struct tj_error *err);

/* Returns the compressed bytes written to the descriptor so far. After tj_packer_end_member the
 * file may be truncated at this size, and another packer may continue it. */
uint64_t tj_packer_bytes(const struct tj_packer *p);

/* Ends the last member and releases p, also on failure; p may be NULL. If nothing was written and
 * the file was at its beginning, this writes an empty member, because an empty file is not valid
 * in any of these formats. */
trujaman_status tj_packer_close(struct tj_packer *p, struct tj_error *err);

/* Releases p without writing anything more, after a failure elsewhere. p may be NULL. */
void tj_packer_abandon(struct tj_packer *p);

#endif
