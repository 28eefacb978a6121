/* SPDX-License-Identifier: MIT */
/* The training loop. */
#ifndef TJ_TRAIN_TRAINER_H
#define TJ_TRAIN_TRAINER_H

#include "src/train/trainer_state.h"

/* Trains until a limit is reached or *stop of the options is set. Always call it from the
 * same thread (OpenMP). */
trujaman_status tj_trainer_run(struct tj_trainer *t, struct tj_error *err);

#endif
