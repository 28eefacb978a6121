/* SPDX-License-Identifier: MIT */
/* What `trujaman train` shows on standard error: on a terminal one line that is updated in place,
 * otherwise an occasional line. */
#ifndef TJ_CLI_SHOW_TRAIN_PROGRESS_H
#define TJ_CLI_SHOW_TRAIN_PROGRESS_H

#include "src/cli/show/message.h"

struct tj_train_progress {
	int is_terminal, begun;
	double shown_at;                     /* seconds of training when the last line was shown */
	uint64_t shown_update, first_update; /* of the last line shown; at the start of this run */
	/* Sums since the last line or validation, which was at `since` seconds of training. */
	double nll, loss, pieces, since;
};

void tj_train_progress_open(struct tj_train_progress *p);
void tj_train_progress_phase(struct tj_train_progress *p, const char *what);
void tj_train_progress_start(struct tj_train_progress *p, const trujaman_train_options *o,
                             const trujaman_train_start *start);
void tj_train_progress_update(struct tj_train_progress *p, const trujaman_train_update *update);
void tj_train_progress_validation(struct tj_train_progress *p,
                                  const trujaman_train_validation *validation);
void tj_train_progress_done(const struct tj_train_progress *p, const trujaman_train_options *o,
                            const trujaman_train_done *done);

#endif
