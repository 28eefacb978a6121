/* SPDX-License-Identifier: MIT */
/* The output of bench-kernels: a table for people, or CSV or JSON for programs. */
#ifndef TJ_BENCH_REPORT_H
#define TJ_BENCH_REPORT_H

#include <jansson.h>
#include <stdio.h>

enum bench_format { BENCH_TABLE, BENCH_CSV, BENCH_JSON };

/* One line. A number without meaning for a kernel is 0, and is left empty (JSON: null). */
struct bench_result {
	const char *kernel, *precision, *isa, *shape;
	double ns;    /* per call */
	double gop_s; /* GFLOP/s, or GOP/s of integers */
	double gb_s;
	double elements_ns; /* elements per nanosecond */
	const char *bound;  /* the peak to compare with: "fma", "int8", …, or "" */
	double peak;        /* that peak, in GFLOP/s, GOP/s or GB/s */
	double share;       /* of the peak, 0 to 1 */
};

struct bench_report {
	enum bench_format format;
	FILE *to;
	json_t *results; /* for JSON, which is written on close */
};

/* The format called table, csv or json; -1 for another name. */
int bench_format_named(const char *name);

void bench_report_open(struct bench_report *r, enum bench_format format, FILE *to);
void bench_report_add(struct bench_report *r, const struct bench_result *result);

/* Write what is left and release everything; dies if any output failed. */
void bench_report_close(struct bench_report *r, int cpu, double seconds);

#endif
