/* SPDX-License-Identifier: MIT */
/* Model files out. */
#ifndef TJ_MODEL_SAFETENSORS_WRITE_H
#define TJ_MODEL_SAFETENSORS_WRITE_H

#include "src/model/config.h"

struct tj_write_tensor {
	const char *name;
	enum tj_dtype dtype;
	size_t rank, shape[TJ_MAX_RANK];
	const void *data;            /* contiguous; the caller's */
};

struct tj_write_entry {
	const char *key, *value;
};

/* Write a safetensors file beside its name, fsync, rename: `path` has the old file
 * or the whole new one at any moment. Tensors come in the order given, the data of
 * F32 tensors first so that every float is aligned; the header is padded with spaces
 * to a multiple of 64 bytes. Metadata sorted by key. The same input gives the
 * same bytes. A failure removes what was written. What is at `path` already must be a
 * regular file that may be written. */
trujaman_status tj_safetensors_write(const char *path, size_t n_tensors,
                                     const struct tj_write_tensor *tensors, size_t n_metadata,
                                     const struct tj_write_entry *metadata, struct tj_error *err);

/* The metadata entries that say what a configuration is (docs/MODEL.md), `format`
 * first. Values may point into `numbers`, which holds the digits. Returns how many. */
enum { TJ_CONFIG_ENTRIES = 16, TJ_CONFIG_DIGITS = 24 };
size_t tj_config_entries(const struct tj_config *c, struct tj_write_entry *entries,
                         char numbers[TJ_CONFIG_ENTRIES][TJ_CONFIG_DIGITS]);

/* Store the weight matrices of model file `in` as I8 with one scale a row (docs/MODEL.md):
 * scale = largest magnitude / 127, integers rounded to nearest even in [-127, 127]; a
 * row of zeros has scale 1. Vectors (biases, additive v, scale) stay F32; metadata and
 * vocabularies are kept as they are. What is I8 already is copied. A file that is no model,
 * or holds numbers that the format does not allow, is an error; `out` may be `in`. */
trujaman_status tj_model_quantize(const char *in, const char *out, struct tj_error *err);

#endif
