/* SPDX-License-Identifier: MIT */
/* Lists and copies files that are no text. */
#define _GNU_SOURCE /* asprintf */
#include "src/delivery/others.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/hash.h"
#include "src/base/string.h"
#include "src/delivery/complete.h"
#include "src/delivery/folder.h"
#include "src/io/replace.h"
#include "src/io/write.h"

enum { BLOCK = 1 << 16, MOST_LISTED = 5 };

static char *place_of(const struct tj_destination *to, const struct tj_inputs *inputs, size_t i,
                      struct tj_error *err)
{
	char *path;
	if (asprintf(&path, "%s/%s", to->folder, inputs->other_names[i]) >= 0)
		return path;
	tj_fail(err, TRUJAMAN_ERROR_MEMORY, "out of memory for a file name");
	return NULL;
}

void tj_others_tell(const struct tj_destination *to, const struct tj_inputs *inputs)
{
	char list[512] = "";
	size_t n = inputs->n_others, used = 0;
	if (n == 0 || to->copies_others)
		return;
	for (size_t i = 0; i < n && i < MOST_LISTED && used < sizeof list; i++)
		used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i > 0 ? ", " : "",
		                         inputs->other_names[i]);
	tj_tell(to->listener, TJ_NEWS_WARNING,
	        "left out %zu file%s of other kinds (--copy-others copies %s): %s%s", n,
	        tj_plural(n), n == 1 ? "it" : "them", list, n > MOST_LISTED ? ", …" : "");
}

trujaman_status tj_others_check(const struct tj_destination *to, const struct tj_inputs *inputs,
                                struct tj_error *err)
{
	trujaman_status status = TRUJAMAN_OK;
	for (size_t i = 0; to->copies_others && i < inputs->n_others && status == TRUJAMAN_OK;
	     i++) {
		struct stat from, there;
		char *path = place_of(to, inputs, i, err);
		if (path == NULL)
			return err->status;
		int exists = stat(path, &there) == 0;
		if (exists && stat(inputs->others[i], &from) == 0 && from.st_dev == there.st_dev &&
		    from.st_ino == there.st_ino)
			status = tj_fail(err, TRUJAMAN_ERROR_INPUT,
			                 "%s would be replaced by a copy of itself",
			                 inputs->others[i]);
		else if (exists && to->start == TJ_START_NEW)
			status = tj_fail(err, TRUJAMAN_ERROR_INPUT,
			                 "%s exists; --force replaces it, --resume does only what "
			                 "is not done yet",
			                 path);
		free(path);
	}
	return status;
}

/* Copies what is left of an open file. Returns 0 on failure, with errno set. */
static int copy_bytes(int from, int to)
{
	struct tj_error err = { 0 };
	char *block = malloc(BLOCK);
	ssize_t n = -1;
	while (block != NULL && ((n = read(from, block, BLOCK)) > 0 || (n < 0 && errno == EINTR))) {
		errno = 0;
		if (n > 0 && tj_write_all(to, "a copy", block, (size_t)n, &err) != TRUJAMAN_OK) {
			errno = errno != 0 ? errno : EIO;
			n = -1;
			break;
		}
	}
	int code = errno;
	free(block);
	errno = code;
	return n == 0;
}

/* Returns 0 on failure, with errno set. */
static int copy_file(const char *from, const char *to)
{
	char *partial = NULL;
	struct stat st;
	int out = -1, in = open(from, O_RDONLY | O_CLOEXEC);
	int good = in >= 0 && fstat(in, &st) == 0 && tj_replace_create(to, &partial, &out);
	if (good) {
		good = copy_bytes(in, out) && fchmod(out, st.st_mode & 0777) == 0;
		int code = errno;
		int closed = tj_replace_close(out);
		errno = good ? errno : code;
		good = good && closed && tj_replace_rename(partial, to);
		code = errno;
		if (!good)
			(void)unlink(partial);
		errno = code;
		good = good && tj_folder_sync(to);
	}
	int code = errno;
	if (in >= 0)
		(void)close(in);
	free(partial);
	errno = code;
	return good;
}

/* Whether a copy is there already. */
static int is_copied(const char *from, const char *to)
{
	struct stat a, b;
	return stat(from, &a) == 0 && stat(to, &b) == 0 && a.st_size == b.st_size &&
	       tj_complete_is_newer(to, from);
}

/* Makes the folder of a copy. Returns 0 on failure, which the listener has been told, with errno
 * set. */
static int make_folder(const struct tj_destination *to, char *path)
{
	struct tj_error err = { 0 };
	if (tj_make_folders(path, &err) == TRUJAMAN_OK)
		return 1;
	tj_tell(to->listener, TJ_NEWS_FAILURE, "%s", err.text);
	errno = err.code;
	return 0;
}

trujaman_status tj_others_copy(const struct tj_destination *to, const struct tj_inputs *inputs,
                               struct tj_failures *failures, struct tj_error *err)
{
	for (size_t i = 0; to->copies_others && i < inputs->n_others; i++) {
		const char *name = inputs->other_names[i];
		if (to->shard.n > 0 &&
		    tj_hash(0, name, strlen(name)) % to->shard.n != to->shard.i - 1)
			continue;
		char *path = place_of(to, inputs, i, err);
		if (path == NULL)
			return err->status;
		if (!(to->start == TJ_START_RESUME && is_copied(inputs->others[i], path)) &&
		    (!make_folder(to, path) || !copy_file(inputs->others[i], path)))
			tj_failures_add(failures, "cannot copy %s to %s: %s", inputs->others[i],
			                path, strerror(errno));
		free(path);
	}
	return TRUJAMAN_OK;
}
