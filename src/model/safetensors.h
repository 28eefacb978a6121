/* SPDX-License-Identifier: MIT */
/* A safetensors file, mapped read-only and checked before anything is used:
 * little-endian u64 header length, JSON header, tensor bytes. Layout as in
 * https://github.com/huggingface/safetensors#format */
#ifndef TJ_MODEL_SAFETENSORS_H
#define TJ_MODEL_SAFETENSORS_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/status.h"

enum tj_dtype { TJ_F32, TJ_I8, TJ_U8 };

enum { TJ_MAX_RANK = 4 };

struct tj_tensor {
	const char *name;
	enum tj_dtype dtype;
	size_t rank;                  /* 0 to TJ_MAX_RANK */
	size_t shape[TJ_MAX_RANK];
	size_t n_elements, n_bytes;
	const void *data;             /* in the mapping; aligned to nothing: memcpy */
};

struct tj_safetensors {
	char *path;
	size_t file_bytes;
	size_t n_tensors;
	struct tj_tensor *tensors;    /* sorted by name (strcmp) */
	size_t n_metadata;
	const char **keys, **values;  /* sorted by key */
	/* private */
	void *map;
	void *json;                   /* owns the strings above */
};

/* Map and check the whole structure of a file: header length against file size
 * (and 100 MB), JSON (duplicate keys refused), every tensor's dtype (F32, I8,
 * U8), shape (overflow), offsets (order, bounds, equal to the size of dtype x
 * shape), overlaps, gaps and bytes after the last tensor (refused, as the format
 * demands), names (non-empty, no control characters, no NUL), metadata values
 * strings. Host must be little endian. Each fault has a message of its own:
 * "FILE: tensor NAME: found …, wanted …". NULL on failure, nothing left open. */
struct tj_safetensors *tj_safetensors_open(const char *path, struct tj_error *err);
void tj_safetensors_close(struct tj_safetensors *s);

/* NULL when there is none. */
const struct tj_tensor *tj_safetensors_find(const struct tj_safetensors *s, const char *name);
const char *tj_safetensors_metadata(const struct tj_safetensors *s, const char *key);

const char *tj_dtype_name(enum tj_dtype dtype);

#endif
