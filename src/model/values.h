/* SPDX-License-Identifier: MIT */
/* Checks that the numbers of a model file are those that the format allows. */
#ifndef TJ_MODEL_VALUES_H
#define TJ_MODEL_VALUES_H

#include "src/model/safetensors.h"

/* Refuse infinity and NaN in F32, and -128 in I8, which quantising to [-127, 127] never gives.
 * The message names the file, the tensor and the row (from 0; in a vector: the element). */
trujaman_status tj_tensor_check_values(const struct tj_safetensors *file, const struct tj_tensor *t,
                                       struct tj_error *err);

#endif
