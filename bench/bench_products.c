/* SPDX-License-Identifier: MIT */
/* The cases of the matrix products. */
#include "bench/bench_products.h"

#include <assert.h>
#include <string.h>

#include "bench/bench_fail.h"
#include "simd/pack_int8.h"
#include "src/base/memory.h"

/* A layer, whose weights are packed once per case. */
struct layer {
	const char *kernel;
	enum tj_epilogue epilogue;
	enum tj_pack_kind kind;
	size_t k, n, n_gates, n_segments;
};

static const struct layer layers[] = {
	{ "gemm", TJ_EPILOGUE_NONE, TJ_PACK_PLAIN, 512, 512, 1, 1 },
	{ "gemm", TJ_EPILOGUE_NONE, TJ_PACK_PLAIN, 512, 8000, 1, 1 },
	{ "argmax", TJ_EPILOGUE_ARGMAX, TJ_PACK_PLAIN, 512, 8000, 1, 1 },
	{ "lstm", TJ_EPILOGUE_LSTM, TJ_PACK_LSTM, 1024, 512, 4, 2 },
	{ "gru", TJ_EPILOGUE_GRU, TJ_PACK_GRU, 1024, 512, 3, 2 },
};

enum { N_LAYERS = sizeof layers / sizeof *layers };

static const struct layer *layer_of(const struct bench_case *c)
{
	for (size_t i = 0; i < N_LAYERS; i++)
		if (strcmp(layers[i].kernel, c->kernel) == 0 && layers[i].n == c->n)
			return &layers[i];
	return NULL;
}

/* Allocates pointers to n rows that are `ld` floats apart. */
static void *row_table(float *x, size_t n, size_t ld)
{
	float **rows = bench_need(calloc(n, sizeof *rows));
	for (size_t m = 0; m < n; m++)
		rows[m] = x + m * ld;
	return rows;
}

static float *filled(size_t n, float from, float to)
{
	float *x = bench_need(tj_alloc(n, sizeof *x));
	bench_fill(x, n, from, to);
	return x;
}

static void weights_open(struct bench_work *w, const struct layer *l)
{
	size_t n_rows = l->n_gates * l->n, k = l->k / l->n_segments;
	struct tj_error err = { 0 };
	float *values = filled(n_rows * l->k, -0.05f, 0.05f);
	struct tj_matrix m = { values, NULL, n_rows, l->k };
	const struct tj_pack_source sources[] = { { &m, 0, k }, { &m, k, k } };
	trujaman_status status = w->c->bound == BENCH_INT8
	                             ? tj_weights_pack_int8(&w->weights, l->kind, l->n,
	                                                    l->n_segments, sources, NULL, NULL, 0,
	                                                    w->kernels->int8_layout, &err)
	                             : tj_weights_pack(&w->weights, l->kind, l->n, l->n_segments,
	                                               sources, NULL, NULL, 0, &err);
	if (status != TRUJAMAN_OK)
		bench_die(err.text);
	tj_free(values);
}

/* Each row has its own input, output and cell. */
static void layer_open(struct bench_work *w)
{
	const struct layer *l = layer_of(w->c);
	assert(l != NULL);
	size_t rows = w->c->rows, ld_out = tj_round_up(l->n, TJ_LANES);
	weights_open(w, l);
	w->in = filled(rows * l->k, -1, 1);
	w->out = filled(rows * ld_out, 0, 0);
	w->cell = filled(rows * ld_out, -1, 1);
	for (size_t s = 0; s < l->n_segments; s++)
		w->in_rows[s] = row_table(w->in + s * (l->k / l->n_segments), rows, l->k);
	w->out_rows = row_table(w->out, rows, ld_out);
	w->cell_rows = row_table(w->cell, rows, ld_out);
	w->best = bench_need(calloc(rows, sizeof *w->best));
	w->gemm = (struct tj_gemm){
		.n_rows = rows,
		.weights = &w->weights,
		.rows = { w->in_rows[0], w->in_rows[1] },
		.epilogue = l->epilogue,
		.out = w->out_rows,
		.best = w->best,
		.banned = -1,
		.cell_in = (const float *const *)w->cell_rows,
		.cell_out = w->cell_rows,
		.scratch = bench_need(tj_alloc(tj_gemm_scratch(&w->weights), 1)),
	};
}

static void call_layer(struct bench_work *w)
{
	w->kernels->gemm(&w->gemm);
}

static void product_close(struct bench_work *w)
{
	free(w->best);
	free(w->cell_rows);
	free(w->out_rows);
	free(w->in_rows[1]);
	free(w->in_rows[0]);
	tj_free(w->cell);
	tj_free(w->out);
	tj_free(w->in);
	tj_free(w->v[0]);
}

static void layer_close(struct bench_work *w)
{
	tj_free(w->gemm.scratch);
	tj_weights_free(&w->weights);
	product_close(w);
}

/* The right-hand side is panels [k][16], like keys, if k >= n; otherwise rows [k][n], like
 * values. */
static void product_open(struct bench_work *w)
{
	const struct bench_case *c = w->c;
	int panels = c->k >= c->n;
	w->in = filled(c->rows * c->k, -1, 1);
	w->out = filled(c->rows * c->n, 0, 0);
	w->v[0] = filled(c->k * c->n, -1, 1);
	w->in_rows[0] = row_table(w->in, c->rows, c->k);
	w->product = (struct tj_product){
		.n_rows = c->rows,
		.k = c->k,
		.n_panels = c->n / TJ_LANES,
		.rows = w->in_rows[0],
		.b = w->v[0],
		.k_stride = panels ? TJ_LANES : c->n,
		.panel_stride = panels ? TJ_LANES * c->k : TJ_LANES,
		.out = w->out,
		.ld_out = c->n,
	};
}

static void call_product(struct bench_work *w)
{
	w->kernels->product(&w->product);
}

/* Weights, inputs and outputs count once; a cell is read and written. */
static struct bench_case layer_case(const struct layer *l, size_t rows, int is_int8)
{
	double weights = (double)(l->n_gates * l->n * l->k), per_row = (double)(l->k + l->n);
	if (l->epilogue == TJ_EPILOGUE_LSTM)
		per_row += 2 * (double)l->n;
	if (l->epilogue == TJ_EPILOGUE_ARGMAX)
		per_row = (double)l->k;
	return (struct bench_case){
		.kernel = l->kernel,
		.precision = is_int8 ? "int8" : "float32",
		.rows = rows,
		.k = l->k,
		.n = l->n,
		.bound = is_int8 ? BENCH_INT8 : BENCH_FMA,
		.operations = 2 * (double)rows * weights,
		.bytes = weights * (is_int8 ? 1 : 4) + 4 * per_row * (double)rows,
		.open = layer_open,
		.call = call_layer,
		.close = layer_close,
	};
}

static struct bench_case product_case(size_t rows, size_t k, size_t n)
{
	return (struct bench_case){
		.kernel = "product",
		.precision = "float32",
		.rows = rows,
		.k = k,
		.n = n,
		.bound = BENCH_FMA,
		.operations = 2.0 * (double)(rows * k * n),
		.bytes = 4.0 * (double)(rows * k + k * n + rows * n),
		.open = product_open,
		.call = call_product,
		.close = product_close,
	};
}

size_t bench_products(struct bench_case *cases, size_t max)
{
	static const size_t rows[] = { 1, 2, 4, 8, 16, 64, 256 };
	static const size_t products[][3] = {
		{ 1, 512, 32 }, { 1, 32, 512 }, { 5, 512, 32 }, { 5, 32, 512 }, { 48, 512, 512 }
	};
	enum {
		N_ROWS = sizeof rows / sizeof *rows,
		N_PRODUCTS = sizeof products / sizeof *products
	};
	size_t n = 0;
	assert(max >= 2 * N_LAYERS * N_ROWS + N_PRODUCTS);
	for (int is_int8 = 0; is_int8 <= 1; is_int8++)
		for (size_t i = 0; i < N_LAYERS; i++)
			for (size_t r = 0; r < N_ROWS; r++)
				cases[n++] = layer_case(&layers[i], rows[r], is_int8);
	for (size_t i = 0; i < N_PRODUCTS; i++)
		cases[n++] = product_case(products[i][0], products[i][1], products[i][2]);
	return n;
}
