/* SPDX-License-Identifier: MIT */
/* Writes model files. */
#ifndef TJ_MODEL_SAFETENSORS_WRITE_H
#define TJ_MODEL_SAFETENSORS_WRITE_H

#include "src/model/safetensors.h"

struct tj_write_tensor {
	const char *name;
	enum tj_dtype dtype;
	size_t rank, shape[TJ_MAX_RANK];
	const void *data; /* contiguous; owned by the caller */
};

struct tj_write_entry {
	const char *key, *value;
};

/* Return a tensor of a file that is open, to be written as it is. */
struct tj_write_tensor tj_write_copy(const struct tj_tensor *t);

/* Sort tensors by name, like those of an opened file: a copy of a file that is copied again has the
 * same bytes. */
void tj_write_sort(size_t n, struct tj_write_tensor *tensors);

/* Write a safetensors file under a temporary name beside `path`, fsync and rename it: at any
 * moment `path` is the old file or the whole new one. Tensors come in the order given, but the
 * data of F32 tensors come first so that every float is aligned. The header is padded with spaces
 * so that the data begin at a multiple of 64 bytes. Metadata are sorted by key. The same input
 * gives the same bytes. A failure removes what was written. A file that exists at `path` must be
 * regular and writable. */
trujaman_status tj_safetensors_write(const char *path, size_t n_tensors,
                                     const struct tj_write_tensor *tensors, size_t n_metadata,
                                     const struct tj_write_entry *metadata, struct tj_error *err);

#endif
