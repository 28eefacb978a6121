/* SPDX-License-Identifier: MIT */
/* What the parts of the self-test share. Private to simd/self_test*.c. */
#ifndef TJ_SIMD_SELF_TEST_TRIAL_H
#define TJ_SIMD_SELF_TEST_TRIAL_H

#include "simd/kernels.h"

enum {
	TJ_TRIAL_INPUTS = 8192,
	TJ_TRIAL_OUTPUTS = 6144,
	TJ_TRIAL_SCRATCH = 64 * 1024 /* bytes; of int8 products */
};

/* One part of the self-test with one table. All arrays are 64-byte aligned. */
struct tj_trial {
	float in[TJ_TRIAL_INPUTS];     /* in [-1, 1), the same on every machine */
	int8_t bytes[TJ_TRIAL_INPUTS]; /* -127 to 127 */
	float scales[TJ_LANES * 8];    /* of rows of bytes */
	float wide[TJ_LANES * 4];      /* room for numbers that a part makes from `in` */
	char scratch[TJ_TRIAL_SCRATCH];
	float out[TJ_TRIAL_OUTPUTS]; /* zeros, and what the table wrote */
	size_t n_out;
	const struct tj_kernels *kernels;
	struct tj_error *err; /* an error here ends the self-test */
};

/* n floats of the output, zeros, 64-byte aligned. */
float *tj_trial_take(struct tj_trial *t, size_t n);

/* self_test_gemm.c */
void tj_trial_product(struct tj_trial *t);
void tj_trial_float_products(struct tj_trial *t);
void tj_trial_float_steps(struct tj_trial *t);
void tj_trial_int8_products(struct tj_trial *t);
void tj_trial_int8_steps(struct tj_trial *t);

#endif
