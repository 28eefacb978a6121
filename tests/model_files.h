/* SPDX-License-Identifier: MIT */
/* Helpers for the tests: scratch files, and safetensors files that are built from a description
 * or by changing a fixture. Every function asserts that it succeeds. */
#ifndef TJ_TESTS_MODEL_FILES_H
#define TJ_TESTS_MODEL_FILES_H

#include <criterion/criterion.h>
#include <dirent.h>
#include <jansson.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/status.h"

#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1 /* the macro that gcc defines */
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

static char scratch[PATH_MAX];

static inline void make_scratch(void)
{
	const char *tmp = getenv("TMPDIR");
	snprintf(scratch, sizeof scratch, "%s/trujaman-test.XXXXXX", tmp && *tmp ? tmp : "/tmp");
	cr_assert_not_null(mkdtemp(scratch), "cannot make %s", scratch);
}

/* Returns the path SCRATCH/name. It is valid until the fourth call after this one. */
static inline const char *in_scratch(const char *name)
{
	static char paths[4][PATH_MAX + 260];
	static unsigned turn;
	char *path = paths[turn++ % 4];
	snprintf(path, sizeof paths[0], "%s/%s", scratch, name);
	return path;
}

/* Aborts on failure: Criterion ignores an assertion that fails in a .fini, but it counts a
 * crash. Also runs the leak check, because Criterion's child processes end without the one at
 * exit. */
static inline void remove_scratch(void)
{
	DIR *dir = opendir(scratch);
	int failed = dir == NULL;
	for (struct dirent *e; !failed && (e = readdir(dir)) != NULL;)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			failed = remove(in_scratch(e->d_name)) != 0;
	if (dir != NULL)
		closedir(dir);
	if (failed || rmdir(scratch) != 0)
		abort();
#ifdef __SANITIZE_ADDRESS__
	if (__lsan_do_recoverable_leak_check())
		abort();
#endif
}

/* Returns the path of a file of the source tree. It is valid until the next call. */
static inline const char *in_source(const char *name)
{
	static char path[PATH_MAX + 64];
	const char *srcdir = getenv("srcdir");
	snprintf(path, sizeof path, "%s/%s", srcdir && *srcdir ? srcdir : ".", name);
	return path;
}

/* Writes these bytes to the file, which may exist. */
static inline void overwrite(const char *path, const void *bytes, size_t n)
{
	FILE *f = fopen(path, "wb");
	cr_assert_not_null(f);
	cr_assert_eq(fwrite(bytes, 1, n, f), n);
	cr_assert_eq(fclose(f), 0);
}

/* Writes SCRATCH/name with these bytes. Returns its path. */
static inline const char *write_bytes(const char *name, const char *bytes, size_t n)
{
	const char *path = in_scratch(name);
	overwrite(path, bytes, n);
	return path;
}
#define WRITE(name, text) write_bytes(name, text, sizeof(text) - 1)

/* Writes SCRATCH/name: the length field, the header and the data. Returns its path. */
static inline const char *write_parts(const char *name, uint64_t length, const void *header,
                                      size_t n_header, const void *data, size_t n_data)
{
	const char *path = in_scratch(name);
	FILE *f = fopen(path, "wb");
	cr_assert_not_null(f);
	cr_assert_eq(fwrite(&length, 1, sizeof length, f), sizeof length);
	cr_assert_eq(fwrite(header, 1, n_header, f), n_header);
	cr_assert_eq(fwrite(data, 1, n_data, f), n_data);
	cr_assert_eq(fclose(f), 0);
	return path;
}

/* Does the same for SCRATCH/file, with the header as a string and the data bytes 0, 1, 2, … */
static inline const char *write_file(const char *header, size_t n_data)
{
	unsigned char data[256];
	cr_assert_leq(n_data, sizeof data);
	for (size_t i = 0; i < n_data; i++)
		data[i] = (unsigned char)i;
	size_t n = strlen(header);
	return write_parts("file", n, header, n, data, n_data);
}

/* Reads a whole file. The caller frees the result. */
static inline unsigned char *read_bytes(const char *path, size_t *n_bytes)
{
	FILE *f = fopen(path, "rb");
	cr_assert_not_null(f, "cannot open %s", path);
	cr_assert_eq(fseek(f, 0, SEEK_END), 0);
	long n = ftell(f);
	cr_assert_gt(n, 0);
	rewind(f);
	unsigned char *bytes = malloc((size_t)n);
	cr_assert_not_null(bytes);
	cr_assert_eq(fread(bytes, 1, (size_t)n, f), (size_t)n);
	fclose(f);
	*n_bytes = (size_t)n;
	return bytes;
}

/* A model file in memory that a test can change and write. */
struct model {
	json_t *header;
	unsigned char *data;
	size_t n_data;
};

static inline struct model load_model(const char *path)
{
	size_t n;
	uint64_t length;
	unsigned char *bytes = read_bytes(path, &n);
	memcpy(&length, bytes, sizeof length);
	struct model m = { .header = json_loadb((char *)bytes + 8, length, 0, NULL) };
	cr_assert_not_null(m.header, "%s", path);
	m.n_data = n - 8 - length;
	m.data = malloc(m.n_data);
	cr_assert_not_null(m.data);
	memcpy(m.data, bytes + 8 + length, m.n_data);
	free(bytes);
	return m;
}

static inline void free_model(struct model *m)
{
	json_decref(m->header);
	free(m->data);
}

/* Sets a metadata key. The value NULL removes it. */
static inline void set_key(struct model *m, const char *key, const char *value)
{
	json_t *metadata = json_object_get(m->header, "__metadata__");
	int rc = value ? json_object_set_new(metadata, key, json_string(value))
	               : json_object_del(metadata, key);
	cr_assert_eq(rc, 0, "metadata key %s", key);
}

static inline void drop_tensor(struct model *m, const char *name)
{
	cr_assert_eq(json_object_del(m->header, name), 0, "tensor %s", name);
}

/* Adds or replaces a tensor full of zeros. shape is JSON, and n_bytes must match it. */
static inline void put_tensor(struct model *m, const char *name, const char *dtype,
                              const char *shape, size_t n_bytes)
{
	m->data = realloc(m->data, m->n_data + n_bytes + 1);
	cr_assert_not_null(m->data);
	memset(m->data + m->n_data, 0, n_bytes);
	json_t *entry = json_pack("{s:s, s:o, s:[I,I]}", "dtype", dtype, "shape",
	                          json_loads(shape, 0, NULL), "data_offsets", (json_int_t)m->n_data,
	                          (json_int_t)(m->n_data + n_bytes));
	cr_assert_not_null(entry);
	cr_assert_eq(json_object_set_new(m->header, name, entry), 0);
	m->n_data += n_bytes;
}

/* Writes the model to SCRATCH/model without gaps between the tensors. Returns its path. */
static inline const char *write_model(const struct model *m)
{
	unsigned char *data = malloc(m->n_data + 1);
	json_t *header = json_deep_copy(m->header), *entry;
	cr_assert(data != NULL && header != NULL);
	size_t n = 0;
	const char *name;
	json_object_foreach(header, name, entry)
	{
		json_t *offsets = json_object_get(entry, "data_offsets");
		if (strcmp(name, "__metadata__") == 0)
			continue;
		size_t begin = (size_t)json_integer_value(json_array_get(offsets, 0));
		size_t end = (size_t)json_integer_value(json_array_get(offsets, 1));
		memcpy(data + n, m->data + begin, end - begin);
		json_integer_set(json_array_get(offsets, 0), (json_int_t)n);
		n += end - begin;
		json_integer_set(json_array_get(offsets, 1), (json_int_t)n);
	}
	char *text = json_dumps(header, JSON_COMPACT);
	cr_assert_not_null(text);
	const char *path = write_parts("model", strlen(text), text, strlen(text), data, n);
	free(text);
	free(data);
	json_decref(header);
	return path;
}

/* Checks the status, and that the message contains the path and every part. NULL ends the parts. */
static inline void expect_fault(const struct tj_error *err, trujaman_status status,
                                const char *path, const char *const *parts)
{
	cr_assert_eq(err->status, status, "status %d: %s", err->status, err->text);
	cr_assert_not_null(strstr(err->text, path), "no %s in: %s", path, err->text);
	for (; *parts != NULL; parts++)
		cr_expect_not_null(strstr(err->text, *parts), "no %s in: %s", *parts, err->text);
}

#endif
