/* SPDX-License-Identifier: MIT */
/* One call of the gemm kernel: random matrices, packed, with rows to multiply
 * that lie at odd addresses, out of order, some of them several times. */
#ifndef TJ_TESTS_GEMM_CASE_H
#define TJ_TESTS_GEMM_CASE_H

#include "simd/pack.h"
#include "support.h"

struct gemm_shape {
	enum tj_epilogue epilogue;
	size_t n_rows, n;                      /* n outputs or units */
	size_t n_segments, k[TJ_MAX_SEGMENTS]; /* GRU: the last k is made n */
	enum test_data data;
	int is_i8; /* how the matrices are stored */
	int int8;  /* how they are multiplied */
};

struct gemm_case {
	struct gemm_shape shape;
	size_t padded; /* n, rounded up to 16 */
	struct tj_matrix matrices[TJ_MAX_SEGMENTS];
	struct tj_pack_source sources[TJ_MAX_SEGMENTS];
	size_t n_biases; /* gates * n */
	float *bias, *second_bias;
	struct tj_weights weights; /* int8: packed without flip, */
	struct tj_weights flipped; /* and with */
	struct tj_gemm gemm;       /* all but the outputs */
};

/* What a call wrote: n_rows of each, in one block with gaps in between, so that
 * two results are equal where their blocks are. cell is NULL but for LSTM. */
struct gemm_result {
	float *floats;
	size_t n_floats;
	float **out, **cell;
};

/* The case's memory, its results included, lasts until gemm_case_free. */
void gemm_case_make(struct gemm_case *c, const struct gemm_shape *shape);
void gemm_case_free(struct gemm_case *c);

/* Run it for n_rows rows from first_row on. cell_in_place: LSTM's cell_in and
 * cell_out are the same rows, of the result. Fails the test where a gap was
 * written to. */
void gemm_case_run_rows(const struct gemm_case *c, const struct tj_kernels *kernels,
                        size_t first_row, size_t n_rows, int cell_in_place,
                        struct gemm_result *result);
void gemm_case_run(const struct gemm_case *c, const struct tj_kernels *kernels, int cell_in_place,
                   struct gemm_result *result);

/* "lstm, 3 rows, n 17, k 5 + 17" in a buffer that the next call reuses. */
const char *gemm_shape_text(const struct gemm_shape *s);

enum tj_pack_kind gemm_pack_kind(enum tj_epilogue epilogue);

#endif
