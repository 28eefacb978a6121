/* SPDX-License-Identifier: MIT */
/* trujaman_list_models: the models that can be given by name. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/api/model_folders.h"
#include "src/base/memory.h"
#include "src/model/safetensors.h"

struct named_models {
	trujaman_named_model *items;
	size_t n, capacity;
};

static int has(const struct named_models *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->items[i].name, name) == 0)
			return 1;
	return 0;
}

/* A copy of a metadata value, from malloc; NULL: the file does not say, or memory is short (err).
 */
static char *copy_value(const struct tj_safetensors *file, const char *key, struct tj_error *err)
{
	const char *value = tj_safetensors_metadata(file, key);
	char *copy = value != NULL ? strdup(value) : NULL;
	if (value != NULL && copy == NULL)
		tj_fail_memory(err, "a list of models", strlen(value));
	return copy;
}

/* Whether the file says that it is a model, of any version. */
static int is_model(const struct tj_safetensors *file)
{
	static const char beginning[] = "trujaman/";
	const char *format = tj_safetensors_metadata(file, "format");
	return format != NULL && strncmp(format, beginning, sizeof beginning - 1) == 0;
}

/* Set the languages. A file that is no model stays in the list without a path, because it hides
 * what has the same name in the folders that follow. */
static trujaman_status look_into(trujaman_named_model *m, struct tj_error *err)
{
	struct tj_error no_model = { 0 };
	struct tj_safetensors *file = tj_safetensors_open(m->path, &no_model);
	if (file == NULL && no_model.status == TRUJAMAN_ERROR_MEMORY)
		return tj_fail(err, no_model.status, "%s", no_model.text);
	if (file == NULL || !is_model(file)) {
		tj_safetensors_close(file);
		free((char *)m->path);
		m->path = NULL;
		return TRUJAMAN_OK;
	}
	m->source_language = copy_value(file, "source_language", err);
	m->target_language = copy_value(file, "target_language", err);
	tj_safetensors_close(file);
	return err->status;
}

/* Add the model of a file in a folder, unless it is hidden or none. */
static trujaman_status add(struct named_models *l, const char *folder, const char *file,
                           struct tj_error *err)
{
	size_t n = strlen(file), n_suffix = strlen(TJ_MODEL_SUFFIX);
	if (n <= n_suffix || strcmp(file + n - n_suffix, TJ_MODEL_SUFFIX) != 0)
		return TRUJAMAN_OK;
	char *name = strndup(file, n - n_suffix);
	if (name == NULL)
		return tj_fail_memory(err, "a list of models", n);
	char *path = has(l, name) ? NULL : tj_model_in_folder(folder, name, err);
	if (path != NULL && tj_reserve(&l->items, &l->capacity, l->n + 1, sizeof *l->items)) {
		l->items[l->n++] = (trujaman_named_model){ .name = name, .path = path };
		return look_into(&l->items[l->n - 1], err);
	}
	if (path != NULL)
		tj_fail_memory(err, "a list of models", l->n * sizeof *l->items);
	free(path);
	free(name);
	return err->status;
}

static int by_name(const void *a, const void *b)
{
	const trujaman_named_model *x = a, *y = b;
	return strcmp(x->name, y->name);
}

/* A folder that is not there has no models. */
static trujaman_status add_folder(struct named_models *l, const char *folder, struct tj_error *err)
{
	size_t before = l->n;
	DIR *d = opendir(folder);
	if (d == NULL)
		return errno == ENOMEM ? tj_fail_memory(err, "a folder", 0) : TRUJAMAN_OK;
	for (struct dirent *entry; err->status == TRUJAMAN_OK && (entry = readdir(d)) != NULL;)
		add(l, folder, entry->d_name, err);
	(void)closedir(d);
	if (l->n > before)
		qsort(l->items + before, l->n - before, sizeof *l->items, by_name);
	return err->status;
}

static void drop_others(struct named_models *l)
{
	size_t n = 0;
	for (size_t i = 0; i < l->n; i++)
		if (l->items[i].path != NULL)
			l->items[n++] = l->items[i];
		else
			free((char *)l->items[i].name);
	l->n = n;
}

static void tell_where(const struct tj_model_folders *f, char *text, size_t n_bytes)
{
	size_t n = 0;
	for (size_t i = 0; i < f->n && n < n_bytes; i++) {
		int more = snprintf(text + n, n_bytes - n, "%s%s", i > 0 ? ", " : "", f->paths[i]);
		n += more > 0 ? (size_t)more : 0;
	}
}

static void free_items(size_t n, trujaman_named_model *items)
{
	for (size_t i = 0; i < n; i++) {
		free((char *)items[i].name);
		free((char *)items[i].path);
		free((char *)items[i].source_language);
		free((char *)items[i].target_language);
	}
	free(items);
}

/* The models as pointers into one block, which begins with the first of them. */
static trujaman_named_model **as_pointers(const struct named_models *l)
{
	trujaman_named_model **list = malloc((l->n + 1) * sizeof *list);
	for (size_t i = 0; list != NULL && i < l->n; i++)
		list[i] = &l->items[i];
	return list;
}

trujaman_status trujaman_list_models(size_t *n, trujaman_named_model ***list, char *error,
                                     size_t n_error_bytes)
{
	struct tj_error err = { 0 };
	struct tj_model_folders f;
	struct named_models l = { .n = 0 };
	if (n_error_bytes > 0)
		error[0] = '\0';
	if (tj_model_folders_find(&f, &err) == TRUJAMAN_OK)
		for (size_t i = 0; i < f.n && err.status == TRUJAMAN_OK; i++)
			add_folder(&l, f.paths[i], &err);
	drop_others(&l);
	*list = err.status == TRUJAMAN_OK ? as_pointers(&l) : NULL;
	if (err.status == TRUJAMAN_OK && *list == NULL)
		tj_fail_memory(&err, "a list of models", l.n * sizeof **list);
	if (err.status != TRUJAMAN_OK) {
		free_items(l.n, l.items);
		l.n = 0;
		(void)tj_error_tell(&err, error, n_error_bytes);
	} else if (l.n == 0) {
		tell_where(&f, error, n_error_bytes);
	}
	tj_model_folders_free(&f);
	*n = l.n;
	return err.status;
}

void trujaman_list_free(size_t n, trujaman_named_model **list)
{
	free_items(n, list != NULL && n > 0 ? list[0] : NULL);
	free(list);
}
