/* SPDX-License-Identifier: MIT */
/* What the model in training is: its configuration, and what its file will say of it. */
#ifndef TJ_TRAIN_DESCRIPTION_H
#define TJ_TRAIN_DESCRIPTION_H

#include "src/model/config.h"
#include "src/model/safetensors_write.h"

struct tj_description {
	struct tj_config config; /* words are 0 until the vocabularies are known */
	/* Metadata beside the configuration. Strings are those of the options
	 * and of the file to start from, which must both outlive it. */
	size_t n_entries;
	struct tj_write_entry *entries;
};

/* From the options, and from the metadata of `init` (NULL: none) with its configuration.
 * What contradicts that is USAGE. Release with tj_description_free, also after a failure. */
trujaman_status tj_description_make(struct tj_description *d, const trujaman_train_options *o,
                                    const struct tj_safetensors *init, struct tj_error *err);
void tj_description_free(struct tj_description *d);

/* Once both vocabularies are there: their sizes, and what is tied. `same`: one
 * vocabulary serves both sides. */
trujaman_status tj_description_words(struct tj_description *d, const trujaman_train_options *o,
                                     size_t source_words, size_t target_words, int same,
                                     struct tj_error *err);

#endif
