/* SPDX-License-Identifier: MIT */
/* What translate and score check before a run, and warn of after it. */
#ifndef TJ_CLI_CHECKS_H
#define TJ_CLI_CHECKS_H

#include "src/cli/delivery/inputs.h"

/* The output must be none of the files that are read, the model among them. Exit status,
 * failure having been told. */
int tj_check_output(const char *command, const char *out, size_t n_inputs,
                    const trujaman_input *inputs, const char *model_path);

/* Warn of invalid UTF-8, once. */
void tj_warn_of_invalid(const struct tj_talk *talk, size_t n_inputs, const trujaman_input *inputs,
                        const trujaman_report *report);

#endif
