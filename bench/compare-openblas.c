/* SPDX-License-Identifier: MIT */
/* compare-openblas: measures the shapes of bench-kernels with OpenBLAS's sgemm, in one thread.
 *
 *   compare-openblas [SECONDS]
 *
 * Prints lines "openblas CASE GFLOP/s": medians over SECONDS (0.5) per case, of the faster of two
 * layouts of the weights, [outputs][inputs] and [inputs][outputs]. OpenBLAS has no packed
 * weights, so sgemm packs them in every call. An lstm case is only the product of one step,
 * without gates. compare.sh builds and runs it. */
#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { MAX_SAMPLES = 4096, MIN_SAMPLES = 5 };

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

static float *filled(size_t n)
{
	float *x = aligned_alloc(64, (n * sizeof *x + 63) / 64 * 64);
	if (x == NULL) {
		fprintf(stderr, "compare-openblas: out of memory\n");
		exit(1);
	}
	for (size_t i = 0; i < n; i++)
		x[i] = (float)(i * 7 % 13) / 13 - 0.5f;
	return x;
}

static double median_seconds(int m, int n, int k, enum CBLAS_TRANSPOSE layout, double seconds)
{
	static double samples[MAX_SAMPLES];
	size_t count = 0;
	int ld = layout == CblasTrans ? k : n;
	float *a = filled((size_t)m * (size_t)k), *b = filled((size_t)n * (size_t)k);
	float *c = filled((size_t)m * (size_t)n);
	for (double end = now() + seconds;
	     count < MIN_SAMPLES || (count < MAX_SAMPLES && now() < end); count++) {
		double start = now();
		cblas_sgemm(CblasRowMajor, CblasNoTrans, layout, m, n, k, 1, a, k, b, ld, 0, c, n);
		samples[count] = now() - start;
	}
	qsort(samples, count, sizeof *samples, compare);
	free(a);
	free(b);
	free(c);
	return samples[count / 2];
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name; /* of the case in bench-kernels, after the rows */
		int k, n;
	} shapes[] = { { "512x512", 512, 512 },
		       { "512x8000", 512, 8000 },
		       { "1024x512", 1024, 2048 } };
	static const int rows[] = { 1, 8, 64, 256 };
	double seconds = argc > 1 ? atof(argv[1]) : 0.5;
	openblas_set_num_threads(1);
	for (int s = 0; s < 3; s++)
		for (int r = 0; r < 4; r++) {
			int k = shapes[s].k, n = shapes[s].n, m = rows[r];
			double t = median_seconds(m, n, k, CblasTrans, seconds / 2);
			double u = median_seconds(m, n, k, CblasNoTrans, seconds / 2);
			t = u < t ? u : t;
			printf("openblas %s/float32/%dx%s %.1f\n", n == 2048 ? "lstm" : "gemm", m,
			       shapes[s].name, 2e-9 * m * n * k / t);
		}
	return 0;
}
