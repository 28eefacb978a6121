/* SPDX-License-Identifier: MIT */
/* --stats FILE: the statistics of a run, as one JSON object. */
#ifndef TJ_CLI_SHOW_STATS_H
#define TJ_CLI_SHOW_STATS_H

#include "src/cli/show/message.h"

struct tj_stats {
	const char *command;
	double seconds;
	/* NULL if a model could not be opened; then `models`, the names that were asked for, are
	 * used. */
	size_t n_models;
	const trujaman_model_info *const *infos; /* [n_models] */
	const char *const *models;               /* [n_models] */
	trujaman_options *options;
	size_t threads; /* in use; 0: none yet */
	const trujaman_report *report;
	size_t n_inputs;
	const trujaman_input *inputs;
	/* How the run ended: an enum tj_exit, or 128 + a signal. The JSON key "ended" is "done" for
	 * 0, "interrupted" for a signal, otherwise "failed". */
	int exit_status;
};

/* Checks that the file `path` can be written, so that a run of hours does not fail at its end.
 * Returns TJ_EXIT_DONE, or TJ_EXIT_FAILED after reporting why. `path` may be NULL. */
int tj_stats_check(const char *path);

/* Writes the file under another name in the same folder, then renames it. Anything but a regular
 * file (a device, a FIFO) is written directly. With `path` NULL nothing is written. Returns the
 * exit status of the run, or TJ_EXIT_FAILED if the run succeeded but this failed. A failure here
 * has already been reported. */
int tj_stats_write(const char *path, const struct tj_stats *s);

#endif
