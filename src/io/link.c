/* SPDX-License-Identifier: MIT */
/* Follows links, also those to nothing, for which realpath fails. */
#define _GNU_SOURCE /* asprintf */
#include "src/io/link.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The bytes of `path` up to and with its last slash. */
static size_t folder_bytes(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash != NULL ? (size_t)(slash - path) + 1 : 0;
}

/* Returns 1 or 0, or -1 on failure. A folder that does not exist is not in /proc. */
static int is_in_proc(const char *path)
{
	size_t n = folder_bytes(path);
	char *folder = n > 0 ? strndup(path, n) : strdup(".");
	char *real = folder != NULL ? realpath(folder, NULL) : NULL;
	int is = real != NULL ? strcmp(real, "/proc") == 0 || strncmp(real, "/proc/", 6) == 0
	         : folder == NULL || errno == ENOMEM ? -1
	                                             : 0;
	free(folder);
	free(real);
	return is;
}

/* Replaces *path, from malloc, by what the link there says. Returns 1; 0: there is no link; -1 on
 * failure. */
static int follow_one(char **path)
{
	char target[PATH_MAX], *next;
	ssize_t n = readlink(*path, target, sizeof target - 1);
	if (n < 0)
		return 0; /* whatever else is wrong with the path, its user finds out */
	target[n] = '\0';
	int folder = target[0] == '/' ? 0 : (int)folder_bytes(*path);
	if (asprintf(&next, "%.*s%s", folder, *path, target) < 0)
		return -1;
	free(*path);
	*path = next;
	return 1;
}

char *tj_link_follow(const char *path)
{
	enum { MAX_LINKS = 40 };
	char *at = strdup(path);
	for (int i = 0; at != NULL && i <= MAX_LINKS; i++) {
		int in_proc = is_in_proc(at);
		int followed = in_proc == 0 ? follow_one(&at) : -1;
		if (followed == 0)
			return at;
		int code = in_proc > 0 ? EBADF : followed < 0 ? ENOMEM : ELOOP;
		if (followed < 0 || i == MAX_LINKS) {
			free(at);
			at = NULL;
		}
		errno = code;
	}
	return at;
}
