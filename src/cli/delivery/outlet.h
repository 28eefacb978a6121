/* SPDX-License-Identifier: MIT */
/* Bytes of an output on their way into its descriptor: as they are, or compressed.
 *
 * Compressed ones are cut into members at the first line end after every TJ_MEMBER_BYTES of
 * text, wherever writes happen to begin and end: the bytes do not depend on those, and an
 * output of which some members are whole can be gone on with. */
#ifndef TJ_CLI_DELIVERY_OUTLET_H
#define TJ_CLI_DELIVERY_OUTLET_H

#include "src/cli/delivery/journal.h"
#include "src/io/packer.h"

enum { TJ_MEMBER_BYTES = 1 << 24 };

struct tj_outlet {
	int fd;
	const char *name;           /* for messages */
	struct tj_packer *packer;   /* NULL: bytes go as they are */
	struct tj_journal *journal; /* notes "member BYTES LINES" go here; NULL: nowhere */
	uint64_t base;              /* bytes that the file had before */
	uint64_t lines;             /* line ends so far, in the file's text */
	uint64_t member_bytes;      /* of text in the member at hand */
};

/* `fd` stays the caller's. `lines` and `bytes` are what the file has already. Status. */
trujaman_status tj_outlet_open(struct tj_outlet *o, int fd, const char *name,
                               enum tj_packing packing, struct tj_journal *journal, uint64_t lines,
                               uint64_t bytes);

/* Status; what failed has been told, unless it is TRUJAMAN_ERROR_CLOSED. */
trujaman_status tj_outlet_write(struct tj_outlet *o, const char *bytes, size_t n);

/* All is written. As tj_outlet_write; there is nothing left to close in any case. */
trujaman_status tj_outlet_finish(struct tj_outlet *o);

/* Leave it as it is. */
void tj_outlet_abandon(struct tj_outlet *o);

#endif
