/* SPDX-License-Identifier: MIT */
/* The value of --shard. */
#ifndef TJ_CLI_SHARD_OPTION_H
#define TJ_CLI_SHARD_OPTION_H

#include "src/delivery/shard.h"

/* Parses "I/N", or for "slurm" and "sge" the environment variables of an array job of that system.
 * Returns TJ_GO_ON, or an exit status after reporting the error. */
int tj_shard_parse(const char *text, struct tj_shard *shard);

#endif
