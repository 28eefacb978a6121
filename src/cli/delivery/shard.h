/* SPDX-License-Identifier: MIT */
/* A share of a job: the I-th of N parts, I = 1 … N. */
#ifndef TJ_CLI_DELIVERY_SHARD_H
#define TJ_CLI_DELIVERY_SHARD_H

#include "src/cli/delivery/inputs.h"

struct tj_shard {
	unsigned i, n; /* n 0: the job is not shared out */
};

enum { TJ_MAX_SHARDS = 1000000 };

/* "I/N", or "slurm" or "sge": from the variables that an array job has there. Exit status or
 * TJ_GO_ON; what is wrong has been told. */
int tj_shard_parse(const char *text, struct tj_shard *shard);

/* Cut the inputs down to the share: of a plain file the I-th of N ranges of bytes; of
 * compressed files, which cannot be entered in the middle, every N-th. An input without a
 * share keeps its place and has no lines. Exit status, failure having been told. */
int tj_shard_cut(const struct tj_shard *shard, struct tj_inputs *inputs);

/* OUT.I-of-N: malloc's; NULL: no memory, told. */
char *tj_shard_path(const char *out, const struct tj_shard *shard);

#endif
