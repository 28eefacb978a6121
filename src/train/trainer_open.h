/* SPDX-License-Identifier: MIT */
/* Everything that happens before the first update: options, texts, vocabularies, parameters,
 * or a checkpoint. */
#ifndef TJ_TRAIN_TRAINER_OPEN_H
#define TJ_TRAIN_TRAINER_OPEN_H

#include "src/train/trainer_state.h"

/* Prepares a training for its first update. `init` is the path of the model to start from,
 * or NULL. `o`, `observer` and `translator` must outlive `t`. Release with tj_trainer_close,
 * also after a failure. */
trujaman_status tj_trainer_open(struct tj_trainer *t, const trujaman_train_options *o,
                                const char *init, const trujaman_train_observer *observer,
                                const struct tj_translator *translator, struct tj_error *err);
void tj_trainer_close(struct tj_trainer *t);

#endif
