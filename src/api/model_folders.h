/* SPDX-License-Identifier: MIT */
/* The folders in which models are looked up by name. */
#ifndef TJ_API_MODEL_FOLDERS_H
#define TJ_API_MODEL_FOLDERS_H

#include "src/base/status.h"

#define TJ_MODEL_SUFFIX ".safetensors"

struct tj_model_folders {
	char **paths; /* [n], in the order of the search; from malloc, like each path */
	size_t n, capacity;
};

/* Collects the folders: those of TRUJAMAN_MODEL_PATH, `models` beside the running program (the
 * build tree), ../share/trujaman from there (an installed tree, wherever it was moved to), and
 * where models were to be installed. No folder occurs twice; none need exist. Returns an error only
 * if memory is short. Call tj_model_folders_free in any case. */
trujaman_status tj_model_folders_find(struct tj_model_folders *f, struct tj_error *err);
void tj_model_folders_free(struct tj_model_folders *f);

/* Whether `path` is something other than a folder. */
int tj_is_model_file(const char *path);

/* The path FOLDER/NAME.safetensors, from malloc, if there is such a file. NULL: there is none, or
 * memory is short (err). */
char *tj_model_in_folder(const char *folder, const char *name, struct tj_error *err);

#endif
