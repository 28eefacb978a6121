/* SPDX-License-Identifier: MIT */
/* The identity of a run: everything that the bytes of an output depend on, as journal lines. */
#ifndef TJ_CLI_DELIVERY_RUN_IDENTITY_H
#define TJ_CLI_DELIVERY_RUN_IDENTITY_H

#include "src/cli/delivery/destination.h"
#include "src/cli/delivery/journal.h"

/* Returns the identity of the program, the models and the decoding options and, if the job is
 * sharded, the shard. The caller frees it. NULL on failure, which has already been reported. */
char *tj_run_identity_of(trujaman_options *o, const struct tj_destination *to, size_t n_models,
                         const trujaman_model_info *const *infos);

/* Returns `run` followed by the inputs [from, from + n): their names, sizes and fingerprints. The
 * fingerprint of a regular file covers only its two ends if it is large, so a change in between
 * goes unnoticed. The caller frees the result. NULL on failure, which has already been reported. */
char *tj_run_identity_with_inputs(const char *run, const struct tj_inputs *inputs, size_t from,
                                  size_t n);

#endif
