/* SPDX-License-Identifier: MIT */
/* The cases of SLEEF's functions beside ours: sleef_exp_finz_u10 and so on, in the sizes of exp,
 * tanh and log. Of pow the program takes single values: the case `pow` is tj_pow, one at a
 * time. */
#ifndef TJ_BENCH_BENCH_SLEEF_H
#define TJ_BENCH_BENCH_SLEEF_H

#include "bench/bench_case.h"

/* Fill at most `max` cases; returns how many there are. */
size_t bench_sleef(struct bench_case *cases, size_t max);

#endif
