/* SPDX-License-Identifier: MIT */
/* Converts model files to int8. */
#ifndef TJ_MODEL_QUANTIZE_H
#define TJ_MODEL_QUANTIZE_H

#include <stddef.h>

#include "src/base/status.h"

/* Write model file `in` to `out`, with its weight matrices as I8 and one scale per row
 * (docs/MODEL.md). The scale is the largest magnitude / 127; integers are rounded to nearest even
 * in [-127, 127]; a row of zeros has scale 1. Vectors (biases, attention.v, attention.scale) stay
 * F32. I8 matrices, metadata and vocabularies are copied. A file that is not a model, or that
 * holds numbers that the format does not allow, is an error. `out` may be `in`. */
trujaman_status tj_model_quantize(const char *in, const char *out, struct tj_error *err);

#endif
