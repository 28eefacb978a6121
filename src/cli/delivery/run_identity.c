/* SPDX-License-Identifier: MIT */
/* Composes the identity of a run, with fingerprints of the model and the inputs. */
#define _GNU_SOURCE /* vasprintf */
#include "src/cli/delivery/run_identity.h"

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

/* Lines "= KEY VALUE\n". Call begin, add and end in this order. begin and end return an exit
 * status; a failure has already been reported. Afterwards `text`, from malloc, is the caller's to
 * free. */
struct run_identity {
	FILE *stream;
	char *text;
	size_t n;
	int failed;
};

static int begin(struct run_identity *id)
{
	*id = (struct run_identity){ .failed = 0 };
	id->stream = open_memstream(&id->text, &id->n);
	return id->stream != NULL
	           ? TJ_EXIT_DONE
	           : tj_cli_fail(TRUJAMAN_ERROR_MEMORY, "out of memory for the identity of a run");
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

static int end(struct run_identity *id)
{
	int failed = ferror(id->stream) || id->failed;
	if (fclose(id->stream) != 0 || failed) {
		free(id->text);
		id->text = NULL;
		return tj_cli_fail(TRUJAMAN_ERROR_MEMORY,
		                   "out of memory for the identity of a run");
	}
	return TJ_EXIT_DONE;
}

/* --- Fingerprints --------------------------------------------------------------------- */

static int fail(const char *path)
{
	tj_cli_say("cannot read %s: %s", path, strerror(errno));
	return 0;
}

/* Hash the bytes [from, to) of an open file, or fewer if the file ends before. Returns 0 on
 * failure, which has already been reported. */
static int hash_range(int fd, const char *path, uint64_t from, uint64_t to, uint64_t *hash)
{
	static char block[1 << 16]; /* static is safe: one thread at a time (message.h) */
	/* Bytes in the block. It is hashed only when full, because pread may return less. */
	size_t n = 0;
	while (from + n < to) {
		size_t room = sizeof block - n < to - from - n ? sizeof block - n
		                                               : (size_t)(to - from - n);
		ssize_t got = pread(fd, block + n, room, (off_t)(from + n));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fail(path);
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
 * anything but a regular file both are 0. Returns 0 on failure, which has already been reported. */
static int fingerprint(const char *path, int whole, uint64_t *bytes, uint64_t *hash)
{
	enum { END_BYTES = 1 << 16 };
	struct stat st;
	*bytes = *hash = 0;
	int fd = tj_is_stdin(path) ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return fail(path);
	int good = fstat(fd, &st) == 0 || fail(path);
	if (good && S_ISREG(st.st_mode)) {
		uint64_t n = *bytes = (uint64_t)st.st_size;
		if (whole || n <= 2 * END_BYTES)
			good = hash_range(fd, path, 0, n, hash);
		else
			good = hash_range(fd, path, 0, END_BYTES, hash) &&
			       hash_range(fd, path, n - END_BYTES, n, hash);
	}
	if (fd != STDIN_FILENO)
		(void)close(fd);
	return good;
}

/* --- Identities ----------------------------------------------------------------------- */

/* Add a file that the output depends on; NULL: none. */
static int add_file(struct run_identity *id, const char *what, const char *path)
{
	uint64_t bytes = 0, hash = 0;
	if (path != NULL && !fingerprint(path, 1, &bytes, &hash))
		return 0;
	add(id, what, "%" PRIu64 " bytes, %016" PRIx64, bytes, hash);
	return 1;
}

static char *finish(struct run_identity *id, int good)
{
	int status = end(id);
	if (good && status == TJ_EXIT_DONE)
		return id->text;
	if (status == TJ_EXIT_DONE)
		free(id->text);
	return NULL;
}

/* Add what the bytes of the output depend on; files by their contents. */
static int add_options(struct run_identity *id, trujaman_options *options)
{
	const trujaman_option *o;
	int good = 1;
	for (size_t i = 0; good && (o = trujaman_option_at(i)) != NULL; i++) {
		const char *value = trujaman_options_get(options, o->name);
		/* The model may have chosen the precision: that in use was added. */
		if (!o->changes_output || strcmp(o->name, "precision") == 0)
			continue;
		if (o->kind == TRUJAMAN_OPTION_FILE)
			good = add_file(id, o->name, value);
		else
			add(id, o->name, "%s", value != NULL ? value : "none");
	}
	return good;
}

char *tj_run_identity_of(trujaman_options *o, const struct tj_destination *to, size_t n_models,
                         const trujaman_model_info *const *infos)
{
	static const char *const outputs[] = { "translations", "scores", "n-best" };
	struct run_identity id;
	uint64_t bytes, hash;
	if (begin(&id) != TJ_EXIT_DONE)
		return NULL;
	int good = 1;
	add(&id, "trujaman", "%s", trujaman_version());
	for (size_t i = 0; i < n_models && good; i++) {
		good = fingerprint(infos[i]->path, 1, &bytes, &hash);
		add(&id, "model", "%" PRIu64 " bytes, %016" PRIx64, bytes, hash);
	}
	add(&id, "output", "%s", outputs[to->output]);
	add(&id, "compression", "%s", tj_packing_name((enum tj_packing)to->packing));
	for (size_t i = 0; i < n_models; i++)
		add(&id, "precision", "%s", infos[i]->products);
	add(&id, "format", "%s", to->format != NULL ? to->format : "by name");
	good = good && add_options(&id, o);
	if (to->shard.n > 0)
		add(&id, "shard", "%u/%u", to->shard.i, to->shard.n);
	return finish(&id, good);
}

char *tj_run_identity_with_inputs(const char *run, const struct tj_inputs *inputs, size_t from,
                                  size_t n)
{
	struct run_identity id;
	int good = 1;
	if (begin(&id) != TJ_EXIT_DONE)
		return NULL;
	fputs(run, id.stream);
	for (size_t i = from; i < from + n && good; i++) {
		uint64_t bytes, hash;
		const char *path = tj_inputs_path(inputs, i);
		good = fingerprint(path, 0, &bytes, &hash);
		const char *format = inputs->items[i].format;
		add(&id, "input", "%s, %s, %" PRIu64 " bytes, %016" PRIx64,
		    tj_inputs_name(inputs, i), format != NULL ? format : "text", bytes, hash);
	}
	return finish(&id, good);
}
