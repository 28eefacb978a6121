/* SPDX-License-Identifier: MIT */
/* Joins the parts of an output that shards have written. */
#ifndef TJ_DELIVERY_JOIN_H
#define TJ_DELIVERY_JOIN_H

#include "src/base/status.h"
#include "src/delivery/listener.h"

struct tj_joining {
	int keep;    /* do not remove the parts afterwards */
	int force;   /* replace an output that exists */
	int packing; /* of the output, an enum tj_packing; -1: as its name says */
	const struct tj_listener *listener; /* is told of parts that cannot be removed */
};

/* Joins OUT.1-of-N … OUT.N-of-N into `out`, which then equals the output of a run without shards
 * byte for byte. All parts must exist, be complete and belong to one run. */
trujaman_status tj_join(const char *out, const struct tj_joining *how, struct tj_error *err);

#endif
