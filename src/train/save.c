/* SPDX-License-Identifier: MIT */
/* Writes the model in training as a model file. */
#include "src/train/save.h"

#include <stdlib.h>
#include <string.h>

#include "src/model/config_entries.h"

trujaman_status tj_model_save(const char *path, const struct tj_config *c,
                              const struct tj_parameters *layout, const float *values,
                              const struct tj_vocabularies *v, size_t n_extra,
                              const struct tj_write_entry *extra, struct tj_error *err)
{
	struct tj_config_values values_as_text;
	size_t n = layout->n;
	struct tj_write_tensor *tensors = calloc(n + TJ_VOCABULARY_TENSORS, sizeof *tensors);
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
	n += tj_vocabularies_tensors(v, tensors + n);
	size_t n_entries = tj_config_entries(c, entries, &values_as_text);
	if (n_extra > 0)
		memcpy(entries + n_entries, extra, n_extra * sizeof *entries);
	tj_safetensors_write(path, n, tensors, n_entries + n_extra, entries, err);
	free(tensors);
	free(entries);
	return err->status;
}
