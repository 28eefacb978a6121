/* SPDX-License-Identifier: MIT */
/* Everything that the bytes of an output depend on, as the lines of a journal. */
#ifndef TJ_CLI_DELIVERY_RUN_IDENTITY_H
#define TJ_CLI_DELIVERY_RUN_IDENTITY_H

#include "src/cli/delivery/destination.h"
#include "src/cli/delivery/journal.h"

/* Program, model and decoding options; the share of the job where it is one: malloc's; NULL
 * on failure, which has been told. */
char *tj_run_identity_of(const trujaman_options *o, const struct tj_destination *to,
                         const trujaman *t);

/* That and inputs [from, from + n): their names, sizes and fingerprints (of both ends, for
 * regular files: what was replaced in between goes unnoticed). Likewise. */
char *tj_run_identity_with_inputs(const char *run, const struct tj_inputs *inputs, size_t from,
                                  size_t n);

#endif
