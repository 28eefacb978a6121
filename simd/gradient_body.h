/* SPDX-License-Identifier: MIT */
/* What training needs besides the products, and the elementwise functions, shared by all
 * instruction sets; included after norm_body.h. Ends with the kernel table, named by TABLE and
 * ISA_NAME. */
#ifndef TJ_SIMD_GRADIENT_BODY_H
#define TJ_SIMD_GRADIENT_BODY_H

#include <math.h>

#include "simd/kernels.h"

static float dot(const float *x, const float *y, size_t n)
{
	v16 sum = v_set1(0.0f);
	for (size_t i = 0; i < n; i += TJ_LANES)
		sum = v_fma(v_load(x + i), v_load(y + i), sum);
	return v_sum(sum);
}

static void axpy(float a, const float *x, size_t n, float *y)
{
	const v16 factor = v_set1(a);
	for (size_t i = 0; i < n; i += TJ_LANES)
		v_store(y + i, v_fma(factor, v_load(x + i), v_load(y + i)));
}

static void lstm_forward(size_t n, float *gates, const float *cell_in, float *cell_out,
                         float *tanh_cell, float *hidden)
{
	for (size_t u = 0; u < n; u += TJ_LANES) {
		float *at = gates + u;
		v16 i = v_sigmoid(v_load(at)), f = v_sigmoid(v_load(at + n));
		v16 g = v_tanh(v_load(at + 2 * n)), o = v_sigmoid(v_load(at + 3 * n));
		v16 c = v_fma(f, v_load(cell_in + u), v_mul(i, g)), t = v_tanh(c);
		v_store(at, i);
		v_store(at + n, f);
		v_store(at + 2 * n, g);
		v_store(at + 3 * n, o);
		v_store(cell_out + u, c);
		v_store(tanh_cell + u, t);
		v_store(hidden + u, v_mul(o, t));
	}
}

/* The derivative of the logistic function where its value is x: x (1 - x). */
INLINE v16 sigmoid_slope(v16 x) { return v_mul(x, v_sub(v_set1(1.0f), x)); }

/* The derivative of tanh where its value is x: 1 - x^2. */
INLINE v16 tanh_slope(v16 x) { return v_sub(v_set1(1.0f), v_mul(x, x)); }

static void lstm_backward(size_t n, float *gates, const float *cell_in, const float *tanh_cell,
                          const float *d_hidden, float *d_cell)
{
	for (size_t u = 0; u < n; u += TJ_LANES) {
		float *at = gates + u;
		v16 i = v_load(at), f = v_load(at + n), g = v_load(at + 2 * n),
		    o = v_load(at + 3 * n);
		v16 t = v_load(tanh_cell + u), dh = v_load(d_hidden + u);
		v16 dc = v_fma(v_mul(dh, o), tanh_slope(t), v_load(d_cell + u));
		v_store(at, v_mul(v_mul(dc, g), sigmoid_slope(i)));
		v_store(at + n, v_mul(v_mul(dc, v_load(cell_in + u)), sigmoid_slope(f)));
		v_store(at + 2 * n, v_mul(v_mul(dc, i), tanh_slope(g)));
		v_store(at + 3 * n, v_mul(v_mul(dh, t), sigmoid_slope(o)));
		v_store(d_cell + u, v_mul(dc, f));
	}
}

static void gru_forward(size_t n, float *gates, const float *n_h, const float *hidden_in,
                        float *hidden_out)
{
	for (size_t u = 0; u < n; u += TJ_LANES) {
		float *at = gates + u;
		v16 r = v_sigmoid(v_load(at)), z = v_sigmoid(v_load(at + n));
		v16 c = v_tanh(v_fma(r, v_load(n_h + u), v_load(at + 2 * n)));
		v_store(at, r);
		v_store(at + n, z);
		v_store(at + 2 * n, c);
		v_store(hidden_out + u, v_fma(z, v_sub(v_load(hidden_in + u), c), c));
	}
}

static void gru_backward(size_t n, float *gates, float *n_h, const float *hidden_in,
                         float *d_hidden)
{
	for (size_t u = 0; u < n; u += TJ_LANES) {
		float *at = gates + u;
		v16 r = v_load(at), z = v_load(at + n), c = v_load(at + 2 * n);
		v16 dh = v_load(d_hidden + u);
		v16 dn = v_mul(v_mul(dh, v_sub(v_set1(1.0f), z)), tanh_slope(c));
		v_store(at, v_mul(v_mul(dn, v_load(n_h + u)), sigmoid_slope(r)));
		v_store(at + n,
		        v_mul(v_mul(dh, v_sub(v_load(hidden_in + u), c)), sigmoid_slope(z)));
		v_store(at + 2 * n, dn);
		v_store(n_h + u, v_mul(dn, r));
		v_store(d_hidden + u, v_mul(dh, z));
	}
}

/* loss = (1 - s) (log_sum - x[target]) + s (log_sum - mean x), where s is the smoothing. Its
 * gradient is softmax(x) - s / n, minus (1 - s) at the target. */
static void cross_entropy(float *x, size_t n, int32_t target, struct tj_cross_entropy *c)
{
	size_t padded = (n + TJ_LANES - 1) / TJ_LANES * TJ_LANES;
	for (size_t i = n; i < padded; i++)
		x[i] = 0.0f;
	v16 all = v_set1(0.0f);
	for (size_t i = 0; i < padded; i += TJ_LANES)
		all = v_add(all, v_load(x + i));
	double mean = (double)v_sum(all) / (double)n, own = x[target];
	for (size_t i = n; i < padded; i++)
		x[i] = -INFINITY;
	float max = largest(x, padded);
	v16 sum = v_set1(0.0f);
	for (size_t i = 0; i < padded; i += TJ_LANES) {
		v16 e = v_exp(v_sub(v_load(x + i), v_set1(max)));
		v_store(x + i, e);
		sum = v_add(sum, e);
	}
	float total = v_sum(sum);
	double log_sum = (double)max + (double)tj_log(total);
	c->nll = log_sum - own;
	c->loss = c->nll + (double)c->smoothing * (own - mean);
	const v16 factor = v_set1(c->scale / total);
	const v16 even = v_set1(c->scale * c->smoothing / (float)n);
	for (size_t i = 0; i < padded; i += TJ_LANES)
		v_store(x + i, v_sub(v_mul(v_load(x + i), factor), even));
	x[target] -= c->scale * (1.0f - c->smoothing);
	for (size_t i = n; i < padded; i++)
		x[i] = 0.0f;
}

static float additive_score(const float *query, const float *key, const float *v, size_t n,
                            enum tj_score_activation g)
{
	v16 sum = v_set1(0.0f);
	for (size_t a = 0; a < n; a += TJ_LANES) {
		v16 u = score_activation(v_add(v_load(query + a), v_load(key + a)), g);
		sum = v_fma(v_load(v + a), u, sum);
	}
	return v_sum(sum);
}

INLINE v16 score_slope(v16 u, enum tj_score_activation g)
{
	if (g == TJ_SCORE_TANH)
		return tanh_slope(u);
	if (g == TJ_SCORE_SIGMOID)
		return sigmoid_slope(u);
	return v_gt_select(u, v_set1(0.0f), v_set1(1.0f), v_set1(0.0f));
}

static void additive_backward(const float *query, const float *key, const float *v, size_t n,
                              enum tj_score_activation g, float d_score, float *d_query,
                              float *d_key, float *d_v)
{
	const v16 d = v_set1(d_score);
	for (size_t a = 0; a < n; a += TJ_LANES) {
		v16 u = score_activation(v_add(v_load(query + a), v_load(key + a)), g);
		v16 step = v_mul(v_mul(d, v_load(v + a)), score_slope(u, g));
		v_store(d_query + a, v_add(v_load(d_query + a), step));
		v_store(d_key + a, v_add(v_load(d_key + a), step));
		v_store(d_v + a, v_fma(d, u, v_load(d_v + a)));
	}
}

static void transpose(const float *in, size_t ld_in, float *out, size_t ld_out)
{
	for (size_t c = 0; c < TJ_LANES; c++)
		for (size_t r = 0; r < TJ_LANES; r++)
			out[c * ld_out + r] = in[r * ld_in + c];
}

static void adam(const struct tj_adam *a, size_t n, const float *gradient, float *first,
                 float *second, float *value)
{
	const v16 scale = v_set1(a->scale), epsilon = v_set1(a->epsilon);
	const v16 keep1 = v_set1(a->beta1), take1 = v_set1(1.0f - a->beta1);
	const v16 keep2 = v_set1(a->beta2), take2 = v_set1(1.0f - a->beta2);
	const v16 step = v_set1(a->rate / a->correction1), root = v_set1(1.0f / a->correction2);
	for (size_t i = 0; i < n; i += TJ_LANES) {
		v16 g = v_mul(scale, v_load(gradient + i));
		v16 m = v_fma(keep1, v_load(first + i), v_mul(take1, g));
		v16 s = v_fma(keep2, v_load(second + i), v_mul(take2, v_mul(g, g)));
		v_store(first + i, m);
		v_store(second + i, s);
		v16 by = v_add(v_sqrt(v_mul(s, root)), epsilon);
		v_store(value + i, v_sub(v_load(value + i), v_mul(step, v_div(m, by))));
	}
}

static void average(float decay, size_t n, const float *value, float *kept)
{
	const v16 take = v_set1(1.0f - decay);
	for (size_t i = 0; i < n; i += TJ_LANES) {
		v16 a = v_load(kept + i);
		v_store(kept + i, v_add(a, v_mul(take, v_sub(v_load(value + i), a))));
	}
}

static void each_exp(const float *x, size_t n, float *out)
{
	for (size_t i = 0; i < n; i += TJ_LANES)
		v_store(out + i, v_exp(v_load(x + i)));
}

static void each_tanh(const float *x, size_t n, float *out)
{
	for (size_t i = 0; i < n; i += TJ_LANES)
		v_store(out + i, v_tanh(v_load(x + i)));
}

static void each_sigmoid(const float *x, size_t n, float *out)
{
	for (size_t i = 0; i < n; i += TJ_LANES)
		v_store(out + i, v_sigmoid(v_load(x + i)));
}

static void each_log(const float *x, size_t n, float *out)
{
	for (size_t i = 0; i < n; i += TJ_LANES)
		v_store(out + i, v_log(v_load(x + i)));
}

const struct tj_kernels TABLE = {
	.name = ISA_NAME,
	.int8_layout = { .flip = I8_FLIP, .depth = I8_DEPTH },
	.gemm = gemm,
	.product = product,
	.softmax = softmax,
	.log_sum_exp = log_sum_exp,
	.log_sum_below = log_sum_below,
	.top_k = top_k,
	.additive = additive,
	.normalise = normalise,
	.length = length,
	.norm_step = norm_step,
	.dot = dot,
	.axpy = axpy,
	.lstm_forward = lstm_forward,
	.lstm_backward = lstm_backward,
	.gru_forward = gru_forward,
	.gru_backward = gru_backward,
	.norm_forward = norm_forward,
	.norm_backward = norm_backward,
	.cross_entropy = cross_entropy,
	.additive_score = additive_score,
	.additive_backward = additive_backward,
	.transpose = transpose,
	.adam = adam,
	.average = average,
	.exp = each_exp,
	.tanh = each_tanh,
	.sigmoid = each_sigmoid,
	.log = each_log,
	.fma_peak = fma_peak,
	.int8_peak = int8_peak,
	.read_peak = read_peak,
};

#endif
