/* SPDX-License-Identifier: MIT */
/* bench-kernels: how fast the kernels are on one core, beside the peak that the
 * same core reaches in the same run on fused multiply-adds alone.
 *
 *   bench-kernels [--isa NAME] [--k K] [--n N] [--seconds S]
 *
 * For every instruction set: the peak, the product of 1, 8, 64 and 256 rows with
 * a packed K x N matrix (the peak is measured again before each and the share is
 * of the better one), the LSTM step, and exp, tanh, softmax, log-sum and top-k.
 * Figures are medians of batches of at least 5 ms over S seconds. */
#include "simd/kernels.h"
#include "simd/pack.h"
#include "src/base/memory.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MAX_SAMPLES = 4096, N_VECTOR = 8000 };

struct work {
	const struct tj_kernels *kernels;
	struct tj_gemm gemm;
	float *x, *y;
	float sink;
	double peak_flop;
};

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* Median seconds of one call, over `seconds`. */
static double time_calls(void (*call)(struct work *), struct work *w, double seconds)
{
	static double samples[MAX_SAMPLES];
	size_t n_calls = 1, n = 0;
	for (;;) {
		double start = now();
		for (size_t i = 0; i < n_calls; i++)
			call(w);
		if (now() - start > 5e-3)
			break;
		n_calls *= 2;
	}
	for (double end = now() + seconds; n < 5 || (now() < end && n < MAX_SAMPLES); n++) {
		double start = now();
		for (size_t i = 0; i < n_calls; i++)
			call(w);
		samples[n] = (now() - start) / (double)n_calls;
	}
	qsort(samples, n, sizeof *samples, compare);
	return samples[n / 2];
}

static void call_peak(struct work *w) { w->peak_flop = w->kernels->fma_peak(100000, &w->sink); }
static void call_gemm(struct work *w) { w->kernels->gemm(&w->gemm); }
static void call_exp(struct work *w) { w->kernels->exp(w->x, N_VECTOR, w->y); }
static void call_tanh(struct work *w) { w->kernels->tanh(w->x, N_VECTOR, w->y); }
static void call_sigmoid(struct work *w) { w->kernels->sigmoid(w->x, N_VECTOR, w->y); }
static void call_log_sum(struct work *w) { w->sink += w->kernels->log_sum_exp(w->x, N_VECTOR).max; }

static void call_softmax(struct work *w)
{
	memcpy(w->y, w->x, N_VECTOR * sizeof *w->y);
	w->kernels->softmax(w->y, N_VECTOR, 1.0f);
}

static void call_top_1(struct work *w)
{
	int32_t index;
	float value;
	w->sink += (float)w->kernels->top_k(w->x, N_VECTOR, 0, 1, &index, &value);
}

static void call_top_5(struct work *w)
{
	int32_t index[5];
	float value[5];
	w->sink += (float)w->kernels->top_k(w->x, N_VECTOR, 0, 5, index, value);
}

static double peak(struct work *w, double seconds)
{
	double t = time_calls(call_peak, w, seconds);
	return w->peak_flop / t * 1e-9;
}

static float noise(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (float)(int32_t)(*state >> 32) * 0x1p-31f;
}

static void *need(void *p)
{
	if (p == NULL) {
		fprintf(stderr, "bench-kernels: out of memory\n");
		exit(1);
	}
	return p;
}

struct shape {
	size_t k, n;
	enum tj_epilogue epilogue;
};

/* Products of `rows` rows, each with its own input, output and cell. */
static void bench_rows(struct work *w, const struct tj_weights *weights, const struct shape *s,
                       size_t rows, double seconds)
{
	size_t ld_in = tj_round_up(s->k, 16), ld_out = tj_round_up(s->n, 16);
	uint64_t seed = 7;
	float *in = need(tj_alloc(rows * ld_in, sizeof *in));
	float *out = need(tj_alloc(rows * ld_out, sizeof *out));
	float *cell = need(tj_alloc(rows * ld_out, sizeof *cell));
	const float **in_rows = need(malloc(rows * sizeof *in_rows));
	float **out_rows = need(malloc(rows * sizeof *out_rows));
	float **cell_rows = need(malloc(rows * sizeof *cell_rows));
	for (size_t i = 0; i < rows * ld_in; i++)
		in[i] = noise(&seed);
	for (size_t m = 0; m < rows; m++) {
		in_rows[m] = in + m * ld_in;
		out_rows[m] = out + m * ld_out;
		cell_rows[m] = cell + m * ld_out;
	}
	w->gemm = (struct tj_gemm){
		.n_rows = rows, .weights = weights, .rows = { in_rows }, .epilogue = s->epilogue,
		.out = out_rows, .cell_in = (const float *const *)cell_rows, .cell_out = cell_rows,
	};
	double before = peak(w, seconds / 4), t = time_calls(call_gemm, w, seconds);
	double after = peak(w, seconds / 4), best = before > after ? before : after;
	double outputs = (double)s->n * (s->epilogue == TJ_EPILOGUE_LSTM ? 4 : 1);
	double gflops = 2e-9 * (double)rows * (double)s->k * outputs / t;
	printf("%-7s %-5s %4zu rows  K %4zu  N %4zu  %10.2f us  %7.1f GFLOP/s  %5.1f %% of %.1f\n",
	       w->kernels->name, s->epilogue == TJ_EPILOGUE_LSTM ? "lstm" : "gemm", rows, s->k,
	       s->n, t * 1e6, gflops, 100 * gflops / best, best);
	free(cell_rows);
	free(out_rows);
	free(in_rows);
	tj_free(cell);
	tj_free(out);
	tj_free(in);
}

static void bench_shape(struct work *w, const struct shape *s, double seconds)
{
	static const size_t rows[] = { 1, 8, 64, 256 };
	size_t gates = s->epilogue == TJ_EPILOGUE_LSTM ? 4 : 1;
	uint64_t seed = 3;
	struct tj_error err = { 0 };
	struct tj_weights weights;
	float *matrix = need(tj_alloc(gates * s->n * s->k, sizeof *matrix));
	for (size_t i = 0; i < gates * s->n * s->k; i++)
		matrix[i] = noise(&seed) * 0.05f;
	struct tj_matrix m = { matrix, NULL, gates * s->n, s->k };
	struct tj_pack_source source = { &m, 0, s->k };
	if (tj_weights_pack(&weights, gates == 4 ? TJ_PACK_LSTM : TJ_PACK_PLAIN, s->n, 1, &source,
	                    NULL, NULL, 0, &err) != TRUJAMAN_OK) {
		fprintf(stderr, "bench-kernels: %s\n", err.text);
		exit(1);
	}
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		bench_rows(w, &weights, s, rows[i], seconds);
	tj_weights_free(&weights);
	tj_free(matrix);
}

static void bench_vectors(struct work *w, double seconds)
{
	static const struct {
		const char *name;
		void (*call)(struct work *);
	} calls[] = { { "exp", call_exp }, { "tanh", call_tanh }, { "sigmoid", call_sigmoid },
		      { "softmax", call_softmax }, { "log_sum_exp", call_log_sum },
		      { "top_1", call_top_1 }, { "top_5", call_top_5 } };
	uint64_t seed = 11;
	w->x = need(tj_alloc(N_VECTOR, sizeof *w->x));
	w->y = need(tj_alloc(N_VECTOR, sizeof *w->y));
	for (size_t i = 0; i < N_VECTOR; i++)
		w->x[i] = 8 * noise(&seed);
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
		double t = time_calls(calls[i].call, w, seconds);
		printf("%-7s %-12s %d floats  %8.2f us  %6.3f ns each\n", w->kernels->name,
		       calls[i].name, N_VECTOR, t * 1e6, t * 1e9 / N_VECTOR);
	}
	tj_free(w->x);
	tj_free(w->y);
}

static void usage(FILE *to)
{
	fprintf(to, "usage: bench-kernels [--isa NAME] [--k K] [--n N] [--seconds S]\n");
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "isa", required_argument, NULL, 'i' }, { "k", required_argument, NULL, 'k' },
		{ "n", required_argument, NULL, 'n' }, { "seconds", required_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' }, { NULL, 0, NULL, 0 }
	};
	const char *isa = NULL;
	size_t k = 1024, n = 2048;
	double seconds = 0.5;
	for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;)
		switch (c) {
		case 'i': isa = optarg; break;
		case 'k': k = strtoul(optarg, NULL, 10); break;
		case 'n': n = strtoul(optarg, NULL, 10); break;
		case 's': seconds = strtod(optarg, NULL); break;
		case 'h': usage(stdout); return 0;
		default: usage(stderr); return 2;
		}
	if (k < 1 || n < 1 || k > 1 << 16 || n > 1 << 20) {
		usage(stderr);
		return 2;
	}
	for (const struct tj_kernels *const *t = tj_kernels_usable(); *t; t++) {
		struct work w = { .kernels = *t };
		if (isa != NULL && strcmp(isa, (*t)->name) != 0)
			continue;
		printf("%-7s peak %.1f GFLOP/s\n", (*t)->name, peak(&w, seconds));
		bench_shape(&w, &(struct shape){ k, n, TJ_EPILOGUE_NONE }, seconds);
		bench_shape(&w, &(struct shape){ k, n / 4, TJ_EPILOGUE_LSTM }, seconds);
		bench_vectors(&w, seconds);
		fflush(stdout);
	}
	return 0;
}
