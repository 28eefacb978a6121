/* SPDX-License-Identifier: MIT */
/* Where the results of a translation go. */
#ifndef TJ_DELIVERY_DESTINATION_H
#define TJ_DELIVERY_DESTINATION_H

#include "src/delivery/listener.h"
#include "src/delivery/partial.h"
#include "src/delivery/shard.h"

struct tj_destination {
	const char *out;    /* NULL or "-": stdout */
	const char *folder; /* holds one output for each input; NULL: write everything to `out` */
	const char *suffix; /* appended to the file names in the folder */
	enum tj_start start;
	struct tj_shard shard;
	int packing; /* compression of the outputs, an enum tj_packing */
	enum trujaman_output output;
	const char *format;                 /* of all inputs; NULL: as their names say */
	int copies_others;                  /* files of other kinds are copied into the folder */
	const struct tj_listener *listener; /* NULL: nobody */
};

#endif
