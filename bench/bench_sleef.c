/* SPDX-License-Identifier: MIT */
/* The cases of SLEEF's functions. */
#include "bench/bench_sleef.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "bench/bench_fail.h"
#include "bench/sleef.h"
#include "src/base/memory.h"

enum { WORDS = 8000, PREFIX = sizeof "sleef_" - 1, N_NAME = 32 };

/* Inputs in v[0], second inputs in v[1], results in v[2]. */
static void arrays_open(struct bench_work *w)
{
	const struct bench_case *c = w->c;
	float *all = bench_need(tj_alloc_table(3 * c->n, sizeof *all));
	bench_fill(all, 3 * c->n, c->from, c->to);
	for (size_t i = 0; i < 3; i++)
		w->v[i] = all + i * c->n;
}

static void sleef_open(struct bench_work *w)
{
	const struct sleef_table *table = sleef_of(w->kernels->name);
	size_t i = 0;
	if (table == NULL)
		bench_die("SLEEF's functions for these kernels are not in this program");
	while (strcmp(sleef_names[i], w->c->kernel + PREFIX) != 0)
		i++;
	w->sleef = table->run[i];
	arrays_open(w);
}

static void arrays_close(struct bench_work *w)
{
	tj_free(w->v[0]);
}

static void call_sleef(struct bench_work *w)
{
	w->sleef(w->v[0], w->v[1], w->c->n, w->v[2]);
}

static void call_pow(struct bench_work *w)
{
	for (size_t i = 0; i < w->c->n; i++)
		w->v[2][i] = (float)tj_pow((double)w->v[0][i], (double)w->v[1][i]);
}

/* The ranges are those of our cases. */
size_t bench_sleef(struct bench_case *cases, size_t max)
{
	static char names[SLEEF_N][N_NAME];
	assert(max > SLEEF_N);
	for (size_t i = 0; i < SLEEF_N; i++) {
		const char *name = sleef_names[i];
		int positive = strncmp(name, "log", 3) == 0 || strncmp(name, "pow", 3) == 0;
		snprintf(names[i], N_NAME, "sleef_%s", name);
		cases[i] = (struct bench_case){ .kernel = names[i],
			                        .precision = "float32",
			                        .n = WORDS,
			                        .bytes = 8.0 * WORDS,
			                        .elements = WORDS,
			                        .from = positive ? 0 : -8,
			                        .to = 8,
			                        .open = sleef_open,
			                        .call = call_sleef,
			                        .close = arrays_close };
		if (strncmp(name, "pow", 3) == 0)
			cases[i].bytes = 12.0 * WORDS;
	}
	cases[SLEEF_N] = cases[SLEEF_pow_u10];
	cases[SLEEF_N].kernel = "pow";
	cases[SLEEF_N].precision = "float64";
	cases[SLEEF_N].open = arrays_open;
	cases[SLEEF_N].call = call_pow;
	return SLEEF_N + 1;
}
