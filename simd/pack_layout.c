/* SPDX-License-Identifier: MIT */
/* The layout of packed weights and their biases, for float and int8 panels. */
#include "simd/pack_layout.h"

#include <stdint.h>
#include <string.h>

#include "src/base/memory.h"

/* The gate (block of matrix rows) that a panel of a group holds. Files have the gates in the
 * order i, f, g, o or r, z, n. */
static size_t panel_gate(enum tj_pack_kind kind, int is_hidden, size_t panel)
{
	static const size_t gru_x[3] = { 2, 0, 1 }, gru_h[3] = { 0, 1, 2 };
	if (kind == TJ_PACK_GRU)
		return is_hidden ? gru_h[panel] : gru_x[panel];
	return panel;
}

/* Number i of an array of any alignment; 0 if there is none. */
static float bias_at(const void *bias, size_t i)
{
	float x = 0;
	if (bias != NULL)
		memcpy(&x, (const char *)bias + i * sizeof x, sizeof x);
	return x;
}

/* The biases of the four sums of unit u, in the order of the group's panels. */
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

void tj_pack_biases(float *to, enum tj_pack_kind kind, size_t n, size_t n_groups, const void *bias,
                    const void *second_bias, float padding)
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

void tj_pack_gains(float *to, enum tj_pack_kind kind, size_t n, size_t n_groups, const void *gains)
{
	static const size_t lstm[4] = { 0, 1, 2, 3 }, gru[4] = { 2, 0, 1, 3 };
	const size_t *gate = kind == TJ_PACK_GRU ? gru : lstm;
	memset(to, 0, n_groups * TJ_GROUP * sizeof *to);
	for (size_t u = 0; u < n; u++)
		for (size_t p = 0; p < 4; p++)
			to[u / TJ_LANES * TJ_GROUP + p * TJ_LANES + u % TJ_LANES] =
			    bias_at(gains, gate[p] * n + u);
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

/* Whether the sizes of packed weights, in bytes, can be computed without an overflow. Panels of
 * floats take the most; s counts them as four of each segment. */
static int fits(const struct tj_weights *w, size_t n, const struct tj_pack_source *sources)
{
	size_t columns = 1 + w->n_segments, bytes; /* the biases and, of int8, the scales */
	for (size_t s = 0; s < w->n_segments; s++)
		if (__builtin_add_overflow(columns, sources[s].k, &columns))
			return 0;
	return n <= SIZE_MAX / 2 && columns <= SIZE_MAX / 2 &&
	       tj_multiply(columns + 4 * TJ_MAX_SEGMENTS, TJ_GROUP * sizeof(float), &bytes) &&
	       tj_multiply(bytes, w->n_groups, &bytes);
}

int tj_pack_lay_out(struct tj_weights *w, enum tj_pack_kind kind, size_t n, size_t n_segments,
                    const struct tj_pack_source *sources)
{
	size_t per_group = kind == TJ_PACK_PLAIN ? TJ_GROUP : TJ_LANES;
	memset(w, 0, sizeof *w);
	w->n = n;
	w->n_groups = n / per_group + (n % per_group != 0);
	w->last_panels = 4;
	if (kind == TJ_PACK_PLAIN)
		w->last_panels = (n - (w->n_groups - 1) * TJ_GROUP + TJ_LANES - 1) / TJ_LANES;
	w->n_segments = n_segments;
	if (!fits(w, n, sources))
		return 0;
	for (size_t s = 0; s < n_segments; s++) {
		struct tj_segment_layout *l = &w->segments[s];
		l->k = sources[s].k;
		l->first = kind == TJ_PACK_GRU && s + 1 == n_segments;
		l->n_panels = kind == TJ_PACK_GRU ? 3 : 4;
		w->group_floats += l->n_panels * l->k * TJ_LANES;
	}
	return 1;
}
