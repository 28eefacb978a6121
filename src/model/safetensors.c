/* SPDX-License-Identifier: MIT */
/* Opens, maps and closes a safetensors file. */
#include "src/model/safetensors.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/model/safetensors_header.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "tensors are used where they lie in the file: the host must be little endian"
#endif

/* The file */

static trujaman_status check_file_kind(const struct stat *st, const char *path,
                                       struct tj_error *err)
{
	const char *kind = S_ISDIR(st->st_mode)    ? "a directory"
	                   : S_ISFIFO(st->st_mode) ? "a pipe"
	                   : S_ISREG(st->st_mode)  ? NULL
	                                           : "a device";
	if (kind != NULL)
		return tj_fail(err, TRUJAMAN_ERROR_IO, "%s: found %s, wanted a regular file", path,
		               kind);
	if (st->st_size < TJ_HEADER_LENGTH_BYTES)
		return tj_fail(err, TRUJAMAN_ERROR_FORMAT,
		               "%s: found a file of %lld bytes, wanted at least %d for the "
		               "header length",
		               path, (long long)st->st_size, TJ_HEADER_LENGTH_BYTES);
	if ((uintmax_t)st->st_size > SIZE_MAX / 2)
		return tj_fail(err, TRUJAMAN_ERROR_IO, "%s: found a file too large to be mapped",
		               path);
	return TRUJAMAN_OK;
}

static trujaman_status map_descriptor(struct tj_safetensors *s, int fd, struct tj_error *err)
{
	struct stat st;
	if (fstat(fd, &st) != 0)
		return tj_fail_errno(err, errno, "examine", s->path);
	if (check_file_kind(&st, s->path, err) != TRUJAMAN_OK)
		return err->status;
	void *map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return tj_fail_errno(err, errno, "map", s->path);
	s->map = map;
	s->file_bytes = (size_t)st.st_size;
	return TRUJAMAN_OK;
}

static trujaman_status map_file(struct tj_safetensors *s, struct tj_error *err)
{
	/* O_NONBLOCK: a pipe without a writer must give an error instead of blocking. */
	int fd = open(s->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return tj_fail_errno(err, errno, "open", s->path);
	map_descriptor(s, fd, err);
	if (close(fd) != 0)
		tj_fail_errno(err, errno, "close", s->path);
	return err->status;
}

struct tj_safetensors *tj_safetensors_open(const char *path, struct tj_error *err)
{
	struct tj_safetensors *s = calloc(1, sizeof *s);
	if (s == NULL || (s->path = strdup(path)) == NULL) {
		tj_fail_memory(err, "a model file's name", strlen(path) + sizeof *s);
		tj_safetensors_close(s);
		return NULL;
	}
	if (map_file(s, err) == TRUJAMAN_OK && tj_safetensors_parse(s, err) == TRUJAMAN_OK)
		return s;
	tj_safetensors_close(s);
	return NULL;
}

void tj_safetensors_forget(const struct tj_safetensors *s)
{
	(void)madvise(s->map, s->file_bytes, MADV_DONTNEED); /* advice, which may fail */
}

void tj_safetensors_close(struct tj_safetensors *s)
{
	if (s == NULL)
		return;
	json_decref(s->json);
	if (s->map != NULL)
		(void)munmap(s->map, s->file_bytes); /* fails only for a range never mapped */
	free(s->keys);
	free(s->values);
	free(s->tensors);
	free(s->path);
	free(s);
}
