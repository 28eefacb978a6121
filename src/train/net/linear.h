/* SPDX-License-Identifier: MIT */
/* A weight matrix in training: y = W x, and its gradients.
 *
 * Vectors between layers are "padded". The rows of a gate matrix come in blocks, one per
 * gate, and each block starts at a multiple of 16 floats in y; the width of x is rounded up
 * to 16 in the same way. Every product goes through the kernels' `product`, whose results
 * are bit-identical for any number of rows and on any thread. */
#ifndef TJ_TRAIN_NET_LINEAR_H
#define TJ_TRAIN_NET_LINEAR_H

#include "simd/kernels.h"
#include "src/base/status.h"
#include "src/train/net/parameters.h"
#include "src/train/net/share.h"

struct tj_linear {
	size_t offset; /* of the matrix in the parameter block */
	size_t n_blocks, block_rows;
	size_t block_pad; /* block_rows rounded up to 16 */
	size_t ld;        /* columns of the whole matrix */
	size_t first, k;  /* columns that this one multiplies: first … first + k - 1 */
	size_t k_pad;
	size_t n_out;    /* n_blocks * block_pad: width of y */
	float *forward;  /* packed: panels of y, [n_out / 16][k][16] */
	float *backward; /* packed: panels of x, [k_pad / 16][n_out][16] */
};

/* Opens columns first … first + k - 1 of tensor `name`, whose rows form n_blocks equal
 * blocks. */
trujaman_status tj_linear_open(struct tj_linear *l, const struct tj_parameters *layout,
                               const char *name, size_t n_blocks, size_t first, size_t k,
                               struct tj_error *err);
void tj_linear_free(struct tj_linear *l);

/* Packs the values of this update. Single-threaded: threads share the work by matrix. */
void tj_linear_pack(struct tj_linear *l, const struct tj_kernels *kernels, const float *values);

/* y[m] (+)= W x[m] for n rows, and dx[m] (+)= W' dy[m]. Rows of x and dy are given by
 * pointers; rows of y and dx are ld floats apart. Single-threaded. */
void tj_linear_forward(const struct tj_linear *l, const struct tj_kernels *kernels, size_t n,
                       const float *const *x, float *y, size_t ld, int accumulate);
void tj_linear_backward(const struct tj_linear *l, const struct tj_kernels *kernels, size_t n,
                        const float *const *dy, float *dx, size_t ld, int accumulate);

/* The kernels, threads and arena that a computation uses. */
struct tj_crew {
	const struct tj_kernels *kernels;
	size_t n_threads;
	struct tj_arena *arena;
};

/* The same for many rows, distributed among threads. Rows of x and dy are ld_in floats
 * apart. */
void tj_linear_forward_all(const struct tj_linear *l, const struct tj_crew *crew, size_t n,
                           const float *x, size_t ld_in, float *y, size_t ld_out, int accumulate);
void tj_linear_backward_all(const struct tj_linear *l, const struct tj_crew *crew, size_t n,
                            const float *dy, size_t ld_in, float *dx, size_t ld_out,
                            int accumulate);

/* gradients of W += sum over n rows of dy[m] x[m]', in order of m. Rows of dy are ld_dy
 * floats apart. Fails (crew->arena->failed) only for lack of RAM. */
void tj_linear_gradient(const struct tj_linear *l, const struct tj_crew *crew, size_t n,
                        const float *dy, size_t ld_dy, const float *const *x, float *gradients);

/* Bias gradient of n_blocks blocks:
 *   b[block * block_rows + i] += sum over m of dy[m][block * block_pad + i] */
void tj_bias_gradient(const struct tj_crew *crew, size_t n, const float *dy, size_t ld_dy,
                      size_t n_blocks, size_t block_rows, float *b);

/* out[m] for n rows, ld apart, = the padded form of bias b (plus b2 if not NULL). */
void tj_bias_fill(const struct tj_crew *crew, size_t n, const float *b, const float *b2,
                  size_t n_blocks, size_t block_rows, float *out, size_t ld);

#endif
