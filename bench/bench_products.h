/* SPDX-License-Identifier: MIT */
/* The cases of products: with packed weights in both precisions, and those of attention. */
#ifndef TJ_BENCH_PRODUCTS_H
#define TJ_BENCH_PRODUCTS_H

#include "bench/bench_case.h"

/* Fill at most `max` cases; returns how many there are. */
size_t bench_products(struct bench_case *cases, size_t max);

#endif
