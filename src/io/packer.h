/* SPDX-License-Identifier: MIT */
/* Bytes into a descriptor, compressed. What is written depends on the bytes and on where
 * members end, not on how they were handed over, when, or under which name. */
#ifndef TJ_IO_PACKER_H
#define TJ_IO_PACKER_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/status.h"
#include "src/io/packing.h"

/* One thread at a time. Compresses in the thread that writes, at the levels that the tools
 * have unless told: gzip 6, bzip2 9 (8 MB of memory), xz 6 (about 100 MB), zstd 3. Every
 * member has a checksum. */
struct tj_packer;

/* Packs into `fd`, which stays the caller's, from where it stands; `name`, for messages, is
 * copied. `packing` is not NONE. NULL on failure. */
struct tj_packer *tj_packer_open(int fd, const char *name, enum tj_packing packing,
                                 struct tj_error *err);

/* Failures are those of tj_write_all, and of memory. After one nothing more is written, and
 * every call but tj_packer_close fails alike. */
trujaman_status tj_packer_write(struct tj_packer *p, const void *bytes, size_t n,
                                struct tj_error *err);

/* What was written since the last end becomes a whole member (of gzip; a stream of bzip2 and
 * xz, a frame of zstd) and is all in the descriptor. What comes next begins another. Nothing
 * written since: no member. */
trujaman_status tj_packer_end_member(struct tj_packer *p, struct tj_error *err);

/* Compressed bytes in the descriptor so far. After tj_packer_end_member: where the file may
 * be cut and gone on with by another packer. */
uint64_t tj_packer_bytes(const struct tj_packer *p);

/* End the last member and release p in any case; NULL is allowed. Nothing written at all into
 * a file that was at its beginning: an empty member, since an empty file is none of these
 * formats. */
trujaman_status tj_packer_close(struct tj_packer *p, struct tj_error *err);

/* Release p with nothing more written: after a failure elsewhere. NULL is allowed. */
void tj_packer_abandon(struct tj_packer *p);

#endif
