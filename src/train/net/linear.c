/* SPDX-License-Identifier: MIT */
/* Weight matrices in training: packing, products, and the gradients of weights and biases. */
#include "src/train/net/linear.h"

#include <assert.h>
#include <string.h>

#include "src/base/memory.h"

enum {
	TILE = 48,   /* rows per work item of a shared product */
	OUTPUTS = 48 /* outputs per work item of a weight gradient: a multiple of 16 */
};

trujaman_status tj_linear_open(struct tj_linear *l, const struct tj_parameters *layout,
                               const char *name, size_t n_blocks, size_t first, size_t k,
                               struct tj_error *err)
{
	const struct tj_parameter *p = tj_parameters_find(layout, name);
	assert(p != NULL && p->n_rows % n_blocks == 0 && first + k <= p->n_columns);
	size_t rows = p->n_rows / n_blocks, pad = tj_round_up(rows, TJ_LANES);
	*l = (struct tj_linear){
		.offset = p->offset,
		.n_blocks = n_blocks,
		.block_rows = rows,
		.block_pad = pad,
		.ld = p->n_columns,
		.first = first,
		.k = k,
		.k_pad = tj_round_up(k, TJ_LANES),
		.n_out = n_blocks * pad,
	};
	l->forward = tj_alloc_table(l->n_out * k, sizeof *l->forward);
	l->backward = tj_alloc_table(l->n_out * l->k_pad, sizeof *l->backward);
	if (l->forward == NULL || l->backward == NULL)
		return tj_fail_memory(err, name, l->n_out * l->k_pad * sizeof *l->forward);
	return TRUJAMAN_OK;
}

void tj_linear_free(struct tj_linear *l)
{
	tj_free(l->forward);
	tj_free(l->backward);
	l->forward = l->backward = NULL;
}

/* Packs up to 16 outputs, from `row` of block `b` on, into both packings; the rest are
 * zeros. */
static void pack_outputs(struct tj_linear *l, const struct tj_kernels *kernels, const float *w,
                         size_t b, size_t row)
{
	_Alignas(64) float square[TJ_LANES * TJ_LANES];
	size_t n = l->block_rows - row < TJ_LANES ? l->block_rows - row : TJ_LANES;
	size_t out = b * l->block_pad + row;
	const float *from = w + (b * l->block_rows + row) * l->ld + l->first;
	float *panel = l->forward + out * l->k;
	for (size_t c = 0; c < l->k; c += TJ_LANES) {
		size_t m = l->k - c < TJ_LANES ? l->k - c : TJ_LANES;
		memset(square, 0, sizeof square);
		for (size_t r = 0; r < n; r++)
			memcpy(square + r * TJ_LANES, from + r * l->ld + c, m * sizeof *square);
		memcpy(l->backward + c * l->n_out + out * TJ_LANES, square, sizeof square);
		if (m == TJ_LANES) {
			kernels->transpose(square, TJ_LANES, panel + c * TJ_LANES, TJ_LANES);
			continue;
		}
		for (size_t i = 0; i < m; i++)
			for (size_t r = 0; r < TJ_LANES; r++)
				panel[(c + i) * TJ_LANES + r] = square[r * TJ_LANES + i];
	}
}

void tj_linear_pack(struct tj_linear *l, const struct tj_kernels *kernels, const float *values)
{
	for (size_t b = 0; b < l->n_blocks; b++)
		for (size_t row = 0; row < l->block_rows; row += TJ_LANES)
			pack_outputs(l, kernels, values + l->offset, b, row);
}

void tj_linear_forward(const struct tj_linear *l, const struct tj_kernels *kernels, size_t n,
                       const float *const *x, float *y, size_t ld, int accumulate)
{
	kernels->product(&(struct tj_product){
	    .n_rows = n,
	    .k = l->k,
	    .n_panels = l->n_out / TJ_LANES,
	    .rows = x,
	    .b = l->forward,
	    .k_stride = TJ_LANES,
	    .panel_stride = l->k * TJ_LANES,
	    .out = y,
	    .ld_out = ld,
	    .accumulate = accumulate,
	});
}

void tj_linear_backward(const struct tj_linear *l, const struct tj_kernels *kernels, size_t n,
                        const float *const *dy, float *dx, size_t ld, int accumulate)
{
	kernels->product(&(struct tj_product){
	    .n_rows = n,
	    .k = l->n_out,
	    .n_panels = l->k_pad / TJ_LANES,
	    .rows = dy,
	    .b = l->backward,
	    .k_stride = TJ_LANES,
	    .panel_stride = l->n_out * TJ_LANES,
	    .out = dx,
	    .ld_out = ld,
	    .accumulate = accumulate,
	});
}

typedef void direction(const struct tj_linear *l, const struct tj_kernels *kernels, size_t n,
                       const float *const *in, float *out, size_t ld, int accumulate);

struct rows_job {
	const struct tj_linear *l;
	const struct tj_kernels *kernels;
	direction *run;
	size_t n, ld_in, ld_out;
	const float *in;
	float *out;
	int accumulate;
};

static void rows_item(void *context, size_t item, size_t thread)
{
	const struct rows_job *j = context;
	const float *rows[TILE];
	size_t first = item * TILE, n = j->n - first < TILE ? j->n - first : TILE;
	(void)thread;
	for (size_t m = 0; m < n; m++)
		rows[m] = j->in + (first + m) * j->ld_in;
	j->run(j->l, j->kernels, n, rows, j->out + first * j->ld_out, j->ld_out, j->accumulate);
}

void tj_linear_forward_all(const struct tj_linear *l, const struct tj_crew *crew, size_t n,
                           const float *x, size_t ld_in, float *y, size_t ld_out, int accumulate)
{
	struct rows_job job = { l, crew->kernels, tj_linear_forward, n, ld_in, ld_out, x,
		                y, accumulate };
	tj_share(crew->n_threads, (n + TILE - 1) / TILE, rows_item, &job);
}

void tj_linear_backward_all(const struct tj_linear *l, const struct tj_crew *crew, size_t n,
                            const float *dy, size_t ld_in, float *dx, size_t ld_out, int accumulate)
{
	struct rows_job job = { l,  crew->kernels, tj_linear_backward, n, ld_in, ld_out, dy,
		                dx, accumulate };
	tj_share(crew->n_threads, (n + TILE - 1) / TILE, rows_item, &job);
}

/* --- Weight gradients ------------------------------------------------------- */

struct gradient_job {
	const struct tj_linear *l;
	const struct tj_kernels *kernels;
	size_t n, n_pad; /* rows; rows padded to 16 */
	const float *dy;
	size_t ld_dy;
	const float *const *x;
	float *panels;  /* x: [k_pad / 16][n][16] */
	float *columns; /* [threads][OUTPUTS][n_pad]: dy transposed */
	float *sums;    /* [threads][OUTPUTS][k_pad] */
	float *gradients;
};

static void panel_item(void *context, size_t item, size_t thread)
{
	const struct gradient_job *j = context;
	float *panel = j->panels + item * j->n * TJ_LANES;
	size_t first = item * TJ_LANES, k = j->l->k;
	(void)thread;
	if (first + TJ_LANES <= k) {
		for (size_t m = 0; m < j->n; m++)
			memcpy(panel + m * TJ_LANES, j->x[m] + first, TJ_LANES * sizeof *panel);
		return;
	}
	for (size_t m = 0; m < j->n; m++)
		for (size_t c = 0; c < TJ_LANES; c++)
			panel[m * TJ_LANES + c] = first + c < k ? j->x[m][first + c] : 0.0f;
}

/* columns[i][m] = dy[m][first + i], for n_outputs outputs (a multiple of 16). */
static void exchange(const struct gradient_job *j, size_t first, size_t n_outputs, float *columns)
{
	_Alignas(64) float square[TJ_LANES * TJ_LANES];
	for (size_t m = 0; m < j->n; m += TJ_LANES)
		for (size_t i = 0; i < n_outputs; i += TJ_LANES) {
			const float *from = j->dy + m * j->ld_dy + first + i;
			size_t ld = j->ld_dy;
			if (m + TJ_LANES > j->n) { /* rows beyond the last one do not exist */
				memset(square, 0, sizeof square);
				for (size_t r = 0; m + r < j->n; r++)
					memcpy(square + r * TJ_LANES, from + r * ld,
					       TJ_LANES * sizeof *square);
				from = square;
				ld = TJ_LANES;
			}
			j->kernels->transpose(from, ld, columns + i * j->n_pad + m, j->n_pad);
		}
}

static void outputs_item(void *context, size_t item, size_t thread)
{
	const struct gradient_job *j = context;
	const struct tj_linear *l = j->l;
	const float *rows[OUTPUTS];
	float *columns = j->columns + thread * OUTPUTS * j->n_pad;
	float *sums = j->sums + thread * OUTPUTS * l->k_pad;
	size_t first = item * OUTPUTS, n = l->n_out - first < OUTPUTS ? l->n_out - first : OUTPUTS;

	exchange(j, first, n, columns);
	for (size_t i = 0; i < n; i++)
		rows[i] = columns + i * j->n_pad;
	j->kernels->product(&(struct tj_product){
	    .n_rows = n,
	    .k = j->n,
	    .n_panels = l->k_pad / TJ_LANES,
	    .rows = rows,
	    .b = j->panels,
	    .k_stride = TJ_LANES,
	    .panel_stride = j->n * TJ_LANES,
	    .out = sums,
	    .ld_out = l->k_pad,
	});
	for (size_t i = 0; i < n; i++) {
		size_t block = (first + i) / l->block_pad, row = (first + i) % l->block_pad;
		if (row >= l->block_rows)
			continue;
		float *g = j->gradients + l->offset + (block * l->block_rows + row) * l->ld +
		           l->first;
		const float *s = sums + i * l->k_pad;
		for (size_t c = 0; c < l->k; c++)
			g[c] += s[c];
	}
}

void tj_linear_gradient(const struct tj_linear *l, const struct tj_crew *crew, size_t n,
                        const float *dy, size_t ld_dy, const float *const *x, float *gradients)
{
	struct tj_arena *a = crew->arena;
	struct gradient_job j = { .l = l,
		                  .kernels = crew->kernels,
		                  .n = n,
		                  .n_pad = tj_round_up(n, TJ_LANES),
		                  .dy = dy,
		                  .ld_dy = ld_dy,
		                  .x = x,
		                  .gradients = gradients };
	struct tj_arena_mark mark = tj_arena_mark(a);
	j.panels = tj_arena_floats(a, l->k_pad * n);
	j.columns = tj_arena_floats(a, crew->n_threads * OUTPUTS * j.n_pad);
	j.sums = tj_arena_floats(a, crew->n_threads * OUTPUTS * l->k_pad);
	if (a->failed)
		return;
	tj_share(crew->n_threads, l->k_pad / TJ_LANES, panel_item, &j);
	tj_share(crew->n_threads, (l->n_out + OUTPUTS - 1) / OUTPUTS, outputs_item, &j);
	tj_arena_release(a, mark);
}

/* --- Biases ------------------------------------------------------------------ */

struct bias_job {
	size_t n, ld, n_blocks, block_rows, block_pad;
	const float *dy, *b, *b2;
	float *out;
};

/* Computes one panel of 16 sums. */
static void bias_item(void *context, size_t item, size_t thread)
{
	const struct bias_job *j = context;
	float sum[TJ_LANES] = { 0 };
	const float *dy = j->dy + item * TJ_LANES;
	(void)thread;
	for (size_t m = 0; m < j->n; m++)
		for (size_t i = 0; i < TJ_LANES; i++)
			sum[i] += dy[m * j->ld + i];
	size_t block = item * TJ_LANES / j->block_pad, row = item * TJ_LANES % j->block_pad;
	for (size_t i = 0; i < TJ_LANES && row + i < j->block_rows; i++)
		j->out[block * j->block_rows + row + i] += sum[i];
}

void tj_bias_gradient(const struct tj_crew *crew, size_t n, const float *dy, size_t ld_dy,
                      size_t n_blocks, size_t block_rows, float *b)
{
	struct bias_job j = { .n = n,
		              .ld = ld_dy,
		              .n_blocks = n_blocks,
		              .block_rows = block_rows,
		              .block_pad = tj_round_up(block_rows, TJ_LANES),
		              .dy = dy,
		              .out = b };
	tj_share(crew->n_threads, n_blocks * j.block_pad / TJ_LANES, bias_item, &j);
}

static void fill_item(void *context, size_t item, size_t thread)
{
	const struct bias_job *j = context;
	size_t width = j->n_blocks * j->block_pad, end = (item + 1) * TILE;
	float *first = j->out + item * TILE * j->ld;
	(void)thread;
	memset(first, 0, width * sizeof *first);
	for (size_t b = 0; b < j->n_blocks; b++)
		for (size_t i = 0; i < j->block_rows; i++)
			first[b * j->block_pad + i] = j->b[b * j->block_rows + i] +
			                              (j->b2 != NULL ? j->b2[b * j->block_rows + i]
			                                             : 0.0f);
	for (size_t m = item * TILE + 1; m < end && m < j->n; m++)
		memcpy(j->out + m * j->ld, first, width * sizeof *first);
}

void tj_bias_fill(const struct tj_crew *crew, size_t n, const float *b, const float *b2,
                  size_t n_blocks, size_t block_rows, float *out, size_t ld)
{
	struct bias_job j = { .n = n,
		              .ld = ld,
		              .n_blocks = n_blocks,
		              .block_rows = block_rows,
		              .block_pad = tj_round_up(block_rows, TJ_LANES),
		              .b = b,
		              .b2 = b2,
		              .out = out };
	tj_share(crew->n_threads, (n + TILE - 1) / TILE, fill_item, &j);
}
