/* SPDX-License-Identifier: MIT */
/* --stats FILE: what a run met on its way, as one JSON object. */
#ifndef TJ_CLI_SHOW_STATS_H
#define TJ_CLI_SHOW_STATS_H

#include "src/cli/show/message.h"

struct tj_stats {
	const char *command;
	double seconds;
	/* NULL where the model could not be opened; then `model` is what was asked for. */
	const trujaman_info *info;
	const char *model;
	const trujaman_options *options;
	const trujaman_report *report;
	size_t n_inputs;
	const trujaman_input *inputs;
	/* How it went: an enum tj_exit, or 128 + a signal. "ended" is "done" for 0,
	 * "interrupted" for the latter, else "failed". */
	int exit_status;
};

/* Whether the file `path` could be written; a run of hours should not end by telling that.
 * TJ_EXIT_DONE, or told and TJ_EXIT_FAILED. NULL is allowed. */
int tj_stats_check(const char *path);

/* Writes it under another name in the same folder and renames; what is no regular file (a
 * device, a FIFO) is written directly. With `path` NULL nothing is done. Exit status: that
 * of the run, or TJ_EXIT_FAILED where the run went well and this did not, which is told. */
int tj_stats_write(const char *path, const struct tj_stats *s);

#endif
