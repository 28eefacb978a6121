/* SPDX-License-Identifier: MIT */
/* Where the results of a translation go. */
#ifndef TJ_CLI_DELIVERY_DESTINATION_H
#define TJ_CLI_DELIVERY_DESTINATION_H

#include "src/cli/delivery/partial.h"
#include "src/cli/delivery/shard.h"

struct tj_destination {
	const char *out;    /* NULL or "-": stdout */
	const char *folder; /* an output for each input goes in here; NULL: all to `out` */
	const char *suffix; /* added to the names in the folder */
	enum tj_start start;
	struct tj_shard shard;
	int packing; /* of outputs: an enum tj_packing */
	enum trujaman_output output;
};

#endif
