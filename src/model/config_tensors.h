/* SPDX-License-Identifier: MIT */
/* The configuration of a model file that is whole: metadata and tensors. */
#ifndef TJ_MODEL_CONFIG_TENSORS_H
#define TJ_MODEL_CONFIG_TENSORS_H

#include "src/model/config.h"

/* Read and check the metadata. Then check that the file has every tensor that it needs, with the
 * right dtype and shape, and no others. An error message names the file, the key or tensor, what
 * was found and what was wanted. */
trujaman_status tj_config_read(const struct tj_safetensors *file, struct tj_config *config,
                               struct tj_error *err);

#endif
