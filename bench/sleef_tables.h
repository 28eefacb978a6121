/* SPDX-License-Identifier: MIT */
/* The tables that sleef_of chooses from. Private to the files sleef_*.c. */
#ifndef TJ_BENCH_SLEEF_TABLES_H
#define TJ_BENCH_SLEEF_TABLES_H

#include "bench/sleef.h"

extern const struct sleef_table sleef_scalar, sleef_avx2, sleef_avx512, sleef_neon;

#endif
