/* SPDX-License-Identifier: MIT */
/* Checks that translate and score make before a run, and the warning that they print after it. */
#ifndef TJ_CLI_CHECKS_H
#define TJ_CLI_CHECKS_H

#include "src/cli/delivery/inputs.h"

/* Check that the output is neither one of the inputs nor the model. Returns an exit status; a
 * failure has already been reported. */
int tj_check_output(const char *command, const char *out, size_t n_inputs,
                    const trujaman_input *inputs, const char *model_path);

/* Sets force_text of all inputs. Without it, checks that the files among them are text, so that one
 * that is not does not fail the run after hours of work on those before it. Returns an exit status;
 * a failure has already been reported. */
int tj_check_texts(size_t n_inputs, trujaman_input *inputs, int force_text);

/* Print one warning if the inputs held any invalid UTF-8, with advice if most lines of it look like
 * ISO 8859-1. */
void tj_warn_of_invalid(const struct tj_talk *talk, size_t n_inputs, const trujaman_input *inputs,
                        const trujaman_report *report);

#endif
