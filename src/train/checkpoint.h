/* SPDX-License-Identifier: MIT */
/* A training in the middle, in a file: with the same options and texts it goes on from
 * there as if it had never stopped. The container is that of models (docs/MODEL.md §1); a
 * checksum over all of it is in the metadata. */
#ifndef TJ_TRAIN_CHECKPOINT_H
#define TJ_TRAIN_CHECKPOINT_H

#include "src/train/data/vocabulary.h"
#include "src/train/identity.h"
#include "src/train/optimizer.h"

struct tj_score {
	uint64_t update; /* of the weights; 0: none */
	int validated;   /* 0: there is no dev set, so the latest is the best */
	double nll, bleu;
};

/* Where a training stands, but for the arrays. */
struct tj_position {
	struct tj_optimizer_state optimizer;
	uint64_t epoch, batch;   /* of the next update, both from 0 */
	uint64_t validate_every; /* updates */
	uint64_t validated_at;   /* the update of the last validation that counts */
	struct tj_score best;
	uint64_t since_best; /* validations since the best one */
	uint64_t n_wild;     /* updates in a row with a loss beyond measure */
	double seconds;      /* of training; nothing depends on it */
	uint64_t note[2];    /* the observer's */
};

/* The arrays of a training, [n_floats] each; NULL: this training has no such array. */
struct tj_arrays {
	size_t n_floats;
	float *values, *first, *second, *average, *best;
};

/* Atomically: written beside `path`, brought to the disk, renamed. */
trujaman_status tj_checkpoint_write(const char *path, const struct tj_identity *id,
                                    const struct tj_position *position,
                                    const struct tj_arrays *arrays, const struct tj_vocabularies *v,
                                    struct tj_error *err);

/* Open one and check that nothing in it is damaged. tj_safetensors_close it. */
struct tj_safetensors *tj_checkpoint_open(const char *path, struct tj_error *err);

/* Fails (USAGE) naming what differs, unless the checkpoint is of this identity. */
trujaman_status tj_checkpoint_match(const struct tj_safetensors *file, const struct tj_identity *id,
                                    struct tj_error *err);

/* Where it stands, and the contents of the arrays. */
trujaman_status tj_checkpoint_read(const struct tj_safetensors *file, struct tj_position *position,
                                   const struct tj_arrays *arrays, struct tj_error *err);

#endif
