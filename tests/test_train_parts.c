/* SPDX-License-Identifier: MIT */
/* The building blocks of training: the order of a batch's tokens, the distribution of work over
 * threads, the arena for memory, a weight matrix forwards and backwards. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"
#include "src/train/net/linear.h"
#include "src/train/net/order.h"
#include "src/train/net/share.h"
#include "support.h"

TestSuite(order, .init = test_start);
TestSuite(share, .init = test_start);
TestSuite(arena, .init = test_start);
TestSuite(linear, .init = test_start, .fini = test_release);

/* --- The order of tokens --------------------------------------------------------- */

static void make_order(struct tj_order *o, size_t n, const size_t *lengths)
{
	struct tj_error err = { 0 };
	CHECK(tj_order_make(o, n, lengths, &err) == TRUJAMAN_OK, "%s", err.text);
}

static void check_order(const struct tj_order *o, size_t n, const size_t *lengths)
{
	size_t longest = 0, sum = 0, row = 0;
	for (size_t i = 0; i < n; i++) {
		longest = lengths[i] > longest ? lengths[i] : longest;
		sum += lengths[i];
		CHECK(o->place[i] < n && o->sentence[o->place[i]] == i, "sentence %zu", i);
		CHECK(o->length[o->place[i]] == lengths[i], "sentence %zu", i);
		CHECK(i == 0 || o->length[i - 1] >= o->length[i], "place %zu", i);
	}
	CHECK(o->n == n && o->n_steps == longest && o->n_rows == sum, "%zu sentences", n);
	for (size_t t = 0; t < longest; t++) {
		size_t live = 0;
		for (size_t i = 0; i < n; i++)
			live += lengths[i] > t;
		CHECK(tj_order_live(o, t) == live, "step %zu", t);
		for (size_t place = 0; place < live; place++, row++)
			CHECK(tj_order_row(o, t, place) == row, "step %zu, place %zu", t, place);
	}
	CHECK(o->first[longest] == row, "%zu rows, not %zu", o->first[longest], row);
}

Test(order, example)
{
	static const size_t lengths[] = { 3, 1, 5, 3, 0, 1 }, sentence[] = { 2, 0, 3, 1, 5, 4 };
	static const size_t first[] = { 0, 5, 8, 11, 12, 13 };
	struct tj_order o = { 0 };
	make_order(&o, 6, lengths);
	check_order(&o, 6, lengths);
	CHECK(memcmp(o.sentence, sentence, sizeof sentence) == 0, "equals change places");
	CHECK(memcmp(o.first, first, sizeof first) == 0, "steps begin elsewhere");
	tj_order_free(&o);
}

/* One tj_order is reused for smaller, larger and empty batches, for empty sentences, many equal
 * lengths, and after it was freed. */
Test(order, reuse)
{
	struct tj_order o = { 0 };
	for (size_t i = 0; i < 1500; i++) {
		size_t lengths[200], n = i % 10 ? test_between(0, i % 3 ? 8 : 200) : 0;
		size_t longest = test_between(0, i % 2 ? 4 : 100);
		for (size_t j = 0; j < n; j++)
			lengths[j] = test_between(0, longest);
		make_order(&o, n, n > 0 ? lengths : NULL);
		check_order(&o, n, lengths);
		if (i % 200 == 0)
			tj_order_free(&o);
	}
	tj_order_free(&o);
}

/* --- Sharing out ------------------------------------------------------------------- */

struct counts {
	size_t n_threads;
	int items[1000];
	int strangers; /* calls with the number of a thread that does not exist */
};

static void count_item(void *context, size_t item, size_t thread)
{
	struct counts *c = context;
	__atomic_fetch_add(&c->items[item], 1, __ATOMIC_RELAXED);
	if (thread >= c->n_threads)
		__atomic_fetch_add(&c->strangers, 1, __ATOMIC_RELAXED);
}

Test(share, every_item_once)
{
	static const size_t n_items[] = { 0, 1, 2, 3, 4, 7, 1000 };
	for (size_t threads = 1; threads <= 4; threads++)
		for (size_t i = 0; i < sizeof n_items / sizeof *n_items; i++) {
			struct counts c = { .n_threads = threads };
			tj_share(threads, n_items[i], count_item, &c);
			CHECK(c.strangers == 0, "%d of %zu items", c.strangers, n_items[i]);
			for (size_t j = 0; j < 1000; j++)
				CHECK(c.items[j] == (j < n_items[i]),
				      "%zu threads, item %zu of %zu: %d times", threads, j,
				      n_items[i], c.items[j]);
		}
}

/* --- The arena ---------------------------------------------------------------------- */

enum { N_PIECES = 60 };

static float *take(struct tj_arena *a, size_t n)
{
	float *p = tj_arena_floats(a, n);
	CHECK(p != NULL && !a->failed, "%zu floats", n);
	CHECK((uintptr_t)p % 64 == 0, "%zu floats are not aligned", n);
	return p;
}

/* Takes pieces of all sizes, more than the first block holds, and checks that they do not
 * overlap. */
static size_t take_pieces(struct tj_arena *a, float **pieces, const size_t *sizes)
{
	size_t sum = 0;
	for (size_t i = 0; i < N_PIECES; i++) {
		pieces[i] = take(a, sizes[i]);
		for (size_t j = 0; j < sizes[i]; j++)
			pieces[i][j] = (float)i;
		sum += tj_round_up(sizes[i], 16);
		CHECK(a->used == sum && a->peak == sum, "used %zu, peak %zu, not %zu", a->used,
		      a->peak, sum);
	}
	for (size_t i = 0; i < N_PIECES; i++)
		for (size_t j = 0; j < sizes[i]; j++)
			CHECK(pieces[i][j] == (float)i, "piece %zu overlaps another", i);
	return sum;
}

Test(arena, pieces)
{
	struct tj_arena a = { 0 };
	float *pieces[N_PIECES];
	size_t sizes[N_PIECES];
	for (size_t i = 0; i < N_PIECES; i++)
		sizes[i] = i % 3 ? test_between(0, 100) : test_between(100000, 300000);
	take_pieces(&a, pieces, sizes);
	for (int round = 0; round < 2; round++) { /* the block that reset makes holds them all */
		tj_arena_reset(&a);
		CHECK(a.used == 0 && a.peak == 0, "used %zu, peak %zu", a.used, a.peak);
		float *before = pieces[0];
		take_pieces(&a, pieces, sizes);
		CHECK(round == 0 || pieces[0] == before, "a block that was large enough is gone");
		for (size_t i = 1; i < N_PIECES; i++)
			CHECK(pieces[i] == pieces[i - 1] + tj_round_up(sizes[i - 1], 16),
			      "piece %zu lies apart", i);
	}
	const float **pointers = tj_arena_pointers(&a, 100);
	CHECK(pointers != NULL && (uintptr_t)pointers % 64 == 0, "%p", (void *)pointers);
	for (size_t i = 0; i < 100; i++)
		pointers[i] = pieces[i % N_PIECES];
	CHECK(take(&a, 1) >= (float *)(void *)(pointers + 100), "pointers overlap");
	tj_arena_free(&a);
	CHECK(a.blocks == NULL && a.used == 0 && a.peak == 0, "not empty");
}

Test(arena, release)
{
	struct tj_arena a = { 0 };
	struct tj_arena_mark nothing = tj_arena_mark(&a);
	take(&a, 100);
	struct tj_arena_mark mark = tj_arena_mark(&a);
	float *p = take(&a, 50);
	take(&a, 500);
	CHECK(a.used == 112 + 64 + 512 && a.peak == a.used, "used %zu", a.used);
	tj_arena_release(&a, mark);
	CHECK(a.used == 112 && a.peak == 112 + 64 + 512, "used %zu, peak %zu", a.used, a.peak);
	CHECK(take(&a, 60) == p, "what was given back is not taken again");
	tj_arena_release(&a, nothing);
	CHECK(a.used == 112 + 64, "used %zu", a.used);

	float *later = take(&a, 1 << 21); /* in another block, so nothing is given back */
	later[0] = later[(1 << 21) - 1] = 7;
	tj_arena_release(&a, mark);
	CHECK(a.used == 112 + 64 + (1 << 21), "used %zu", a.used);
	float *last = take(&a, 1000);
	memset(last, 0, 1000 * sizeof *last);
	CHECK(later[0] == 7 && later[(1 << 21) - 1] == 7, "given out twice");
	tj_arena_free(&a);
}

Test(arena, refusal)
{
	static const size_t absurd[] = { SIZE_MAX, SIZE_MAX - 15, SIZE_MAX / 8 + 1, SIZE_MAX / 8 };
	struct tj_arena a = { 0 };
	for (size_t i = 0; i < sizeof absurd / sizeof *absurd; i++) {
		float *p = take(&a, 16);
		CHECK(tj_arena_floats(&a, absurd[i]) == NULL && a.failed, "%zu floats", absurd[i]);
		CHECK(tj_arena_floats(&a, 1) == NULL, "floats after a refusal");
		CHECK(tj_arena_pointers(&a, 1) == NULL, "pointers after a refusal");
		tj_arena_reset(&a);
		CHECK(take(&a, 16) == p, "reset goes on with another block");
		tj_arena_reset(&a);
	}
	CHECK(tj_arena_pointers(&a, SIZE_MAX / 4) == NULL && a.failed, "pointers");
	tj_arena_free(&a);
	CHECK(!a.failed, "failed once freed");
}

/* --- A weight matrix ------------------------------------------------------------------ */

struct shape {
	size_t n_blocks, block_rows, n_columns, first, k;
};

static const struct shape shapes[] = {
	{ 1, 16, 16, 0, 16 },  { 1, 5, 7, 0, 7 },    { 4, 20, 12, 0, 12 }, { 3, 14, 33, 9, 24 },
	{ 4, 16, 40, 16, 17 }, { 1, 50, 70, 3, 67 }, { 3, 1, 1, 0, 1 },    { 2, 60, 100, 1, 31 },
};
enum { N_SHAPES = sizeof shapes / sizeof *shapes, GAP = 16 };
static const size_t row_counts[] = { 1, 5, 16, 33, 48, 49, 150 };
enum { N_ROW_COUNTS = sizeof row_counts / sizeof *row_counts };

/* FILL has one bias, FILL + 1 the sum of two. */
enum { Y, DX, GRADIENT, BIAS_GRADIENT, FILL, N_OUTPUTS = FILL + 2 };

/* A tensor between others, n rows of x and dy (whose padding holds anything), and the outputs.
 * Each row of y and dx is followed by a gap. */
struct job {
	struct tj_linear l;
	size_t n, n_values, n_bias;
	float *values, *b, *b2, *x, *dy;
	const float **x_rows; /* copies of x's k floats at unrelated addresses */
	float *out[N_OUTPUTS];
	size_t n_out[N_OUTPUTS]; /* floats of each output */
};

static float *filled(size_t n, enum test_data data)
{
	float *x = test_vector(n);
	test_fill(x, n, data);
	return x;
}

static float *copy_of(const float *x, size_t n)
{
	return memcpy(test_vector(n), x, n * sizeof *x);
}

/* Everything but the outputs. With integers in `data` every sum is exact. */
static struct job make_job(const struct shape *s, size_t n, enum test_data data)
{
	struct job j = { .n = n, .n_bias = s->n_blocks * s->block_rows };
	struct tj_parameter p = { "w", 2, j.n_bias, s->n_columns, 32 };
	struct tj_parameters layout = { .n = 1, .items = &p };
	struct tj_error err = { 0 };
	CHECK(tj_linear_open(&j.l, &layout, "w", s->n_blocks, s->first, s->k, &err) == TRUJAMAN_OK,
	      "%s", err.text);
	j.n_values = 32 + tj_round_up(j.n_bias * s->n_columns, 16) + 16;
	j.values = filled(j.n_values, data);
	j.b = filled(j.n_bias, data);
	j.b2 = filled(j.n_bias, data);
	j.x = filled(n * j.l.k_pad, data);
	j.dy = filled(n * j.l.n_out, data);
	j.x_rows = test_memory(n * sizeof *j.x_rows, sizeof *j.x_rows);
	for (size_t m = 0; m < n; m++)
		j.x_rows[m] = memcpy(test_floats(s->k), j.x + m * j.l.k_pad, s->k * sizeof *j.x);
	return j;
}

static void check_gaps(const float *out, size_t n, size_t width)
{
	for (size_t m = 0; m < n; m++)
		CHECK(test_is_canary(out + m * (width + GAP) + width, GAP), "behind row %zu", m);
}

/* Runs every function once. Products run a second time with `accumulate`, so they come out twice
 * as large. Gradients are added to copies of the values and of b. */
static void run_job(struct job *j, const struct tj_kernels *kernels, size_t n_threads)
{
	struct tj_arena arena = { 0 };
	struct tj_crew crew = { kernels, n_threads, &arena };
	struct tj_linear *l = &j->l;
	take(&arena, 16);
	size_t n = j->n, ld_y = l->n_out + GAP, ld_x = l->k_pad + GAP;
	j->out[Y] = test_vector(n * ld_y);
	j->out[DX] = test_vector(n * ld_x);
	tj_linear_pack(l, kernels, j->values);
	for (int accumulate = 0; accumulate < 2; accumulate++) {
		tj_linear_forward_all(l, &crew, n, j->x, l->k_pad, j->out[Y], ld_y, accumulate);
		tj_linear_backward_all(l, &crew, n, j->dy, l->n_out, j->out[DX], ld_x, accumulate);
	}
	j->out[GRADIENT] = copy_of(j->values, j->n_values);
	j->out[BIAS_GRADIENT] = copy_of(j->b, j->n_bias);
	tj_linear_gradient(l, &crew, n, j->dy, l->n_out, j->x_rows, j->out[GRADIENT]);
	tj_bias_gradient(&crew, n, j->dy, l->n_out, l->n_blocks, l->block_rows,
	                 j->out[BIAS_GRADIENT]);
	for (int two = 0; two < 2; two++) {
		j->out[FILL + two] = test_vector(n * ld_y);
		tj_bias_fill(&crew, n, j->b, two ? j->b2 : NULL, l->n_blocks, l->block_rows,
		             j->out[FILL + two], ld_y);
		check_gaps(j->out[FILL + two], n, l->n_out);
	}
	check_gaps(j->out[Y], n, l->n_out);
	check_gaps(j->out[DX], n, l->k_pad);
	CHECK(!arena.failed && arena.used == 16, "%zu floats of the arena are used", arena.used);
	tj_arena_free(&arena);
	size_t sizes[] = { n * ld_y, n * ld_x, j->n_values, j->n_bias, n * ld_y, n * ld_y };
	memcpy(j->n_out, sizes, sizeof sizes);
}

/* The weights of padded output `out` in the values; NULL for padding. */
static const float *row_of(const struct job *j, const float *values, size_t out)
{
	size_t block = out / j->l.block_pad, row = out % j->l.block_pad;
	if (row >= j->l.block_rows)
		return NULL;
	return values + j->l.offset + (block * j->l.block_rows + row) * j->l.ld + j->l.first;
}

/* Plain loops over rows, outputs and columns. On integers nothing is rounded. */
static void check_products(const struct job *j)
{
	const struct tj_linear *l = &j->l;
	double *y = calloc(l->n_out, sizeof *y), *dx = calloc(l->k_pad, sizeof *dx);
	CHECK(y != NULL && dx != NULL, "no memory");
	for (size_t m = 0; m < j->n; m++) {
		memset(y, 0, l->n_out * sizeof *y);
		memset(dx, 0, l->k_pad * sizeof *dx);
		for (size_t out = 0; out < l->n_out; out++) {
			const float *w = row_of(j, j->values, out);
			for (size_t c = 0; w != NULL && c < l->k; c++) {
				y[out] += 2 * (double)w[c] * (double)j->x[m * l->k_pad + c];
				dx[c] += 2 * (double)w[c] * (double)j->dy[m * l->n_out + out];
			}
		}
		for (size_t out = 0; out < l->n_out; out++)
			CHECK((double)j->out[Y][m * (l->n_out + GAP) + out] == y[out],
			      "k %zu: row %zu, output %zu", l->k, m, out);
		for (size_t c = 0; c < l->k_pad; c++)
			CHECK((double)j->out[DX][m * (l->k_pad + GAP) + c] == dx[c],
			      "k %zu: row %zu, column %zu", l->k, m, c);
	}
	free(y);
	free(dx);
}

static void check_gradient(const struct job *j)
{
	const struct tj_linear *l = &j->l;
	float *want = copy_of(j->values, j->n_values);
	for (size_t out = 0; out < l->n_out; out++) {
		float *g = (float *)row_of(j, want, out);
		for (size_t c = 0; g != NULL && c < l->k; c++) {
			double sum = (double)g[c];
			for (size_t m = 0; m < j->n; m++)
				sum += (double)j->dy[m * l->n_out + out] *
				       (double)j->x[m * l->k_pad + c];
			g[c] = (float)sum;
		}
	}
	size_t at = test_difference(j->out[GRADIENT], want, j->n_values);
	CHECK(at == j->n_values, "k %zu, %zu rows: gradient %zu is %g, not %g", l->k, j->n, at,
	      (double)j->out[GRADIENT][at], (double)want[at]);
}

static void check_biases(const struct job *j)
{
	const struct tj_linear *l = &j->l;
	for (size_t out = 0; out < l->n_out; out++) {
		size_t i = out / l->block_pad * l->block_rows + out % l->block_pad;
		int padding = out % l->block_pad >= l->block_rows;
		double b = padding ? 0 : (double)j->b[i], sum = b;
		double both = padding ? 0 : b + (double)j->b2[i];
		for (size_t m = 0; m < j->n; m++) {
			size_t at = m * (l->n_out + GAP) + out;
			double one = (double)j->out[FILL][at], two = (double)j->out[FILL + 1][at];
			CHECK(one == b && two == both, "row %zu, output %zu", m, out);
			sum += (double)j->dy[m * l->n_out + out];
		}
		CHECK(padding || (double)j->out[BIAS_GRADIENT][i] == sum, "output %zu is not %g",
		      out, sum);
	}
}

static const struct tj_kernels *any_kernels(void)
{
	return *tj_kernels_usable();
}

/* Case i of N_SHAPES * N_ROW_COUNTS. */
static struct job make_case(size_t i, enum test_data data)
{
	return make_job(&shapes[i / N_ROW_COUNTS], row_counts[i % N_ROW_COUNTS], data);
}

Test(linear, float64)
{
	for (size_t i = 0; i < N_SHAPES * N_ROW_COUNTS; i++) {
		struct job j = make_case(i, TEST_INTEGERS);
		run_job(&j, any_kernels(), i % 3 + 1);
		check_products(&j);
		check_gradient(&j);
		check_biases(&j);
		tj_linear_free(&j.l);
		test_release();
	}
}

/* Threads and instruction set do not change a bit. */
Test(linear, bits)
{
	for (size_t i = 0; i < N_SHAPES * N_ROW_COUNTS; i += 2) {
		struct job want = make_case(i, TEST_PLAIN), got = want;
		run_job(&want, any_kernels(), 1);
		for (const struct tj_kernels *const *k = tj_kernels_usable(); *k != NULL; k++)
			for (size_t threads = 1; threads <= 3; threads++) {
				run_job(&got, *k, threads);
				for (int o = 0; o < N_OUTPUTS; o++)
					CHECK(test_difference(got.out[o], want.out[o],
					                      want.n_out[o]) == want.n_out[o],
					      "%s, %zu threads, output %d", (*k)->name, threads, o);
			}
		tj_linear_free(&want.l);
		test_release();
	}
}
