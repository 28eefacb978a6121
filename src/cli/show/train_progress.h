/* SPDX-License-Identifier: MIT */
/* What `trujaman train` shows on standard error: on a terminal one line that is updated in place,
 * otherwise an occasional line. */
#ifndef TJ_CLI_SHOW_TRAIN_PROGRESS_H
#define TJ_CLI_SHOW_TRAIN_PROGRESS_H

#include <stdatomic.h>

#include "src/cli/show/message.h"
#include "src/cli/show/question.h"

struct tj_train_progress {
	/* The answer to SIGUSR1, and what its handler reads. */
	struct tj_reply answer;
	_Atomic(const char *) phase; /* what is done instead of updates; NULL: nothing */
	_Atomic uint64_t epoch, update;
	_Atomic double perplexity, seconds; /* of the last update; of training */
	int is_terminal, begun;
	double shown_at;                     /* seconds of training when the last line was shown */
	uint64_t shown_update, first_update; /* of the last line shown; at the start of this run */
	/* Sums since the last line or validation, which was at `since` seconds of training. */
	double nll, loss, pieces, since;
	double alignment, aligned; /* likewise, of the pieces that have word links */
};

/* From now on SIGUSR1 is answered. *p must not move until tj_train_progress_close. */
void tj_train_progress_open(struct tj_train_progress *p);
/* Removes the status line; SIGUSR1 does nothing any more. */
void tj_train_progress_close(struct tj_train_progress *p);
/* `what` must be constant. */
void tj_train_progress_phase(struct tj_train_progress *p, const char *what);
void tj_train_progress_start(struct tj_train_progress *p, const trujaman_train_options *o,
                             const trujaman_train_start *start);
void tj_train_progress_update(struct tj_train_progress *p, const trujaman_train_update *update);
void tj_train_progress_validation(struct tj_train_progress *p,
                                  const trujaman_train_validation *validation);
void tj_train_progress_done(const struct tj_train_progress *p, const trujaman_train_options *o,
                            const trujaman_train_done *done);

#endif
