/* SPDX-License-Identifier: MIT */
/* Before the first update: options, texts, vocabularies, parameters, or a checkpoint. */
#ifndef TJ_TRAIN_TRAINER_OPEN_H
#define TJ_TRAIN_TRAINER_OPEN_H

#include "src/train/trainer_state.h"

/* Get everything ready: `init` is the path of the model to start from, or NULL. Release with
 * tj_trainer_close, also after a failure. All that `t` is opened with must outlive it. */
trujaman_status tj_trainer_open(struct tj_trainer *t, const trujaman_train_options *o,
                                const char *init, const trujaman_train_observer *observer,
                                const struct tj_translator *translator, struct tj_error *err);
void tj_trainer_close(struct tj_trainer *t);

#endif
