/* SPDX-License-Identifier: MIT */
/* The training loop. Everything that decides the model is in `progress` and the arrays that
 * a checkpoint keeps; time, threads and limits only decide when to stop and to save. */
#ifndef TJ_TRAIN_TRAINER_H
#define TJ_TRAIN_TRAINER_H

#include "src/train/checkpoint.h"
#include "src/train/description.h"
#include "src/train/paths.h"
#include "src/train/validate.h"

struct tj_trainer {
	const trujaman_train_options *options;
	const trujaman_train_observer *observer;
	const struct tj_translator *translator;
	const struct tj_kernels *kernels;
	size_t n_threads;
	struct tj_train_paths paths;
	struct tj_safetensors *init; /* NULL: none */
	struct tj_data data;
	struct tj_identity identity;
	struct tj_vocabularies vocabularies;
	struct tj_description description;
	struct tj_parameters parameters;
	struct tj_optimizer optimizer;
	struct tj_network *network;
	struct tj_noise noise;
	float *gradients, *best;     /* [n_floats]; best: of the best model so far */
	struct tj_batch_view view;
	struct tj_progress progress;
	double began, began_seconds; /* clock and training time when the loop began */
	double checkpoint_clock;     /* when the last checkpoint was written */
	uint64_t checkpoint_update;  /* and at which update; UINT64_MAX: none of ours yet */
	uint64_t saved_update;       /* whose weights this run has put into MODEL; 0: none */
};

/* Get everything ready: `init` is the path of the model to start from, or NULL. Release with
 * tj_trainer_close, also after a failure. All that `t` is opened with must outlive it. */
trujaman_status tj_trainer_open(struct tj_trainer *t, const trujaman_train_options *o,
                                const char *init, const trujaman_train_observer *observer,
                                const struct tj_translator *translator, struct tj_error *err);
void tj_trainer_close(struct tj_trainer *t);

/* Train to the end, or until *stop. Always from the same thread (OpenMP). */
trujaman_status tj_trainer_run(struct tj_trainer *t, struct tj_error *err);

/* What a checkpoint keeps of it, but for `progress`. */
struct tj_arrays tj_trainer_arrays(const struct tj_trainer *t);

/* Tell the observer that something long begins. */
trujaman_status tj_trainer_phase(struct tj_trainer *t, const char *what, struct tj_error *err);

/* What an observer's function returned: a failure unless 0. */
trujaman_status tj_trainer_told(int result, struct tj_error *err);

#endif
