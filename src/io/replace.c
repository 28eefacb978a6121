/* SPDX-License-Identifier: MIT */
/* Replaces files as a whole, and locks them. */
#include "src/io/replace.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/io/names.h"

int tj_replace_create(const char *path, char **partial, int *fd)
{
	enum { MAX_TRIES = 100, MORE_BYTES = 64 };
	static const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	size_t n_bytes = strlen(path) + MORE_BYTES;
	*fd = -1;
	*partial = malloc(n_bytes);
	if (*partial == NULL)
		return 0;
	/* A killed process of the same number may have left its file. Somebody may still need that
	 * file, so take the next name. */
	for (int i = 0; i < MAX_TRIES; i++) {
		snprintf(*partial, n_bytes,
		         i ? "%s" TJ_NAME_TEMPORARY "%ld-%d" : "%s" TJ_NAME_TEMPORARY "%ld", path,
		         (long)getpid(), i);
		*fd = open(*partial, flags, 0666);
		if (*fd >= 0 || errno != EEXIST)
			break;
	}
	return *fd >= 0;
}

int tj_replace_close(int fd)
{
	/* EINVAL: a pipe, a device, or a file system that cannot fsync. */
	int ok = fsync(fd) == 0 || errno == EINVAL;
	int code = errno;
	if (close(fd) != 0 && ok) {
		ok = 0;
		code = errno;
	}
	errno = code;
	return ok;
}

int tj_replace_rename(const char *partial, const char *path)
{
	return rename(partial, path) == 0;
}

/* The folder of `path`, "." if it has none, from malloc. */
static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	if (slash == NULL)
		return strdup(".");
	return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

int tj_folder_sync(const char *path)
{
	char *folder = folder_of(path);
	if (folder == NULL)
		return 0;
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), code = errno;
	free(folder);
	if (fd < 0) {
		errno = code;
		return code == EACCES || code == EPERM;
	}
	int ok = fsync(fd) == 0 || errno == EINVAL;
	code = errno;
	(void)close(fd); /* nothing was written to it */
	errno = code;
	return ok;
}

/* Whether `name` is `base` and once or twice what tj_replace_create adds. */
static int is_left_over(const char *name, const char *base)
{
	size_t n = strlen(base), n_suffix = strlen(TJ_NAME_TEMPORARY);
	const char *rest = name + n;
	if (strncmp(name, base, n) != 0 || tj_name_kind(name) != TJ_NAME_IS_UNFINISHED)
		return 0;
	for (int i = 0; i < 2 && *rest != '\0'; i++) {
		if (strncmp(rest, TJ_NAME_TEMPORARY, n_suffix) != 0)
			return 0;
		rest += n_suffix;
		rest += strspn(rest, "-0123456789");
	}
	return rest != name + n && *rest == '\0';
}

void tj_replace_sweep(const char *path, const char *own)
{
	const char *slash = strrchr(path, '/'), *base = slash != NULL ? slash + 1 : path;
	char *folder = folder_of(path);
	DIR *d = folder != NULL ? opendir(folder) : NULL;
	free(folder);
	if (d == NULL)
		return;
	if (own != NULL)
		own += base - path;
	for (const struct dirent *e; (e = readdir(d)) != NULL;)
		if (is_left_over(e->d_name, base) && (own == NULL || strcmp(e->d_name, own) != 0))
			(void)unlinkat(dirfd(d), e->d_name, 0);
	closedir(d);
}

enum tj_lock tj_lock(int fd, const char *path)
{
	struct stat held, named;
	if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
		return TJ_LOCK_TAKEN;
	/* Whoever had the lock may have renamed or removed the file since it was opened here. */
	if (fstat(fd, &held) == 0 && stat(path, &named) == 0 && held.st_dev == named.st_dev &&
	    held.st_ino == named.st_ino)
		return TJ_LOCKED;
	return TJ_LOCK_STALE;
}
