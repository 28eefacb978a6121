/* SPDX-License-Identifier: MIT */
/* Collects the folders in which models are looked up by name. */
#include "src/api/model_folders.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/memory.h"

#ifndef TRUJAMAN_DATADIR
#error "the build must define TRUJAMAN_DATADIR"
#endif

int tj_is_model_file(const char *path)
{
	struct stat s;
	return stat(path, &s) == 0 && !S_ISDIR(s.st_mode);
}

char *tj_model_in_folder(const char *folder, const char *name, struct tj_error *err)
{
	size_t size = strlen(folder) + strlen(name) + sizeof TJ_MODEL_SUFFIX + 1;
	char *path = malloc(size);
	if (path == NULL) {
		tj_fail_memory(err, "a path", size);
		return NULL;
	}
	snprintf(path, size, "%s/%s%s", folder, name, TJ_MODEL_SUFFIX);
	if (tj_is_model_file(path))
		return path;
	free(path);
	return NULL;
}

/* Add the folder of n bytes, followed by `rest`. */
static trujaman_status add(struct tj_model_folders *f, const char *folder, size_t n,
                           const char *rest, struct tj_error *err)
{
	size_t size = n + strlen(rest) + 1;
	char *path = malloc(size);
	if (path == NULL || !tj_reserve(&f->paths, &f->capacity, f->n + 1, sizeof *f->paths)) {
		free(path);
		return tj_fail_memory(err, "a path", size);
	}
	snprintf(path, size, "%.*s%s", (int)n, folder, rest);
	for (size_t i = 0; i < f->n; i++)
		if (strcmp(f->paths[i], path) == 0) {
			free(path);
			return TRUJAMAN_OK;
		}
	f->paths[f->n++] = path;
	return TRUJAMAN_OK;
}

static trujaman_status add_list(struct tj_model_folders *f, const char *list, struct tj_error *err)
{
	while (*list && err->status == TRUJAMAN_OK) {
		size_t n = strcspn(list, ":");
		if (n > 0 && n < PATH_MAX)
			add(f, list, n, "", err);
		list += n + (list[n] == ':');
	}
	return err->status;
}

/* The system gives the program's path without links, so that the parent of its folder is what
 * remains when a name is cut off. */
static trujaman_status add_places_of_program(struct tj_model_folders *f, struct tj_error *err)
{
	char program[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", program, sizeof program);
	while (n > 0 && program[n - 1] != '/')
		n--;
	if (n <= 0 || add(f, program, (size_t)n, "models", err) != TRUJAMAN_OK)
		return err->status;
	for (n--; n > 0 && program[n - 1] != '/'; n--)
		;
	return n > 0 ? add(f, program, (size_t)n, "share/trujaman", err) : TRUJAMAN_OK;
}

trujaman_status tj_model_folders_find(struct tj_model_folders *f, struct tj_error *err)
{
	const char *list = getenv("TRUJAMAN_MODEL_PATH");
	*f = (struct tj_model_folders){ .n = 0 };
	if (list != NULL && add_list(f, list, err) != TRUJAMAN_OK)
		return err->status;
	if (add_places_of_program(f, err) != TRUJAMAN_OK)
		return err->status;
	return add(f, TRUJAMAN_DATADIR, strlen(TRUJAMAN_DATADIR), "", err);
}

void tj_model_folders_free(struct tj_model_folders *f)
{
	for (size_t i = 0; i < f->n; i++)
		free(f->paths[i]);
	free(f->paths);
	*f = (struct tj_model_folders){ .n = 0 };
}
