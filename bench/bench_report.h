/* SPDX-License-Identifier: MIT */
/* What bench-kernels prints: a table to read, or CSV or JSON to compute with. */
#ifndef TJ_BENCH_REPORT_H
#define TJ_BENCH_REPORT_H

#include <jansson.h>
#include <stdio.h>

enum bench_format { BENCH_TABLE, BENCH_CSV, BENCH_JSON };

/* One line. A number that means nothing here is 0, and stays empty (JSON: null). */
struct bench_result {
	const char *kernel, *precision, *isa, *shape;
	double ns;    /* of one call */
	double gop_s; /* GFLOP/s, or GOP/s of integers */
	double gb_s;
	double elements_ns; /* elements a nanosecond */
	const char *bound;  /* the peak it is compared with: "fma", "int8", …, or "" */
	double peak;        /* that, in GFLOP/s, GOP/s or GB/s */
	double share;       /* 0 to 1 */
};

struct bench_report {
	enum bench_format format;
	FILE *to;
	json_t *results; /* JSON is written at the end */
};

/* table, csv or json; -1 for another name. */
int bench_format_named(const char *name);

void bench_report_open(struct bench_report *r, enum bench_format format, FILE *to);
void bench_report_add(struct bench_report *r, const struct bench_result *result);

/* Writes what is left and releases all; dies where anything was not written. */
void bench_report_close(struct bench_report *r, int cpu, double seconds);

#endif
