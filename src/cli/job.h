/* SPDX-License-Identifier: MIT */
/* What translate and score have in common: a model, inputs, one output. */
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
	enum trujaman_output output; /* translate only */
	trujaman_status (*run)(trujaman *t, const struct tj_job *job, int out_fd,
	                       const char *out_name, trujaman_report *report);
};

/* Checks the inputs, opens the model and the output, runs, keeps the output if
 * all went well, warns of invalid UTF-8 once. Exit status. */
int tj_job_run(const struct tj_job *job);

/* The input that an argument names; "-" is stdin. */
trujaman_input tj_job_input(const char *argument);

#endif
