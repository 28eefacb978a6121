/* SPDX-License-Identifier: MIT */
/* The files that a training writes: MODEL, MODEL.checkpoint, MODEL.candidate, MODEL.lock. */
#ifndef TJ_TRAIN_PATHS_H
#define TJ_TRAIN_PATHS_H

#include "src/base/status.h"

struct tj_train_paths {
	char *checkpoint;
	char *candidate; /* what is being validated */
	char *lock;      /* an empty file, locked while the training runs */
	int is_locked, lock_fd;
	int has_checkpoint;
};

/* Find out now what would make the first save fail in an hour: MODEL is none of the files
 * that are read, and its folder can be written, by one training at a time: while another one
 * runs, TRUJAMAN_ERROR_IO. Whether a checkpoint is there must agree with options->resume.
 * Removes what a killed run has left half-written. Release with tj_train_paths_free, also
 * after a failure. */
trujaman_status tj_train_paths_open(struct tj_train_paths *p, const trujaman_train_options *o,
                                    const char *init, struct tj_error *err);
void tj_train_paths_free(struct tj_train_paths *p);

#endif
