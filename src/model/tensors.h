/* SPDX-License-Identifier: MIT */
/* The tensors and the metadata of a safetensors file. Any thread may read them. */
#ifndef TJ_MODEL_TENSORS_H
#define TJ_MODEL_TENSORS_H

#include <stddef.h>

enum tj_dtype { TJ_F32, TJ_I8, TJ_U8 };

enum { TJ_MAX_RANK = 4 };

struct tj_tensor {
	const char *name;
	enum tj_dtype dtype;
	size_t rank; /* 0 to TJ_MAX_RANK */
	size_t shape[TJ_MAX_RANK];
	size_t n_elements, n_bytes;
	const void *data; /* in the mapping; unaligned: use memcpy */
};

struct tj_safetensors {
	char *path;
	size_t file_bytes;
	size_t n_tensors;
	struct tj_tensor *tensors; /* sorted by name (strcmp) */
	size_t n_metadata;
	const char **keys, **values; /* sorted by key */
	/* private */
	void *map;
	void *json; /* owns the strings above (json_t) */
};

/* Look up a tensor or a metadata value; NULL if there is none. */
const struct tj_tensor *tj_safetensors_find(const struct tj_safetensors *s, const char *name);
const char *tj_safetensors_metadata(const struct tj_safetensors *s, const char *key);

const char *tj_dtype_name(enum tj_dtype dtype);

/* Comparison functions for qsort and bsearch: tensors by name; `const char *` by strcmp. */
int tj_tensor_compare_names(const void *a, const void *b);
int tj_compare_strings(const void *a, const void *b);

#endif
