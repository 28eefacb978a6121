/* SPDX-License-Identifier: MIT */
/* One call of the gemm kernel: random packed matrices, and input rows that lie at odd addresses,
 * out of order, some of them used several times. */
#ifndef TJ_TESTS_GEMM_CASE_H
#define TJ_TESTS_GEMM_CASE_H

#include "simd/pack.h"
#include "support.h"

struct gemm_shape {
	enum tj_epilogue epilogue;
	size_t n_rows, n;                      /* n outputs or units */
	size_t n_segments, k[TJ_MAX_SEGMENTS]; /* GRU: gemm_case_make sets the last k to n */
	enum test_data data;
	int is_i8; /* 1: the matrices are stored as i8; 0: as f32 */
	int int8;  /* 1: they are multiplied in int8 */
};

struct gemm_case {
	struct gemm_shape shape;
	size_t padded; /* n rounded up to a multiple of 16 */
	struct tj_matrix matrices[TJ_MAX_SEGMENTS];
	struct tj_pack_source sources[TJ_MAX_SEGMENTS];
	size_t n_biases; /* gates * n */
	float *bias, *second_bias;
	struct tj_weights weights; /* int8: packed with flip 0 and depth 4 */
	struct tj_weights flipped; /* int8 only: packed with flip 0x80 and depth 4 */
	struct tj_weights deep;    /* int8 only: packed with flip 0 and depth 8 */
	struct tj_gemm gemm;       /* complete except for the outputs */
};

/* What a call wrote: n_rows rows of out and of cell, in one block with gaps between the rows, so
 * that two results are equal if their blocks are equal. cell is NULL except for LSTM. */
struct gemm_result {
	float *floats;
	size_t n_floats;
	float **out, **cell;
};

/* The memory of the case and of its results is valid until gemm_case_free. */
void gemm_case_make(struct gemm_case *c, const struct gemm_shape *shape);
void gemm_case_free(struct gemm_case *c);

/* The int8 weights in the layout of the kernels. */
const struct tj_weights *gemm_case_weights(const struct gemm_case *c,
                                           const struct tj_kernels *kernels);

/* Runs the case for n_rows rows starting at first_row. With cell_in_place, cell_in and cell_out
 * of an LSTM are the same rows of the result. Fails the test if the kernel wrote to a gap. */
void gemm_case_run_rows(const struct gemm_case *c, const struct tj_kernels *kernels,
                        size_t first_row, size_t n_rows, int cell_in_place,
                        struct gemm_result *result);
void gemm_case_run(const struct gemm_case *c, const struct tj_kernels *kernels, int cell_in_place,
                   struct gemm_result *result);

/* Returns "lstm, 3 rows, n 17, f32, k 5 + 17", for example, in a buffer that the next call
 * reuses. */
const char *gemm_shape_text(const struct gemm_shape *s);

enum tj_pack_kind gemm_pack_kind(enum tj_epilogue epilogue);

#endif
