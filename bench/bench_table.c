/* SPDX-License-Identifier: MIT */
/* Prints rows of texts and numbers. */
#include "bench/bench_table.h"

#include <errno.h>
#include <string.h>

#include "bench/bench_fail.h"

void bench_table_open(struct bench_table *t, enum bench_format format,
                      const struct bench_column *columns, int n_texts, int n_numbers)
{
	*t = (struct bench_table){ .format = format,
		                   .columns = columns,
		                   .n_texts = n_texts,
		                   .n_numbers = n_numbers,
		                   .rows = format == BENCH_JSON ? json_array() : NULL };
	if (format == BENCH_JSON && t->rows == NULL)
		bench_die("cannot make JSON of the results");
}

/* The names of the columns, before the first row. */
static void print_names(const struct bench_table *t, int widths, char between)
{
	int n = t->n_texts + t->n_numbers;
	for (int i = 0; t->n_rows == 0 && i < n; i++)
		printf("%*s%c", widths ? t->columns[i].width : 0, t->columns[i].name,
		       i + 1 < n ? between : '\n');
}

static void print_row(const struct bench_table *t, const char *const *texts, const double *numbers)
{
	const struct bench_column *c = t->columns + t->n_texts;
	print_names(t, 1, ' ');
	for (int i = 0; i < t->n_texts; i++)
		printf("%*s ", t->columns[i].width, texts[i]);
	for (int i = 0; i < t->n_numbers; i++)
		printf("%*.*f%c", c[i].width, c[i].decimals, numbers[i],
		       i + 1 < t->n_numbers ? ' ' : '\n');
}

static void print_csv(const struct bench_table *t, const char *const *texts, const double *numbers)
{
	print_names(t, 0, ',');
	for (int i = 0; i < t->n_texts; i++)
		printf("%s,", texts[i]);
	for (int i = 0; i < t->n_numbers; i++)
		printf("%.9g%c", numbers[i], i + 1 < t->n_numbers ? ',' : '\n');
}

static void add_json(const struct bench_table *t, const char *const *texts, const double *numbers)
{
	json_t *object = json_object();
	int failed = object == NULL;
	for (int i = 0; i < t->n_texts; i++)
		failed |= json_object_set_new(object, t->columns[i].name, json_string(texts[i]));
	for (int i = 0; i < t->n_numbers; i++)
		failed |= json_object_set_new(object, t->columns[t->n_texts + i].name,
		                              json_real(numbers[i]));
	if (failed || json_array_append_new(t->rows, object) != 0)
		bench_die("cannot make JSON of the results");
}

void bench_table_add(struct bench_table *t, const char *const *texts, const double *numbers)
{
	if (t->format == BENCH_JSON)
		add_json(t, texts, numbers);
	else if (t->format == BENCH_CSV)
		print_csv(t, texts, numbers);
	else
		print_row(t, texts, numbers);
	t->n_rows++;
}

void bench_table_close(struct bench_table *t)
{
	char text[256];
	int failed = 0;
	if (t->format == BENCH_JSON) {
		failed = json_dumpf(t->rows, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(9)) != 0;
		puts("");
	}
	json_decref(t->rows);
	if (fflush(stdout) == 0 && !failed)
		return;
	snprintf(text, sizeof text, "cannot write the results: %s", strerror(errno));
	bench_die(text);
}
