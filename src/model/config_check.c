/* SPDX-License-Identifier: MIT */
/* The checks of one metadata value and of one tensor of a model file, with their messages. */
#include "src/model/config_check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *tj_check_value(struct tj_check *k, const char *key, const char *wanted)
{
	const char *value = tj_check_failed(k) ? NULL : tj_safetensors_metadata(k->file, key);
	if (value == NULL)
		tj_fail(k->err, TRUJAMAN_ERROR_FORMAT, "%s: metadata key %s: found none, wanted %s",
		        k->file->path, key, wanted);
	return value;
}

void tj_check_value_fault(struct tj_check *k, const char *key, const char *value,
                          const char *wanted)
{
	tj_fail(k->err, TRUJAMAN_ERROR_FORMAT, "%s: metadata key %s: found \"%.100s\", wanted %s",
	        k->file->path, key, value, wanted);
}

static const char *found_of(const struct tj_check *k, const char *key)
{
	const char *value = tj_safetensors_metadata(k->file, key);
	return value != NULL ? value : "none";
}

void tj_check_clash(struct tj_check *k, const char *key, const char *other, const char *wanted)
{
	if (!tj_check_failed(k))
		tj_fail(k->err, TRUJAMAN_ERROR_FORMAT,
		        "%s: metadata keys %s and %s: found %s and %s, wanted %s", k->file->path,
		        key, other, found_of(k, key), found_of(k, other), wanted);
}

int tj_check_choice(struct tj_check *k, const char *key, const char *const *words)
{
	char wanted[128] = "";
	for (int i = 0, n = 0; words[i] != NULL; i++)
		n += snprintf(wanted + n, sizeof wanted - (size_t)n, "%s%s",
		              i == 0         ? ""
		              : words[i + 1] ? ", "
		                             : " or ",
		              words[i]);
	const char *value = tj_check_value(k, key, wanted);
	if (value == NULL)
		return 0;
	for (int i = 0; words[i] != NULL; i++)
		if (strcmp(value, words[i]) == 0)
			return i;
	tj_check_value_fault(k, key, value, wanted);
	return 0;
}

int tj_check_boolean(struct tj_check *k, const char *key)
{
	return tj_check_choice(k, key, (const char *const[]){ "false", "true", NULL });
}

size_t tj_check_size(struct tj_check *k, const char *key, size_t least)
{
	char wanted[64];
	snprintf(wanted, sizeof wanted, "a whole number from %zu to %d", least, TJ_MAX_SIZE);
	const char *value = tj_check_value(k, key, wanted);
	if (value == NULL)
		return 0;
	size_t size = 0, n = strspn(value, "0123456789");
	int plain = n > 0 && n <= 8 && value[n] == '\0' && (value[0] != '0' || n == 1);
	for (size_t i = 0; plain && i < n; i++)
		size = 10 * size + (size_t)(value[i] - '0');
	if (!plain || size < least || size > TJ_MAX_SIZE)
		tj_check_value_fault(k, key, value, wanted);
	return size;
}

/* Tensors */

void tj_check_tensor_fault(struct tj_check *k, const char *name, const char *format, ...)
{
	char text[512];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	tj_fail(k->err, TRUJAMAN_ERROR_FORMAT, "%s: tensor %.100s: %s", k->file->path, name, text);
}

struct tj_shape_text tj_show_shape(size_t rank, const size_t *shape)
{
	struct tj_shape_text s = { "[" };
	size_t n = 1;
	for (size_t i = 0; i < rank; i++)
		n += (size_t)snprintf(s.text + n, sizeof s.text - n, "%s%zu", i ? ", " : "",
		                      shape[i]);
	snprintf(s.text + n, sizeof s.text - n, "]");
	return s;
}

const struct tj_tensor *tj_check_take(struct tj_check *k, const char *name)
{
	const struct tj_tensor *t = tj_safetensors_find(k->file, name);
	if (t != NULL)
		k->used[t - k->file->tensors] = 1;
	return t;
}

void tj_check_tensor(struct tj_check *k, enum tj_tensor_kind kind, size_t rows, size_t columns,
                     const char *format, ...)
{
	if (tj_check_failed(k))
		return;
	char name[128];
	va_list args;
	va_start(args, format);
	vsnprintf(name, sizeof name, format, args);
	va_end(args);
	size_t shape[] = { rows, columns }, rank = kind == TJ_WEIGHT ? 2 : 1;
	const char *wanted_dtype = kind == TJ_WEIGHT ? "F32 or I8" : "F32";
	const struct tj_tensor *t = tj_check_take(k, name);
	if (t == NULL)
		tj_check_tensor_fault(k, name, "found none, wanted %s %s", wanted_dtype,
		                      tj_show_shape(rank, shape).text);
	else if (t->dtype != TJ_F32 && !(kind == TJ_WEIGHT && t->dtype == TJ_I8))
		tj_check_tensor_fault(k, name, "found dtype %s, wanted %s", tj_dtype_name(t->dtype),
		                      wanted_dtype);
	else if (t->rank != rank || memcmp(t->shape, shape, rank * sizeof *shape) != 0)
		tj_check_tensor_fault(k, name, "found shape %s, wanted %s",
		                      tj_show_shape(t->rank, t->shape).text,
		                      tj_show_shape(rank, shape).text);
	else if (t->dtype == TJ_I8)
		tj_check_tensor(k, TJ_VECTOR, rows, 0, "%s_scale", name);
}
