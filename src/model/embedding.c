/* SPDX-License-Identifier: MIT */
/* Looks up rows of an embedding table. */
#include "src/model/embedding.h"

const float *tj_embedding_row(const struct tj_matrix *table, int32_t id, float *scratch)
{
	if (table->scales == NULL && (uintptr_t)table->data % _Alignof(float) == 0)
		return (const float *)table->data + (size_t)id * table->n_columns;
	tj_matrix_read(table, (size_t)id, 0, table->n_columns, scratch);
	return scratch;
}
