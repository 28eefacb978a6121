/* SPDX-License-Identifier: MIT */
/* bench-training: measures how fast the trainer is on batches that make-batches.py wrote.
 * train-torch.py takes the same batches, with the same model and settings.
 *
 *   bench-training [OPTIONS] BATCHES.jsonl        (--help lists them)
 *
 * Prints target pieces per second (</s> counts), as the median over the updates, and the share of
 * the peak that this machine's cores reach with fused multiply-adds alone, measured in the same
 * run. Only products count as work: once forward and twice backward. */
#include <getopt.h>
#include <jansson.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "bench/bench_clock.h"
#include "bench/bench_fail.h"
#include "src/base/memory.h"
#include "src/train/net/network.h"
#include "src/train/optimizer.h"

const char bench_program[] = "bench-training";

enum { MAX_BATCHES = 1024, MAX_UPDATES = 4096, BOS = 1, EOS = 2 };

struct training_settings {
	size_t embedding, hidden, encoder_layers, decoder_layers, readout, words, tied;
	size_t threads, updates, skip, verbose;
	double dropout, smoothing, clip, rate;
	const char *isa, *path;
};

struct training_bench {
	struct training_settings s;
	struct tj_config config;
	struct tj_parameters p;
	struct tj_network *net;
	struct tj_optimizer optimizer;
	const struct tj_kernels *kernels;
	float *gradients;
	struct tj_batch batches[MAX_BATCHES];
	size_t n_batches;
};

/* --- Options ----------------------------------------------------------------- */

struct reported_number {
	const char *name;
	size_t *integer;
	double *real;
};

static void settings_read(struct training_settings *s, int argc, char **argv)
{
	const struct reported_number numbers[] = {
		{ "embedding-size", &s->embedding, NULL },
		{ "hidden-size", &s->hidden, NULL },
		{ "encoder-layers", &s->encoder_layers, NULL },
		{ "decoder-layers", &s->decoder_layers, NULL },
		{ "readout-size", &s->readout, NULL },
		{ "words", &s->words, NULL },
		{ "tied-output", &s->tied, NULL },
		{ "threads", &s->threads, NULL },
		{ "updates", &s->updates, NULL },
		{ "skip", &s->skip, NULL },
		{ "verbose", &s->verbose, NULL },
		{ "dropout", NULL, &s->dropout },
		{ "label-smoothing", NULL, &s->smoothing },
		{ "clip", NULL, &s->clip },
		{ "learning-rate", NULL, &s->rate },
	};
	enum { N = sizeof numbers / sizeof *numbers };
	struct option options[N + 3] = { { NULL, 0, NULL, 0 } };
	for (int i = 0; i < N; i++) {
		int is_flag = numbers[i].integer == &s->tied || numbers[i].integer == &s->verbose;
		options[i] = (struct option){ numbers[i].name,
			                      is_flag ? no_argument : required_argument, NULL, i };
	}
	options[N] = (struct option){ "isa", required_argument, NULL, N };
	options[N + 1] = (struct option){ "help", no_argument, NULL, N + 1 };
	for (int i; (i = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		if (i == N) {
			s->isa = optarg;
		} else if (i < 0 || i > N) {
			puts("bench-training [OPTIONS] BATCHES.jsonl; options (--tied-output and "
			     "--verbose take no value):");
			for (int k = 0; k <= N; k++)
				printf("  --%s\n", options[k].name);
			exit(i > N ? 0 : 2);
		} else if (numbers[i].real != NULL) {
			*numbers[i].real = atof(optarg);
		} else {
			*numbers[i].integer = optarg == NULL ? 1 : strtoul(optarg, NULL, 10);
		}
	}
	if (optind + 1 != argc || s->updates < 1 || s->updates > MAX_UPDATES || s->threads < 1)
		bench_die("one file of batches is wanted; see --help");
	s->path = argv[optind];
}

/* --- Batches ------------------------------------------------------------------ */

static void side_read(const json_t *side, size_t words, const int32_t *const **ids,
                      const size_t **counts)
{
	size_t n = json_array_size(side);
	const int32_t **rows = bench_need(calloc(n + 1, sizeof *rows));
	size_t *lengths = bench_need(calloc(n + 1, sizeof *lengths));
	for (size_t i = 0; i < n; i++) {
		const json_t *sentence = json_array_get(side, i);
		int32_t *row = bench_need(calloc(json_array_size(sentence) + 1, sizeof *row));
		lengths[i] = json_array_size(sentence);
		for (size_t j = 0; j < lengths[i]; j++) {
			json_int_t id = json_integer_value(json_array_get(sentence, j));
			if (id < 0 || (size_t)id >= words)
				bench_die("an id is not below --words");
			row[j] = (int32_t)id;
		}
		if (lengths[i] == 0)
			bench_die("an empty sentence");
		rows[i] = row;
	}
	*ids = rows;
	*counts = lengths;
}

static void batches_read(struct training_bench *b)
{
	FILE *f = fopen(b->s.path, "r");
	json_t *line;
	if (f == NULL)
		bench_die("cannot open the file of batches");
	while (b->n_batches < MAX_BATCHES &&
	       (line = json_loadf(f, JSON_DISABLE_EOF_CHECK, NULL)) != NULL) {
		struct tj_batch *batch = &b->batches[b->n_batches++];
		const json_t *source = json_object_get(line, "source");
		const json_t *target = json_object_get(line, "target");
		batch->n = json_array_size(source);
		if (batch->n == 0 || batch->n != json_array_size(target))
			bench_die("a batch without as many sources as targets");
		side_read(source, b->s.words, &batch->source, &batch->n_source);
		side_read(target, b->s.words, &batch->target, &batch->n_target);
		json_decref(line);
	}
	fclose(f);
	if (b->n_batches == 0)
		bench_die("no batch");
}

static void batches_free(struct training_bench *b)
{
	for (size_t i = 0; i < b->n_batches; i++) {
		struct tj_batch *batch = &b->batches[i];
		for (size_t k = 0; k < batch->n; k++) {
			free((void *)batch->source[k]);
			free((void *)batch->target[k]);
		}
		free((void *)batch->source);
		free((void *)batch->target);
		free((void *)batch->n_source);
		free((void *)batch->n_target);
	}
}

/* --- Work --------------------------------------------------------------------- */

/* Floating-point operations of the products of one update: two per multiply-add, once forward and
 * twice backward. */
static double operations(const struct tj_config *c, const struct tj_batch *batch)
{
	double e = (double)c->embedding_size, h = (double)c->hidden_size, source, target, sum = 0;
	double units = (double)tj_config_encoder_units(c), r = (double)c->readout_size;
	double out = r > 0 ? r : 2 * h;
	source = h * h; /* the keys of the attention */
	for (size_t k = 0; k < c->encoder_layers; k++)
		source += (c->bidirectional ? 2 : 1) * 4 * units * ((k == 0 ? e : h) + units);
	target = 2 * h * r + out * (double)c->target_words;
	for (size_t k = 0; k < c->decoder_layers; k++)
		target += 4 * h * ((k == 0 ? e : h) + h);
	for (size_t i = 0; i < batch->n; i++) {
		double s = (double)batch->n_source[i], t = (double)batch->n_target[i];
		sum += s * source + t * target + 2 * s * t * h;
	}
	return 2 * 3 * sum;
}

/* Floating-point operations per second of `threads` cores that only do multiply-adds. */
static double peak(const struct training_bench *b)
{
	double best = 0;
	for (int turn = 0; turn < 5; turn++) {
		double done = 0, start = bench_now();
#pragma omp parallel num_threads((int)b->s.threads) reduction(+ : done)
		{
			float sink = 0;
			for (int i = 0; i < 100; i++)
				done += b->kernels->fma_peak(100000, &sink);
		}
		double rate = done / (bench_now() - start);
		best = rate > best ? rate : best;
	}
	return best;
}

static void bench_open(struct training_bench *b)
{
	struct tj_error err = { 0 };
	const struct training_settings *s = &b->s;
	b->config = (struct tj_config){
		.cell = TJ_LSTM,
		.embedding_size = s->embedding,
		.hidden_size = s->hidden,
		.encoder_layers = s->encoder_layers,
		.decoder_layers = s->decoder_layers,
		.bidirectional = 1,
		.attention = TJ_GENERAL,
		.readout_size = s->readout,
		.source_eos = 1,
		.source_words = s->words,
		.target_words = s->words,
		.tied_output = (int)s->tied,
	};
	struct tj_optimizer_options o = {
		.kind = TJ_ADAM,
		.learning_rate = s->rate,
		.clip = s->clip,
		.beta1 = 0.9,
		.beta2 = 0.999,
		.epsilon = 1e-8,
		.n_threads = s->threads,
	};
	b->kernels = tj_kernels_select(s->isa, &err);
	if (b->kernels == NULL || tj_parameters_open(&b->p, &b->config, &err) != TRUJAMAN_OK)
		bench_die(err.text);
	tj_parameters_init(&b->p, &b->config, 1);
	b->net = tj_network_open(&b->config, &b->p, b->kernels, BOS, EOS, s->threads, &err);
	if (b->net == NULL || tj_optimizer_open(&b->optimizer, &o, b->kernels, b->p.n_floats,
	                                        b->p.values, &err) != TRUJAMAN_OK)
		bench_die(err.text);
	b->gradients = bench_need(tj_alloc_table(b->p.n_floats, sizeof *b->gradients));
}

static void bench_close(struct training_bench *b)
{
	tj_free(b->gradients);
	tj_optimizer_free(&b->optimizer);
	tj_network_close(b->net);
	tj_parameters_free(&b->p);
	batches_free(b);
}

static struct tj_loss update(struct training_bench *b, const struct tj_batch *batch, uint64_t seed)
{
	struct tj_error err = { 0 };
	struct tj_loss loss;
	struct tj_noise noise = { .dropout = (float)b->s.dropout,
		                  .label_smoothing = (float)b->s.smoothing,
		                  .seed = seed };
	if (tj_network_run(b->net, b->p.values, batch, &noise, b->gradients, &loss, &err) !=
	    TRUJAMAN_OK)
		bench_die(err.text);
	double norm = tj_optimizer_norm(&b->optimizer, b->gradients);
	tj_optimizer_step(&b->optimizer, b->p.values, b->gradients, norm);
	return loss;
}

int main(int argc, char **argv)
{
	static struct training_bench b = { .s = { .embedding = 256,
		                                  .hidden = 512,
		                                  .encoder_layers = 2,
		                                  .decoder_layers = 2,
		                                  .readout = 256,
		                                  .words = 8000,
		                                  .threads = 2,
		                                  .updates = 20,
		                                  .skip = 3,
		                                  .dropout = 0.2,
		                                  .smoothing = 0.1,
		                                  .clip = 1,
		                                  .rate = 1e-3 } };
	static double rates[MAX_UPDATES], work[MAX_UPDATES];
	struct rusage usage;
	settings_read(&b.s, argc, argv);
	batches_read(&b);
	bench_open(&b);
	for (size_t i = 0; i < b.s.skip + b.s.updates; i++) {
		const struct tj_batch *batch = &b.batches[i % b.n_batches];
		double start = bench_now();
		struct tj_loss loss = update(&b, batch, i);
		double seconds = bench_now() - start;
		if (b.s.verbose)
			printf("update %zu: loss %.4f, %zu pieces, %.3f s\n", i,
			       loss.loss / (double)loss.n_pieces, loss.n_pieces, seconds);
		if (i < b.s.skip)
			continue;
		rates[i - b.s.skip] = (double)loss.n_pieces / seconds;
		work[i - b.s.skip] = operations(&b.config, batch) / seconds;
	}
	double most = peak(&b), done = bench_median(work, b.s.updates);
	getrusage(RUSAGE_SELF, &usage);
	printf("trujaman %.0f target pieces/s, %zu threads, %zu parameters, peak %ld MiB, %s: "
	       "%.1f of %.1f GFLOP/s, %.0f %%\n",
	       bench_median(rates, b.s.updates), b.s.threads, b.p.n_trained, usage.ru_maxrss / 1024,
	       b.kernels->name, done / 1e9, most / 1e9, 100 * done / most);
	bench_close(&b);
	return 0;
}
