/* SPDX-License-Identifier: MIT */
/* The numeric kernels: one constant table of functions per instruction set. All tables give the
 * same bits.
 *
 * How they agree: each lane holds one output. A sum over k starts from its bias and takes one
 * fused multiply-add per k, in increasing k, in one accumulator. So neither the tile, nor the
 * number of rows, nor the vector width can change a bit. A sum that must cross lanes keeps 16
 * partial sums (element j goes to partial sum j mod 16) and folds them to 8, 4, 2, 1. exp and
 * tanh are chains of such operations (elementary_body.h); log is SLEEF's.
 *
 * Conventions: every vector that a kernel writes has its width rounded up to a multiple of 16
 * floats ("padded") and starts on a 64-byte boundary. The padding is written too, with zeros
 * unless stated otherwise. Rows that a product reads need no alignment. n_… are counts, ld_… are
 * strides in floats. Kernels never allocate and never start threads. Any number of threads may
 * call them on different outputs. */
#ifndef TJ_SIMD_KERNELS_H
#define TJ_SIMD_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/status.h"

enum {
	TJ_LANES = 16, /* floats per panel row */
	TJ_GROUP = 64, /* most columns in a group of panels */
	TJ_MAX_SEGMENTS = 4
};

/* The inputs of a product are the concatenation of up to four segments; row m of a segment is the
 * k floats at rows[m]. A product can so look up an embedding, take a hidden state from the
 * hypothesis that it continues, and join [x ; h], without copying any of them. */
struct tj_segment {
	const float *const *rows;
	size_t k;
};

/* Weights packed for the products (simd/pack.h). The columns come in groups of up to 64. In a
 * group, each segment has a block of panels, each [k][16] floats:
 *   plain   the group's next 64 outputs, in every segment
 *   LSTM    i, f, g, o of 16 units, in every segment
 *   GRU     n_x, r, z, n_h of 16 units: a segment of x has n_x, r, z; h (the last segment)
 *           has r, z, n_h. n_x = W_in x + b_in, n_h = W_hn h + b_hn. */
struct tj_segment_layout {
	size_t k;
	size_t first;    /* its first panel in the group: 0, or 1 for the h of a GRU */
	size_t n_panels; /* its panels in a full group: 4, or 3 for GRU */
};

struct tj_weights {
	size_t n; /* outputs (plain) or units (LSTM, GRU) */
	size_t n_groups;
	size_t last_panels; /* panels in the last group: 1 to 4 if plain, else 4 */
	size_t n_segments;
	struct tj_segment_layout segments[TJ_MAX_SEGMENTS];
	size_t group_floats; /* stride between the panels of two groups */
	const float *panels; /* 64-byte aligned; NULL if the weights are int8 */
	const float *bias;   /* [n_groups][64] */
	float *storage;      /* owned (tj_weights_free); all other arrays lie in it */
	size_t storage_bytes;

	/* int8 only. Groups, segments and panels are the same, but a panel is
	 * tj_int8_panel_bytes(k) bytes, [][16][depth] of the kernels' layout. */
	const uint8_t *bytes; /* 64-byte aligned; NULL if the weights are floats */
	const float *scales;  /* [n_segments][n_groups][64] */
	size_t group_bytes;
	size_t row_bytes; /* of one row's quantised inputs, each segment padded to 64 */
};

/* How an int8 product rounds. For row m of a segment, a is the largest magnitude of its inputs.
 * The inputs times (127 / a), rounded to nearest even, are q; the row scale is a / 127. Where that
 * would be denormal, q and the scale are zeros. The sum over q w is exact in 32 bits (k up to
 * 2^17). The result starts from the bias and adds one segment after another: sum =
 * fma((float)integer sum, row scale * column scale, sum). */

/* How kernels want the bytes of int8 weights: `depth` k of a column side by side, and each byte
 * XORed with `flip`. */
struct tj_int8_layout {
	uint8_t flip;  /* 0, or 0x80 for w + 128 */
	uint8_t depth; /* 4 or 8 */
};

/* Panels of either depth have whole blocks of eight k. */
static inline size_t tj_int8_panel_bytes(size_t k) { return (k + 7) / 8 * (8 * TJ_LANES); }

enum tj_epilogue {
	TJ_EPILOGUE_NONE, /* out = sum */
	TJ_EPILOGUE_TANH, /* out = tanh(sum) */
	TJ_EPILOGUE_LSTM,
	TJ_EPILOGUE_GRU,
	TJ_EPILOGUE_ARGMAX /* keeps only the largest sum of each row */
};

struct tj_best {
	float value;
	int32_t index; /* -1: none */
};

/* out[m] = epilogue(bias + [segments] W), for n_rows rows.
 *   LSTM: i, f, o = sigmoid, g = tanh of the sums; c' = f c + i g; out = o tanh(c').
 *         cell_in[m] and cell_out[m] have the padded units; they may be the same row m.
 *   GRU:  r, z = sigmoid; n = tanh(n_x + r n_h); out = (1 - z) n + z h, where h is
 *         row m of the last segment, which must be 64-byte aligned and padded.
 *   ARGMAX: best[m] is what top_k with k = 1 finds in the row of sums; out is not used.
 * out[m] has the outputs padded to 16 (a last plain group of p panels writes 16 p of them). It
 * must not overlap any input. The padding comes out as the bias that it was packed with, 0 for
 * LSTM and GRU. This holds for finite inputs only: padded weights are zeros, and 0 times infinity
 * is NaN. */
struct tj_gemm {
	size_t n_rows;
	const struct tj_weights *weights;
	const float *const *rows[TJ_MAX_SEGMENTS]; /* [segment][row] */
	const float *const *start; /* [row]: what the sums start from instead of the bias,
	                              [n_groups][64], 64-byte aligned; NULL: the bias */
	enum tj_epilogue epilogue;
	float *const *out;
	const float *const *cell_in;
	float *const *cell_out;
	struct tj_best *best;
	int32_t banned; /* ARGMAX never takes this sum; -1: none */
	void *scratch;  /* int8: tj_gemm_scratch bytes, 64-byte aligned; else unused */
};

/* The gates of one step of an LSTM or GRU layer with layer normalisation, for n_rows rows. Each of
 * the four sums of a unit is normalised over the units, a = gain (p - mean p) / sqrt(var p + 1e-5)
 * + shift, with the population variance; then a takes the place of the sums in the epilogues above.
 * sums[m] is what a product without epilogue gives for weights without bias, [n_groups][64], zeros
 * in the padding; gain and shift have the same order, and zeros in the padding. Padded units come
 * out as zeros. All rows are 64-byte aligned. */
struct tj_norm_step {
	size_t n_rows, n_units;
	const float *gain, *shift;
	float *const *sums;
	const float *const *hidden_in; /* GRU: h before the step; NULL: LSTM */
	const float *const *cell_in;   /* LSTM, as in tj_gemm */
	float *const *cell_out;
	float *const *out;
};

enum { TJ_CHUNK_ROWS = 64 }; /* rows of an int8 product quantised at a time */

static inline size_t tj_gemm_scratch(const struct tj_weights *w)
{
	return w->bytes == NULL ? 0 : TJ_CHUNK_ROWS * w->row_bytes * sizeof(int16_t);
}

/* out[m * ld_out + 16 p + j] = sum over k of rows[m][k] * b[k * k_stride + p * panel_stride + j],
 * starting from zero, for p < n_panels, j < 16. Panels packed as [k][16] have k_stride 16 and
 * panel_stride 16 k. A row-major matrix [k][n] has k_stride n and panel_stride 16. b is 64-byte
 * aligned; k_stride and panel_stride are multiples of 16 floats. */
struct tj_product {
	size_t n_rows, k, n_panels;
	const float *const *rows;
	const float *b;
	size_t k_stride, panel_stride;
	float *out;
	size_t ld_out;  /* a multiple of 16 */
	int accumulate; /* 1: the sums start from the values in out */
};

struct tj_log_sum {
	float max, log_sum; /* log sum exp x = max + log_sum, kept apart for precision */
};

enum tj_score_activation { TJ_SCORE_TANH, TJ_SCORE_SIGMOID, TJ_SCORE_RELU };

/* One Adam update. The corrections are 1 - beta^t. Gradients are multiplied by `scale`. */
struct tj_adam {
	float rate, beta1, beta2, epsilon, correction1, correction2, scale;
};

/* The loss of one row of logits, and the options for it. */
struct tj_cross_entropy {
	float smoothing;  /* probability mass spread evenly over the n words */
	float scale;      /* factor of the gradient; the losses are not scaled */
	double loss, nll; /* out: with and without smoothing, natural log */
};

struct tj_kernels {
	const char *name;
	struct tj_int8_layout int8_layout;

	/* Take weights of floats or of int8. */
	void (*gemm)(const struct tj_gemm *g);
	void (*product)(const struct tj_product *p);

	/* In place over the first n of x (n >= 1): exp(scale x - max) / sum. The padding becomes
	 * 0. */
	void (*softmax)(float *x, size_t n, float scale);

	/* Over n floats, padding included: padding of -inf adds nothing. n % 16 == 0. */
	struct tj_log_sum (*log_sum_exp)(const float *x, size_t n);
	/* The same where the largest of x is known. */
	struct tj_log_sum (*log_sum_below)(const float *x, size_t n, float max);

	/* The k largest of x[0..n) except x[banned] (banned -1: none), largest first and the
	 * lower index first among equals. NaN and -inf are never taken. Returns how many it
	 * found, at most k. n % 16 == 0, k >= 1. */
	size_t (*top_k)(const float *x, size_t n, int32_t banned, size_t k, int32_t *index,
	                float *value);

	/* Additive attention scores of one query against n_panels panels of 16 positions:
	 * out[16 p + j] = sum over a of v[a] * g(query[a] + keys[(p * n_a + a) * 16 + j]). */
	void (*additive)(const float *query, const float *keys, const float *v, size_t n_a,
	                 size_t n_panels, enum tj_score_activation g, float *out);

	/* Divide each position j of n_panels panels [k][16] by its Euclidean length over k, in
	 * place. A position of length 0 stays 0. For cosine attention. */
	void (*normalise)(float *panels, size_t k, size_t n_panels);

	/* The Euclidean length: sqrt of the sum of x[i]^2 over n padded floats, in 16 partial
	 * sums. */
	float (*length)(const float *x, size_t n);

	void (*norm_step)(const struct tj_norm_step *s);

	/* For training: n counts padded floats, rows are 64-byte aligned. ------------------- */

	/* Sum of x[i] y[i], in 16 partial sums. */
	float (*dot)(const float *x, const float *y, size_t n);

	/* y[i] += a x[i], as one fused multiply-add. */
	void (*axpy)(float a, const float *x, size_t n, float *y);

	/* One time step of n LSTM units. gates [4][n]: in, the sums of i, f, g, o; out, the
	 * gates. */
	void (*lstm_forward)(size_t n, float *gates, const float *cell_in, float *cell_out,
	                     float *tanh_cell, float *hidden);
	/* The gradient of lstm_forward. gates: in, the gates; out, the gradient of the sums.
	 * d_cell: in, the gradient that reaches cell_out from later steps; out, the gradient of
	 * cell_in. */
	void (*lstm_backward)(size_t n, float *gates, const float *cell_in, const float *tanh_cell,
	                      const float *d_hidden, float *d_cell);

	/* One time step of n GRU units. gates [3][n]: in, the sums of r, z, n_x; out, r, z, n.
	 * n_h [n]: W_hn h + b_hn. */
	void (*gru_forward)(size_t n, float *gates, const float *n_h, const float *hidden_in,
	                    float *hidden_out);
	/* The gradient of gru_forward. gates: in, r, z, n; out, the gradient of the sums. n_h:
	 * in, as above; out, its gradient. d_hidden: in, the gradient of hidden_out; out, the
	 * part of hidden_in's gradient that does not go through the sums. */
	void (*gru_backward)(size_t n, float *gates, float *n_h, const float *hidden_in,
	                     float *d_hidden);

	/* Layer normalisation of one sum p of n_units units; its padding is zero. x: in, p; out,
	 * gain normed + shift. normed: out, (p - mean) by, where `by`, 1 / sqrt(var + 1e-5), is
	 * returned. gain and shift have zeros in the padding, and the results too. */
	float (*norm_forward)(size_t n, size_t n_units, float *x, const float *gain,
	                      const float *shift, float *normed);
	/* The gradient of norm_forward. d: in, the gradient of x; out, that of p. normed: in, as
	 * above; out, its product with the old d, the gradient of the gain. */
	void (*norm_backward)(size_t n, size_t n_units, float *d, const float *gain, float *normed,
	                      float by);

	/* x: in, the logits of n words (padded to 16; the content of the padding does not
	 * matter); out, the gradient of the loss, with padding 0. */
	void (*cross_entropy)(float *x, size_t n, int32_t target, struct tj_cross_entropy *c);

	/* One additive attention score: sum over a of v[a] g(query[a] + key[a]), in 16 partial
	 * sums. */
	float (*additive_score)(const float *query, const float *key, const float *v, size_t n,
	                        enum tj_score_activation g);
	/* The gradient of additive_score times d_score, added to d_query, d_key and d_v. */
	void (*additive_backward)(const float *query, const float *key, const float *v, size_t n,
	                          enum tj_score_activation g, float d_score, float *d_query,
	                          float *d_key, float *d_v);

	/* Transpose a block of 16 x 16 floats; ld_in and ld_out are the strides of its rows. */
	void (*transpose)(const float *in, size_t ld_in, float *out, size_t ld_out);

	void (*adam)(const struct tj_adam *a, size_t n, const float *gradient, float *first,
	             float *second, float *value);
	/* average[i] += (1 - decay) (value[i] - average[i]), rounded after each operation. */
	void (*average)(float decay, size_t n, const float *value, float *average);

	/* Elementwise; n % 16 == 0; out may be x. */
	void (*exp)(const float *x, size_t n, float *out);
	void (*tanh)(const float *x, size_t n, float *out);
	void (*sigmoid)(const float *x, size_t n, float *out);
	void (*log)(const float *x, size_t n, float *out); /* the bits of tj_log */

	/* Measures the peak of a core: n rounds of independent fused multiply-adds on registers.
	 * Returns the number of floating-point operations and adds to *sink, so that the compiler
	 * cannot remove the work. */
	double (*fma_peak)(size_t n, float *sink);

	/* The same with the integer sums of an int8 product; returns integer operations. n up to
	 * 2^20. */
	double (*int8_peak)(size_t n, float *sink);

	/* Measures how fast a core reads: `rounds` times n floats, in the vectors that products
	 * read. n is a multiple of 256. Returns the bytes. */
	double (*read_peak)(const float *x, size_t n, size_t rounds);
};

/* The natural logarithm, and x to the power y, with the same bits on every machine (libm does not
 * guarantee that). For sums of exponentials and the length penalty. */
float tj_log(float x);
double tj_pow(double x, double y);

/* The kernels named `isa`. If that is NULL or empty, those named by the environment variable
 * TRUJAMAN_ISA; if that is unset or empty too, the best that CPU and system support. A table
 * is tested when it is chosen for the first time (simd/self_test.h). For an unknown or unsupported
 * name, and for a table that computes wrongly: NULL, with a message that lists the others. */
const struct tj_kernels *tj_kernels_select(const char *isa, struct tj_error *err);

/* The tables that this machine can run, best first, ending with NULL. */
const struct tj_kernels *const *tj_kernels_usable(void);

#endif
