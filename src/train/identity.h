/* SPDX-License-Identifier: MIT */
/* The identity of a training: everything that decides its result, namely the options that
 * affect it and the contents of the input files. A training can resume only from a
 * checkpoint of the same identity. */
#ifndef TJ_TRAIN_IDENTITY_H
#define TJ_TRAIN_IDENTITY_H

#include "src/model/config.h"
#include "src/train/data/dataset.h"

struct tj_identity_entry {
	char *key, *value; /* allocated with malloc; any length, since keys must not collide */
};

struct tj_identity { /* zero it before first use */
	size_t n, capacity;
	struct tj_identity_entry *entries;
};

/* Adds an entry. Error messages name it by `key`. */
trujaman_status tj_identity_add(struct tj_identity *id, struct tj_error *err, const char *key,
                                const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Makes the complete identity of a training with these options, in which nothing is left to be
 * chosen, this configuration and these texts. `init` may be NULL. Reads the vocabulary files.
 * Release with tj_identity_free, also after a failure. */
trujaman_status tj_identity_make(struct tj_identity *id, const trujaman_train_options *o,
                                 const struct tj_config *config, const struct tj_dataset *data,
                                 const struct tj_safetensors *init, struct tj_error *err);
void tj_identity_free(struct tj_identity *id);

#endif
