/* SPDX-License-Identifier: MIT */
/* Rows of texts and numbers on standard output: a table for people, or CSV or JSON for programs. */
#ifndef TJ_BENCH_TABLE_H
#define TJ_BENCH_TABLE_H

#include "bench/bench_report.h"

struct bench_column {
	const char *name;
	int width, decimals; /* in a table; negative: to the left */
};

struct bench_table {
	enum bench_format format;
	const struct bench_column *columns; /* of the texts, then of the numbers */
	int n_texts, n_numbers;
	size_t n_rows;
	json_t *rows; /* for JSON, which is written on close */
};

void bench_table_open(struct bench_table *t, enum bench_format format,
                      const struct bench_column *columns, int n_texts, int n_numbers);
void bench_table_add(struct bench_table *t, const char *const *texts, const double *numbers);

/* Writes what is left and releases everything; dies if any output failed. */
void bench_table_close(struct bench_table *t);

#endif
