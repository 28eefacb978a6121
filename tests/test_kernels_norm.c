/* SPDX-License-Identifier: MIT */
/* Layer normalisation: every instruction set against the scalar kernels bit by bit, the scalar
 * kernels against the equations in float64, and the gradient against central differences. */
#include <math.h>
#include <string.h>

#include "rounding.h"
#include "src/base/memory.h"
#include "support.h"

TestSuite(norm, .init = test_start);

enum { MOST_UNITS = 150, MOST_ROWS = 4, SUMS = 4 };

static const float epsilon = 1e-5f;

/* Random numbers for n units in vectors of `pad`; zeros in the padding. */
static float *units(size_t n, size_t pad, enum test_data data)
{
	float *x = test_vector(pad);
	test_fill(x, n, data);
	memset(x + n, 0, (pad - n) * sizeof *x);
	return x;
}

/* --- A step of the translator ------------------------------------------------ */

struct step_case {
	size_t n_rows, n, n_groups;
	int is_gru;
	float *gain, *shift; /* [n_groups][64] */
	float *sums[MOST_ROWS], *in[MOST_ROWS];
};

/* What a step wrote: rows of out and cell_out. */
struct step_result {
	float *out[MOST_ROWS], *cell[MOST_ROWS];
};

/* [n_groups][64] numbers, zeros for the units beyond n. */
static float *grouped(size_t n, size_t n_groups, enum test_data data)
{
	float *x = test_vector(n_groups * TJ_GROUP);
	test_fill(x, n_groups * TJ_GROUP, data);
	for (size_t i = 0; i < n_groups * TJ_GROUP; i++)
		if (i / TJ_GROUP * TJ_LANES + i % TJ_LANES >= n)
			x[i] = 0;
	return x;
}

static void make_step(struct step_case *c, size_t n, size_t n_rows, int is_gru, enum test_data data)
{
	size_t pad = tj_round_up(n, TJ_LANES);
	*c = (struct step_case){ n_rows, n, pad / TJ_LANES, is_gru, NULL, NULL, { 0 }, { 0 } };
	c->gain = grouped(n, c->n_groups, TEST_PLAIN);
	c->shift = grouped(n, c->n_groups, TEST_PLAIN);
	for (size_t m = 0; m < n_rows; m++) {
		c->sums[m] = grouped(n, c->n_groups, data);
		c->in[m] = units(n, pad, TEST_PLAIN);
	}
}

static void run_step(const struct step_case *c, const struct tj_kernels *kernels,
                     struct step_result *r)
{
	const float *in[MOST_ROWS];
	for (size_t m = 0; m < c->n_rows; m++) {
		r->out[m] = test_vector(c->n_groups * TJ_LANES);
		r->cell[m] = test_vector(c->n_groups * TJ_LANES);
		in[m] = c->in[m];
	}
	kernels->norm_step(&(struct tj_norm_step){ .n_rows = c->n_rows,
	                                           .n_units = c->n,
	                                           .gain = c->gain,
	                                           .shift = c->shift,
	                                           .sums = c->sums,
	                                           .hidden_in = c->is_gru ? in : NULL,
	                                           .cell_in = in,
	                                           .cell_out = r->cell,
	                                           .out = r->out });
}

EVERY_ISA_TEST(norm, step)
{
	static const enum test_data data[] = { TEST_PLAIN, TEST_WIDE };
	for (size_t n = 1; n <= MOST_UNITS; n++)
		for (int i = 0; i < 4; i++) {
			struct step_case c;
			struct step_result got, want;
			make_step(&c, n, test_between(1, MOST_ROWS), i % 2, data[i / 2]);
			run_step(&c, kernels, &got);
			run_step(&c, test_reference(), &want);
			size_t bytes = c.n_groups * TJ_LANES * sizeof(float);
			for (size_t m = 0; m < c.n_rows; m++)
				CHECK(memcmp(got.out[m], want.out[m], bytes) == 0 &&
				          memcmp(got.cell[m], want.cell[m], bytes) == 0,
				      "%s, %zu units, row %zu, %s", kernels->name, n, m,
				      c.is_gru ? "GRU" : "LSTM");
			test_release();
		}
}

/* The normalised sums of a vector of n numbers. */
static void normalise(size_t n, const struct num *p, struct num *y)
{
	struct num squares[MOST_UNITS], count = exactly((float)n);
	struct num mean = quotient(sum_of(p, n), count);
	for (size_t j = 0; j < n; j++) {
		y[j] = sub(p[j], mean);
		squares[j] = mul(y[j], y[j]);
	}
	struct num variance = quotient(sum_of(squares, n), count);
	struct num by = quotient(exactly(1), root(add(variance, exactly(epsilon))));
	for (size_t j = 0; j < n; j++)
		y[j] = mul(y[j], by);
}

static void expect_near(float got, struct num want, const char *what, size_t n, size_t j)
{
	CHECK(fabs((double)got - want.value) <= want.error,
	      "%s, %zu units: unit %zu is %.9g, not %.9g +- %.2g", what, n, j, (double)got,
	      want.value, want.error);
}

static void check_units(const struct step_case *c, const struct step_result *r, size_t m,
                        struct num a[SUMS][MOST_UNITS])
{
	for (size_t j = 0; j < c->n; j++) {
		struct num in = exactly(c->in[m][j]);
		if (c->is_gru) { /* n_x, r, z, n_h */
			struct num z = sigmoid_of(a[2][j]);
			struct num n = tanh_of(add(mul(sigmoid_of(a[1][j]), a[3][j]), a[0][j]));
			expect_near(r->out[m][j], add(mul(z, sub(in, n)), n), "gru", c->n, j);
			continue;
		}
		struct num cell = add(mul(sigmoid_of(a[1][j]), in),
		                      mul(sigmoid_of(a[0][j]), tanh_of(a[2][j])));
		expect_near(r->cell[m][j], cell, "cell", c->n, j);
		expect_near(r->out[m][j], mul(sigmoid_of(a[3][j]), tanh_of(cell)), "lstm", c->n, j);
	}
	for (size_t j = c->n; j < c->n_groups * TJ_LANES; j++)
		CHECK(r->out[m][j] == 0 && (c->is_gru || r->cell[m][j] == 0), "padding of %zu",
		      c->n);
}

Test(norm, step_float64)
{
	for (size_t n = 1; n <= MOST_UNITS; n += n < 40 ? 1 : 11)
		for (int is_gru = 0; is_gru < 2; is_gru++) {
			struct step_case c;
			struct step_result r;
			make_step(&c, n, 2, is_gru, TEST_PLAIN);
			run_step(&c, test_reference(), &r);
			for (size_t m = 0; m < c.n_rows; m++) {
				struct num a[SUMS][MOST_UNITS], p[MOST_UNITS];
				for (size_t g = 0; g < SUMS; g++) {
					size_t at = g * TJ_LANES;
					for (size_t j = 0; j < n; j++)
						p[j] = exactly(
						    c.sums[m][at + j % 16 + j / 16 * 64]);
					normalise(n, p, a[g]);
					for (size_t j = 0; j < n; j++) {
						size_t k = at + j % 16 + j / 16 * 64;
						a[g][j] = add(mul(exactly(c.gain[k]), a[g][j]),
						              exactly(c.shift[k]));
					}
				}
				check_units(&c, &r, m, a);
			}
			test_release();
		}
}

/* --- Training ---------------------------------------------------------------- */

struct norm_case {
	size_t n, pad;
	float *p, *gain, *shift, *d; /* d: the gradient of x */
};

struct norm_result {
	float *x, *normed, by, *d, *product;
};

static void make_norm(struct norm_case *c, size_t n, enum test_data data)
{
	size_t pad = tj_round_up(n, TJ_LANES);
	*c = (struct norm_case){ n,
		                 pad,
		                 units(n, pad, data),
		                 units(n, pad, TEST_PLAIN),
		                 units(n, pad, TEST_PLAIN),
		                 units(n, pad, data) };
}

static float *copy_of(const float *x, size_t n)
{
	return memcpy(test_vector(n), x, n * sizeof *x);
}

static void run_norm(const struct norm_case *c, const struct tj_kernels *kernels,
                     struct norm_result *r)
{
	r->x = copy_of(c->p, c->pad);
	r->normed = test_vector(c->pad);
	r->by = kernels->norm_forward(c->pad, c->n, r->x, c->gain, c->shift, r->normed);
	r->d = copy_of(c->d, c->pad);
	r->product = copy_of(r->normed, c->pad);
	kernels->norm_backward(c->pad, c->n, r->d, c->gain, r->product, r->by);
}

EVERY_ISA_TEST(norm, training)
{
	static const enum test_data data[] = { TEST_PLAIN, TEST_WIDE };
	for (size_t n = 1; n <= MOST_UNITS; n++)
		for (int i = 0; i < 2; i++) {
			struct norm_case c;
			struct norm_result got, want;
			make_norm(&c, n, data[i]);
			run_norm(&c, kernels, &got);
			run_norm(&c, test_reference(), &want);
			size_t bytes = c.pad * sizeof(float);
			CHECK(memcmp(got.x, want.x, bytes) == 0 &&
			          memcmp(got.normed, want.normed, bytes) == 0 &&
			          memcmp(got.d, want.d, bytes) == 0 &&
			          memcmp(got.product, want.product, bytes) == 0 &&
			          test_bits(got.by) == test_bits(want.by),
			      "%s, %zu units", kernels->name, n);
			test_release();
		}
}

/* The sum of d x, whose gradients d and product are. */
static double objective(const struct norm_case *c, const double *p, const double *gain)
{
	double mean = 0, variance = 0, sum = 0, n = (double)c->n;
	for (size_t j = 0; j < c->n; j++)
		mean += p[j] / n;
	for (size_t j = 0; j < c->n; j++)
		variance += (p[j] - mean) * (p[j] - mean) / n;
	for (size_t j = 0; j < c->n; j++)
		sum += (double)c->d[j] *
		       (gain[j] * (p[j] - mean) / sqrt(variance + (double)epsilon) +
		        (double)c->shift[j]);
	return sum;
}

static double slope(const struct norm_case *c, double *x, const double *p, const double *gain)
{
	const double step = 1e-5, at = *x;
	*x = at + step;
	double above = objective(c, p, gain);
	*x = at - step;
	double below = objective(c, p, gain);
	*x = at;
	return (above - below) / (2 * step);
}

/* A few units at least: of one or two the deviations may be nearly nothing. */
Test(norm, training_float64)
{
	for (size_t n = 5; n <= MOST_UNITS; n += n < 40 ? 1 : 11) {
		struct norm_case c;
		struct norm_result r;
		struct num p[MOST_UNITS], y[MOST_UNITS];
		double x[MOST_UNITS], gain[MOST_UNITS];
		make_norm(&c, n, TEST_PLAIN);
		run_norm(&c, test_reference(), &r);
		for (size_t j = 0; j < n; j++) {
			p[j] = exactly(c.p[j]);
			x[j] = (double)c.p[j];
			gain[j] = (double)c.gain[j];
		}
		normalise(n, p, y);
		for (size_t j = 0; j < n; j++) {
			expect_near(r.normed[j], y[j], "normed", n, j);
			expect_near(r.x[j], add(mul(exactly(c.gain[j]), y[j]), exactly(c.shift[j])),
			            "x", n, j);
			expect_near(r.product[j], mul(exactly(c.d[j]), y[j]), "product", n, j);
			double want = slope(&c, &x[j], x, gain),
			       gained = slope(&c, &gain[j], x, gain);
			CHECK(fabs((double)r.d[j] - want) <= 2e-5 * (1 + fabs(want)),
			      "%zu units: slope %zu is %.9g, not %.9g", n, j, (double)r.d[j], want);
			CHECK(fabs((double)r.product[j] - gained) <= 2e-6 * (1 + fabs(gained)),
			      "%zu units: gain %zu is %.9g, not %.9g", n, j, (double)r.product[j],
			      gained);
		}
		for (size_t j = n; j < c.pad; j++)
			CHECK(r.x[j] == 0 && r.normed[j] == 0 && r.d[j] == 0 && r.product[j] == 0,
			      "padding of %zu", n);
		test_release();
	}
}
