/* SPDX-License-Identifier: MIT */
/* Looks up tensors and metadata by name. */
#include "src/model/tensors.h"

#include <stdlib.h>
#include <string.h>

const char *tj_dtype_name(enum tj_dtype dtype)
{
	static const char *const names[] = { [TJ_F32] = "F32", [TJ_I8] = "I8", [TJ_U8] = "U8" };
	return names[dtype];
}

int tj_compare_strings(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int tj_tensor_compare_names(const void *a, const void *b)
{
	return strcmp(((const struct tj_tensor *)a)->name, ((const struct tj_tensor *)b)->name);
}

const struct tj_tensor *tj_safetensors_find(const struct tj_safetensors *s, const char *name)
{
	struct tj_tensor key = { .name = name };
	return bsearch(&key, s->tensors, s->n_tensors, sizeof key, tj_tensor_compare_names);
}

const char *tj_safetensors_metadata(const struct tj_safetensors *s, const char *key)
{
	if (s->n_metadata == 0)
		return NULL;
	const char **found = bsearch(&key, s->keys, s->n_metadata, sizeof key, tj_compare_strings);
	return found ? s->values[found - s->keys] : NULL;
}
