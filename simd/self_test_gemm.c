/* SPDX-License-Identifier: MIT */
/* The self-test of the matrix products: every tile, and tails in rows, columns and k. */
#include <string.h>

#include "simd/pack.h"
#include "simd/pack_int8.h"
#include "simd/self_test_trial.h"
#include "src/base/memory.h"

enum { N_SEGMENTS = 2, MOST_ROWS = TJ_CHUNK_ROWS + 2 };

struct shape {
	enum tj_epilogue epilogue;
	size_t n, k[N_SEGMENTS]; /* GRU: the last k is n */
	int int8;
};

/* LSTM and GRU have 4 and 3 matrix rows per unit. */
static trujaman_status pack(struct tj_trial *t, const struct shape *s, struct tj_weights *w)
{
	enum tj_pack_kind kind = s->epilogue == TJ_EPILOGUE_LSTM  ? TJ_PACK_LSTM
	                         : s->epilogue == TJ_EPILOGUE_GRU ? TJ_PACK_GRU
	                                                          : TJ_PACK_PLAIN;
	size_t n_rows = s->n * (kind == TJ_PACK_LSTM ? 4 : kind == TJ_PACK_GRU ? 3 : 1);
	struct tj_matrix matrices[N_SEGMENTS];
	struct tj_pack_source sources[N_SEGMENTS];
	for (size_t i = 0, first = 0; i < N_SEGMENTS; first += n_rows * s->k[i++]) {
		const void *data = s->int8 ? (const void *)(t->bytes + first) : t->in + first;
		matrices[i] = (struct tj_matrix){ data, s->int8 ? t->scales : NULL, n_rows,
			                          s->k[i] };
		sources[i] = (struct tj_pack_source){ &matrices[i], 0, s->k[i] };
	}
	const float *bias = t->in + 99, *second = kind == TJ_PACK_PLAIN ? NULL : t->in + 999;
	if (s->int8)
		return tj_weights_pack_int8(w, kind, s->n, N_SEGMENTS, sources, bias, second, 0,
		                            t->kernels->int8_layout, t->err);
	return tj_weights_pack(w, kind, s->n, N_SEGMENTS, sources, bias, second, 0, t->err);
}

/* Where the floats of a row lie among the inputs: at odd places, except for the rows that a kernel
 * reads as vectors. */
static const float *row_of(const struct tj_trial *t, size_t segment, size_t row, int aligned)
{
	size_t at = 131 * segment + 37 * row;
	return t->in + (aligned ? tj_round_up(at, TJ_LANES) : at | 1);
}

struct rows {
	const float *in[N_SEGMENTS][MOST_ROWS], *start[MOST_ROWS], *cell_in[MOST_ROWS];
	float *out[MOST_ROWS], *cell_out[MOST_ROWS];
	struct tj_best best[MOST_ROWS];
};

static void lay_out_rows(struct tj_trial *t, const struct shape *s, size_t n_rows, struct rows *r)
{
	for (size_t m = 0; m < n_rows; m++) {
		r->in[0][m] = row_of(t, 0, m, 0);
		r->in[1][m] = row_of(t, 1, m, s->epilogue == TJ_EPILOGUE_GRU);
		r->start[m] = row_of(t, 2, m, 1);
		r->cell_in[m] = row_of(t, 3, m, 1);
		r->out[m] = s->epilogue != TJ_EPILOGUE_ARGMAX ? tj_trial_take(t, s->n) : NULL;
		r->cell_out[m] = s->epilogue == TJ_EPILOGUE_LSTM ? tj_trial_take(t, s->n) : NULL;
	}
}

static void multiply(struct tj_trial *t, const struct shape *s, const struct tj_weights *w,
                     size_t n_rows)
{
	struct rows r;
	lay_out_rows(t, s, n_rows, &r);
	struct tj_gemm g = { .n_rows = n_rows,
		             .weights = w,
		             .rows = { r.in[0], r.in[1] },
		             .start = s->epilogue == TJ_EPILOGUE_LSTM ? r.start : NULL,
		             .epilogue = s->epilogue,
		             .out = r.out,
		             .cell_in = r.cell_in,
		             .cell_out = r.cell_out,
		             .best = r.best,
		             .banned = 3,
		             .scratch = t->scratch };
	t->kernels->gemm(&g);
	for (size_t m = 0; s->epilogue == TJ_EPILOGUE_ARGMAX && m < n_rows; m++) {
		float *best = tj_trial_take(t, 2);
		best[0] = r.best[m].value;
		best[1] = (float)r.best[m].index;
	}
}

/* All row counts from `first` to `last` with the same weights. */
static void multiply_rows(struct tj_trial *t, const struct shape *s, size_t first, size_t last)
{
	struct tj_weights w = { 0 };
	if (t->err->status != TRUJAMAN_OK || pack(t, s, &w) != TRUJAMAN_OK)
		return;
	for (size_t n_rows = first; n_rows <= last; n_rows++)
		multiply(t, s, &w, n_rows);
	tj_weights_free(&w);
}

/* Groups of 4 + 3, 2 and 1 panels, by every height of a tile; then more k than a block has, and
 * more rows than a chunk has. */
static void try_products(struct tj_trial *t, int int8)
{
	static const size_t columns[] = { 103, 23, 9 };
	enum { TALLEST = 6, LONG = 517 };
	for (size_t i = 0; i < 3; i++)
		multiply_rows(t, &(struct shape){ TJ_EPILOGUE_NONE, columns[i], { 3, 10 }, int8 },
		              1, TALLEST);
	multiply_rows(t, &(struct shape){ TJ_EPILOGUE_NONE, 7, { LONG, 67 }, int8 }, 1, 1);
	multiply_rows(t, &(struct shape){ TJ_EPILOGUE_NONE, 7, { 1, 2 }, int8 }, MOST_ROWS,
	              MOST_ROWS);
}

static void try_steps(struct tj_trial *t, int int8)
{
	static const enum tj_epilogue each[] = { TJ_EPILOGUE_TANH, TJ_EPILOGUE_LSTM,
		                                 TJ_EPILOGUE_GRU, TJ_EPILOGUE_ARGMAX };
	for (size_t i = 0; i < sizeof each / sizeof each[0]; i++)
		multiply_rows(t, &(struct shape){ each[i], 21, { 6, 21 }, int8 }, 3, 3);
}

void tj_trial_float_products(struct tj_trial *t) { try_products(t, 0); }

void tj_trial_int8_products(struct tj_trial *t) { try_products(t, 1); }

void tj_trial_float_steps(struct tj_trial *t) { try_steps(t, 0); }

void tj_trial_int8_steps(struct tj_trial *t) { try_steps(t, 1); }

/* Panels as they are packed, then a matrix as it lies, added to what is there. */
void tj_trial_product(struct tj_trial *t)
{
	enum { K = 19, N_PANELS = 5, LD = N_PANELS * TJ_LANES };
	const float *rows[MOST_ROWS];
	for (size_t m = 0; m < MOST_ROWS; m++)
		rows[m] = row_of(t, 0, m, 0);
	struct tj_product p = { .k = K,
		                .n_panels = N_PANELS,
		                .rows = rows,
		                .b = t->in,
		                .k_stride = TJ_LANES,
		                .panel_stride = TJ_LANES * K,
		                .ld_out = LD };
	for (p.n_rows = 1; p.n_rows <= 6; p.n_rows++) {
		p.out = tj_trial_take(t, p.n_rows * LD);
		t->kernels->product(&p);
	}
	p.k_stride = LD;
	p.panel_stride = TJ_LANES;
	p.accumulate = 1;
	p.n_rows = 7;
	p.out = memcpy(tj_trial_take(t, p.n_rows * LD), t->in, p.n_rows * LD * sizeof *t->in);
	t->kernels->product(&p);
}
