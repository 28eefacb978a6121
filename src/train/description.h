/* SPDX-License-Identifier: MIT */
/* Describes the model in training: its configuration and the other metadata of its file. */
#ifndef TJ_TRAIN_DESCRIPTION_H
#define TJ_TRAIN_DESCRIPTION_H

#include "src/model/config.h"
#include "src/model/safetensors_write.h"
#include "src/train/choices.h"

struct tj_description {
	struct tj_config config; /* vocabulary sizes are 0 until they are known */
	/* Metadata other than the configuration. The strings belong to the options and to
	 * the initial model file, which must both outlive it. */
	size_t n_entries;
	struct tj_write_entry *entries;
};

/* Makes the description from the options, from `sizes`, the defaults of the sizes, and from `init`
 * (NULL: none), which contributes its configuration and other metadata. An option that contradicts
 * that configuration is TRUJAMAN_ERROR_USAGE. Release with tj_description_free, also after a
 * failure. */
trujaman_status tj_description_make(struct tj_description *d, const trujaman_train_options *o,
                                    const struct tj_network_sizes *sizes,
                                    const struct tj_safetensors *init, struct tj_error *err);
void tj_description_free(struct tj_description *d);

/* Completes the description once both vocabularies are open: their sizes and the weight
 * tying. `same`: one vocabulary serves both sides. */
trujaman_status tj_description_words(struct tj_description *d, const trujaman_train_options *o,
                                     size_t source_words, size_t target_words, int same,
                                     struct tj_error *err);

#endif
