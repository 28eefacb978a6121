/* SPDX-License-Identifier: MIT */
/* Checks that translate and score make before a run, and the warnings that they print. */
#ifndef TJ_CLI_CHECKS_H
#define TJ_CLI_CHECKS_H

#include "src/cli/show/message.h"
#include "src/delivery/inputs.h"

/* Check that the output is neither one of the inputs nor a model. Returns an exit status; a
 * failure has already been reported. */
int tj_check_output(const char *command, const char *out, size_t n_inputs,
                    const trujaman_input *inputs, size_t n_models, const char *const *model_paths);

/* Same as tj_cli_fail for the failure of a run with these options. If memory was short, it says
 * which of them take less. */
int tj_run_failed(trujaman_status status, const char *text, trujaman_options *options);

/* Sets force_text of all inputs. Without it, checks that the files among them are text, so that one
 * that is not does not fail the run after hours of work on those before it. Returns an exit status;
 * a failure has already been reported. */
int tj_check_texts(size_t n_inputs, trujaman_input *inputs, int force_text);

/* Print one warning if the inputs held any invalid UTF-8, with advice if most lines of it look like
 * ISO 8859-1. */
void tj_warn_of_invalid(const struct tj_talk *talk, size_t n_inputs, const trujaman_input *inputs,
                        const trujaman_report *report);

/* Print the warning that an input looks like text in the language `found`, a code, while the model,
 * which the user calls `model`, expects another one: for the source, or, if is_target, for the
 * target. `hint` is added to it. */
void tj_warn_of_language(const struct tj_talk *talk, const trujaman_model *m, const char *model,
                         const trujaman_input *input, const char *found, int is_target,
                         const char *hint);

#endif
