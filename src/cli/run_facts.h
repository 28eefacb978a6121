/* SPDX-License-Identifier: MIT */
/* What the bytes of a translation depend on, as its journal tells it. */
#ifndef TJ_CLI_RUN_FACTS_H
#define TJ_CLI_RUN_FACTS_H

#include "src/cli/models.h"
#include "src/delivery/destination.h"
#include "src/delivery/run_identity.h"

/* Returns the program, the open models and the options as *n facts; NULL: out of memory. Release
 * with tj_run_facts_free. */
struct tj_fact *tj_run_facts(const struct tj_destination *to, const struct tj_models *models,
                             trujaman_options *options, size_t *n);
void tj_run_facts_free(struct tj_fact *facts, size_t n);

#endif
