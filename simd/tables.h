/* SPDX-License-Identifier: MIT */
/* The kernel tables that dispatch.c chooses from, and the tests for what this CPU can run. */
#ifndef TJ_SIMD_TABLES_H
#define TJ_SIMD_TABLES_H

#include "simd/kernels.h"

extern const struct tj_kernels tj_kernels_scalar, tj_kernels_avx2, tj_kernels_avx512,
    tj_kernels_avx512vnni, tj_kernels_avxvnni, tj_kernels_neon, tj_kernels_neondot;

/* Nonzero if both CPU and operating system support the feature. */
int tj_cpu_has_fma(void);
int tj_cpu_has_avx2(void);
int tj_cpu_has_avxvnni(void);
int tj_cpu_has_avx512(void);
int tj_cpu_has_avx512vnni(void);
int tj_cpu_has_dotprod(void);

#endif
