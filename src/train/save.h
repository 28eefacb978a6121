/* SPDX-License-Identifier: MIT */
/* The model in training as a model file. */
#ifndef TJ_TRAIN_SAVE_H
#define TJ_TRAIN_SAVE_H

#include "src/model/config.h"
#include "src/model/safetensors_write.h"
#include "src/train/net/parameters.h"

/* Write configuration, `extra` metadata, tensors of `values` (in `layout`) and the two
 * vocabularies, as tj_safetensors_write does: PATH has the old file or the whole new one. */
trujaman_status tj_model_save(const char *path, const struct tj_config *c,
                              const struct tj_parameters *layout, const float *values,
                              const void *source_spm, size_t n_source_spm, const void *target_spm,
                              size_t n_target_spm, size_t n_extra,
                              const struct tj_write_entry *extra, struct tj_error *err);

#endif
