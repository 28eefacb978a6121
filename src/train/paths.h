/* SPDX-License-Identifier: MIT */
/* The files that a training writes: MODEL, MODEL.checkpoint, MODEL.lock, and temporary ones. */
#ifndef TJ_TRAIN_PATHS_H
#define TJ_TRAIN_PATHS_H

#include "src/train/data/corpora.h"

struct tj_train_paths {
	char *checkpoint;
	char *candidate; /* the model under validation, MODEL.candidate.partial-PID */
	char *lock;      /* an empty file, locked while the training runs */
	int is_locked, lock_fd;
	int has_checkpoint;      /* to go on from */
	int replaces_checkpoint; /* --force, and there is a checkpoint to remove */
};

/* Detects now what would otherwise make the first save fail an hour later. MODEL must not be
 * one of the input files, and its folder must be writable. Only one training may write MODEL
 * at a time: while another one runs, this returns TRUJAMAN_ERROR_IO. What may
 * exist already depends on options->resume and options->force. Removes half-written files that a
 * killed run left. Release with tj_train_paths_free, also after a failure. */
trujaman_status tj_train_paths_open(struct tj_train_paths *p, const trujaman_train_options *o,
                                    const struct tj_corpora *corpora, const char *init,
                                    struct tj_error *err);
/* Call this when nothing but the training itself can fail: removes the checkpoint that --force
 * replaces, so that no later --resume goes on from it. */
trujaman_status tj_train_paths_begin(struct tj_train_paths *p, struct tj_error *err);
void tj_train_paths_free(struct tj_train_paths *p);

#endif
