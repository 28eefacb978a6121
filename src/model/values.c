/* SPDX-License-Identifier: MIT */
/* Checks the numbers of a model file: infinity, NaN and -128. */
#include "src/model/values.h"

#include <string.h>

/* Infinity and NaN have an exponent of all ones. */
static int are_finite(const char *bytes, size_t n)
{
	uint32_t any = 0;
	for (size_t i = 0; i < n; i++) {
		uint32_t bits;
		memcpy(&bits, bytes + i * sizeof bits, sizeof bits);
		any |= (bits & 0x7f800000u) == 0x7f800000u;
	}
	return !any;
}

static trujaman_status check_floats(const struct tj_safetensors *file, const struct tj_tensor *t,
                                    struct tj_error *err)
{
	if (are_finite(t->data, t->n_elements))
		return TRUJAMAN_OK;
	size_t row = 0, n = t->rank > 0 ? t->n_elements / t->shape[0] : 1;
	while (are_finite((const char *)t->data + row * n * sizeof(float), n))
		row++;
	return tj_fail(err, TRUJAMAN_ERROR_FORMAT,
	               "%s: tensor %s: found infinity or NaN in row %zu, wanted finite numbers",
	               file->path, t->name, row);
}

static trujaman_status check_integers(const struct tj_safetensors *file, const struct tj_tensor *t,
                                      struct tj_error *err)
{
	const char *found = memchr(t->data, (unsigned char)INT8_MIN, t->n_bytes);
	if (found == NULL)
		return TRUJAMAN_OK;
	size_t n = t->rank > 0 ? t->n_elements / t->shape[0] : 1;
	return tj_fail(err, TRUJAMAN_ERROR_FORMAT,
	               "%s: tensor %s: found -128 in row %zu, wanted integers from -127 to 127",
	               file->path, t->name, (size_t)(found - (const char *)t->data) / n);
}

trujaman_status tj_tensor_check_values(const struct tj_safetensors *file, const struct tj_tensor *t,
                                       struct tj_error *err)
{
	if (t->dtype == TJ_F32)
		return check_floats(file, t, err);
	return t->dtype == TJ_I8 ? check_integers(file, t, err) : TRUJAMAN_OK;
}
