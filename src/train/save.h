/* SPDX-License-Identifier: MIT */
/* Writes the model in training as a model file. */
#ifndef TJ_TRAIN_SAVE_H
#define TJ_TRAIN_SAVE_H

#include "src/model/config.h"
#include "src/model/safetensors_write.h"
#include "src/train/data/vocabulary.h"
#include "src/train/net/parameters.h"

/* Writes the configuration, the `extra` metadata, the tensors of `values` (in `layout`) and
 * the vocabularies with tj_safetensors_write. At any moment PATH holds either the old
 * file or the whole new one. */
trujaman_status tj_model_save(const char *path, const struct tj_config *c,
                              const struct tj_parameters *layout, const float *values,
                              const struct tj_vocabularies *v, size_t n_extra,
                              const struct tj_write_entry *extra, struct tj_error *err);

#endif
