/* SPDX-License-Identifier: MIT */
/* Writes the bytes of an output to its descriptor, either unchanged or compressed.
 *
 * A compressed output is cut into members. A member ends at the first line end after
 * TJ_MEMBER_BYTES of text, wherever writes begin and end. So the compressed bytes do not depend on
 * the sizes of the writes, and an output that has some complete members can be resumed. */
#ifndef TJ_DELIVERY_OUTLET_H
#define TJ_DELIVERY_OUTLET_H

#include <stdint.h>

#include "src/delivery/journal.h"
#include "src/io/packer.h"

enum { TJ_MEMBER_BYTES = 1 << 24 };

struct tj_outlet {
	int fd;
	const char *name;           /* for messages */
	struct tj_packer *packer;   /* NULL: bytes are written unchanged, or it is closed */
	int packs;                  /* bytes are, or were, compressed */
	struct tj_journal *journal; /* gets the notes "member BYTES LINES"; NULL: none */
	uint64_t base;              /* bytes that the file had when it was opened */
	uint64_t lines;             /* line ends so far in the uncompressed text of the file */
	uint64_t member_bytes;      /* bytes of uncompressed text in the current member */
	uint64_t kept;              /* lines up to the end of the last member that was noted */
};

/* `fd` and `name` stay the caller's. `lines` and `bytes` say what the file already contains. */
trujaman_status tj_outlet_open(struct tj_outlet *o, int fd, const char *name,
                               enum tj_packing packing, struct tj_journal *journal, uint64_t lines,
                               uint64_t bytes, struct tj_error *err);

trujaman_status tj_outlet_write(struct tj_outlet *o, const char *bytes, size_t n,
                                struct tj_error *err);

/* Call when everything is written. Leaves nothing to close in any case. */
trujaman_status tj_outlet_finish(struct tj_outlet *o, struct tj_error *err);

/* Releases the outlet without writing anything more. */
void tj_outlet_abandon(struct tj_outlet *o);

#endif
