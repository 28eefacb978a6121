/* SPDX-License-Identifier: MIT */
/* The identity of a run: everything that the bytes of an output depend on, as journal lines. */
#ifndef TJ_DELIVERY_RUN_IDENTITY_H
#define TJ_DELIVERY_RUN_IDENTITY_H

#include "src/delivery/destination.h"
#include "src/delivery/journal.h"

/* What the bytes of the outputs depend on, besides the shard and the inputs: a key and its value;
 * the content of a file, or for NULL that there is none. */
struct tj_fact {
	const char *key, *value;
	int is_file;
};

/* Returns the identity that the n facts make, in this order, and then the shard, if the job is
 * sharded. The caller frees it. NULL on failure. */
char *tj_run_identity_of(size_t n, const struct tj_fact *facts, const struct tj_shard *shard,
                         struct tj_error *err);

/* Returns `run` followed by the inputs [from, from + n): their names, sizes and fingerprints. The
 * fingerprint of a regular file covers only its two ends if it is large, so a change in between
 * goes unnoticed. The caller frees the result. NULL on failure. */
char *tj_run_identity_with_inputs(const char *run, const struct tj_inputs *inputs, size_t from,
                                  size_t n, struct tj_error *err);

#endif
