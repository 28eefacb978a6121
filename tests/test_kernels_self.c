/* SPDX-License-Identifier: MIT */
/* The self-test of a kernel table: it passes every table of this build, notices each function that
 * is wrong in one bit, and a table that does not pass is never chosen. */
#include <inttypes.h>
#include <string.h>

#include "simd/self_test.h"
#include "simd/tables.h"
#include "support.h"

TestSuite(self, .init = test_start);

/* What the self-test finds in a table; NULL if nothing. */
static const char *found_in(const struct tj_kernels *kernels)
{
	const char *broken = NULL;
	struct tj_error err = { 0 };
	CHECK(tj_self_test(kernels, test_reference(), &broken, &err) == TRUJAMAN_OK, "%s",
	      err.text);
	return broken;
}

EVERY_ISA_TEST(self, passes)
{
	const char *found = found_in(kernels);
	CHECK(found == NULL, "%s: %s", kernels->name, found);
}

/* Who changes what a kernel computes finds the new fingerprints in the messages of this test. */
EVERY_ISA_TEST(self, fingerprints)
{
	const char *name = "";
	size_t i = 0, n_compared = 0;
	for (;; i++) {
		uint64_t got = 0, expected = 0;
		struct tj_error err = { 0 };
		trujaman_status s = tj_self_test_part(kernels, i, &name, &got, &expected, &err);
		CHECK(s == TRUJAMAN_OK, "%s", err.text);
		if (name == NULL)
			break;
		n_compared += expected != 0;
		CHECK(expected == 0 || got == expected,
		      "%s: %s: the fingerprint is 0x%016" PRIx64 ", not 0x%016" PRIx64,
		      kernels->name, name, got, expected);
	}
	CHECK(n_compared >= 15 && i - n_compared <= 3, "%zu of %zu parts", n_compared, i);
}

/* --- Tables that are wrong in one bit --------------------------------------- */

static const struct tj_kernels *right;
static struct tj_kernels wrong;

static void spoil(float *x)
{
	uint32_t bits = test_bits(*x) ^ 1;
	memcpy(x, &bits, sizeof bits);
}

static struct {
	size_t n_rows; /* gemm is wrong for so many rows only; 0: for all */
	int int8;      /* gemm is wrong for such weights only */
	enum tj_epilogue epilogue;
} target;

static void wrong_gemm(const struct tj_gemm *g)
{
	right->gemm(g);
	if ((g->weights->bytes != NULL) != target.int8 || g->epilogue != target.epilogue ||
	    (target.n_rows != 0 && g->n_rows != target.n_rows))
		return;
	if (g->epilogue == TJ_EPILOGUE_ARGMAX)
		g->best[g->n_rows - 1].index ^= 1;
	else
		spoil(&g->out[g->n_rows - 1][g->weights->n - 1]);
}

static void wrong_product(const struct tj_product *p)
{
	right->product(p);
	if (target.n_rows == 0 || target.n_rows == p->n_rows)
		spoil(&p->out[(p->n_rows - 1) * p->ld_out + p->n_panels * TJ_LANES - 1]);
}

static void wrong_softmax(float *x, size_t n, float scale)
{
	right->softmax(x, n, scale);
	spoil(&x[n - 1]);
}

static struct tj_log_sum wrong_log_sum_exp(const float *x, size_t n)
{
	struct tj_log_sum sum = right->log_sum_exp(x, n);
	spoil(&sum.log_sum);
	return sum;
}

static struct tj_log_sum wrong_log_sum_below(const float *x, size_t n, float max)
{
	struct tj_log_sum sum = right->log_sum_below(x, n, max);
	spoil(&sum.log_sum);
	return sum;
}

static size_t wrong_top_k(const float *x, size_t n, int32_t banned, size_t k, int32_t *index,
                          float *value)
{
	size_t found = right->top_k(x, n, banned, k, index, value);
	int32_t last = index[found - 1];
	index[found - 1] = index[found - 2];
	index[found - 2] = last;
	return found;
}

static void wrong_additive(const float *query, const float *keys, const float *v, size_t n_a,
                           size_t n_panels, enum tj_score_activation g, float *out)
{
	right->additive(query, keys, v, n_a, n_panels, g, out);
	if (g == TJ_SCORE_RELU)
		spoil(&out[n_panels * TJ_LANES - 1]);
}

static void wrong_normalise(float *panels, size_t k, size_t n_panels)
{
	right->normalise(panels, k, n_panels);
	spoil(&panels[k * n_panels * TJ_LANES - 1]);
}

static float wrong_length(const float *x, size_t n)
{
	float sum = right->length(x, n);
	spoil(&sum);
	return sum;
}

static void wrong_norm_step(const struct tj_norm_step *s)
{
	right->norm_step(s);
	spoil(&s->out[s->n_rows - 1][s->n_units - 1]);
}

static float wrong_dot(const float *x, const float *y, size_t n)
{
	float sum = right->dot(x, y, n);
	spoil(&sum);
	return sum;
}

static void wrong_axpy(float a, const float *x, size_t n, float *y)
{
	right->axpy(a, x, n, y);
	spoil(&y[n - 1]);
}

static void wrong_lstm_forward(size_t n, float *gates, const float *cell_in, float *cell_out,
                               float *tanh_cell, float *hidden)
{
	right->lstm_forward(n, gates, cell_in, cell_out, tanh_cell, hidden);
	spoil(&tanh_cell[n - 1]);
}

static void wrong_lstm_backward(size_t n, float *gates, const float *cell_in,
                                const float *tanh_cell, const float *d_hidden, float *d_cell)
{
	right->lstm_backward(n, gates, cell_in, tanh_cell, d_hidden, d_cell);
	spoil(&gates[4 * n - 1]);
}

static void wrong_gru_forward(size_t n, float *gates, const float *n_h, const float *hidden_in,
                              float *hidden_out)
{
	right->gru_forward(n, gates, n_h, hidden_in, hidden_out);
	spoil(&gates[3 * n - 1]);
}

static void wrong_gru_backward(size_t n, float *gates, float *n_h, const float *hidden_in,
                               float *d_hidden)
{
	right->gru_backward(n, gates, n_h, hidden_in, d_hidden);
	spoil(&n_h[n - 1]);
}

static float wrong_norm_forward(size_t n, size_t n_units, float *x, const float *gain,
                                const float *shift, float *normed)
{
	float by = right->norm_forward(n, n_units, x, gain, shift, normed);
	spoil(&by);
	return by;
}

static void wrong_norm_backward(size_t n, size_t n_units, float *d, const float *gain,
                                float *normed, float by)
{
	right->norm_backward(n, n_units, d, gain, normed, by);
	spoil(&d[n_units - 1]);
}

static void wrong_cross_entropy(float *x, size_t n, int32_t label, struct tj_cross_entropy *c)
{
	right->cross_entropy(x, n, label, c);
	spoil(&x[n - 1]);
}

static float wrong_additive_score(const float *query, const float *key, const float *v, size_t n,
                                  enum tj_score_activation g)
{
	float score = right->additive_score(query, key, v, n, g);
	if (g == TJ_SCORE_SIGMOID)
		spoil(&score);
	return score;
}

static void wrong_additive_backward(const float *query, const float *key, const float *v, size_t n,
                                    enum tj_score_activation g, float d_score, float *d_query,
                                    float *d_key, float *d_v)
{
	right->additive_backward(query, key, v, n, g, d_score, d_query, d_key, d_v);
	spoil(&d_v[n - 1]);
}

static void wrong_transpose(const float *in, size_t ld_in, float *out, size_t ld_out)
{
	right->transpose(in, ld_in, out, ld_out);
	spoil(&out[(TJ_LANES - 1) * ld_out]);
}

static void wrong_adam(const struct tj_adam *a, size_t n, const float *gradient, float *first,
                       float *second, float *value)
{
	right->adam(a, n, gradient, first, second, value);
	spoil(&value[n - 1]);
}

static void wrong_average(float decay, size_t n, const float *value, float *average)
{
	right->average(decay, n, value, average);
	spoil(&average[n - 1]);
}

static void wrong_exp(const float *x, size_t n, float *out)
{
	right->exp(x, n, out);
	spoil(&out[n - 1]);
}

static void wrong_tanh(const float *x, size_t n, float *out)
{
	right->tanh(x, n, out);
	spoil(&out[n - 1]);
}

static void wrong_sigmoid(const float *x, size_t n, float *out)
{
	right->sigmoid(x, n, out);
	spoil(&out[n - 1]);
}

static void wrong_log(const float *x, size_t n, float *out)
{
	right->log(x, n, out);
	spoil(&out[n - 1]);
}

/* The peaks compute nothing that a result depends on. */
static const struct tj_kernels all_wrong = { "",
	                                     { 0, 0 },
	                                     wrong_gemm,
	                                     wrong_product,
	                                     wrong_softmax,
	                                     wrong_log_sum_exp,
	                                     wrong_log_sum_below,
	                                     wrong_top_k,
	                                     wrong_additive,
	                                     wrong_normalise,
	                                     wrong_length,
	                                     wrong_norm_step,
	                                     wrong_dot,
	                                     wrong_axpy,
	                                     wrong_lstm_forward,
	                                     wrong_lstm_backward,
	                                     wrong_gru_forward,
	                                     wrong_gru_backward,
	                                     wrong_norm_forward,
	                                     wrong_norm_backward,
	                                     wrong_cross_entropy,
	                                     wrong_additive_score,
	                                     wrong_additive_backward,
	                                     wrong_transpose,
	                                     wrong_adam,
	                                     wrong_average,
	                                     wrong_exp,
	                                     wrong_tanh,
	                                     wrong_sigmoid,
	                                     wrong_log,
	                                     NULL,
	                                     NULL,
	                                     NULL };

/* A new function of the table must become one of the self-test too. */
Test(self, each_wrong_function)
{
	size_t first = offsetof(struct tj_kernels, gemm);
	size_t last = offsetof(struct tj_kernels, fma_peak), size = sizeof(void (*)(void));
	right = test_reference();
	memset(&target, 0, sizeof target);
	for (size_t at = first; at < last; at += size) {
		wrong = *right;
		memcpy((char *)&wrong + at, (const char *)&all_wrong + at, size);
		CHECK(found_in(&wrong) != NULL, "function %zu of struct tj_kernels",
		      (at - first) / size);
	}
}

/* Wrong for one count of rows, one kind of weights, one epilogue. */
Test(self, each_wrong_product)
{
	right = test_reference();
	for (size_t i = 0; i < 5 * 2 * 8; i++) {
		target.epilogue = (enum tj_epilogue)(i / 16);
		target.int8 = i / 8 % 2;
		target.n_rows = target.epilogue == TJ_EPILOGUE_NONE ? i % 8 : 0;
		if (target.n_rows > 6)
			continue; /* two tiles of the heights that were tried */
		wrong = *right;
		wrong.gemm = wrong_gemm;
		const char *found = found_in(&wrong);
		CHECK(found != NULL, "epilogue %d, %zu rows", (int)target.epilogue, target.n_rows);
		CHECK((strstr(found, "int8") != NULL) == target.int8, "%s", found);
	}
	for (target.n_rows = 1; target.n_rows <= 7; target.n_rows++) {
		wrong = *right;
		wrong.product = wrong_product;
		CHECK(found_in(&wrong) != NULL, "%zu rows", target.n_rows);
	}
}

/* The fault that a compiler's macros once caused: the weights are packed as w + 128, but the
 * product takes them as w, or the other way round. Or they are packed at another depth. */
EVERY_ISA_TEST(self, wrong_packing)
{
	wrong = *kernels;
	for (int i = 0; i < 2; i++) {
		wrong.int8_layout = kernels->int8_layout;
		if (i == 0)
			wrong.int8_layout.flip ^= 0x80;
		else
			wrong.int8_layout.depth ^= 4 ^ 8;
		const char *found = found_in(&wrong);
		CHECK(found != NULL && strcmp(found, "int8 products") == 0, "%s: %s", kernels->name,
		      found != NULL ? found : "nothing found");
	}
}

/* --- What is chosen --------------------------------------------------------- */

static void check_refused(struct tj_candidate *all, const char *isa, const char *also)
{
	struct tj_error err = { 0 };
	CHECK(tj_kernels_choose(all, 2, isa, "TRUJAMAN_ISA", &err) == NULL, "taken");
	CHECK(err.status == TRUJAMAN_ERROR_USAGE, "status %d", (int)err.status);
	CHECK(strstr(err.text, "the broken kernels") != NULL, "%s", err.text);
	CHECK(strstr(err.text, "sigmoid") != NULL, "%s", err.text);
	CHECK((strstr(err.text, "TRUJAMAN_ISA") != NULL) == (also != NULL), "%s", err.text);
	CHECK(also == NULL || strstr(err.text, also) != NULL, "%s", err.text);
}

static void make_broken(void)
{
	right = test_reference();
	wrong = *right;
	wrong.name = "broken";
	wrong.sigmoid = wrong_sigmoid;
}

/* By name and as the best; and not only the first time. */
Test(self, a_wrong_table_is_refused)
{
	make_broken();
	struct tj_candidate all[] = { { &wrong, NULL, NULL }, { right, NULL, NULL } };
	for (int i = 0; i < 2; i++) {
		struct tj_error err = { 0 };
		check_refused(all, "broken", "works: scalar");
		check_refused(all, NULL, "works: scalar");
		CHECK(tj_kernels_choose(all, 2, "scalar", "", &err) == right, "%s", err.text);
	}
}

Test(self, a_wrong_table_that_is_not_chosen)
{
	make_broken();
	struct tj_error err = { 0 };
	struct tj_candidate all[] = { { right, NULL, NULL }, { &wrong, NULL, NULL } };
	CHECK(tj_kernels_choose(all, 2, NULL, "", &err) == right, "%s", err.text);
	check_refused(all, "broken", "works: scalar");
}

Test(self, no_table_is_right)
{
	make_broken();
	struct tj_candidate all[] = { { &wrong, NULL, NULL }, { &wrong, NULL, NULL } };
	check_refused(all, NULL, NULL);
}
