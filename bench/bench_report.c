/* SPDX-License-Identifier: MIT */
/* Prints the results of bench-kernels. */
#include "bench/bench_report.h"

#include <stddef.h>
#include <string.h>

#include "bench/bench_fail.h"

static const struct report_column {
	const char *name;
	size_t offset;
	int is_text;
} columns[] = {
#define COLUMN(name, is_text) { #name, offsetof(struct bench_result, name), is_text }
	COLUMN(kernel, 1), COLUMN(precision, 1), COLUMN(isa, 1),   COLUMN(shape, 1),
	COLUMN(ns, 0),     COLUMN(gop_s, 0),     COLUMN(gb_s, 0),  COLUMN(elements_ns, 0),
	COLUMN(bound, 1),  COLUMN(peak, 0),      COLUMN(share, 0),
#undef COLUMN
};

enum { N_COLUMNS = sizeof columns / sizeof *columns };

static const char *text_of(const struct bench_result *r, const struct report_column *c)
{
	return *(const char *const *)((const char *)r + c->offset);
}

static double number_of(const struct bench_result *r, const struct report_column *c)
{
	return *(const double *)((const char *)r + c->offset);
}

int bench_format_named(const char *name)
{
	static const char *const names[] = { "table", "csv", "json" };
	for (int i = 0; i < 3; i++)
		if (strcmp(name, names[i]) == 0)
			return i;
	return -1;
}

void bench_report_open(struct bench_report *r, enum bench_format format, FILE *to)
{
	*r = (struct bench_report){ .format = format, .to = to };
	if (format == BENCH_JSON)
		r->results = bench_need(json_array());
	else if (format == BENCH_CSV)
		for (size_t i = 0; i < N_COLUMNS; i++)
			fprintf(to, "%s%c", columns[i].name, i + 1 < N_COLUMNS ? ',' : '\n');
	else
		fprintf(to, "%-17s %-9s %-10s %-13s %13s %8s %8s %9s  %s\n", "kernel", "precision",
		        "isa", "shape", "ns", "Gop/s", "GB/s", "elem./ns", "share of peak");
}

static void add_csv(FILE *to, const struct bench_result *result)
{
	for (size_t i = 0; i < N_COLUMNS; i++) {
		const struct report_column *c = &columns[i];
		if (c->is_text)
			fputs(text_of(result, c), to);
		else if (number_of(result, c) > 0)
			fprintf(to, "%.6g", number_of(result, c));
		fputc(i + 1 < N_COLUMNS ? ',' : '\n', to);
	}
}

static void add_json(json_t *results, const struct bench_result *result)
{
	json_t *object = bench_need(json_object());
	for (size_t i = 0; i < N_COLUMNS; i++) {
		const struct report_column *c = &columns[i];
		json_t *value = c->is_text                 ? json_string(text_of(result, c))
		                : number_of(result, c) > 0 ? json_real(number_of(result, c))
		                                           : json_null();
		if (json_object_set_new(object, c->name, value) != 0)
			bench_die("out of memory");
	}
	if (json_array_append_new(results, object) != 0)
		bench_die("out of memory");
}

/* Print a number, right-aligned, or spaces of the same width if there is none. */
static void add_cell(FILE *to, int width, int digits, double x)
{
	if (x > 0)
		fprintf(to, " %*.*f", width, digits, x);
	else
		fprintf(to, " %*s", width, "");
}

static void add_row(FILE *to, const struct bench_result *r)
{
	fprintf(to, "%-17s %-9s %-10s %-13s", r->kernel, r->precision, r->isa, r->shape);
	add_cell(to, 13, 1, r->ns);
	add_cell(to, 8, 1, r->gop_s);
	add_cell(to, 8, 1, r->gb_s);
	add_cell(to, 9, 3, r->elements_ns);
	if (r->share > 0)
		fprintf(to, "  %5.1f %% of %s %.1f", 100 * r->share, r->bound, r->peak);
	fputc('\n', to);
}

void bench_report_add(struct bench_report *r, const struct bench_result *result)
{
	if (r->format == BENCH_CSV)
		add_csv(r->to, result);
	else if (r->format == BENCH_JSON)
		add_json(r->results, result);
	else
		add_row(r->to, result);
	fflush(r->to); /* a run takes minutes; errors are checked on close */
}

void bench_report_close(struct bench_report *r, int cpu, double seconds)
{
	if (r->format == BENCH_JSON) {
		json_t *all = bench_need(json_pack("{s:i, s:f, s:o}", "cpu", cpu, "seconds",
		                                   seconds, "results", r->results));
		if (json_dumpf(all, r->to, JSON_INDENT(1) | JSON_REAL_PRECISION(6)) != 0)
			bench_die("cannot write JSON");
		fputc('\n', r->to);
		json_decref(all);
	}
	if (fflush(r->to) != 0 || ferror(r->to))
		bench_die("cannot write to standard output");
}
