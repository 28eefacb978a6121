/* SPDX-License-Identifier: MIT */
/* Finds a model file. A model is given as a path, or as a name such as en-es. For a name,
 * NAME.safetensors is searched for in the folders of TRUJAMAN_MODEL_PATH, in the folder `models`
 * next to the running program (for the build tree), and where models are installed. */
#include "src/api/find_model.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef TRUJAMAN_DATADIR
#error "the build must define TRUJAMAN_DATADIR"
#endif

static const char suffix[] = ".safetensors";

/* Folders do not count: a folder named en-es must not hide the model en-es. */
static int is_file(const char *path)
{
	struct stat s;
	return stat(path, &s) == 0 && !S_ISDIR(s.st_mode);
}

/* The path FOLDER/NAME.safetensors if that file exists, allocated with malloc. NULL if it does
 * not, or if memory is short (err). `folder` has n bytes. */
static char *in_folder(const char *folder, size_t n, const char *name, struct tj_error *err)
{
	size_t size = n + strlen(name) + sizeof suffix + 1;
	char *path = malloc(size);
	if (path == NULL) {
		tj_fail_memory(err, "a path", size);
		return NULL;
	}
	snprintf(path, size, "%.*s/%s%s", (int)n, folder, name, suffix);
	if (is_file(path))
		return path;
	free(path);
	return NULL;
}

static char *in_path_list(const char *list, const char *name, struct tj_error *err)
{
	char *found = NULL;
	while (found == NULL && *list && err->status == TRUJAMAN_OK) {
		size_t n = strcspn(list, ":");
		if (n > 0 && n < PATH_MAX)
			found = in_folder(list, n, name, err);
		list += n + (list[n] == ':');
	}
	return found;
}

static char *beside_program(const char *name, struct tj_error *err)
{
	char program[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", program, sizeof program - sizeof "models");
	while (n > 0 && program[n - 1] != '/')
		n--;
	if (n <= 0)
		return NULL;
	memcpy(program + n, "models", sizeof "models");
	return in_folder(program, strlen(program), name, err);
}

char *tj_find_model(const char *model, struct tj_error *err)
{
	const char *list = getenv("TRUJAMAN_MODEL_PATH");
	char *found = NULL;
	if (*model == '\0') {
		tj_fail(err, TRUJAMAN_ERROR_USAGE, "the model's name is empty");
		return NULL;
	}
	if (strchr(model, '/') != NULL || is_file(model)) {
		found = strdup(model);
		if (found == NULL)
			tj_fail_memory(err, "a path", strlen(model));
		return found;
	}
	if (list != NULL)
		found = in_path_list(list, model, err);
	if (found == NULL && err->status == TRUJAMAN_OK)
		found = beside_program(model, err);
	if (found == NULL && err->status == TRUJAMAN_OK)
		found = in_folder(TRUJAMAN_DATADIR, strlen(TRUJAMAN_DATADIR), model, err);
	if (found == NULL)
		tj_fail(
		    err, TRUJAMAN_ERROR_IO,
		    "no model %s: there is no such file, and no %s%s in %s%s%s; give a path, or "
		    "set TRUJAMAN_MODEL_PATH to the folder that has it",
		    model, model, suffix, list != NULL ? list : "",
		    list != NULL && *list ? " or " : "", TRUJAMAN_DATADIR);
	return found;
}
