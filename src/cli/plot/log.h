/* SPDX-License-Identifier: MIT */
/* The log of a training, read back: what `trujaman train --log` has written. */
#ifndef TJ_CLI_PLOT_LOG_H
#define TJ_CLI_PLOT_LOG_H

#include <stddef.h>

/* NAN: the log does not say. */
struct tj_plot_update {
	double update, epoch, loss, nll, pieces, learning_rate, gradient_norm, seconds;
};

struct tj_plot_validation {
	double update, nll, bleu, seconds;
	int best; /* the best when it was made */
};

struct tj_plot_log {
	const char *name; /* the path, or "standard input" */
	size_t n_updates, update_capacity;
	struct tj_plot_update *updates; /* in order, each after the one before */
	size_t n_validations, validation_capacity;
	struct tj_plot_validation *validations; /* in order */
	const struct tj_plot_validation *best;  /* of them, the best of all; NULL: none is */
};

/* Read the file `path` ("-": standard input), which must outlive the log. A line without
 * newline at the end that is no JSON is left out: a training is just writing it. Exit
 * status, failure having been told. Release with tj_plot_log_free in any case. */
int tj_plot_log_read(struct tj_plot_log *l, const char *path);
void tj_plot_log_free(struct tj_plot_log *l);

/* Updates and seconds of the whole training; 0 where the log does not say. */
double tj_plot_log_last_update(const struct tj_plot_log *l);
double tj_plot_log_seconds(const struct tj_plot_log *l);

#endif
