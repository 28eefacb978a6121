/* SPDX-License-Identifier: MIT */
/* A weight matrix in training: y = W x, and what it is worth backwards.
 *
 * Vectors between layers are "padded": a matrix of gates has its rows in blocks (one a
 * gate), and each block starts at a multiple of 16 floats in y; x likewise is as long as
 * its row there is. Every product goes through the kernels' `product`, whose bits
 * depend neither on the number of rows nor on who computes them. */
#ifndef TJ_TRAIN_NET_LINEAR_H
#define TJ_TRAIN_NET_LINEAR_H

#include "simd/kernels.h"
#include "src/base/status.h"
#include "src/train/net/parameters.h"
#include "src/train/net/share.h"

struct tj_linear {
	size_t offset; /* of the matrix in the parameter block */
	size_t n_blocks, block_rows;
	size_t block_pad; /* block_rows padded to 16 */
	size_t ld;        /* columns of the whole matrix */
	size_t first, k;  /* the columns that this one multiplies: first … first + k - 1 */
	size_t k_pad;
	size_t n_out;    /* n_blocks * block_pad: width of y */
	float *forward;  /* packed: panels of y, [n_out / 16][k][16] */
	float *backward; /* packed: panels of x, [k_pad / 16][n_out][16] */
};

/* Columns first … first + k - 1 of tensor `name`, its rows in n_blocks equal blocks. */
trujaman_status tj_linear_open(struct tj_linear *l, const struct tj_parameters *layout,
                               const char *name, size_t n_blocks, size_t first, size_t k,
                               struct tj_error *err);
void tj_linear_free(struct tj_linear *l);

/* Pack the values of this update; single-threaded: matrices are shared out. */
void tj_linear_pack(struct tj_linear *l, const struct tj_kernels *kernels, const float *values);

/* y[m] (+)= W x[m] for n rows, and dx[m] (+)= W' dy[m]. Rows of x and dy are given by pointers;
 * those of y and dx lie ld floats apart. Single-threaded. */
void tj_linear_forward(const struct tj_linear *l, const struct tj_kernels *kernels, size_t n,
                       const float *const *x, float *y, size_t ld, int accumulate);
void tj_linear_backward(const struct tj_linear *l, const struct tj_kernels *kernels, size_t n,
                        const float *const *dy, float *dx, size_t ld, int accumulate);

/* Who computes, and with what. */
struct tj_crew {
	const struct tj_kernels *kernels;
	size_t n_threads;
	struct tj_arena *arena;
};

/* The same for many rows, shared out among threads. x and dy lie ld_in apart. */
void tj_linear_forward_all(const struct tj_linear *l, const struct tj_crew *crew, size_t n,
                           const float *x, size_t ld_in, float *y, size_t ld_out, int accumulate);
void tj_linear_backward_all(const struct tj_linear *l, const struct tj_crew *crew, size_t n,
                            const float *dy, size_t ld_in, float *dx, size_t ld_out,
                            int accumulate);

/* gradients of W += sum over n rows of dy[m] x[m]', in order of m. dy lies ld_dy apart.
 * Fails (crew->arena->failed) for want of memory only. */
void tj_linear_gradient(const struct tj_linear *l, const struct tj_crew *crew, size_t n,
                        const float *dy, size_t ld_dy, const float *const *x, float *gradients);

/* bias gradient: b[block * block_rows + i] += sum over m of dy[m][block * block_pad + i], for
 * blocks from first_block on, n_blocks of them. */
void tj_bias_gradient(const struct tj_crew *crew, size_t n, const float *dy, size_t ld_dy,
                      size_t n_blocks, size_t block_rows, float *b);

/* out[m] for n rows, ld apart, = the padded form of bias b (plus b2 where not NULL). */
void tj_bias_fill(const struct tj_crew *crew, size_t n, const float *b, const float *b2,
                  size_t n_blocks, size_t block_rows, float *out, size_t ld);

#endif
