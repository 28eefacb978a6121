/* SPDX-License-Identifier: MIT */
#include "simd/pack.h"
#include "simd/pack_layout.h"

#include "src/base/memory.h"

#include <assert.h>
#include <string.h>

void tj_matrix_read(const struct tj_matrix *m, size_t row, size_t first, size_t k, float *out)
{
	assert(row < m->n_rows && first + k <= m->n_columns);
	size_t at = row * m->n_columns + first;
	if (m->scales == NULL) {
		memcpy(out, (const char *)m->data + at * sizeof(float), k * sizeof(float));
		return;
	}
	float scale;
	memcpy(&scale, (const char *)m->scales + row * sizeof scale, sizeof scale);
	const int8_t *q = (const int8_t *)m->data + at;
	size_t i = 0;
	/* Through a block of our own: the compiler then knows that writing floats does not
	 * change the integers, and takes several at a time. Millions are read at a start. */
	for (; i + TJ_LANES <= k; i += TJ_LANES) {
		float block[TJ_LANES];
		for (size_t j = 0; j < TJ_LANES; j++)
			block[j] = scale * (float)q[i + j];
		memcpy(out + i, block, sizeof block);
	}
	for (; i < k; i++)
		out[i] = scale * (float)q[i];
}

/* Which block of matrix rows (gate) a panel of a group shows: the file's gates
 * are i, f, g, o and r, z, n. */
static size_t panel_gate(enum tj_pack_kind kind, int is_hidden, size_t panel)
{
	static const size_t gru_x[3] = { 2, 0, 1 }, gru_h[3] = { 0, 1, 2 };
	if (kind == TJ_PACK_GRU)
		return is_hidden ? gru_h[panel] : gru_x[panel];
	return panel;
}

static float bias_at(const void *bias, size_t i)
{
	float x = 0;
	if (bias != NULL)
		memcpy(&x, (const char *)bias + i * sizeof x, sizeof x);
	return x;
}

/* The bias of the four sums of unit u, in the order of the group's panels. */
static void unit_biases(enum tj_pack_kind kind, size_t n, size_t u, const void *b_ih,
                        const void *b_hh, float out[4])
{
	if (kind == TJ_PACK_LSTM) {
		for (size_t g = 0; g < 4; g++)
			out[g] = bias_at(b_ih, g * n + u) + bias_at(b_hh, g * n + u);
		return;
	}
	out[0] = bias_at(b_ih, 2 * n + u);
	out[1] = bias_at(b_ih, u) + bias_at(b_hh, u);
	out[2] = bias_at(b_ih, n + u) + bias_at(b_hh, n + u);
	out[3] = bias_at(b_hh, 2 * n + u);
}

void tj_pack_biases(float *to, enum tj_pack_kind kind, size_t n, size_t n_groups,
                    const void *bias, const void *second_bias, float padding)
{
	for (size_t i = 0; i < n_groups * TJ_GROUP; i++)
		to[i] = padding;
	for (size_t u = 0; u < n; u++) {
		if (kind == TJ_PACK_PLAIN) {
			to[u] = bias_at(bias, u) + bias_at(second_bias, u);
			continue;
		}
		float b[4];
		unit_biases(kind, n, u, bias, second_bias, b);
		for (size_t p = 0; p < 4; p++)
			to[u / TJ_LANES * TJ_GROUP + p * TJ_LANES + u % TJ_LANES] = b[p];
	}
}

/* One panel [k][16] of matrix rows first_row …; rows from end_row on are zeros. */
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

void tj_panel_rows(const struct tj_weights *w, enum tj_pack_kind kind, size_t segment, size_t group,
                   size_t panel, size_t *first, size_t *end)
{
	if (kind == TJ_PACK_PLAIN) {
		*first = group * TJ_GROUP + panel * TJ_LANES;
		*end = w->n;
		return;
	}
	size_t gate = panel_gate(kind, segment + 1 == w->n_segments, panel);
	*first = gate * w->n + group * TJ_LANES;
	*end = (gate + 1) * w->n;
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

void tj_pack_lay_out(struct tj_weights *w, enum tj_pack_kind kind, size_t n, size_t n_segments,
                     const struct tj_pack_source *sources)
{
	size_t per_group = kind == TJ_PACK_PLAIN ? TJ_GROUP : TJ_LANES;
	memset(w, 0, sizeof *w);
	w->n = n;
	w->n_groups = (n + per_group - 1) / per_group;
	w->last_panels = 4;
	if (kind == TJ_PACK_PLAIN)
		w->last_panels = (n - (w->n_groups - 1) * TJ_GROUP + TJ_LANES - 1) / TJ_LANES;
	w->n_segments = n_segments;
	for (size_t s = 0; s < n_segments; s++) {
		struct tj_segment_layout *l = &w->segments[s];
		l->k = sources[s].k;
		l->first = kind == TJ_PACK_GRU && s + 1 == n_segments;
		l->n_panels = kind == TJ_PACK_GRU ? 3 : 4;
		w->group_floats += l->n_panels * l->k * TJ_LANES;
	}
}

trujaman_status tj_weights_pack(struct tj_weights *w, enum tj_pack_kind kind, size_t n,
                                size_t n_segments, const struct tj_pack_source *sources,
                                const void *bias, const void *second_bias, float padding_bias,
                                struct tj_error *err)
{
	assert(n >= 1 && n_segments >= 1 && n_segments <= TJ_MAX_SEGMENTS);
	tj_pack_lay_out(w, kind, n, n_segments, sources);
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

void tj_weights_split(const struct tj_weights *w, struct tj_weights *first,
                      struct tj_weights *rest)
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
		rest->bytes += l->n_panels * ((l->k + 3) / 4) * 64;
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
