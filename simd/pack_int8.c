/* SPDX-License-Identifier: MIT */
/* Packs weights into panels of bytes for the integer products. */
#include "simd/pack_int8.h"

#include <assert.h>
#include <string.h>

#include "simd/pack.h"
#include "src/base/memory.h"

struct packer {
	struct tj_weights *w;
	enum tj_pack_kind kind;
	const struct tj_pack_source *sources;
	struct tj_int8_layout layout;
	float *floats;    /* [longest matrix row] */
	int8_t *integers; /* [longest matrix row] */
};

/* All columns of a matrix row, in the file or in p->integers, and the row's scale. */
static const int8_t *read_row(const struct packer *p, const struct tj_matrix *m, size_t row,
                              float *scale)
{
	if (m->scales == NULL) {
		tj_matrix_read(m, row, 0, m->n_columns, p->floats);
		tj_quantize_row(p->floats, m->n_columns, p->integers, scale);
		return p->integers;
	}
	memcpy(scale, (const char *)m->scales + row * sizeof *scale, sizeof *scale);
	return (const int8_t *)m->data + row * m->n_columns;
}

/* Where k number i of column j lies in a panel: `depth`, 4 or 8, of a column side by side. */
static size_t place(size_t i, size_t j, size_t depth)
{
	return (i / depth * TJ_LANES + j) * depth + i % depth;
}

static void pack_panel(const struct packer *p, const struct tj_pack_source *s, size_t first_row,
                       size_t end_row, uint8_t *panel, float *scales)
{
	size_t depth = p->layout.depth, whole = s->k / 4;
	uint32_t flip = p->layout.flip * 0x01010101u, quad;
	memset(panel, p->layout.flip, tj_int8_panel_bytes(s->k));
	for (size_t j = 0; j < TJ_LANES && first_row + j < end_row; j++) {
		const int8_t *from = read_row(p, s->matrix, first_row + j, &scales[j]) + s->first;
		for (size_t i = 0; i < whole; i++) { /* four at a time */
			memcpy(&quad, from + 4 * i, sizeof quad);
			quad ^= flip;
			memcpy(panel + place(4 * i, j, depth), &quad, sizeof quad);
		}
		for (size_t i = 4 * whole; i < s->k; i++)
			panel[place(i, j, depth)] = (uint8_t)((uint8_t)from[i] ^ p->layout.flip);
	}
}

static void pack_group(const struct packer *p, size_t group, uint8_t *to, float *scales)
{
	const struct tj_weights *w = p->w;
	for (size_t s = 0; s < w->n_segments; s++) {
		const struct tj_segment_layout *l = &w->segments[s];
		size_t n_panels = group + 1 == w->n_groups && w->last_panels < l->n_panels
		                      ? w->last_panels
		                      : l->n_panels;
		float *of_group = scales + (s * w->n_groups + group) * TJ_GROUP;
		for (size_t panel = 0; panel < n_panels; panel++, to += tj_int8_panel_bytes(l->k)) {
			size_t first, end;
			tj_panel_rows(w, p->kind, s, group, panel, &first, &end);
			pack_panel(p, &p->sources[s], first, end, to,
			           of_group + (l->first + panel) * TJ_LANES);
		}
	}
}

trujaman_status tj_weights_pack_int8(struct tj_weights *w, enum tj_pack_kind kind, size_t n,
                                     size_t n_segments, const struct tj_pack_source *sources,
                                     const void *bias, const void *second_bias, float padding_bias,
                                     struct tj_int8_layout layout, struct tj_error *err)
{
	struct packer p = { .w = w, .kind = kind, .sources = sources, .layout = layout };
	assert(n >= 1 && n_segments >= 1 && n_segments <= TJ_MAX_SEGMENTS);
	if (!tj_pack_lay_out(w, kind, n, n_segments, sources)) {
		memset(w, 0, sizeof *w);
		return tj_fail_memory(err, "packed weights", SIZE_MAX);
	}
	size_t longest = 0, n_bias = w->n_groups * TJ_GROUP, n_scales = n_segments * n_bias;
	for (size_t s = 0; s < n_segments; s++) {
		size_t k = sources[s].k, columns = sources[s].matrix->n_columns;
		longest = columns > longest ? columns : longest;
		w->group_bytes += w->segments[s].n_panels * tj_int8_panel_bytes(k);
		w->row_bytes += tj_round_up(k, 64);
	}
	size_t n_bytes = w->n_groups * w->group_bytes;
	w->storage_bytes = (n_bias + n_scales) * sizeof(float) + n_bytes;
	w->storage = tj_alloc_table(w->storage_bytes, 1);
	p.floats = tj_alloc(longest, sizeof *p.floats);
	p.integers = tj_alloc(longest, sizeof *p.integers);
	if (w->storage == NULL || p.floats == NULL || p.integers == NULL) {
		tj_fail_memory(err, "packed weights", n_bytes);
		tj_weights_free(w);
	} else {
		float *scales = w->storage + n_bias;
		uint8_t *bytes = (uint8_t *)(scales + n_scales);
		tj_pack_biases(w->storage, kind, n, w->n_groups, bias, second_bias, padding_bias);
		for (size_t g = 0; g < w->n_groups; g++)
			pack_group(&p, g, bytes + g * w->group_bytes, scales);
		w->bias = w->storage;
		w->scales = scales;
		w->bytes = bytes;
	}
	tj_free(p.floats);
	tj_free(p.integers);
	return err->status;
}
