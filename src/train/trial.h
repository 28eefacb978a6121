/* SPDX-License-Identifier: MIT */
/* Estimates how long an epoch takes, from a few updates that are timed and thrown away. */
#ifndef TJ_TRAIN_TRIAL_H
#define TJ_TRAIN_TRIAL_H

#include "src/train/trainer_state.h"

struct tj_timing {
	uint64_t updates; /* that were timed */
	double seconds;   /* of an epoch, without validations; 0: unknown */
};

/* Runs the next mini-batches as updates would, but leaves the weights and the state of the training
 * as they are. */
trujaman_status tj_trial_run(struct tj_trainer *t, struct tj_timing *trial, struct tj_error *err);

#endif
