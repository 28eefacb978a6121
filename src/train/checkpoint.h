/* SPDX-License-Identifier: MIT */
/* A checkpoint file: the complete state of an interrupted training. With the same options
 * and texts, a resumed training continues as if it had never stopped. The container is that
 * of model files (docs/MODEL.md §1). Its metadata hold a checksum of everything else in the
 * file. */
#ifndef TJ_TRAIN_CHECKPOINT_H
#define TJ_TRAIN_CHECKPOINT_H

#include "src/train/data/vocabulary.h"
#include "src/train/identity.h"
#include "src/train/optimizer.h"
#include "src/train/snapshots.h"

/* The state of a training without its arrays. */
struct tj_position {
	struct tj_optimizer_state optimizer;
	uint64_t epoch, batch;   /* of the next update, both from 0 */
	uint64_t validate_every; /* updates */
	uint64_t validated_at;   /* the update of the last validation that counts */
	struct tj_score best;
	uint64_t since_best; /* validations since the best one */
	uint64_t n_wild;     /* consecutive updates with an absurdly high loss */
	double seconds;      /* training time; the model does not depend on it */
	uint64_t note[2];    /* owned by the observer */
};

/* The arrays of a training, [n_floats] each; NULL if this training has no such array. */
struct tj_arrays {
	size_t n_floats;
	float *values, *first, *second, *average, *best;
	struct tj_snapshots *snapshots; /* NULL: none */
};

/* Writes a checkpoint atomically: to a file beside `path`, then fsync, then rename. */
trujaman_status tj_checkpoint_write(const char *path, const struct tj_identity *id,
                                    const struct tj_position *position,
                                    const struct tj_arrays *arrays, const struct tj_vocabularies *v,
                                    struct tj_error *err);

/* Opens a checkpoint and verifies its format and checksum. Release with
 * tj_safetensors_close. Returns NULL on failure. */
struct tj_safetensors *tj_checkpoint_open(const char *path, struct tj_error *err);

/* Fails with TRUJAMAN_ERROR_USAGE and names the difference unless the checkpoint has this
 * identity. */
trujaman_status tj_checkpoint_match(const struct tj_safetensors *file, const struct tj_identity *id,
                                    struct tj_error *err);

/* Reads the position and the contents of the arrays. */
trujaman_status tj_checkpoint_read(const struct tj_safetensors *file, struct tj_position *position,
                                   const struct tj_arrays *arrays, struct tj_error *err);

#endif
