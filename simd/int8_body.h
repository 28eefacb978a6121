/* SPDX-License-Identifier: MIT */
/* Integer products, shared by all instruction sets; included after product_body.h. The including
 * file provides the integer vectors:
 *   iv            16 / IV_PARTS sums of 32 bits; IV_PARTS of them hold a panel's columns
 *   iw            the weight bytes of as many columns, four k each
 *   ia            four k of one input row, repeated for all columns
 *   i8_input      the type of a quantised input: a byte or a 16-bit word
 *   iw_load(p), ia_load(p), iv_zero(), iv_store(p, v), iv_dot(sum, w, a)
 *   iv_apart(&sum, &a)     changes nothing, but the compiler cannot know that (int8_peak)
 *   v_round(x, p) 16 floats to inputs, nearest even;  v_abs(x);  v_of_ints(p, less)
 *   I8_ROWS, I8_PANELS(r)  rows of a tile, and panels that a tile of r rows spans
 * I8_DEPTH and I8_FLIP. I8_DEPTH is 4, or 8 where an instruction takes two rows and two columns
 * (int8_pairs.h has that tile and says what iv, iw and ia then are). I8_FLIP is 0x80 if weights are
 * stored as w + 128; 128 times the sum of the inputs, inputs_sum(p, n), must then be subtracted.
 * The integer sums are exact, so their order does not matter. */
#ifndef TJ_SIMD_INT8_BODY_H
#define TJ_SIMD_INT8_BODY_H

#include <float.h>
#include <string.h>

#include "simd/kernels.h"

/* The rows of a chunk after quantisation. */
struct quantised {
	i8_input *rows[TJ_MAX_SEGMENTS]; /* [row][ld] in g->scratch */
	size_t ld;
	float scale[TJ_MAX_SEGMENTS][TJ_CHUNK_ROWS];
	int32_t excess[TJ_MAX_SEGMENTS][TJ_CHUNK_ROWS]; /* 128 times the sum of a row's inputs if
	                                                   I8_FLIP is set, else 0 */
};

/* The last n < 16 floats of a row, followed by zeros. */
INLINE v16 tail_of(const float *x, size_t n)
{
	_Alignas(64) float last[TJ_LANES] = { 0 };
	memcpy(last, x, n * sizeof *x);
	return v_load(last);
}

/* Quantise k floats and pad them with zeros to a multiple of 64; returns the scale. */
static float quantise_row(const float *x, size_t k, i8_input *out)
{
	size_t whole = k / TJ_LANES * TJ_LANES, n_out = (k + 63) / 64 * 64;
	/* Four maxima at once, because each comparison waits for the one before it. The order
	 * does not change the result. */
	v16 most = v_set1(0.0f), others[3] = { most, most, most };
	size_t n = 0;
	for (; n + 4 * TJ_LANES <= whole; n += 4 * TJ_LANES) {
		v16 a = v_abs(v_loadu(x + n));
		most = v_gt_select(a, most, a, most);
		UNROLL
		for (size_t j = 0; j < 3; j++) {
			a = v_abs(v_loadu(x + n + (j + 1) * TJ_LANES));
			others[j] = v_gt_select(a, others[j], a, others[j]);
		}
	}
	UNROLL
	for (size_t j = 0; j < 3; j++)
		most = v_gt_select(others[j], most, others[j], most);
	for (; n < whole; n += TJ_LANES) {
		v16 a = v_abs(v_loadu(x + n));
		most = v_gt_select(a, most, a, most);
	}
	if (whole < k) {
		v16 a = v_abs(tail_of(x + whole, k - whole));
		most = v_gt_select(a, most, a, most);
	}
	float largest_magnitude = v_largest(most), scale = largest_magnitude / 127.0f;
	/* As tj_quantize_row: a denormal scale is too coarse, and 127 / magnitude may be infinite,
	 * which would make NaN of zeros. Instruction sets round NaN to different integers. */
	if (scale < FLT_MIN || scale > FLT_MAX) {
		memset(out, 0, n_out * sizeof *out);
		return scale < FLT_MIN ? 0.0f : scale;
	}
	v16 by = v_set1(127.0f / largest_magnitude);
	size_t i = 0;
	for (; i < whole; i += TJ_LANES)
		v_round(v_mul(v_loadu(x + i), by), out + i);
	if (whole < k) {
		v_round(v_mul(tail_of(x + whole, k - whole), by), out + i);
		i += TJ_LANES;
	}
	for (; i < n_out; i += TJ_LANES)
		memset(out + i, 0, TJ_LANES * sizeof *out);
	return scale;
}

static void quantise_chunk(const struct tj_gemm *g, size_t first_row, size_t n_rows,
                           struct quantised *q)
{
	const struct tj_weights *w = g->weights;
	i8_input *at = g->scratch;
	q->ld = w->row_bytes;
	for (size_t s = 0; s < w->n_segments; s++) {
		size_t k = w->segments[s].k;
		q->rows[s] = at;
		for (size_t m = 0; m < n_rows; m++) {
			i8_input *row = at + m * q->ld;
			q->scale[s][m] = quantise_row(g->rows[s][first_row + m], k, row);
#if I8_FLIP
			q->excess[s][m] = 128 * inputs_sum(row, (k + 63) / 64 * 64);
#else
			q->excess[s][m] = 0;
#endif
		}
		at += (k + 63) / 64 * 64;
	}
}

/* `ahead` is a panel that will be needed soon. Prefetching beyond the end of the weights is
 * harmless. */
#if I8_DEPTH == 8
#include "simd/int8_pairs.h"
#else
INLINE void int8_tile(const size_t n_rows, const size_t n_panels, const i8_input *const *rows,
                      size_t n_quads, const uint8_t *b, size_t panel_bytes, const uint8_t *ahead,
                      int32_t *sums)
{
	iv acc[I8_ROWS][4 * IV_PARTS];
	const i8_input *a[I8_ROWS];
	UNROLL
	for (size_t r = 0; r < n_rows; r++) {
		a[r] = rows[r];
		UNROLL
		for (size_t c = 0; c < n_panels * IV_PARTS; c++)
			acc[r][c] = iv_zero();
	}
	for (size_t i = 0; i < n_quads; i++, b += 64) {
		iw w[4 * IV_PARTS];
		__builtin_prefetch(ahead + 64 * i, 0, 2);
		UNROLL
		for (size_t c = 0; c < n_panels * IV_PARTS; c++)
			w[c] = iw_load(b + c / IV_PARTS * panel_bytes +
			               c % IV_PARTS * (64 / IV_PARTS));
		UNROLL
		for (size_t r = 0; r < n_rows; r++) {
			ia x = ia_load(a[r] + 4 * i);
			UNROLL
			for (size_t c = 0; c < n_panels * IV_PARTS; c++)
				acc[r][c] = iv_dot(acc[r][c], w[c], x);
		}
	}
	UNROLL
	for (size_t r = 0; r < n_rows; r++) {
		UNROLL
		for (size_t c = 0; c < n_panels * IV_PARTS; c++)
			iv_store(sums + r * TJ_GROUP + c * (TJ_LANES / IV_PARTS), acc[r][c]);
	}
}
#endif

typedef void int8_function(const i8_input *const *rows, size_t n_quads, const uint8_t *b,
                           size_t panel_bytes, const uint8_t *ahead, int32_t *sums);

#define INT8_TILE(R, P) \
	static __attribute__((noinline)) void int8_##R##x##P(const i8_input *const *rows, \
	                                                     size_t n_quads, const uint8_t *b, \
	                                                     size_t panel_bytes, \
	                                                     const uint8_t *ahead, int32_t *sums) \
	{ \
		if (R <= I8_ROWS && P <= I8_PANELS(R)) \
			int8_tile(R, P, rows, n_quads, b, panel_bytes, ahead, sums); \
	}
#define INT8_TILES(R) INT8_TILE(R, 1) INT8_TILE(R, 2) INT8_TILE(R, 3) INT8_TILE(R, 4)
/* clang-format off */
INT8_TILES(1) INT8_TILES(2) INT8_TILES(3) INT8_TILES(4) INT8_TILES(5) INT8_TILES(6)
#if I8_ROWS > 6
INT8_TILES(7) INT8_TILES(8)
#endif

#define INT8_ROW(R) { int8_##R##x1, int8_##R##x2, int8_##R##x3, int8_##R##x4 }
static int8_function *const int8_tiles[][4] = { INT8_ROW(1), INT8_ROW(2), INT8_ROW(3),
	                                        INT8_ROW(4), INT8_ROW(5), INT8_ROW(6),
#if I8_ROWS > 6
	                                        INT8_ROW(7), INT8_ROW(8)
#endif
};
/* clang-format on */
#undef INT8_ROW

/* Where the sums of one segment of a group go, and how they are scaled. */
struct int8_group {
	const struct tj_weights *weights;
	const struct quantised *q;
	size_t segment;
	const float *scales; /* of the group's columns in this segment */
	float *sums;         /* [row][64], already holding the bias, from the segment's first
	                        panel on */
};

/* Scale the integer sums of rows m … m + r - 1 and panels p … p + n - 1 and add them to the float
 * sums. */
static void add_integers(const struct int8_group *g, size_t m, size_t r, size_t p, size_t n,
                         const int32_t *integers)
{
	for (; r > 0; r--, m++, integers += TJ_GROUP) {
		const v16 row_scale = v_set1(g->q->scale[g->segment][m]);
		float *to = g->sums + m * TJ_GROUP + p * TJ_LANES;
		for (size_t j = 0; j < n * TJ_LANES; j += TJ_LANES) {
			v16 factor = v_mul(row_scale, v_load(g->scales + p * TJ_LANES + j));
			v16 x = v_of_ints(integers + j, g->q->excess[g->segment][m]);
			v_store(to + j, v_fma(x, factor, v_load(to + j)));
		}
	}
}

/* One segment of one group, tile by tile, so that the integer sums stay in the nearest cache. */
static void int8_segment(const struct int8_group *g, const uint8_t *b, size_t n_panels,
                         size_t n_rows)
{
	_Alignas(64) int32_t integers[I8_ROWS * TJ_GROUP];
	const i8_input *rows[TJ_CHUNK_ROWS];
	size_t panel_bytes = tj_int8_panel_bytes(g->weights->segments[g->segment].k);
	size_t n_quads = panel_bytes / (4 * TJ_LANES);
	for (size_t m = 0; m < n_rows; m++)
		rows[m] = g->q->rows[g->segment] + m * g->q->ld;
	size_t n_tiles = (n_rows + I8_ROWS - 1) / I8_ROWS;
	/* A tile's rows are counted in pairs where an instruction takes two. */
	enum { TOGETHER = I8_DEPTH == 8 ? 2 : 1 };
	size_t n_units = (n_rows + TOGETHER - 1) / TOGETHER;
	size_t height = n_units / n_tiles * TOGETHER, taller = n_units % n_tiles;
	size_t step = I8_PANELS(height + (taller > 0 ? TOGETHER : 0));
	for (size_t p = 0; p < n_panels; p += step) {
		size_t n = n_panels - p < step ? n_panels - p : step;
		for (size_t tile = 0, m = 0; tile < n_tiles; tile++) {
			size_t r = height + (tile < taller ? TOGETHER : 0);
			r = r < n_rows - m ? r : n_rows - m;
			/* The first tiles prefetch the panels after this group's: those of the
			 * next segment or of the next group. */
			const uint8_t *panel = b + p * panel_bytes;
			const uint8_t *ahead = tile < n_panels ? b + (n_panels + tile) * panel_bytes
			                                       : panel;
			int8_tiles[r - 1][n - 1](rows + m, n_quads, panel, panel_bytes, ahead,
			                         integers);
			add_integers(g, m, r, p, n, integers);
			m += r;
		}
	}
}

static void gemm_int8(const struct tj_gemm *g)
{
	_Alignas(64) float sums[TJ_CHUNK_ROWS * TJ_GROUP];
	const struct tj_weights *w = g->weights;
	struct quantised q;
	start_best(g);
	for (size_t first = 0; first < g->n_rows; first += TJ_CHUNK_ROWS) {
		size_t n_rows = g->n_rows - first < TJ_CHUNK_ROWS ? g->n_rows - first
		                                                  : TJ_CHUNK_ROWS;
		quantise_chunk(g, first, n_rows, &q);
		for (size_t group = 0; group < w->n_groups; group++) {
			const uint8_t *b = w->bytes + group * w->group_bytes;
			size_t n_panels = group + 1 == w->n_groups ? w->last_panels : 4;
			start_sums(g, group, first, n_rows, sums);
			for (size_t s = 0; s < w->n_segments; s++) {
				const struct tj_segment_layout *l = &w->segments[s];
				size_t n = n_panels < l->n_panels ? n_panels : l->n_panels;
				size_t column = l->first * TJ_LANES;
				int8_segment(&(struct int8_group){ w, &q, s,
				                                   w->scales +
				                                       (s * w->n_groups + group) *
				                                           TJ_GROUP +
				                                       column,
				                                   sums + column },
				             b, n, n_rows);
				b += n * tj_int8_panel_bytes(l->k);
			}
			finish_rows(g, group, n_panels, first, n_rows, sums);
		}
	}
}

/* Measures iv_dot alone, on as many chains of sums as fit in registers beside its operands. One k
 * of one output counts as two operations, a multiply and an add, however many instructions it
 * takes. Splitting the weights, where iv_dot needs that, is not measured: the rows of a tile
 * share that cost. */
static double int8_peak(size_t n, float *sink)
{
	enum { CHAINS = IV_PARTS == 2 ? 10 : 16 };
	_Alignas(64) uint8_t weights[64];
	_Alignas(64) i8_input inputs[8] = { 113, -113, 113, -113, 113, -113, 113, -113 };
	_Alignas(64) int32_t sums[TJ_LANES];
	iv acc[CHAINS];
	for (size_t j = 0; j < 64; j++)
		weights[j] = (uint8_t)(64 + 5 * j % 7); /* nearly equal, so that the sums stay
		                                           small */
	iw w = iw_load(weights);
	ia a = ia_load(inputs);
	UNROLL
	for (int c = 0; c < CHAINS; c++) {
		acc[c] = iv_zero();
		iv_apart(&acc[c], &a); /* else gcc 12 copies chains that start from one zero */
	}
	for (size_t i = 0; i < n; i++)
		UNROLL
	for (int c = 0; c < CHAINS; c++) {
		acc[c] = iv_dot(acc[c], w, a);
		iv_apart(&acc[c], &a); /* else one product would serve all chains */
	}
	UNROLL
	for (int c = 0; c < CHAINS; c++) { /* must be unrolled too to keep acc in registers */
		iv_store(sums, acc[c]);
		*sink += (float)sums[0];
	}
	return 2.0 * CHAINS * I8_DEPTH * (TJ_LANES / IV_PARTS) * (double)n;
}

static void gemm(const struct tj_gemm *g)
{
	if (g->weights->bytes != NULL)
		gemm_int8(g);
	else
		gemm_float(g);
}

#endif
