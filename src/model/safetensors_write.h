/* SPDX-License-Identifier: MIT */
/* Model files out. */
#ifndef TJ_MODEL_SAFETENSORS_WRITE_H
#define TJ_MODEL_SAFETENSORS_WRITE_H

#include "src/model/safetensors.h"

struct tj_write_tensor {
	const char *name;
	enum tj_dtype dtype;
	size_t rank, shape[TJ_MAX_RANK];
	const void *data; /* contiguous; the caller's */
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

#endif
