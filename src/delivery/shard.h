/* SPDX-License-Identifier: MIT */
/* A shard of a job: part I of N, with I from 1 to N. */
#ifndef TJ_DELIVERY_SHARD_H
#define TJ_DELIVERY_SHARD_H

#include "src/delivery/inputs.h"

struct tj_shard {
	unsigned i, n; /* n 0: the job is not sharded */
};

enum { TJ_MAX_SHARDS = 1000000 };

/* Cuts the inputs down to the shard. Of a plain file it takes the I-th of N byte ranges. Reading of
 * a compressed file cannot start in the middle, so of the compressed files it takes every N-th or,
 * with an output for each input, those whose names hash to I. An
 * input without a share in the shard keeps its place and has no lines. */
trujaman_status tj_shard_cut(const struct tj_shard *shard, struct tj_inputs *inputs,
                             struct tj_error *err);

/* Returns "OUT.I-of-N", which the caller frees. NULL: out of memory. */
char *tj_shard_path(const char *out, const struct tj_shard *shard, struct tj_error *err);

#endif
