/* SPDX-License-Identifier: MIT */
/* Writes a model file with its F32 matrices rounded to I8, or with another list of words. */
#include "src/model/quantize.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "simd/pack.h"
#include "src/model/config_entries.h"
#include "src/model/safetensors_write.h"
#include "src/model/values.h"

static const char suffix[] = "_scale", words_name[] = "source.words";

/* The tensors of the new file, and the memory of those that are new in it: three blocks, in which
 * names, integers and scales point to the part that is still free. */
struct quantizer {
	const struct tj_safetensors *file;
	size_t n;
	struct tj_write_tensor *tensors;
	struct tj_write_entry *metadata;
	void *names_block, *integers_block, *scales_block;
	char *names;
	int8_t *integers;
	float *scales, *row; /* row: one matrix row, aligned for float */
};

static int is_matrix(const struct tj_tensor *t)
{
	return t->dtype == TJ_F32 && t->rank == 2;
}

static void add_matrix(struct quantizer *q, const struct tj_tensor *t)
{
	size_t rows = t->shape[0], columns = t->shape[1];
	struct tj_write_tensor *scales = &q->tensors[q->n++], *integers = &q->tensors[q->n++];
	*scales = (struct tj_write_tensor){ q->names, TJ_F32, 1, { rows }, q->scales };
	*integers = (struct tj_write_tensor){ t->name, TJ_I8, 2, { rows, columns }, q->integers };
	q->names = stpcpy(stpcpy(q->names, t->name), suffix) + 1;
	for (size_t i = 0; i < rows; i++, q->integers += columns) {
		memcpy(q->row, (const char *)t->data + i * columns * sizeof *q->row,
		       columns * sizeof *q->row);
		tj_quantize_row(q->row, columns, q->integers, q->scales++);
	}
}

static void add_as_it_is(struct quantizer *q, const struct tj_tensor *t)
{
	struct tj_write_tensor *copy = &q->tensors[q->n++];
	*copy = (struct tj_write_tensor){
		.name = t->name, .dtype = t->dtype, .rank = t->rank, .data = t->data
	};
	memcpy(copy->shape, t->shape, sizeof copy->shape);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(((const struct tj_write_tensor *)a)->name,
	              ((const struct tj_write_tensor *)b)->name);
}

static trujaman_status reserve(struct quantizer *q, struct tj_error *err)
{
	const struct tj_safetensors *file = q->file;
	size_t integers = 0, scales = 0, names = 0, longest = 0;
	for (size_t i = 0; i < file->n_tensors; i++) {
		const struct tj_tensor *t = &file->tensors[i];
		if (!is_matrix(t))
			continue;
		integers += t->n_elements;
		scales += t->shape[0];
		longest = t->shape[1] > longest ? t->shape[1] : longest;
		names += strlen(t->name) + sizeof suffix;
	}
	q->tensors = calloc(2 * file->n_tensors + 1, sizeof *q->tensors);
	q->metadata = calloc(file->n_metadata + 1, sizeof *q->metadata);
	q->names = q->names_block = malloc(names + 1);
	q->integers = q->integers_block = malloc(integers + 1);
	q->scales = q->scales_block = malloc((scales + 1) * sizeof *q->scales);
	q->row = malloc((longest + 1) * sizeof *q->row);
	if (q->row == NULL || q->tensors == NULL || q->metadata == NULL || q->names == NULL ||
	    q->integers == NULL || q->scales == NULL)
		return tj_fail_memory(err, "the quantised weights", integers);
	return TRUJAMAN_OK;
}

/* Sorted by name like those of an opened file: writing the result again gives the same bytes. */
static trujaman_status write(struct quantizer *q, const char *out, size_t n_metadata,
                             struct tj_error *err)
{
	qsort(q->tensors, q->n, sizeof *q->tensors, compare_names);
	return tj_safetensors_write(out, q->n, q->tensors, n_metadata, q->metadata, err);
}

static void copy_metadata(struct quantizer *q)
{
	for (size_t i = 0; i < q->file->n_metadata; i++)
		q->metadata[i] = (struct tj_write_entry){ q->file->keys[i], q->file->values[i] };
}

static trujaman_status quantize(struct quantizer *q, const char *out, struct tj_error *err)
{
	const struct tj_safetensors *file = q->file;
	struct tj_config config;
	if (tj_config_read(file, &config, err) != TRUJAMAN_OK || reserve(q, err) != TRUJAMAN_OK)
		return err->status;
	for (size_t i = 0; i < file->n_tensors; i++) {
		const struct tj_tensor *t = &file->tensors[i];
		if (tj_tensor_check_values(file, t, err) != TRUJAMAN_OK)
			return err->status;
		if (is_matrix(t))
			add_matrix(q, t);
		else
			add_as_it_is(q, t);
	}
	copy_metadata(q);
	return write(q, out, file->n_metadata, err);
}

/* Set or add an entry of q->metadata, which has n of them and room for one more; NULL: leave it
 * out. Returns how many there are. */
static size_t set_entry(struct quantizer *q, size_t n, const char *key, const char *value)
{
	size_t i = 0;
	while (i < n && strcmp(q->metadata[i].key, key) != 0)
		i++;
	if (value != NULL) {
		q->metadata[i] = (struct tj_write_entry){ key, value };
		return i < n ? n : n + 1;
	}
	if (i == n)
		return n;
	memmove(&q->metadata[i], &q->metadata[i + 1], (n - i - 1) * sizeof *q->metadata);
	return n - 1;
}

static trujaman_status set_words(struct quantizer *q, const char *out, const char *words,
                                 size_t n_words, struct tj_error *err)
{
	const struct tj_safetensors *file = q->file;
	char features[TJ_LONGEST_FEATURES];
	struct tj_config config;
	if (tj_config_read(file, &config, err) != TRUJAMAN_OK)
		return err->status;
	q->tensors = calloc(file->n_tensors + 1, sizeof *q->tensors);
	q->metadata = calloc(file->n_metadata + 2, sizeof *q->metadata);
	if (q->tensors == NULL || q->metadata == NULL)
		return tj_fail_memory(err, "a model", file->n_tensors);
	for (size_t i = 0; i < file->n_tensors; i++)
		if (strcmp(file->tensors[i].name, words_name) != 0)
			add_as_it_is(q, &file->tensors[i]);
	if (n_words > 0)
		q->tensors[q->n++] = (struct tj_write_tensor){
			words_name, TJ_U8, 1, { n_words }, words
		};
	config.word_list = n_words > 0;
	tj_config_list_features(&config, features);
	copy_metadata(q);
	size_t n = set_entry(q, file->n_metadata, "features", *features != '\0' ? features : NULL);
	n = set_entry(q, n, "format", *features != '\0' ? "trujaman/1.1" : "trujaman/1");
	return write(q, out, n, err);
}

static void release(struct quantizer *q)
{
	free(q->tensors);
	free(q->metadata);
	free(q->names_block);
	free(q->integers_block);
	free(q->scales_block);
	free(q->row);
}

trujaman_status tj_model_quantize(const char *in, const char *out, struct tj_error *err)
{
	struct tj_safetensors *file = tj_safetensors_open(in, err);
	if (file == NULL)
		return err->status;
	struct quantizer q = { .file = file };
	quantize(&q, out, err);
	release(&q);
	tj_safetensors_close(file);
	return err->status;
}

trujaman_status tj_model_set_words(const char *in, const char *out, const char *words,
                                   size_t n_words, struct tj_error *err)
{
	struct tj_safetensors *file = tj_safetensors_open(in, err);
	if (file == NULL)
		return err->status;
	struct quantizer q = { .file = file };
	set_words(&q, out, words, n_words, err);
	release(&q);
	tj_safetensors_close(file);
	return err->status;
}
