/* SPDX-License-Identifier: MIT */
/* Finds a model file. A model is given as a path, or as a name such as en-es: NAME.safetensors in
 * one of the folders of model_folders.h. If there is none, the message says where was looked, and
 * what may have been meant. */
#include "src/api/find_model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "src/api/model_folders.h"
#include "src/base/nearest.h"
#include "src/base/string.h"

static int is_folder(const char *path)
{
	struct stat s;
	return stat(path, &s) == 0 && S_ISDIR(s.st_mode);
}

/* The length of the name without .safetensors; 0: it has no such end, or nothing before it. */
static size_t stem_bytes(const char *name)
{
	size_t n = strlen(name), n_suffix = strlen(TJ_MODEL_SUFFIX);
	return n > n_suffix && strcmp(name + n - n_suffix, TJ_MODEL_SUFFIX) == 0 ? n - n_suffix : 0;
}

static char *in_folders(const struct tj_model_folders *f, const char *name, struct tj_error *err)
{
	char *found = NULL;
	for (size_t i = 0; i < f->n && found == NULL && err->status == TRUJAMAN_OK; i++)
		found = tj_model_in_folder(f->paths[i], name, err);
	return found;
}

/* " (did you mean 'NAME'?)" in `text`, or nothing. */
static void put_nearest(char text[256], const char *name)
{
	struct tj_nearest nearest = { .word = name };
	trujaman_named_model **list;
	size_t n;
	text[0] = '\0';
	if (trujaman_list_models(&n, &list, NULL, 0) != TRUJAMAN_OK)
		return;
	for (size_t i = 0; i < n; i++)
		tj_nearest_show(&nearest, list[i]->name);
	if (nearest.found != NULL)
		snprintf(text, 256, " (did you mean '%s'?)", nearest.found);
	trujaman_list_free(n, list);
}

/* The model's name has no slash, and neither such a file nor such a model exists. */
static void fail_unknown(const struct tj_model_folders *f, const char *model, struct tj_error *err)
{
	char near[256];
	struct tj_string places = { NULL, 0, 0 };
	size_t n_stem = stem_bytes(model);
	char *name = n_stem > 0 ? strndup(model, n_stem) : strdup(model);
	char *path = name != NULL && n_stem > 0 ? in_folders(f, name, err) : NULL;
	int good = name != NULL && err->status == TRUJAMAN_OK;
	for (size_t i = 0; good && i < f->n; i++)
		good = (i == 0 || tj_string_append(&places, ", ", 2)) &&
		       tj_string_append(&places, f->paths[i], strlen(f->paths[i]));
	good = good && tj_string_append(&places, "", 1);
	if (!good) {
		tj_fail_memory(err, "a path", strlen(model));
	} else if (path != NULL) {
		tj_fail(err, TRUJAMAN_ERROR_IO,
		        "there is no file %s here; the model %s is called by its name, %s", model,
		        path, name);
	} else {
		put_nearest(near, name);
		tj_fail(err, TRUJAMAN_ERROR_IO,
		        "no model %s%s: there is no such file, and no %s%s in any of these "
		        "folders: %s; give a path, or set TRUJAMAN_MODEL_PATH to the folder that "
		        "has it",
		        model, near, name, TJ_MODEL_SUFFIX, places.data);
	}
	free(places.data);
	free(path);
	free(name);
}

static char *find_name(const char *model, struct tj_error *err)
{
	struct tj_model_folders f;
	char *found = NULL;
	if (tj_model_folders_find(&f, err) == TRUJAMAN_OK) {
		found = in_folders(&f, model, err);
		if (found == NULL && err->status == TRUJAMAN_OK && !is_folder(model))
			fail_unknown(&f, model, err);
	}
	tj_model_folders_free(&f);
	return found;
}

/* `model` was given as a path, and there is no such file. */
static void fail_path(const char *model, struct tj_error *err)
{
	struct tj_string with_suffix = { NULL, 0, 0 };
	if (tj_string_append(&with_suffix, model, strlen(model)) &&
	    tj_string_append(&with_suffix, TJ_MODEL_SUFFIX, sizeof TJ_MODEL_SUFFIX) &&
	    tj_is_model_file(with_suffix.data))
		tj_fail(err, TRUJAMAN_ERROR_IO, "there is no file %s; did you mean %s?", model,
		        with_suffix.data);
	free(with_suffix.data);
}

char *tj_find_model(const char *model, struct tj_error *err)
{
	char *found = NULL;
	if (*model == '\0') {
		tj_fail(err, TRUJAMAN_ERROR_USAGE, "the model's name is empty");
		return NULL;
	}
	int is_path = strchr(model, '/') != NULL;
	/* A folder named en-es must not hide the model en-es. */
	if (!is_path && !tj_is_model_file(model)) {
		found = find_name(model, err);
		if (found != NULL || err->status != TRUJAMAN_OK)
			return found;
	}
	if (is_folder(model)) {
		tj_fail(err, TRUJAMAN_ERROR_IO,
		        "%s is a folder; a model is a file, NAME%s: give the path of one, or set "
		        "TRUJAMAN_MODEL_PATH to the folder and give the NAME",
		        model, TJ_MODEL_SUFFIX);
		return NULL;
	}
	if (is_path && !tj_is_model_file(model))
		fail_path(model, err);
	if (err->status == TRUJAMAN_OK && (found = strdup(model)) == NULL)
		tj_fail_memory(err, "a path", strlen(model));
	return found;
}
