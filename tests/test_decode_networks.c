/* SPDX-License-Identifier: MIT */
/* Ensembles: their logits and attention weights against averages in float64 of what the networks
 * say alone; searches together against one by one, and on every instruction set. */
#include <criterion/criterion.h>
#include <math.h>

#include "src/decode/networks.h"
#include "tests/constraint_bench.h"

enum { N_MODELS = 3, N_ROWS = 5, N_STEPS = 4 };

static struct bench benches[N_MODELS];

static void open_all(const struct tj_kernels *kernels, size_t first_name, int int8)
{
	enum { N_NAMES = sizeof names / sizeof *names };
	for (size_t i = 0; i < N_MODELS; i++)
		bench_open(&benches[i], names[(first_name + i) % N_NAMES], kernels, int8, NULL);
}

static void close_all(void)
{
	for (size_t i = 0; i < N_MODELS; i++)
		bench_close(&benches[i]);
}

static struct tj_networks *open_networks(size_t from, size_t n, int average_logs)
{
	struct tj_error err = { 0 };
	const struct tj_model *models[N_MODELS] = { benches[from].model, benches[1].model,
		                                    benches[2].model };
	const struct tj_network_options o = { n,   N_ROWS, N_ROWS, 512, MAX_IDS + 1, average_logs,
		                              EOS, BOS,    EOS };
	struct tj_networks *x = tj_networks_new(models, &o, &err);
	cr_assert_not_null(x, "%s", err.text);
	return x;
}

/* Encodes sentence i in row i: sentence 0 has one piece, the others more. */
static void encode(struct tj_networks *x, struct tj_encoded (*encoded)[N_MODELS])
{
	static int32_t ids[N_ROWS][MAX_IDS + 1];
	struct tj_network_sentence sentences[N_ROWS];
	struct tj_error err = { 0 };
	for (size_t i = 0; i < N_ROWS; i++) {
		size_t n = 1 + 3 * (N_ROWS - 1 - i);
		for (size_t k = 0; k < n; k++)
			ids[i][k] = (int32_t)(20 + 7 * i + k);
		sentences[i] = (struct tj_network_sentence){ ids[i], n, encoded[i] };
	}
	cr_assert_eq(tj_networks_encode(x, N_ROWS, sentences, &err), TRUJAMAN_OK, "%s", err.text);
}

static void log_softmax(const float *logits, double *out)
{
	double max = -INFINITY, sum = 0;
	for (size_t k = 0; k < N_PIECES; k++)
		max = (double)logits[k] > max ? (double)logits[k] : max;
	for (size_t k = 0; k < N_PIECES; k++)
		sum += exp((double)logits[k] - max);
	for (size_t k = 0; k < N_PIECES; k++)
		out[k] = (double)logits[k] - max - log(sum);
}

/* Means below this are too small for the sums of floats; the largest share stands for them then. */
static const double least_mean = 0x1p-100;

/* Compares a row of the ensemble with its members'. Returns how many pieces have a small mean. */
static size_t expect_row(const struct tj_networks *all, struct tj_networks *const *alone,
                         size_t row, int average_logs)
{
	static double one[N_PIECES], mean[N_PIECES], got[N_PIECES], largest[N_PIECES];
	size_t ld = benches[0].model->ld_logits, n_small = 0;
	double norm = 0;
	memset(mean, 0, sizeof mean);
	for (size_t k = 0; k < N_PIECES; k++)
		largest[k] = -INFINITY;
	for (size_t i = 0; i < N_MODELS; i++) {
		log_softmax(alone[i]->logits + row * ld, one);
		for (size_t k = 0; k < N_PIECES; k++) {
			mean[k] += (average_logs ? one[k] : exp(one[k])) / N_MODELS;
			largest[k] = fmax(largest[k], one[k] - log(N_MODELS));
		}
	}
	for (size_t k = 0; k < N_PIECES; k++) {
		int is_small = !average_logs && mean[k] < least_mean;
		n_small += (size_t)is_small;
		mean[k] = average_logs ? mean[k] : is_small ? largest[k] : log(mean[k]);
		norm += exp(mean[k]);
	}
	log_softmax(all->logits + row * ld, got);
	for (size_t k = 0; k < N_PIECES; k++)
		cr_expect(fabs(got[k] - (mean[k] - log(norm))) < 2e-5 + 1e-6 * fabs(mean[k]),
		          "piece %zu: %g, not %g", k, got[k], mean[k] - log(norm));
	return n_small;
}

/* Runs N_STEPS steps of the ensemble and of each network alone, and compares them. Returns how many
 * small means there were. */
static size_t expect_averages(int average_logs)
{
	static struct tj_encoded encoded[N_MODELS + 1][N_ROWS][N_MODELS];
	struct tj_networks *alone[N_MODELS], *all;
	size_t n_small = 0;
	memset(encoded, 0, sizeof encoded);
	all = open_networks(0, N_MODELS, average_logs);
	encode(all, encoded[N_MODELS]);
	for (size_t i = 0; i < N_MODELS; i++) {
		alone[i] = open_networks(i, 1, 0);
		encode(alone[i], encoded[i]);
	}
	for (size_t step = 0; step < N_STEPS; step++) {
		struct tj_row rows[N_ROWS];
		for (size_t i = 0; i <= N_MODELS; i++) {
			const struct tj_config *c = &benches[i % N_MODELS].config;
			int32_t start = c->start_with_eos ? EOS : BOS;
			for (size_t r = 0; r < N_ROWS; r++)
				rows[r] = (struct tj_row){ encoded[i][r],
					                   step == 0 ? start
					                             : (int32_t)(30 + r + step),
					                   step == 0 ? -1 : (int32_t)r };
			tj_networks_step(i < N_MODELS ? alone[i] : all, N_ROWS, rows);
		}
		for (size_t r = 0; r < N_ROWS; r++)
			n_small += expect_row(all, alone, r, average_logs);
	}
	for (size_t i = 0; i < N_MODELS; i++)
		tj_networks_free(alone[i]);
	tj_networks_free(all);
	for (size_t i = 0; i <= N_MODELS; i++)
		for (size_t r = 0; r < N_ROWS; r++)
			for (size_t m = 0; m < N_MODELS; m++)
				tj_encoded_release(&encoded[i][r][m]);
	return n_small;
}

Test(networks, averages)
{
	for (size_t name = 0; name < 6; name += 2)
		for (int average_logs = 0; average_logs < 2; average_logs++) {
			open_all(tj_kernels_usable()[0], name, 0);
			cr_expect_eq(expect_averages(average_logs), 0);
			close_all();
		}
}

/* Binds the models anew with biases that make a third of the pieces very unlikely for all of them,
 * down to where even a double has no exponent for it, and some for one model only. */
static void make_unlikely(const struct tj_kernels *kernels, float bias[N_MODELS][N_PIECES])
{
	for (size_t i = 0; i < N_MODELS; i++) {
		struct bench *b = &benches[i];
		struct tj_error err = { 0 };
		size_t t = 0;
		while (strcmp(b->file->tensors[t].name, "output.bias") != 0)
			cr_assert_lt(++t, b->file->n_tensors);
		struct tj_tensor *tensor = &b->file->tensors[t];
		cr_assert_eq(tensor->n_bytes, sizeof bias[i]);
		memcpy(bias[i], tensor->data, sizeof bias[i]);
		for (size_t k = 0; k < N_PIECES; k++)
			bias[i][k] -= k % 3 == 0             ? (float)(80 + 2 * k + 7 * i)
			              : k % 7 == 1 && i == 1 ? 500
			                                     : 0;
		tensor->data = bias[i];
		tj_model_free(b->model);
		b->model = tj_model_bind(b->file, &b->config, kernels, 0, 0, &err);
		cr_assert_not_null(b->model, "%s", err.text);
	}
}

Test(networks, very_unlikely_pieces)
{
	static float bias[N_MODELS][N_PIECES];
	for (const struct tj_kernels *const *k = tj_kernels_usable(); *k; k++)
		for (int average_logs = 0; average_logs < 2; average_logs++) {
			open_all(*k, 0, 0);
			make_unlikely(*k, bias);
			size_t n_small = expect_averages(average_logs);
			cr_expect(average_logs ? n_small == 0
			                       : n_small > N_ROWS * N_STEPS * N_PIECES / 4,
			          "%zu small means", n_small);
			close_all();
		}
}

/* --- Searches ---------------------------------------------------------------------- */

static void search(struct tj_search_options o, size_t max_rows, size_t at_once, struct found *found)
{
	struct tj_error err = { 0 };
	const struct tj_model *others[] = { benches[1].model, benches[2].model };
	struct tj_engine_options options = { .search = o,
		                             .max_rows = max_rows,
		                             .max_source = MAX_IDS + 1,
		                             .bos = BOS,
		                             .source_eos = benches[0].config.source_eos ? EOS : -1,
		                             .source_end = EOS,
		                             .others = others,
		                             .n_others = 2,
		                             .constraints = benches[0].constraints };
	struct tj_engine *e = tj_engine_new(benches[0].model, &options, &err);
	cr_assert_not_null(e, "%s", err.text);
	memset(found, 0, N_SENTENCES * sizeof *found);
	for (size_t i = 0; i < N_SENTENCES || tj_engine_pending(e) > 0;) {
		struct tj_request requests[N_SENTENCES];
		size_t n = 0;
		for (; n < at_once && i < N_SENTENCES && n < tj_engine_room(e); i++)
			requests[n++] = (struct tj_request){ .ids = benches[0].ids[i],
				                             .n_ids = benches[0].n_ids[i],
				                             .tag = i,
				                             .constraint = &benches[0].of[i] };
		cr_assert_eq(tj_engine_submit(e, n, requests, &err), TRUJAMAN_OK);
		cr_assert_eq(tj_engine_step(e, keep, found, &err), TRUJAMAN_OK);
	}
	tj_engine_free(e);
}

Test(networks, searches)
{
	for (size_t name = 0; name < 6; name += 3)
		for (size_t beam = 1; beam <= 4; beam += 3)
			for (const struct tj_kernels *const *k = tj_kernels_usable(); *k; k++) {
				int is_first = k == tj_kernels_usable();
				open_all(*k, name, beam == 1);
				search(options(beam, 1), 64, N_SENTENCES,
				       is_first ? first : second);
				if (!is_first)
					expect_all_same((*k)->name, 1);
				search(options(beam, 1), beam, 1, second);
				expect_all_same("one by one", 1);
				search(options(beam, 0), 3 * beam, 3, second);
				expect_all_same("without scores", beam > 1);
				close_all();
			}
}
