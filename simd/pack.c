/* SPDX-License-Identifier: MIT */
/* Packs float weights into panels; splits, copies and frees packed weights. */
#include "simd/pack.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "src/base/memory.h"

/* Write one panel [k][16] of the matrix rows from first_row on; rows from end_row on are zeros. */
static void pack_panel(float *panel, const struct tj_pack_source *s, size_t first_row,
                       size_t end_row, float *scratch)
{
	size_t n = end_row > first_row ? end_row - first_row : 0;
	if (n > TJ_LANES)
		n = TJ_LANES;
	for (size_t j = 0; j < n; j++)
		tj_matrix_read(s->matrix, first_row + j, s->first, s->k, scratch + j * s->k);
	if (n < TJ_LANES)
		memset(scratch + n * s->k, 0, (TJ_LANES - n) * s->k * sizeof *scratch);
	for (size_t i = 0; i < s->k; i++, panel += TJ_LANES)
		for (size_t j = 0; j < TJ_LANES; j++)
			panel[j] = scratch[j * s->k + i];
}

static void pack_group(float *to, const struct tj_weights *w, enum tj_pack_kind kind, size_t group,
                       const struct tj_pack_source *sources, float *scratch)
{
	for (size_t s = 0; s < w->n_segments; s++) {
		size_t n_panels = w->segments[s].n_panels;
		if (kind == TJ_PACK_PLAIN && group + 1 == w->n_groups)
			n_panels = w->last_panels;
		for (size_t p = 0; p < n_panels; p++, to += sources[s].k * TJ_LANES) {
			size_t first, end;
			tj_panel_rows(w, kind, s, group, p, &first, &end);
			pack_panel(to, &sources[s], first, end, scratch);
		}
	}
}

trujaman_status tj_weights_pack(struct tj_weights *w, enum tj_pack_kind kind, size_t n,
                                size_t n_segments, const struct tj_pack_source *sources,
                                const void *bias, const void *second_bias, float padding_bias,
                                struct tj_error *err)
{
	assert(n >= 1 && n_segments >= 1 && n_segments <= TJ_MAX_SEGMENTS);
	if (!tj_pack_lay_out(w, kind, n, n_segments, sources)) {
		memset(w, 0, sizeof *w);
		return tj_fail_memory(err, "packed weights", SIZE_MAX);
	}
	size_t longest = 0;
	for (size_t s = 0; s < n_segments; s++)
		if (sources[s].k > longest)
			longest = sources[s].k;
	size_t n_bias = w->n_groups * TJ_GROUP, n_floats = n_bias + w->n_groups * w->group_floats;
	w->storage = tj_alloc_table(n_floats, sizeof(float));
	float *scratch = tj_alloc(longest * TJ_LANES, sizeof(float));
	if (w->storage == NULL || scratch == NULL) {
		tj_free(scratch);
		tj_weights_free(w);
		return tj_fail_memory(err, "packed weights", n_floats * sizeof(float));
	}
	w->storage_bytes = n_floats * sizeof(float);
	w->bias = w->storage;
	w->panels = w->storage + n_bias;
	tj_pack_biases(w->storage, kind, n, w->n_groups, bias, second_bias, padding_bias);
	for (size_t g = 0; g < w->n_groups; g++)
		pack_group(w->storage + n_bias + g * w->group_floats, w, kind, g, sources, scratch);
	tj_free(scratch);
	return TRUJAMAN_OK;
}

void tj_weights_split(const struct tj_weights *w, struct tj_weights *first, struct tj_weights *rest)
{
	const struct tj_segment_layout *l = &w->segments[0];
	assert(w->n_segments >= 2 && w->last_panels == 4 && l->first == 0);
	*first = *rest = *w;
	first->storage = rest->storage = NULL;
	first->n_segments = 1;
	rest->n_segments--;
	memmove(rest->segments, rest->segments + 1, rest->n_segments * sizeof *rest->segments);
	if (w->bytes == NULL) {
		rest->panels += l->n_panels * l->k * TJ_LANES;
	} else {
		rest->bytes += l->n_panels * tj_int8_panel_bytes(l->k);
		rest->scales += w->n_groups * TJ_GROUP;
	}
}

void tj_weights_copy(const struct tj_weights *w, void *to, struct tj_weights *copy)
{
	const char *from = (const char *)w->storage;
	char *base = to;
	memcpy(base, from, w->storage_bytes);
	*copy = *w;
	copy->storage = NULL;
	copy->bias = (const float *)(base + ((const char *)w->bias - from));
	if (w->bytes == NULL) {
		copy->panels = (const float *)(base + ((const char *)w->panels - from));
	} else {
		copy->scales = (const float *)(base + ((const char *)w->scales - from));
		copy->bytes = (const uint8_t *)(base + ((const char *)w->bytes - from));
	}
}

void tj_weights_free(struct tj_weights *w)
{
	tj_free(w->storage);
	memset(w, 0, sizeof *w);
}
