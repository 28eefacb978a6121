/* SPDX-License-Identifier: MIT */
/* How a benchmark ends on an error: its name and the reason on stderr, exit status 1. */
#ifndef TJ_BENCH_FAIL_H
#define TJ_BENCH_FAIL_H

#include <stdio.h>
#include <stdlib.h>

extern const char bench_program[]; /* its name, defined in the main file of each program */

static inline _Noreturn void bench_die(const char *text)
{
	fprintf(stderr, "%s: %s\n", bench_program, text);
	exit(1);
}

/* Returns p, the result of an allocation; dies if it is NULL. */
static inline void *bench_need(void *p)
{
	if (p == NULL)
		bench_die("out of memory");
	return p;
}

#endif
