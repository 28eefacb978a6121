/* SPDX-License-Identifier: MIT */
/* Composes the identity of a run, with fingerprints of the model and the inputs. */
#define _GNU_SOURCE /* vasprintf */
#include "src/delivery/run_identity.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/hash.h"

/* --- Composing ------------------------------------------------------------------------ */

/* Lines "= KEY VALUE\n". Call begin, add and end in this order. Afterwards `text`, from malloc, is
 * the caller's to free. */
struct run_identity {
	FILE *stream;
	char *text;
	size_t n;
	int failed;
};

static trujaman_status out_of_memory(struct tj_error *err)
{
	return tj_fail(err, TRUJAMAN_ERROR_MEMORY, "out of memory for the identity of a run");
}

static trujaman_status begin(struct run_identity *id, struct tj_error *err)
{
	*id = (struct run_identity){ .failed = 0 };
	id->stream = open_memstream(&id->text, &id->n);
	return id->stream != NULL ? TRUJAMAN_OK : out_of_memory(err);
}

__attribute__((format(printf, 3, 4))) static void add(struct run_identity *id, const char *key,
                                                      const char *format, ...)
{
	char *value = NULL;
	va_list args;
	va_start(args, format);
	int n = vasprintf(&value, format, args);
	va_end(args);
	if (n < 0) {
		id->failed = 1;
		return;
	}
	fprintf(id->stream, "= %s ", key);
	tj_journal_put_escaped(id->stream, value);
	fputc('\n', id->stream);
	free(value);
}

static trujaman_status end(struct run_identity *id, struct tj_error *err)
{
	int failed = ferror(id->stream) || id->failed;
	if (fclose(id->stream) == 0 && !failed)
		return TRUJAMAN_OK;
	free(id->text);
	id->text = NULL;
	return out_of_memory(err);
}

/* --- Fingerprints --------------------------------------------------------------------- */

static int fail(const char *path, struct tj_error *err)
{
	tj_fail_errno(err, errno, "read", path);
	return 0;
}

/* Hash the bytes [from, to) of an open file, or fewer if the file ends before. Returns 0 on
 * failure. */
static int hash_range(int fd, const char *path, uint64_t from, uint64_t to, uint64_t *hash,
                      struct tj_error *err)
{
	char block[1 << 16];
	/* Bytes in the block. It is hashed only when full, because pread may return less. */
	size_t n = 0;
	while (from + n < to) {
		size_t room = sizeof block - n < to - from - n ? sizeof block - n
		                                               : (size_t)(to - from - n);
		ssize_t got = pread(fd, block + n, room, (off_t)(from + n));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fail(path, err);
		n += (size_t)got;
		if (got > 0 && n < sizeof block)
			continue;
		*hash = tj_hash(*hash, block, n);
		from += n;
		n = 0;
		if (got == 0)
			return 1;
	}
	*hash = tj_hash(*hash, block, n);
	return 1;
}

/* The size and hash of a file; the hash covers all of it, or only its beginning and end. For
 * anything but a regular file both are 0. Returns 0 on failure. */
static int fingerprint(const char *path, int whole, uint64_t *bytes, uint64_t *hash,
                       struct tj_error *err)
{
	enum { END_BYTES = 1 << 16 };
	struct stat st;
	*bytes = *hash = 0;
	int fd = tj_is_stdin(path) ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return fail(path, err);
	int good = fstat(fd, &st) == 0 || fail(path, err);
	if (good && S_ISREG(st.st_mode)) {
		uint64_t n = *bytes = (uint64_t)st.st_size;
		if (whole || n <= 2 * END_BYTES)
			good = hash_range(fd, path, 0, n, hash, err);
		else
			good = hash_range(fd, path, 0, END_BYTES, hash, err) &&
			       hash_range(fd, path, n - END_BYTES, n, hash, err);
	}
	if (fd != STDIN_FILENO)
		(void)close(fd);
	return good;
}

/* --- Identities ----------------------------------------------------------------------- */

static int add_fact(struct run_identity *id, const struct tj_fact *f, struct tj_error *err)
{
	uint64_t bytes = 0, hash = 0;
	if (!f->is_file) {
		add(id, f->key, "%s", f->value != NULL ? f->value : "none");
		return 1;
	}
	if (f->value != NULL && !fingerprint(f->value, 1, &bytes, &hash, err))
		return 0;
	add(id, f->key, "%" PRIu64 " bytes, %016" PRIx64, bytes, hash);
	return 1;
}

static char *finish(struct run_identity *id, int good, struct tj_error *err)
{
	trujaman_status status = end(id, err);
	if (good && status == TRUJAMAN_OK)
		return id->text;
	if (status == TRUJAMAN_OK)
		free(id->text);
	return NULL;
}

char *tj_run_identity_of(size_t n, const struct tj_fact *facts, const struct tj_shard *shard,
                         struct tj_error *err)
{
	struct run_identity id;
	int good = 1;
	if (begin(&id, err) != TRUJAMAN_OK)
		return NULL;
	for (size_t i = 0; i < n && good; i++)
		good = add_fact(&id, &facts[i], err);
	if (shard->n > 0)
		add(&id, "shard", "%u/%u", shard->i, shard->n);
	return finish(&id, good, err);
}

char *tj_run_identity_with_inputs(const char *run, const struct tj_inputs *inputs, size_t from,
                                  size_t n, struct tj_error *err)
{
	struct run_identity id;
	int good = 1;
	if (begin(&id, err) != TRUJAMAN_OK)
		return NULL;
	fputs(run, id.stream);
	for (size_t i = from; i < from + n && good; i++) {
		uint64_t bytes, hash;
		const char *path = tj_inputs_path(inputs, i);
		good = fingerprint(path, 0, &bytes, &hash, err);
		const char *format = inputs->items[i].format;
		add(&id, "input", "%s, %s, %" PRIu64 " bytes, %016" PRIx64,
		    tj_inputs_name(inputs, i), format != NULL ? format : "text", bytes, hash);
	}
	return finish(&id, good, err);
}
