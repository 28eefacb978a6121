/* SPDX-License-Identifier: MIT */
/* Builds, packs and runs one call of the gemm kernel with random matrices. */
#include "gemm_case.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "simd/pack_int8.h"
#include "src/base/memory.h"

enum { GAP = TJ_LANES };

enum tj_pack_kind gemm_pack_kind(enum tj_epilogue epilogue)
{
	return epilogue == TJ_EPILOGUE_LSTM  ? TJ_PACK_LSTM
	       : epilogue == TJ_EPILOGUE_GRU ? TJ_PACK_GRU
	                                     : TJ_PACK_PLAIN;
}

const char *gemm_shape_text(const struct gemm_shape *s)
{
	static const char *const names[] = { "none", "tanh", "lstm", "gru" };
	static char text[160];
	int n = snprintf(text, sizeof text, "%s, %zu rows, n %zu, %s, k", names[s->epilogue],
	                 s->n_rows, s->n,
	                 s->int8    ? "int8"
	                 : s->is_i8 ? "i8"
	                            : "f32");
	for (size_t i = 0; i < s->n_segments; i++)
		n += snprintf(text + n, sizeof text - (size_t)n, "%s %zu", i ? " +" : "", s->k[i]);
	return text;
}

/* Makes sums of k products come out near 1, where sigmoid and tanh do not saturate. */
static float weight_scale(const struct gemm_shape *s, size_t n_columns)
{
	return s->data == TEST_INTEGERS ? 1.0f : 1.5f / sqrtf((float)n_columns);
}

/* Usually returns an odd address, as tensors in a file may have. */
static void *odd_memory(size_t bytes)
{
	return test_memory(bytes + 1, 1);
}

static void make_matrix(struct tj_matrix *m, const struct gemm_shape *s, size_t n_rows,
                        size_t n_columns)
{
	float scale = weight_scale(s, n_columns), x;
	char *data = odd_memory(n_rows * n_columns * (s->is_i8 ? 1 : sizeof(float)));
	char *scales = s->is_i8 ? odd_memory(n_rows * sizeof(float)) : NULL;
	for (size_t i = 0; i < n_rows * n_columns; i++) {
		if (s->is_i8) {
			((signed char *)data)[i] = (signed char)((int)test_between(0, 254) - 127);
			continue;
		}
		test_fill(&x, 1, s->data);
		x *= scale;
		memcpy(data + i * sizeof x, &x, sizeof x);
	}
	for (size_t i = 0; s->is_i8 && i < n_rows; i++) {
		test_fill(&x, 1, s->data);
		x = s->data == TEST_INTEGERS ? ldexpf(1, (int)i % 3) : x * scale / 127;
		memcpy(scales + i * sizeof x, &x, sizeof x);
	}
	*m = (struct tj_matrix){ data, scales, n_rows, n_columns };
}

/* Makes either one matrix per segment, or one matrix whose columns the segments share. */
static void make_sources(struct gemm_case *c, size_t n_rows)
{
	const struct gemm_shape *s = &c->shape;
	size_t total = 0, joint = test_random() % 2;
	for (size_t i = 0; i < s->n_segments; i++) {
		c->sources[i] = (struct tj_pack_source){ &c->matrices[joint ? 0 : i],
			                                 joint ? total : 0, s->k[i] };
		if (!joint)
			make_matrix(&c->matrices[i], s, n_rows, s->k[i]);
		total += s->k[i];
	}
	if (joint)
		make_matrix(&c->matrices[0], s, n_rows, total);
}

static const float *guarded_copy(const float *x, size_t n)
{
	return memcpy(test_vector(n), x, n * sizeof *x);
}

/* Makes n_rows rows of k floats, mostly unaligned and in reverse order. Some pointers repeat an
 * earlier row. */
static const float *const *make_rows(size_t n_rows, size_t k, enum test_data data)
{
	const float **rows = test_memory(n_rows * sizeof *rows, sizeof *rows);
	size_t stride = k | 1;
	float *x = test_floats(n_rows * stride);
	test_fill(x, n_rows * stride, data);
	for (size_t m = 0; m < n_rows; m++) {
		rows[m] = x + (n_rows - m) * stride - k;
		if (m > 0 && test_random() % 8 == 0)
			rows[m] = rows[test_between(0, m - 1)];
	}
	return rows;
}

/* Makes rows as the kernels write them: 64-byte aligned and padded with zeros. */
static const float *const *make_padded_rows(size_t n_rows, size_t n, enum test_data data)
{
	const float **rows = test_memory(n_rows * sizeof *rows, sizeof *rows);
	size_t stride = tj_round_up(n, TJ_LANES);
	float *x = test_vector(n_rows * stride);
	memset(x, 0, n_rows * stride * sizeof *x);
	for (size_t m = 0; m < n_rows; m++) {
		test_fill(x + m * stride, n, data);
		rows[m] = x + m * stride;
	}
	return rows;
}

static void pack_floats(struct gemm_case *c)
{
	const struct gemm_shape *s = &c->shape;
	struct tj_weights *w = &c->weights;
	struct tj_error err = { 0 };
	trujaman_status status = tj_weights_pack(w, gemm_pack_kind(s->epilogue), s->n,
	                                         s->n_segments, c->sources, c->bias, c->second_bias,
	                                         0, &err);
	CHECK(status == TRUJAMAN_OK, "%s", err.text);
	size_t n_panel_floats = w->n_groups * w->group_floats;
	if (gemm_pack_kind(s->epilogue) == TJ_PACK_PLAIN)
		n_panel_floats -= (4 - w->last_panels) * w->group_floats / 4;
	w->panels = guarded_copy(w->panels, n_panel_floats);
	w->bias = guarded_copy(w->bias, w->n_groups * TJ_GROUP);
}

static void pack_int8(struct gemm_case *c, struct tj_weights *w, struct tj_int8_layout layout)
{
	const struct gemm_shape *s = &c->shape;
	struct tj_error err = { 0 };
	trujaman_status status = tj_weights_pack_int8(w, gemm_pack_kind(s->epilogue), s->n,
	                                              s->n_segments, c->sources, c->bias,
	                                              c->second_bias, 0, layout, &err);
	CHECK(status == TRUJAMAN_OK, "%s", err.text);
	size_t n_bytes = w->n_groups * w->group_bytes;
	if (gemm_pack_kind(s->epilogue) == TJ_PACK_PLAIN)
		n_bytes -= (4 - w->last_panels) * w->group_bytes / 4;
	w->bytes = memcpy(test_memory(n_bytes, 64), w->bytes, n_bytes);
	w->bias = guarded_copy(w->bias, w->n_groups * TJ_GROUP);
	w->scales = guarded_copy(w->scales, w->n_segments * w->n_groups * TJ_GROUP);
}

static void pack(struct gemm_case *c)
{
	if (!c->shape.int8) {
		pack_floats(c);
		return;
	}
	pack_int8(c, &c->weights, (struct tj_int8_layout){ 0, 4 });
	pack_int8(c, &c->flipped, (struct tj_int8_layout){ 0x80, 4 });
	pack_int8(c, &c->deep, (struct tj_int8_layout){ 0, 8 });
}

const struct tj_weights *gemm_case_weights(const struct gemm_case *c,
                                           const struct tj_kernels *kernels)
{
	struct tj_int8_layout layout = kernels->int8_layout;
	CHECK(layout.depth == 4 || layout.flip == 0, "%s: no weights are packed so", kernels->name);
	return layout.depth == 8 ? &c->deep : layout.flip ? &c->flipped : &c->weights;
}

void gemm_case_make(struct gemm_case *c, const struct gemm_shape *shape)
{
	memset(c, 0, sizeof *c);
	c->shape = *shape;
	struct gemm_shape *s = &c->shape;
	int is_lstm = s->epilogue == TJ_EPILOGUE_LSTM, is_gru = s->epilogue == TJ_EPILOGUE_GRU;
	if (is_gru)
		s->k[s->n_segments - 1] = s->n;
	c->padded = tj_round_up(s->n, TJ_LANES);
	c->n_biases = s->n * (is_lstm ? 4 : is_gru ? 3 : 1);
	make_sources(c, c->n_biases);
	c->bias = test_floats(c->n_biases);
	c->second_bias = test_floats(c->n_biases);
	test_fill(c->bias, c->n_biases, s->data);
	test_fill(c->second_bias, c->n_biases, s->data);

	pack(c);
	c->gemm = (struct tj_gemm){ .n_rows = s->n_rows,
		                    .weights = &c->weights,
		                    .epilogue = s->epilogue };
	for (size_t i = 0; i < s->n_segments; i++)
		c->gemm.rows[i] = is_gru && i + 1 == s->n_segments
		                      ? make_padded_rows(s->n_rows, s->k[i], s->data)
		                      : make_rows(s->n_rows, s->k[i], s->data);
	if (is_lstm)
		c->gemm.cell_in = make_padded_rows(s->n_rows, s->n, s->data);
}

void gemm_case_free(struct gemm_case *c)
{
	tj_weights_free(&c->weights);
	tj_weights_free(&c->flipped);
	tj_weights_free(&c->deep);
	test_release();
}

/* Returns n_rows pointers into x, `stride` floats apart, the lowest at `first`, in reverse
 * order. */
static float **point_rows(float *x, size_t n_rows, size_t first, size_t stride)
{
	float **rows = test_memory(n_rows * sizeof *rows, sizeof *rows);
	for (size_t m = 0; m < n_rows; m++)
		rows[m] = x + (n_rows - 1 - m) * stride + first;
	return rows;
}

void gemm_case_run_rows(const struct gemm_case *c, const struct tj_kernels *kernels,
                        size_t first_row, size_t n_rows, int cell_in_place,
                        struct gemm_result *result)
{
	int is_lstm = c->shape.epilogue == TJ_EPILOGUE_LSTM;
	size_t each = GAP + c->padded, stride = is_lstm ? 2 * each : each;
	struct tj_gemm g = c->gemm;
	g.n_rows = n_rows;
	if (c->shape.int8) {
		g.weights = gemm_case_weights(c, kernels);
		g.scratch = test_memory(tj_gemm_scratch(g.weights), 64);
	}
	for (size_t i = 0; i < c->shape.n_segments; i++)
		g.rows[i] += first_row;
	*result = (struct gemm_result){ .n_floats = n_rows * stride };
	result->floats = test_vector(result->n_floats);
	g.out = result->out = point_rows(result->floats, n_rows, GAP, stride);
	if (is_lstm) {
		g.cell_in += first_row;
		g.cell_out = result->cell = point_rows(result->floats, n_rows, each + GAP, stride);
	}
	if (is_lstm && cell_in_place) {
		for (size_t m = 0; m < n_rows; m++)
			memcpy(g.cell_out[m], g.cell_in[m], c->padded * sizeof(float));
		g.cell_in = (const float *const *)g.cell_out;
	}
	kernels->gemm(&g);
	for (size_t i = 0; i < result->n_floats; i += each)
		CHECK(test_is_canary(result->floats + i, GAP), "%s: written between rows, %s",
		      kernels->name, gemm_shape_text(&c->shape));
}

void gemm_case_run(const struct gemm_case *c, const struct tj_kernels *kernels, int cell_in_place,
                   struct gemm_result *result)
{
	gemm_case_run_rows(c, kernels, 0, c->shape.n_rows, cell_in_place, result);
}
