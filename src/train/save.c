/* SPDX-License-Identifier: MIT */
/* Writes the model in training as a model file. */
#include "src/train/save.h"

#include <stdlib.h>
#include <string.h>

#include "src/model/config_entries.h"

trujaman_status tj_model_save(const char *path, const struct tj_config *c,
                              const struct tj_parameters *layout, const float *values,
                              const void *source_spm, size_t n_source_spm, const void *target_spm,
                              size_t n_target_spm, size_t n_extra,
                              const struct tj_write_entry *extra, struct tj_error *err)
{
	struct tj_config_values values_as_text;
	size_t n = layout->n;
	struct tj_write_tensor *tensors = calloc(n + 2, sizeof *tensors);
	struct tj_write_entry *entries = calloc(TJ_CONFIG_ENTRIES + n_extra, sizeof *entries);
	if (tensors == NULL || entries == NULL) {
		free(tensors);
		free(entries);
		return tj_fail_memory(err, "the list of tensors", n * sizeof *tensors);
	}
	for (size_t i = 0; i < n; i++) {
		const struct tj_parameter *p = &layout->items[i];
		tensors[i] = (struct tj_write_tensor){
			p->name, TJ_F32, p->rank, { p->n_rows, p->n_columns }, values + p->offset
		};
	}
	tensors[n] = (struct tj_write_tensor){
		"source.spm", TJ_U8, 1, { n_source_spm }, source_spm
	};
	tensors[n + 1] = (struct tj_write_tensor){
		"target.spm", TJ_U8, 1, { n_target_spm }, target_spm
	};
	size_t n_entries = tj_config_entries(c, entries, &values_as_text);
	if (n_extra > 0)
		memcpy(entries + n_entries, extra, n_extra * sizeof *entries);
	tj_safetensors_write(path, n + 2, tensors, n_entries + n_extra, entries, err);
	free(tensors);
	free(entries);
	return err->status;
}
