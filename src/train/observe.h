/* SPDX-License-Identifier: MIT */
/* Reports the events of a training to its observer. */
#ifndef TJ_TRAIN_OBSERVE_H
#define TJ_TRAIN_OBSERVE_H

#include "src/train/trial.h"

/* Converts the return value of an observer function: nonzero is a failure. */
trujaman_status tj_observer_result(int result, struct tj_error *err);

/* Announces that a long phase begins. */
trujaman_status tj_observe_phase(const struct tj_trainer *t, const char *what,
                                 struct tj_error *err);

trujaman_status tj_observe_start(const struct tj_trainer *t, const struct tj_timing *trial,
                                 struct tj_error *err);

struct tj_update_figures {
	const struct tj_loss *loss;
	double norm, rate;     /* gradient norm before clipping; learning rate */
	double seconds, share; /* training time so far; progress of the training, 0 to 1 */
	uint64_t epoch;        /* from 0 */
};
trujaman_status tj_observe_update(const struct tj_trainer *t, const struct tj_update_figures *f,
                                  struct tj_error *err);

/* `averaged`: of so many snapshots it was the mean; 0: the weights of now. */
trujaman_status tj_observe_validation(const struct tj_trainer *t, const struct tj_score *score,
                                      int best, int averaged, struct tj_error *err);

trujaman_status tj_observe_done(const struct tj_trainer *t, enum trujaman_train_end end,
                                double seconds, struct tj_error *err);

#endif
