/* SPDX-License-Identifier: MIT */
/* Writes a safetensors file and replaces the old one atomically. */
#include "src/model/safetensors_write.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/io/link.h"
#include "src/io/replace.h"
#include "src/io/write.h"
#include "src/model/safetensors.h"

/* The header is padded so that the data begin at a multiple of this many bytes. */
enum { ALIGNMENT = 64 };

struct tj_write_tensor tj_write_copy(const struct tj_tensor *t)
{
	struct tj_write_tensor copy = {
		.name = t->name, .dtype = t->dtype, .rank = t->rank, .data = t->data
	};
	memcpy(copy.shape, t->shape, sizeof copy.shape);
	return copy;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(((const struct tj_write_tensor *)a)->name,
	              ((const struct tj_write_tensor *)b)->name);
}

void tj_write_sort(size_t n, struct tj_write_tensor *tensors)
{
	qsort(tensors, n, sizeof *tensors, compare_names);
}

static size_t bytes_of(const struct tj_write_tensor *t)
{
	size_t n = t->dtype == TJ_F32 ? sizeof(float) : 1;
	for (size_t i = 0; i < t->rank; i++)
		n *= t->shape[i];
	return n;
}

/* --- Header ------------------------------------------------------------------------- */

static int compare_keys(const void *a, const void *b)
{
	return strcmp(((const struct tj_write_entry *)a)->key,
	              ((const struct tj_write_entry *)b)->key);
}

static json_t *metadata_object(size_t n, const struct tj_write_entry *entries)
{
	struct tj_write_entry *sorted = malloc((n + 1) * sizeof *sorted);
	json_t *object = json_object();
	int ok = sorted != NULL && object != NULL;
	if (ok && n > 0) {
		memcpy(sorted, entries, n * sizeof *sorted);
		qsort(sorted, n, sizeof *sorted, compare_keys);
	}
	for (size_t i = 0; ok && i < n; i++)
		ok = json_object_set_new(object, sorted[i].key, json_string(sorted[i].value)) == 0;
	free(sorted);
	if (ok)
		return object;
	json_decref(object);
	return NULL;
}

/* NULL if jansson has no memory: it must not yield a shape that lacks a dimension. */
static json_t *shape_array(const struct tj_write_tensor *t)
{
	json_t *shape = json_array();
	int ok = shape != NULL;
	for (size_t i = 0; ok && i < t->rank; i++)
		ok = json_array_append_new(shape, json_integer((json_int_t)t->shape[i])) == 0;
	if (ok)
		return shape;
	json_decref(shape);
	return NULL;
}

static json_t *tensor_object(const struct tj_write_tensor *t, size_t begin)
{
	json_t *shape = shape_array(t);
	if (shape == NULL)
		return NULL;
	return json_pack("{s:s, s:o, s:[I,I]}", "dtype", tj_dtype_name(t->dtype), "shape", shape,
	                 "data_offsets", (json_int_t)begin, (json_int_t)(begin + bytes_of(t)));
}

/* Data order: F32 tensors first, so that every float is aligned; otherwise the order given. */
static int is_in_pass(const struct tj_write_tensor *t, int pass)
{
	return (t->dtype == TJ_F32) == (pass == 0);
}

static char *header_text(size_t n_tensors, const struct tj_write_tensor *tensors, size_t n_metadata,
                         const struct tj_write_entry *metadata)
{
	json_t *header = json_object();
	size_t begin = 0;
	int failed = json_object_set_new(header, "__metadata__",
	                                 metadata_object(n_metadata, metadata));
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < n_tensors; i++) {
			if (!is_in_pass(&tensors[i], pass))
				continue;
			failed |= json_object_set_new(header, tensors[i].name,
			                              tensor_object(&tensors[i], begin));
			begin += bytes_of(&tensors[i]);
		}
	char *text = failed ? NULL : json_dumps(header, JSON_COMPACT);
	json_decref(header);
	return text;
}

/* --- File --------------------------------------------------------------------------- */

struct file {
	int fd;
	char *partial;
	struct tj_error *err;
};

static void put(struct file *f, const void *bytes, size_t n)
{
	if (f->err->status == TRUJAMAN_OK)
		tj_write_all(f->fd, f->partial, bytes, n, f->err);
}

static void put_all(struct file *f, const char *header, size_t n_tensors,
                    const struct tj_write_tensor *tensors)
{
	static const char spaces[ALIGNMENT + 1] =
	    "                                                                ";
	size_t n = strlen(header);
	size_t padding = (ALIGNMENT - (sizeof(uint64_t) + n) % ALIGNMENT) % ALIGNMENT;
	uint64_t length = n + padding;
	put(f, &length, sizeof length);
	put(f, header, n);
	put(f, spaces, padding);
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < n_tensors; i++)
			if (is_in_pass(&tensors[i], pass))
				put(f, tensors[i].data, bytes_of(&tensors[i]));
}

/* rename must neither replace a device nor circumvent the permissions of the existing file. */
static trujaman_status check_place(const char *path, struct tj_error *err)
{
	struct stat s;
	char *target = tj_link_follow(path);
	if (target == NULL && errno == EBADF)
		return tj_fail(err, TRUJAMAN_ERROR_IO,
		               "cannot write %s: it is a name of a descriptor, not of a file",
		               path);
	free(target);
	if (stat(path, &s) != 0)
		return TRUJAMAN_OK;
	if (!S_ISREG(s.st_mode))
		return tj_fail(err, TRUJAMAN_ERROR_IO, "cannot write %s: it is no regular file",
		               path);
	if (access(path, W_OK) != 0)
		return tj_fail_errno(err, errno, "write", path);
	return TRUJAMAN_OK;
}

/* Reads back what was written: a file that cannot be opened must not replace one that can. */
static void check_written(struct file *f, size_t n_tensors, size_t n_metadata)
{
	struct tj_safetensors *s = tj_safetensors_open(f->partial, f->err);
	if (s != NULL && (s->n_tensors != n_tensors || s->n_metadata != n_metadata))
		tj_fail(f->err, TRUJAMAN_ERROR_IO,
		        "cannot write %s: it holds %zu tensors and %zu metadata entries, not %zu "
		        "and %zu",
		        f->partial, s->n_tensors, s->n_metadata, n_tensors, n_metadata);
	tj_safetensors_close(s);
}

static void write_file(struct file *f, const char *path, const char *header, size_t n_tensors,
                       const struct tj_write_tensor *tensors, size_t n_metadata)
{
	put_all(f, header, n_tensors, tensors);
	if (f->err->status != TRUJAMAN_OK)
		(void)close(f->fd);
	else if (!tj_replace_close(f->fd))
		tj_fail_errno(f->err, errno, "write", f->partial);
	if (f->err->status == TRUJAMAN_OK)
		check_written(f, n_tensors, n_metadata);
	if (f->err->status == TRUJAMAN_OK && !tj_replace_rename(f->partial, path))
		tj_fail_errno(f->err, errno, "rename the partial file to", path);
	if (f->err->status != TRUJAMAN_OK)
		unlink(f->partial);
	else if (!tj_folder_sync(path))
		tj_fail_errno(f->err, errno, "sync the folder of", path);
}

trujaman_status tj_safetensors_write(const char *path, size_t n_tensors,
                                     const struct tj_write_tensor *tensors, size_t n_metadata,
                                     const struct tj_write_entry *metadata, struct tj_error *err)
{
	struct file f = { .fd = -1, .err = err };
	if (check_place(path, err) != TRUJAMAN_OK)
		return err->status;
	char *header = header_text(n_tensors, tensors, n_metadata, metadata);
	if (header == NULL)
		tj_fail_memory(err, "the header of a model file", n_tensors * sizeof *tensors);
	else if (!tj_replace_create(path, &f.partial, &f.fd))
		tj_fail_errno(err, errno, "create", f.partial != NULL ? f.partial : path);
	else
		write_file(&f, path, header, n_tensors, tensors, n_metadata);
	free(header);
	free(f.partial);
	return err->status;
}
