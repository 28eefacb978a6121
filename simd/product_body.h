/* SPDX-License-Identifier: MIT */
/* The matrix products, shared by all instruction sets. The including file provides the vectors
 * (v16_….h), TILE_PANELS(r) and K_BLOCK. TILE_PANELS(r) is how many panels a tile of r rows spans
 * so that its accumulators fill the registers without spilling. K_BLOCK is the length of a block
 * of k: all rows of a chunk pass over one block before the next one, so that the panels of a tile
 * stay in a near cache.
 *
 * A tile keeps r x panels x 16 sums in registers and walks through k once: for each k it loads
 * the panels' 16 weights and broadcasts one input per row. It loads its sums from a small buffer
 * that stays in the first-level cache and stores them back there, so segments and blocks of k can
 * follow one another without breaking the chain of additions. */
#ifndef TJ_SIMD_PRODUCT_BODY_H
#define TJ_SIMD_PRODUCT_BODY_H

#include <string.h>

#include "simd/elementary_body.h"
#include "simd/kernels.h"

enum {
	TILE_ROWS = 6,
	NV_A_PANEL = TJ_LANES / NV_FLOATS,
	/* Rows whose sums are kept at a time: 48 x 64 floats, 12 KiB. */
	CHUNK_ROWS = 48
};

/* The accumulators stay in registers only if every loop over them is unrolled. With sanitizers they
 * do not anyway, and clang compiles the widest tables in less than half the time then. */
#ifdef __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define UNROLL
#endif
#endif
#ifdef UNROLL
#elif defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 32")
#endif

INLINE void tile(const size_t n_rows, const size_t n_panels, const float *const *rows, size_t from,
                 size_t k, const float *b, size_t k_stride, size_t panel_stride, float *sums,
                 size_t ld)
{
	nv acc[TILE_ROWS][4 * NV_A_PANEL];
	const float *a[TILE_ROWS];
	UNROLL
	for (size_t r = 0; r < n_rows; r++) {
		a[r] = rows[r] + from;
		UNROLL
		for (size_t c = 0; c < n_panels * NV_A_PANEL; c++)
			acc[r][c] = nv_load(sums + r * ld + c * NV_FLOATS);
	}
	for (size_t i = 0; i < k; i++, b += k_stride) {
		nv w[4 * NV_A_PANEL];
		UNROLL
		for (size_t c = 0; c < n_panels * NV_A_PANEL; c++)
			w[c] = nv_load(b + c / NV_A_PANEL * panel_stride +
			               c % NV_A_PANEL * NV_FLOATS);
		UNROLL
		for (size_t r = 0; r < n_rows; r++) {
			nv x = nv_set1(a[r] + i);
			UNROLL
			for (size_t c = 0; c < n_panels * NV_A_PANEL; c++)
				acc[r][c] = nv_fma(x, w[c], acc[r][c]);
		}
	}
	UNROLL
	for (size_t r = 0; r < n_rows; r++) {
		UNROLL
		for (size_t c = 0; c < n_panels * NV_A_PANEL; c++)
			nv_store(sums + r * ld + c * NV_FLOATS, acc[r][c]);
	}
}

typedef void tile_function(const float *const *rows, size_t from, size_t k, const float *b,
                           size_t k_stride, size_t panel_stride, float *sums, size_t ld);

#define TILE(R, P) \
	static void tile_##R##x##P(const float *const *rows, size_t from, size_t k, \
	                           const float *b, size_t k_stride, size_t panel_stride, \
	                           float *sums, size_t ld) \
	{ \
		if (P <= TILE_PANELS(R)) /* wider tiles are never called: emit no code */ \
			tile(R, P, rows, from, k, b, k_stride, panel_stride, sums, ld); \
	}
#define TILES(R) TILE(R, 1) TILE(R, 2) TILE(R, 3) TILE(R, 4)
/* clang-format off */
TILES(1) TILES(2) TILES(3) TILES(4) TILES(5) TILES(6)

#define ROW(R) { tile_##R##x1, tile_##R##x2, tile_##R##x3, tile_##R##x4 }
static tile_function *const tiles[TILE_ROWS][4] = { ROW(1), ROW(2), ROW(3),
	                                                  ROW(4), ROW(5), ROW(6) };
/* clang-format on */
#undef ROW

/* sums[r][16 p …] += over i in [from, from + k) of rows[r][i] b[i - from][p]. */
static void run_panels(size_t n_rows, const float *const *rows, size_t from, size_t k,
                       const float *b, size_t k_stride, size_t panel_stride, size_t n_panels,
                       float *sums, size_t ld)
{
	static const size_t most[TILE_ROWS] = { TILE_PANELS(1), TILE_PANELS(2), TILE_PANELS(3),
		                                TILE_PANELS(4), TILE_PANELS(5), TILE_PANELS(6) };
	for (size_t p = 0; p < n_panels;) {
		size_t n = n_panels - p < most[n_rows - 1] ? n_panels - p : most[n_rows - 1];
		tiles[n_rows - 1][n - 1](rows, from, k, b + p * panel_stride, k_stride,
		                         panel_stride, sums + p * TJ_LANES, ld);
		p += n;
	}
}

/* sums holds i, f, g, o of 16 units. */
INLINE void lstm_units(const float *sums, const float *cell_in, float *cell_out, float *out)
{
	v16 i = v_sigmoid(v_load(sums)), f = v_sigmoid(v_load(sums + 16));
	v16 g = v_tanh(v_load(sums + 32)), o = v_sigmoid(v_load(sums + 48));
	v16 c = v_fma(f, v_load(cell_in), v_mul(i, g));
	v_store(cell_out, c);
	v_store(out, v_mul(o, v_tanh(c)));
}

/* sums holds n_x, r, z, n_h of 16 units. */
INLINE void gru_units(const float *sums, const float *hidden, float *out)
{
	v16 r = v_sigmoid(v_load(sums + 16)), z = v_sigmoid(v_load(sums + 32));
	v16 n = v_tanh(v_fma(r, v_load(sums + 48), v_load(sums)));
	v_store(out, v_fma(z, v_sub(v_load(hidden), n), n));
}

/* Same choice as top_k with k = 1. */
INLINE void keep_best(const float *sums, size_t n_panels, int32_t first, int32_t banned,
                      struct tj_best *best)
{
	for (size_t p = 0; p < n_panels; p++, sums += TJ_LANES, first += TJ_LANES) {
		unsigned mask = v_gt_mask(v_load(sums), v_set1(best->value));
		for (; mask; mask &= mask - 1) {
			int32_t j = __builtin_ctz(mask);
			if (sums[j] > best->value && first + j != banned)
				*best = (struct tj_best){ sums[j], first + j };
		}
	}
}

static void finish_rows(const struct tj_gemm *g, size_t group, size_t n_panels, size_t first_row,
                        size_t n_rows, const float *sums)
{
	size_t unit = group * TJ_LANES, last = g->weights->n_segments - 1;
	for (size_t m = first_row; m < first_row + n_rows; m++, sums += TJ_GROUP) {
		if (g->epilogue == TJ_EPILOGUE_LSTM)
			lstm_units(sums, g->cell_in[m] + unit, g->cell_out[m] + unit,
			           g->out[m] + unit);
		else if (g->epilogue == TJ_EPILOGUE_GRU)
			gru_units(sums, g->rows[last][m] + unit, g->out[m] + unit);
		else if (g->epilogue == TJ_EPILOGUE_ARGMAX)
			keep_best(sums, n_panels, (int32_t)(group * TJ_GROUP), g->banned,
			          &g->best[m]);
		else
			for (size_t p = 0; p < n_panels; p++) {
				v16 x = v_load(sums + p * TJ_LANES);
				if (g->epilogue == TJ_EPILOGUE_TANH)
					x = v_tanh(x);
				v_store(g->out[m] + group * TJ_GROUP + p * TJ_LANES, x);
			}
	}
}

/* Run one block of k for all rows of a chunk. The rows are split into tiles of nearly equal
 * height: 8 rows become 4 and 4, because a tile of 2 would wait for its own sums. All tiles pass
 * over the same few panels before the next ones. */
static void run_block(const float *const *rows, size_t n_rows, size_t from, size_t k,
                      const float *b, size_t k_stride, size_t panel_stride, size_t n_panels,
                      float *sums, size_t ld)
{
	size_t n_tiles = (n_rows + TILE_ROWS - 1) / TILE_ROWS;
	size_t height = n_rows / n_tiles, taller = n_rows % n_tiles;
	size_t step = TILE_PANELS(height + (taller > 0));
	for (size_t p = 0; p < n_panels; p += step) {
		size_t n = n_panels - p < step ? n_panels - p : step;
		for (size_t tile = 0, m = 0; tile < n_tiles; tile++) {
			size_t r = height + (tile < taller);
			run_panels(r, rows + m, from, k, b + p * panel_stride, k_stride,
			           panel_stride, n, sums + m * ld + p * TJ_LANES, ld);
			m += r;
		}
	}
}

static void start_sums(const struct tj_gemm *g, size_t group, size_t first_row, size_t n_rows,
                       float *sums)
{
	for (size_t m = 0; m < n_rows; m++) {
		const float *from = g->start != NULL ? g->start[first_row + m] : g->weights->bias;
		from += group * TJ_GROUP;
		memcpy(sums + m * TJ_GROUP, from, TJ_GROUP * sizeof *sums);
		/* The next group's start values are in distant memory, elsewhere for each row. */
		if (g->start != NULL)
			for (size_t j = TJ_GROUP; j < 2 * TJ_GROUP; j += TJ_LANES)
				__builtin_prefetch(from + j);
	}
}

static void gemm_group(const struct tj_gemm *g, size_t group, size_t first_row, size_t n_rows)
{
	_Alignas(64) float sums[CHUNK_ROWS * TJ_GROUP];
	const struct tj_weights *w = g->weights;
	const float *b = w->panels + group * w->group_floats;
	size_t n_panels = group + 1 == w->n_groups ? w->last_panels : 4;

	start_sums(g, group, first_row, n_rows, sums);
	for (size_t s = 0; s < w->n_segments; s++) {
		const struct tj_segment_layout *l = &w->segments[s];
		size_t n = n_panels < l->n_panels ? n_panels : l->n_panels;
		for (size_t from = 0; from < l->k; from += K_BLOCK)
			run_block(g->rows[s] + first_row, n_rows, from,
			          l->k - from < K_BLOCK ? l->k - from : K_BLOCK,
			          b + from * TJ_LANES, TJ_LANES, l->k * TJ_LANES, n,
			          sums + l->first * TJ_LANES, TJ_GROUP);
		b += n * l->k * TJ_LANES;
	}
	finish_rows(g, group, n_panels, first_row, n_rows, sums);
}

static void start_best(const struct tj_gemm *g)
{
	if (g->epilogue == TJ_EPILOGUE_ARGMAX)
		for (size_t m = 0; m < g->n_rows; m++)
			g->best[m] = (struct tj_best){ -INFINITY, -1 };
}

static void gemm_float(const struct tj_gemm *g)
{
	start_best(g);
	for (size_t group = 0; group < g->weights->n_groups; group++)
		for (size_t m = 0; m < g->n_rows; m += CHUNK_ROWS)
			gemm_group(g, group, m,
			           g->n_rows - m < CHUNK_ROWS ? g->n_rows - m : CHUNK_ROWS);
}

/* Up to four panels for up to CHUNK_ROWS rows; the sums accumulate in p->out itself. */
static void product_group(const struct tj_product *p, size_t first_panel, size_t n_panels,
                          size_t first_row, size_t n_rows)
{
	const float *b = p->b + first_panel * p->panel_stride;
	float *out = p->out + first_row * p->ld_out + first_panel * TJ_LANES;
	if (!p->accumulate)
		for (size_t m = 0; m < n_rows; m++)
			memset(out + m * p->ld_out, 0, n_panels * TJ_LANES * sizeof *out);
	for (size_t from = 0; from < p->k; from += K_BLOCK)
		run_block(p->rows + first_row, n_rows, from,
		          p->k - from < K_BLOCK ? p->k - from : K_BLOCK, b + from * p->k_stride,
		          p->k_stride, p->panel_stride, n_panels, out, p->ld_out);
}

static void product(const struct tj_product *p)
{
	for (size_t panel = 0; panel < p->n_panels; panel += 4)
		for (size_t m = 0; m < p->n_rows; m += CHUNK_ROWS)
			product_group(p, panel, p->n_panels - panel < 4 ? p->n_panels - panel : 4,
			              m, p->n_rows - m < CHUNK_ROWS ? p->n_rows - m : CHUNK_ROWS);
}

/* Up to 24 chains of fused multiply-adds: enough to hide their latency on every CPU. */
static double fma_peak(size_t n, float *sink)
{
	enum { CHAINS = NV_FLOATS == 8 ? 12 : 24 };
	_Alignas(64) float start[CHAINS * TJ_LANES];
	nv acc[CHAINS], x;
	for (int j = 0; j < CHAINS * TJ_LANES; j++)
		start[j] = (float)(j % 7) * 0x1p-20f + *sink * 0x1p-40f; /* all chains differ */
	x = nv_load(start);
	UNROLL
	for (int c = 0; c < CHAINS; c++)
		acc[c] = nv_load(start + c * TJ_LANES);
	for (size_t i = 0; i < n; i++) {
		UNROLL
		for (int c = 0; c < CHAINS; c++)
			acc[c] = nv_fma(acc[c], x, x);
	}
	for (int c = 0; c < CHAINS; c++) {
		nv_store(start, acc[c]);
		*sink += start[0];
	}
	return 2.0 * CHAINS * NV_FLOATS * (double)n;
}

#endif
