/* SPDX-License-Identifier: MIT */
/* The kernel tables that dispatch.c chooses from, how it chooses, and the tests for what this CPU
 * can run. */
#ifndef TJ_SIMD_TABLES_H
#define TJ_SIMD_TABLES_H

#include "simd/kernels.h"

extern const struct tj_kernels tj_kernels_scalar, tj_kernels_avx2, tj_kernels_avx512,
    tj_kernels_avx512vnni, tj_kernels_avxvnni, tj_kernels_neon, tj_kernels_neondot,
    tj_kernels_neoni8mm;

/* A table, and whether it may be used. */
struct tj_candidate {
	const struct tj_kernels *table;
	int (*usable)(void);           /* NULL: usable on every CPU of the build's architecture */
	_Atomic(const char *) verdict; /* of the self-test; NULL before */
};

/* tj_kernels_select among `all`, best first: the one named `isa`, or the first usable one if isa
 * is NULL or empty. `from` says in messages who named it. The table has passed the self-test. */
const struct tj_kernels *tj_kernels_choose(struct tj_candidate *all, size_t n, const char *isa,
                                           const char *from, struct tj_error *err);

/* Nonzero if both CPU and operating system support the feature. */
int tj_cpu_has_fma(void);
int tj_cpu_has_avx2(void);
int tj_cpu_has_avxvnni(void);
int tj_cpu_has_avx512(void);
int tj_cpu_has_avx512vnni(void);
int tj_cpu_has_dotprod(void);
int tj_cpu_has_i8mm(void); /* and the dot products */

#endif
