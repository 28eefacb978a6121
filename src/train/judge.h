/* SPDX-License-Identifier: MIT */
/* Judges the model in training by the dev sets, and keeps the best one as MODEL. */
#ifndef TJ_TRAIN_JUDGE_H
#define TJ_TRAIN_JUDGE_H

#include "src/train/trainer_state.h"

/* The weights that the user gets: the moving average if there is one. */
const float *tj_model_values(const struct tj_trainer *t);

/* Writes weights as a model file, with where they come from in the metadata. */
trujaman_status tj_judge_save(const struct tj_trainer *t, const char *path, const float *values,
                              const struct tj_score *score, struct tj_error *err);

/* Measures the weights of now, and writes them to MODEL if they are the best so far. Without a dev
 * set the latest weights count as the best ones. If the translator was stopped, nothing has
 * happened: position.validated_at is what it was. */
trujaman_status tj_judge(struct tj_trainer *t, struct tj_error *err);

/* Tries the mean of the snapshots, if there are several, and sees to it that MODEL holds the best
 * weights; `n_averaged` and `mean` say which. *done is 0 if the translator was stopped. */
trujaman_status tj_judge_finish(struct tj_trainer *t, int *done, struct tj_error *err);

/* Fails: the training has diverged, because `what` has this value at update `at`. */
trujaman_status tj_diverged(const struct tj_trainer *t, uint64_t at, const char *what, double value,
                            struct tj_error *err);

#endif
