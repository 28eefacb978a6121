/* SPDX-License-Identifier: MIT */
/* Reads back the log that `trujaman train --log` has written. */
#ifndef TJ_CLI_PLOT_LOG_H
#define TJ_CLI_PLOT_LOG_H

#include <stddef.h>

#include "src/base/string.h"

/* A value is NAN if the log does not have it. */
struct tj_plot_update {
	double update, epoch, loss, nll, pieces, learning_rate, gradient_norm, seconds;
};

struct tj_plot_validation {
	double update, nll, bleu, seconds;
	int best; /* it was the best so far when it was made */
};

struct tj_plot_log {
	const char *name; /* the path, or "standard input" */
	size_t n_updates, update_capacity;
	struct tj_plot_update *updates; /* in strictly increasing order */
	size_t n_validations, validation_capacity;
	struct tj_plot_validation *validations; /* in increasing order */
	const struct tj_plot_validation *best;  /* points to the best of all; NULL: none */
};

/* Reads a text that messages call `name`, which must outlive the log. A last line that has no
 * newline and is not JSON is ignored, because a running training may just be writing it. Returns an
 * exit status; a failure has already been reported. Call tj_plot_log_free in any case. */
int tj_plot_log_read(struct tj_plot_log *l, const char *name, const struct tj_string *text);
void tj_plot_log_free(struct tj_plot_log *l);

/* Return the updates and seconds of the whole training; 0 if the log does not have them. */
double tj_plot_log_last_update(const struct tj_plot_log *l);
double tj_plot_log_seconds(const struct tj_plot_log *l);

#endif
