/* SPDX-License-Identifier: MIT */
/* Writes a model file with its F32 matrices rounded to I8. */
#include "src/model/quantize.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "simd/pack.h"
#include "src/model/config.h"
#include "src/model/config_tensors.h"
#include "src/model/safetensors_write.h"
#include "src/model/values.h"

static const char suffix[] = "_scale";

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
			q->tensors[q->n++] = tj_write_copy(t);
	}
	/* Sorted by name like those of an opened file: quantising the result again gives the same
	 * bytes. */
	tj_write_sort(q->n, q->tensors);
	for (size_t i = 0; i < file->n_metadata; i++)
		q->metadata[i] = (struct tj_write_entry){ file->keys[i], file->values[i] };
	return tj_safetensors_write(out, q->n, q->tensors, file->n_metadata, q->metadata, err);
}

trujaman_status tj_model_quantize(const char *in, const char *out, struct tj_error *err)
{
	struct tj_safetensors *file = tj_safetensors_open(in, err);
	if (file == NULL)
		return err->status;
	struct quantizer q = { .file = file };
	quantize(&q, out, err);
	free(q.tensors);
	free(q.metadata);
	free(q.names_block);
	free(q.integers_block);
	free(q.scales_block);
	free(q.row);
	tj_safetensors_close(file);
	return err->status;
}
