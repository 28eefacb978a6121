/* SPDX-License-Identifier: MIT */
/* The state of a training. Everything that decides the model is in `position` and in the
 * arrays that a checkpoint keeps. Time, threads and limits only decide when to stop and when
 * to save. */
#ifndef TJ_TRAIN_TRAINER_STATE_H
#define TJ_TRAIN_TRAINER_STATE_H

#include "src/train/checkpoint.h"
#include "src/train/description.h"
#include "src/train/paths.h"
#include "src/train/validate.h"

struct tj_trainer {
	const trujaman_train_options *options; /* `chosen`, once the texts are read */
	trujaman_train_options chosen;         /* the user's, and what was chosen from the text */
	struct tj_choices choices;
	const trujaman_train_observer *observer;
	const struct tj_translator *translator;
	const struct tj_kernels *kernels;
	size_t n_threads;
	struct tj_train_paths paths;
	struct tj_safetensors *init; /* NULL: none */
	struct tj_corpora corpora;
	struct tj_dataset data;
	struct tj_identity identity;
	struct tj_vocabularies vocabularies;
	struct tj_description description;
	struct tj_parameters parameters;
	struct tj_optimizer optimizer;
	struct tj_network *network;
	struct tj_noise noise;
	float *gradients, *best; /* [n_floats]; best: values of the best model so far */
	struct tj_batch_view view;
	struct tj_position position;
	struct tj_snapshots snapshots;                     /* --average-checkpoints */
	trujaman_train_dev_score scores[TJ_MOST_DEV_SETS]; /* of the last validation */
	size_t n_averaged; /* at the end MODEL is the mean of so many snapshots; 0: the best one */
	struct tj_score mean;        /* of that mean */
	double began, began_seconds; /* clock and training time when the loop started */
	double checkpoint_clock;     /* when the last checkpoint was written */
	uint64_t checkpoint_update;  /* update of that checkpoint; UINT64_MAX: none yet */
	uint64_t saved_update;       /* update whose weights this run wrote to MODEL; 0: none */
};

/* Seconds of the clock that the options name. */
double tj_trainer_clock(const struct tj_trainer *t);
/* Seconds of training so far, including earlier runs. */
double tj_trainer_seconds(const struct tj_trainer *t);
int tj_trainer_is_stopped(const struct tj_trainer *t);

/* The arrays that a checkpoint keeps; `position` is kept separately. */
struct tj_arrays tj_trainer_arrays(struct tj_trainer *t);

#endif
