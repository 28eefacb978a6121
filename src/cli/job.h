/* SPDX-License-Identifier: MIT */
/* What translate and score have in common; and how score runs. */
#ifndef TJ_CLI_JOB_H
#define TJ_CLI_JOB_H

#include "src/cli/cli.h"

struct tj_job {
	const char *command; /* for pointers to its --help */
	const char *model;
	const char *out; /* NULL or "-": stdout */
	trujaman_options options;
	size_t n_inputs;
	const trujaman_input *inputs;
	trujaman_status (*run)(trujaman *t, const struct tj_job *job, int out_fd,
	                       const char *out_name, trujaman_report *report);
};

/* Checks the inputs, opens the model and the output, runs, keeps the output if
 * all went well, warns of invalid UTF-8 once. Exit status. */
int tj_job_run(const struct tj_job *job);

/* The input that an argument names; "-" is stdin. */
trujaman_input tj_job_input(const char *argument);

/* "standard input", or the path. */
const char *tj_job_input_name(const trujaman_input *input);

/* The output must be none of the files that are read, the model among them. Exit status. */
int tj_job_check_output(const char *command, const char *out, size_t n_inputs,
                        const trujaman_input *inputs, const char *model_path);

/* Of invalid UTF-8, once. */
void tj_job_warn(const struct tj_talk *talk, size_t n_inputs, const trujaman_input *inputs,
                 const trujaman_report *report);

#endif
