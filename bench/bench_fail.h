/* SPDX-License-Identifier: MIT */
/* How a benchmark ends that cannot go on: its name and why on stderr, status 1. */
#ifndef TJ_BENCH_FAIL_H
#define TJ_BENCH_FAIL_H

#include <stdio.h>
#include <stdlib.h>

extern const char bench_program[]; /* its name: each program has this in its main file */

static inline _Noreturn void bench_die(const char *text)
{
	fprintf(stderr, "%s: %s\n", bench_program, text);
	exit(1);
}

/* p, which is what an allocation returned. */
static inline void *bench_need(void *p)
{
	if (p == NULL)
		bench_die("out of memory");
	return p;
}

#endif
