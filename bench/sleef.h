/* SPDX-License-Identifier: MIT */
/* SLEEF's vector functions over arrays of floats, by instruction set: bench-kernels times them
 * beside our own, and the tests ask them for a second opinion. The program uses none of this.
 *
 * finz: the variants that promise the same bits on every instruction set with fused multiply-add;
 * the others may differ between instruction sets. u10, u35: errors of at most 1 and 3.5 units in
 * the last place. SLEEF has exp and pow with u10 only. */
#ifndef TJ_BENCH_SLEEF_H
#define TJ_BENCH_SLEEF_H

#include <stddef.h>

/* clang-format off */
#define SLEEF_FUNCTIONS(ONE, TWO) \
	ONE(exp_finz_u10, finz_, exp, u10) ONE(exp_u10, , exp, u10) \
	ONE(tanh_finz_u10, finz_, tanh, u10) ONE(tanh_u10, , tanh, u10) \
	ONE(tanh_finz_u35, finz_, tanh, u35) ONE(tanh_u35, , tanh, u35) \
	ONE(log_finz_u10, finz_, log, u10) ONE(log_u10, , log, u10) \
	ONE(log_finz_u35, finz_, log, u35) ONE(log_u35, , log, u35) \
	TWO(pow_finz_u10, finz_, pow, u10) TWO(pow_u10, , pow, u10)
/* clang-format on */

#define SLEEF_INDEX(id, prefix, name, accuracy) SLEEF_##id,
enum { SLEEF_FUNCTIONS(SLEEF_INDEX, SLEEF_INDEX) SLEEF_N };
#undef SLEEF_INDEX

/* out[i] = f(x[i]), or f(x[i], y[i]) for pow; n % 16 == 0; arrays are 64-byte aligned. */
typedef void sleef_run(const float *x, const float *y, size_t n, float *out);

struct sleef_table {
	sleef_run *run[SLEEF_N];
};

/* The functions for the kernels of that name; NULL: no such name. Whoever runs them makes sure
 * that the machine can run those kernels. */
const struct sleef_table *sleef_of(const char *isa);

/* For example "tanh_finz_u35". */
extern const char *const sleef_names[SLEEF_N];

#endif
