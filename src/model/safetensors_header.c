/* SPDX-License-Identifier: MIT */
/* Parses and checks the JSON header of a safetensors file, which may be malicious. */
#include "src/model/safetensors_header.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_HEADER_BYTES = 100000000 };

static const size_t dtype_bytes[] = { [TJ_F32] = 4, [TJ_I8] = 1, [TJ_U8] = 1 };

struct parser {
	struct tj_safetensors *s;
	struct tj_error *err;
	const unsigned char *data; /* what data_offsets count from */
	size_t data_bytes;         /* from data to the end of the file */
	char where[160];           /* what is being checked: "header", "tensor NAME" */
};

/* Messages */

/* The length of the control character (C0, DEL, C1) at c, in bytes; 0 if there is none. */
static size_t control_bytes(const char *c)
{
	unsigned char a = (unsigned char)c[0], b = a ? (unsigned char)c[1] : 0;
	if (a != 0 && (a < 0x20 || a == 0x7f))
		return 1;
	return a == 0xc2 && b >= 0x80 && b < 0xa0 ? 2 : 0;
}

static int has_control(const char *text)
{
	while (*text && !control_bytes(text))
		text++;
	return *text != '\0';
}

/* Fails with "FILE: WHERE: text". Control characters become '?', so that text from a malicious
 * file cannot control the terminal. */
static trujaman_status fault(struct parser *p, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static trujaman_status fault(struct parser *p, const char *format, ...)
{
	char text[640];
	int n = snprintf(text, sizeof text, "%s: ", p->where);
	va_list args;
	va_start(args, format);
	vsnprintf(text + n, sizeof text - (size_t)n, format, args);
	va_end(args);
	for (char *c = text; *c; c++)
		memset(c, '?', control_bytes(c));
	return tj_fail(p->err, TRUJAMAN_ERROR_FORMAT, "%s: %s", p->s->path, text);
}

static trujaman_status no_memory(struct parser *p, size_t n_bytes)
{
	return tj_fail_memory(p->err, "the header of a model file", n_bytes);
}

static const char *type_name(const json_t *value)
{
	static const char *const names[] = {
		[JSON_OBJECT] = "an object", [JSON_ARRAY] = "an array",
		[JSON_STRING] = "a string",  [JSON_INTEGER] = "an integer",
		[JSON_REAL] = "a fraction",  [JSON_TRUE] = "true",
		[JSON_FALSE] = "false",      [JSON_NULL] = "null",
	};
	return names[json_typeof(value)];
}

/* The header as a whole */

static trujaman_status json_fault(struct parser *p, const json_error_t *e)
{
	if (e->text[0] == '\0') /* jansson gives no text if an allocation failed */
		return no_memory(p, p->s->file_bytes - p->data_bytes);
	switch (json_error_code(e)) {
	case json_error_out_of_memory:
		return no_memory(p, p->s->file_bytes - p->data_bytes);
	case json_error_null_character:
	case json_error_null_byte_in_key:
		return fault(p, "line %d, column %d: found a NUL in a string, wanted text", e->line,
		             e->column);
	default:
		return fault(p, "line %d, column %d: wanted JSON: %s", e->line, e->column, e->text);
	}
}

static trujaman_status parse_header(struct parser *p)
{
	const char *bytes = p->s->map;
	uint64_t length, room = p->s->file_bytes - TJ_HEADER_LENGTH_BYTES;
	memcpy(&length, bytes, sizeof length);
	bytes += TJ_HEADER_LENGTH_BYTES;
	if (length > MAX_HEADER_BYTES)
		return fault(p,
		             "found a length of %llu bytes, wanted at most %d: is this a "
		             "model file?",
		             (unsigned long long)length, MAX_HEADER_BYTES);
	if (length > room)
		return fault(p,
		             "found a length of %llu bytes, wanted at most the %llu that "
		             "follow",
		             (unsigned long long)length, (unsigned long long)room);
	p->data = (const unsigned char *)bytes + length;
	p->data_bytes = (size_t)(room - length);
	json_error_t e;
	p->s->json = json_loadb(bytes, (size_t)length, JSON_REJECT_DUPLICATES, &e);
	if (p->s->json == NULL)
		return json_fault(p, &e);
	if (!json_is_object((json_t *)p->s->json))
		return fault(p, "found %s, wanted an object", type_name(p->s->json));
	if (bytes[0] != '{')
		return fault(p, "found byte 0x%02x at its start, wanted '{'",
		             (unsigned char)bytes[0]);
	return TRUJAMAN_OK;
}

/* Metadata */

static trujaman_status check_entry(struct parser *p, const char *key, const json_t *value)
{
	snprintf(p->where, sizeof p->where, "metadata key %.100s", key);
	if (*key == '\0')
		return fault(p, "found an empty key, wanted a name");
	if (has_control(key))
		return fault(p, "found a control character in the key, wanted none");
	if (!json_is_string(value))
		return fault(p, "found %s, wanted a string", type_name(value));
	return TRUJAMAN_OK;
}

static trujaman_status load_metadata(struct parser *p)
{
	json_t *metadata = json_object_get(p->s->json, "__metadata__"), *value;
	if (metadata == NULL)
		return TRUJAMAN_OK;
	if (!json_is_object(metadata))
		return fault(p, "__metadata__: found %s, wanted an object", type_name(metadata));
	size_t n = json_object_size(metadata), i = 0;
	p->s->keys = calloc(n + 1, sizeof *p->s->keys);
	p->s->values = calloc(n + 1, sizeof *p->s->values);
	if (p->s->keys == NULL || p->s->values == NULL)
		return no_memory(p, (n + 1) * sizeof *p->s->keys);
	const char *key;
	json_object_foreach(metadata, key, value)
	{
		if (check_entry(p, key, value) != TRUJAMAN_OK)
			return p->err->status;
		p->s->keys[i++] = key;
	}
	qsort(p->s->keys, n, sizeof *p->s->keys, tj_compare_strings);
	for (i = 0; i < n; i++)
		p->s->values[i] = json_string_value(json_object_get(metadata, p->s->keys[i]));
	p->s->n_metadata = n;
	return TRUJAMAN_OK;
}

/* One tensor */

static trujaman_status parse_dtype(struct parser *p, const json_t *value, struct tj_tensor *t)
{
	if (!json_is_string(value))
		return fault(p, "dtype: found %s, wanted a string", type_name(value));
	for (size_t i = 0; i < sizeof dtype_bytes / sizeof *dtype_bytes; i++)
		if (strcmp(json_string_value(value), tj_dtype_name((enum tj_dtype)i)) == 0) {
			t->dtype = (enum tj_dtype)i;
			return TRUJAMAN_OK;
		}
	return fault(p, "dtype: found %.40s, wanted F32, I8 or U8", json_string_value(value));
}

static trujaman_status parse_size(struct parser *p, const char *key, const json_t *value,
                                  size_t *size)
{
	if (!json_is_integer(value))
		return fault(p, "%s: found %s, wanted an integer", key, type_name(value));
	if (__builtin_add_overflow(json_integer_value(value), 0, size))
		return fault(p, "%s: found %lld, wanted an integer from 0 to %zu", key,
		             (long long)json_integer_value(value), SIZE_MAX);
	return TRUJAMAN_OK;
}

static trujaman_status parse_shape(struct parser *p, const json_t *value, struct tj_tensor *t)
{
	if (!json_is_array(value))
		return fault(p, "shape: found %s, wanted an array of integers", type_name(value));
	if (json_array_size(value) > TJ_MAX_RANK)
		return fault(p, "shape: found %zu dimensions, wanted at most %d",
		             json_array_size(value), TJ_MAX_RANK);
	t->rank = json_array_size(value);
	t->n_elements = 1;
	int overflow = 0;
	for (size_t i = 0; i < t->rank; i++) {
		const json_t *extent = json_array_get(value, i);
		if (parse_size(p, "shape", extent, &t->shape[i]) != TRUJAMAN_OK)
			return p->err->status;
		overflow |= __builtin_mul_overflow(t->n_elements, t->shape[i], &t->n_elements);
	}
	overflow |= __builtin_mul_overflow(t->n_elements, dtype_bytes[t->dtype], &t->n_bytes);
	if (overflow)
		return fault(p,
		             "shape: found more elements than can be counted, "
		             "wanted at most %zu bytes",
		             SIZE_MAX);
	return TRUJAMAN_OK;
}

static trujaman_status parse_offsets(struct parser *p, const json_t *value, struct tj_tensor *t)
{
	if (!json_is_array(value) || json_array_size(value) != 2)
		return fault(p, "data_offsets: found %s%s, wanted an array of two integers",
		             type_name(value), json_is_array(value) ? " of another length" : "");
	size_t begin = 0, end = 0;
	if (parse_size(p, "data_offsets", json_array_get(value, 0), &begin) != TRUJAMAN_OK ||
	    parse_size(p, "data_offsets", json_array_get(value, 1), &end) != TRUJAMAN_OK)
		return p->err->status;
	if (begin > end)
		return fault(p, "data_offsets: found begin %zu after end %zu, wanted it before",
		             begin, end);
	if (end > p->data_bytes)
		return fault(p,
		             "data_offsets: found end %zu, wanted at most %zu, the bytes of "
		             "data in the file",
		             end, p->data_bytes);
	if (end - begin != t->n_bytes)
		return fault(p, "data_offsets: found %zu bytes, wanted %zu (%zu elements of %s)",
		             end - begin, t->n_bytes, t->n_elements, tj_dtype_name(t->dtype));
	t->data = p->data + begin;
	return TRUJAMAN_OK;
}

static trujaman_status check_tensor_keys(struct parser *p, const char *name, json_t *entry)
{
	static const char *const wanted[] = { "dtype", "shape", "data_offsets" };
	if (*name == '\0')
		return fault(p, "found an empty name, wanted one");
	if (has_control(name))
		return fault(p, "found a control character in the name, wanted none");
	if (!json_is_object(entry))
		return fault(p, "found %s, wanted an object", type_name(entry));
	for (size_t i = 0; i < 3; i++)
		if (json_object_get(entry, wanted[i]) == NULL)
			return fault(p, "found no %s, wanted dtype, shape and data_offsets",
			             wanted[i]);
	const char *key;
	json_t *value;
	json_object_foreach(entry, key, value)
	{
		if (strcmp(key, wanted[0]) != 0 && strcmp(key, wanted[1]) != 0 &&
		    strcmp(key, wanted[2]) != 0)
			return fault(p,
			             "found key %.40s, wanted only dtype, shape and data_offsets",
			             key);
	}

	return TRUJAMAN_OK;
}

static trujaman_status parse_tensor(struct parser *p, const char *name, json_t *entry,
                                    struct tj_tensor *t)
{
	snprintf(p->where, sizeof p->where, "tensor %.100s", name);
	t->name = name;
	if (check_tensor_keys(p, name, entry) != TRUJAMAN_OK ||
	    parse_dtype(p, json_object_get(entry, "dtype"), t) != TRUJAMAN_OK ||
	    parse_shape(p, json_object_get(entry, "shape"), t) != TRUJAMAN_OK ||
	    parse_offsets(p, json_object_get(entry, "data_offsets"), t) != TRUJAMAN_OK)
		return p->err->status;
	return TRUJAMAN_OK;
}

/* All tensors */

static int compare_places(const void *a, const void *b)
{
	const struct tj_tensor *x = a, *y = b;
	if (x->data != y->data)
		return (const char *)x->data < (const char *)y->data ? -1 : 1;
	return (x->n_bytes > y->n_bytes) - (x->n_bytes < y->n_bytes);
}

static trujaman_status check_layout(struct parser *p)
{
	const struct tj_tensor *t = p->s->tensors;
	qsort(p->s->tensors, p->s->n_tensors, sizeof *t, compare_places);
	size_t end = 0;
	for (size_t i = 0; i < p->s->n_tensors; i++, t++) {
		size_t begin = (size_t)((const unsigned char *)t->data - p->data);
		snprintf(p->where, sizeof p->where, "tensor %.100s", t->name);
		if (begin < end)
			return fault(p, "overlaps tensor %.100s: found begin %zu, wanted %zu",
			             t[-1].name, begin, end);
		if (begin > end)
			return fault(p, "a gap lies before it: found begin %zu, wanted %zu", begin,
			             end);
		end = begin + t->n_bytes;
	}
	snprintf(p->where, sizeof p->where, "data");
	if (end != p->data_bytes)
		return fault(p, "found %zu bytes after the last tensor, wanted none",
		             p->data_bytes - end);
	return TRUJAMAN_OK;
}

static trujaman_status load_tensors(struct parser *p)
{
	struct tj_safetensors *s = p->s;
	size_t n = json_object_size(s->json);
	s->tensors = calloc(n + 1, sizeof *s->tensors);
	if (s->tensors == NULL)
		return no_memory(p, (n + 1) * sizeof *s->tensors);
	const char *name;
	json_t *entry;
	json_object_foreach((json_t *)s->json, name, entry)
	{
		if (strcmp(name, "__metadata__") == 0)
			continue;
		if (parse_tensor(p, name, entry, &s->tensors[s->n_tensors]) != TRUJAMAN_OK)
			return p->err->status;
		s->n_tensors++;
	}
	if (check_layout(p) != TRUJAMAN_OK)
		return p->err->status;
	qsort(s->tensors, s->n_tensors, sizeof *s->tensors, tj_tensor_compare_names);
	return TRUJAMAN_OK;
}

trujaman_status tj_safetensors_parse(struct tj_safetensors *s, struct tj_error *err)
{
	struct parser p = { .s = s, .err = err, .where = "header" };
	if (parse_header(&p) != TRUJAMAN_OK || load_metadata(&p) != TRUJAMAN_OK)
		return err->status;
	return load_tensors(&p);
}
