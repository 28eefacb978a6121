/* SPDX-License-Identifier: MIT */
/* Copies a model file, and changes its list of words and what the metadata say of that. */
#include "src/model/set_words.h"

#include <stdlib.h>
#include <string.h>

#include "src/model/config_entries.h"
#include "src/model/config_tensors.h"
#include "src/model/safetensors_write.h"

static const char words_name[] = "source.words";

/* Sets or adds an entry of n, which have room for one more; NULL: leaves it out. Returns how many
 * there are. */
static size_t set_entry(struct tj_write_entry *entries, size_t n, const char *key,
                        const char *value)
{
	size_t i = 0;
	while (i < n && strcmp(entries[i].key, key) != 0)
		i++;
	if (value != NULL) {
		entries[i] = (struct tj_write_entry){ key, value };
		return i < n ? n : n + 1;
	}
	if (i == n)
		return n;
	memmove(&entries[i], &entries[i + 1], (n - i - 1) * sizeof *entries);
	return n - 1;
}

/* Writes the copy; tensors and entries have room for one and two more than the file has. */
static trujaman_status write(const struct tj_safetensors *file, const char *out, const char *words,
                             size_t n_words, struct tj_write_tensor *tensors,
                             struct tj_write_entry *entries, struct tj_error *err)
{
	char features[TJ_LONGEST_FEATURES];
	struct tj_config config;
	size_t n = 0, n_entries = file->n_metadata;
	if (tj_config_read(file, &config, err) != TRUJAMAN_OK)
		return err->status;
	for (size_t i = 0; i < file->n_tensors; i++)
		if (strcmp(file->tensors[i].name, words_name) != 0)
			tensors[n++] = tj_write_copy(&file->tensors[i]);
	if (n_words > 0)
		tensors[n++] = (struct tj_write_tensor){ words_name, TJ_U8, 1, { n_words }, words };
	tj_write_sort(n, tensors);
	config.word_list = n_words > 0;
	tj_config_list_features(&config, features);
	for (size_t i = 0; i < n_entries; i++)
		entries[i] = (struct tj_write_entry){ file->keys[i], file->values[i] };
	n_entries = set_entry(entries, n_entries, "features", *features != '\0' ? features : NULL);
	n_entries = set_entry(entries, n_entries, "format",
	                      *features != '\0' ? "trujaman/1.1" : "trujaman/1");
	return tj_safetensors_write(out, n, tensors, n_entries, entries, err);
}

trujaman_status tj_model_set_words(const char *in, const char *out, const char *words,
                                   size_t n_words, struct tj_error *err)
{
	struct tj_safetensors *file = tj_safetensors_open(in, err);
	if (file == NULL)
		return err->status;
	struct tj_write_tensor *tensors = calloc(file->n_tensors + 1, sizeof *tensors);
	struct tj_write_entry *entries = calloc(file->n_metadata + 2, sizeof *entries);
	if (tensors == NULL || entries == NULL)
		tj_fail_memory(err, "a model", file->n_tensors);
	else
		write(file, out, words, n_words, tensors, entries, err);
	free(tensors);
	free(entries);
	tj_safetensors_close(file);
	return err->status;
}
