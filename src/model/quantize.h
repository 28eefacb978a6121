/* SPDX-License-Identifier: MIT */
/* Model files stored as int8. */
#ifndef TJ_MODEL_QUANTIZE_H
#define TJ_MODEL_QUANTIZE_H

#include "src/base/status.h"

/* Store the weight matrices of model file `in` as I8 with one scale a row (docs/MODEL.md):
 * scale = largest magnitude / 127, integers rounded to nearest even in [-127, 127]; a
 * row of zeros has scale 1. Vectors (biases, additive v, scale) stay F32; metadata and
 * vocabularies are kept as they are. What is I8 already is copied. A file that is no model,
 * or holds numbers that the format does not allow, is an error; `out` may be `in`. */
trujaman_status tj_model_quantize(const char *in, const char *out, struct tj_error *err);

#endif
