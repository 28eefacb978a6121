/* SPDX-License-Identifier: MIT */
/* The parameter block: which tensors a configuration has (docs/MODEL.md), where they are, and
 * their initial values. */
#include <math.h>
#include <string.h>

#include "src/base/memory.h"
#include "src/train/net/parameters.h"
#include "support.h"

TestSuite(parameters, .init = test_start);

struct tensor {
	const char *name;
	size_t rank, n_rows, n_columns;
};

/* Two encoder and two decoder layers, input feeding, and everything but tied embeddings. */
static const struct tj_config general = {
	.cell = TJ_LSTM,
	.embedding_size = 12,
	.hidden_size = 20,
	.encoder_layers = 2,
	.decoder_layers = 2,
	.bidirectional = 1,
	.attention = TJ_GENERAL,
	.input_feeding = 1,
	.readout_size = 12,
	.source_words = 23,
	.target_words = 21,
	.tied_output = 1,
	.attention_scale = 1,
};
static const struct tensor general_tensors[] = {
	{ "encoder.embedding.weight", 2, 23, 12 },
	{ "decoder.embedding.weight", 2, 21, 12 },
	{ "encoder.rnn.weight_ih_l0", 2, 40, 12 },
	{ "encoder.rnn.weight_hh_l0", 2, 40, 10 },
	{ "encoder.rnn.bias_ih_l0", 1, 40, 1 },
	{ "encoder.rnn.bias_hh_l0", 1, 40, 1 },
	{ "encoder.rnn.weight_ih_l0_reverse", 2, 40, 12 },
	{ "encoder.rnn.weight_hh_l0_reverse", 2, 40, 10 },
	{ "encoder.rnn.bias_ih_l0_reverse", 1, 40, 1 },
	{ "encoder.rnn.bias_hh_l0_reverse", 1, 40, 1 },
	{ "encoder.rnn.weight_ih_l1", 2, 40, 20 },
	{ "encoder.rnn.weight_hh_l1", 2, 40, 10 },
	{ "encoder.rnn.bias_ih_l1", 1, 40, 1 },
	{ "encoder.rnn.bias_hh_l1", 1, 40, 1 },
	{ "encoder.rnn.weight_ih_l1_reverse", 2, 40, 20 },
	{ "encoder.rnn.weight_hh_l1_reverse", 2, 40, 10 },
	{ "encoder.rnn.bias_ih_l1_reverse", 1, 40, 1 },
	{ "encoder.rnn.bias_hh_l1_reverse", 1, 40, 1 },
	{ "decoder.rnn.weight_ih_l0", 2, 80, 24 },
	{ "decoder.rnn.weight_hh_l0", 2, 80, 20 },
	{ "decoder.rnn.bias_ih_l0", 1, 80, 1 },
	{ "decoder.rnn.bias_hh_l0", 1, 80, 1 },
	{ "decoder.rnn.weight_ih_l1", 2, 80, 20 },
	{ "decoder.rnn.weight_hh_l1", 2, 80, 20 },
	{ "decoder.rnn.bias_ih_l1", 1, 80, 1 },
	{ "decoder.rnn.bias_hh_l1", 1, 80, 1 },
	{ "attention.weight", 2, 20, 20 },
	{ "attention.scale", 1, 1, 1 },
	{ "readout.weight", 2, 12, 40 },
	{ "readout.bias", 1, 12, 1 },
	{ "output.bias", 1, 21, 1 },
	{ NULL, 0, 0, 0 },
};

static const struct tj_config additive = {
	.cell = TJ_GRU,
	.embedding_size = 10,
	.hidden_size = 9,
	.encoder_layers = 1,
	.decoder_layers = 1,
	.attention = TJ_ADDITIVE,
	.attention_size = 7,
	.query_previous = 1,
	.source_words = 30,
	.target_words = 31,
};
static const struct tensor additive_tensors[] = {
	{ "encoder.embedding.weight", 2, 30, 10 },
	{ "decoder.embedding.weight", 2, 31, 10 },
	{ "encoder.rnn.weight_ih_l0", 2, 27, 10 },
	{ "encoder.rnn.weight_hh_l0", 2, 27, 9 },
	{ "encoder.rnn.bias_ih_l0", 1, 27, 1 },
	{ "encoder.rnn.bias_hh_l0", 1, 27, 1 },
	{ "decoder.rnn.weight_ih_l0", 2, 27, 19 },
	{ "decoder.rnn.weight_hh_l0", 2, 27, 9 },
	{ "decoder.rnn.bias_ih_l0", 1, 27, 1 },
	{ "decoder.rnn.bias_hh_l0", 1, 27, 1 },
	{ "attention.query.weight", 2, 7, 9 },
	{ "attention.key.weight", 2, 7, 9 },
	{ "attention.bias", 1, 7, 1 },
	{ "attention.v", 1, 7, 1 },
	{ "output.weight", 2, 31, 18 },
	{ "output.bias", 1, 31, 1 },
	{ NULL, 0, 0, 0 },
};

/* Gains of every layer, and a context vector for all layers of the decoder. */
static const struct tj_config featured = {
	.cell = TJ_GRU,
	.embedding_size = 10,
	.hidden_size = 8,
	.encoder_layers = 2,
	.decoder_layers = 2,
	.attention = TJ_DOT,
	.query_previous = 1,
	.readout_size = 10,
	.source_words = 30,
	.target_words = 31,
	.tied_output = 1,
	.layer_norm = 1,
	.context_to_all = 1,
};
static const struct tensor featured_tensors[] = {
	{ "encoder.embedding.weight", 2, 30, 10 },
	{ "decoder.embedding.weight", 2, 31, 10 },
	{ "encoder.rnn.weight_ih_l0", 2, 24, 10 },
	{ "encoder.rnn.weight_hh_l0", 2, 24, 8 },
	{ "encoder.rnn.bias_ih_l0", 1, 24, 1 },
	{ "encoder.rnn.bias_hh_l0", 1, 24, 1 },
	{ "encoder.rnn.weight_ln_l0", 1, 32, 1 },
	{ "encoder.rnn.weight_ih_l1", 2, 24, 8 },
	{ "encoder.rnn.weight_hh_l1", 2, 24, 8 },
	{ "encoder.rnn.bias_ih_l1", 1, 24, 1 },
	{ "encoder.rnn.bias_hh_l1", 1, 24, 1 },
	{ "encoder.rnn.weight_ln_l1", 1, 32, 1 },
	{ "decoder.rnn.weight_ih_l0", 2, 24, 18 },
	{ "decoder.rnn.weight_hh_l0", 2, 24, 8 },
	{ "decoder.rnn.bias_ih_l0", 1, 24, 1 },
	{ "decoder.rnn.bias_hh_l0", 1, 24, 1 },
	{ "decoder.rnn.weight_ln_l0", 1, 32, 1 },
	{ "decoder.rnn.weight_ih_l1", 2, 24, 16 },
	{ "decoder.rnn.weight_hh_l1", 2, 24, 8 },
	{ "decoder.rnn.bias_ih_l1", 1, 24, 1 },
	{ "decoder.rnn.bias_hh_l1", 1, 24, 1 },
	{ "decoder.rnn.weight_ln_l1", 1, 32, 1 },
	{ "readout.weight", 2, 10, 16 },
	{ "readout.bias", 1, 10, 1 },
	{ "output.bias", 1, 31, 1 },
	{ NULL, 0, 0, 0 },
};

/* One matrix for all three word tables. */
static const struct tj_config tied = {
	.cell = TJ_LSTM,
	.embedding_size = 16,
	.hidden_size = 16,
	.encoder_layers = 1,
	.decoder_layers = 1,
	.source_words = 25,
	.target_words = 25,
	.tied_output = 1,
	.tied_embeddings = 1,
};
static const struct tensor tied_tensors[] = {
	{ "decoder.embedding.weight", 2, 25, 16 },
	{ "encoder.rnn.weight_ih_l0", 2, 64, 16 },
	{ "encoder.rnn.weight_hh_l0", 2, 64, 16 },
	{ "encoder.rnn.bias_ih_l0", 1, 64, 1 },
	{ "encoder.rnn.bias_hh_l0", 1, 64, 1 },
	{ "decoder.rnn.weight_ih_l0", 2, 64, 16 },
	{ "decoder.rnn.weight_hh_l0", 2, 64, 16 },
	{ "decoder.rnn.bias_ih_l0", 1, 64, 1 },
	{ "decoder.rnn.bias_hh_l0", 1, 64, 1 },
	{ "output.bias", 1, 25, 1 },
	{ NULL, 0, 0, 0 },
};

static struct tj_parameters open_parameters(const struct tj_config *c)
{
	struct tj_parameters p;
	struct tj_error err = { 0 };
	CHECK(tj_parameters_open(&p, c, &err) == TRUJAMAN_OK, "%s", err.text);
	return p;
}

static void check_tensors(const struct tj_config *c, const struct tensor *want)
{
	struct tj_parameters p = open_parameters(c);
	size_t n = 0, n_floats = 0, n_trained = 0;
	for (; want[n].name != NULL; n++) {
		CHECK(n < p.n, "%s is not there", want[n].name);
		const struct tj_parameter *t = &p.items[n];
		CHECK(strcmp(t->name, want[n].name) == 0, "%s, not %s", t->name, want[n].name);
		CHECK(t->rank == want[n].rank && t->n_rows == want[n].n_rows &&
		          t->n_columns == want[n].n_columns,
		      "%s [%zu, %zu]", t->name, t->n_rows, t->n_columns);
		CHECK(t->offset == n_floats, "%s begins at %zu, not %zu", t->name, t->offset,
		      n_floats);
		CHECK(tj_parameters_find(&p, t->name) == t, "%s is not found", t->name);
		n_trained += t->n_rows * t->n_columns;
		n_floats += tj_round_up(t->n_rows * t->n_columns, 16);
	}
	CHECK(p.n == n, "%s is too much", p.items[n].name);
	CHECK(p.n_floats == n_floats && p.n_trained == n_trained, "%zu floats, %zu trained",
	      p.n_floats, p.n_trained);
	CHECK((uintptr_t)p.values % 64 == 0, "%p", (void *)p.values);
	for (size_t i = 0; i < n_floats; i++)
		CHECK(test_bits(p.values[i]) == 0, "float %zu", i);
	static const char *const others[] = { "", "decoder.rnn", "output.bias_scale", "readout" };
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		CHECK(tj_parameters_find(&p, others[i]) == NULL, "found \"%s\"", others[i]);
	tj_parameters_free(&p);
	CHECK(p.items == NULL && p.values == NULL && p.n == 0, "not empty");
}

Test(parameters, tensors)
{
	check_tensors(&general, general_tensors);
	check_tensors(&additive, additive_tensors);
	check_tensors(&tied, tied_tensors);
	check_tensors(&featured, featured_tensors);
}

/* Readout and decoder input widths that the lists above do not cover. */
Test(parameters, widths)
{
	static const size_t fed[] = { 0, 9, 13 };
	for (size_t i = 0; i < 3; i++) {
		struct tj_config c = additive;
		c.query_previous = 0;
		c.input_feeding = i > 0;
		c.readout_size = i == 2 ? 13 : 0;
		struct tj_parameters p = open_parameters(&c);
		size_t in = tj_parameters_find(&p, "decoder.rnn.weight_ih_l0")->n_columns;
		size_t out = tj_parameters_find(&p, "output.weight")->n_columns;
		CHECK(in == 10 + fed[i], "%zu columns, fed %zu", in, fed[i]);
		CHECK(out == (i == 2 ? 13 : 18), "%zu columns", out);
		CHECK((tj_parameters_find(&p, "readout.weight") != NULL) == (i == 2), "readout");
		tj_parameters_free(&p);
	}
}

/* --- Starting values -------------------------------------------------------------------- */

/* Large enough for meaningful means and deviations, with padding everywhere. */
static struct tj_config large(struct tj_config c)
{
	c.embedding_size = 97;
	c.hidden_size = 82;
	c.attention_size = c.attention == TJ_ADDITIVE ? 2001 : 0;
	c.readout_size = 97;
	c.source_words = c.target_words = 301;
	return c;
}

/* Checks the mean, 0, and the deviation, each within 6 of its own standard deviations. No value
 * may exceed the limit, and the largest must not be far below it. Kurtosis: 1.8 for uniform
 * numbers, 3 for normal ones. */
static void check_spread(const char *name, const float *x, size_t n, double limit, double deviation,
                         double kurtosis)
{
	double sum = 0, squares = 0, most = 0;
	for (size_t i = 0; i < n; i++) {
		sum += (double)x[i];
		squares += (double)x[i] * (double)x[i];
		most = fmax(most, fabs((double)x[i]));
	}
	double mean = sum / (double)n / deviation;
	double square = squares / (double)n / deviation / deviation;
	CHECK(n >= 1600, "%s has %zu numbers", name, n);
	CHECK(fabs(mean) <= 6 / sqrt((double)n), "%s: mean %g deviations", name, mean);
	CHECK(fabs(square - 1) <= 6 * sqrt((kurtosis - 1) / (double)n), "%s: square %g", name,
	      square);
	CHECK(most <= limit * 1.000001 && most >= limit * 0.55, "%s: up to %g, limit %g", name,
	      most, limit);
}

static void check_uniform(const struct tj_parameter *t, const float *x, double limit)
{
	check_spread(t->name, x, t->n_rows * t->n_columns, limit, limit / sqrt(3), 1.8);
}

static void check_constant(const struct tj_parameter *t, const float *x, size_t from, size_t to,
                           float want)
{
	for (size_t i = from; i < to; i++)
		CHECK(x[i] == want, "%s: number %zu is %g", t->name, i, (double)x[i]);
}

static void check_vector(const struct tj_parameter *t, const struct tj_config *c, const float *x)
{
	size_t units = t->n_rows / tj_config_gates(c);
	if (strcmp(t->name, "attention.v") == 0) {
		check_uniform(t, x, sqrt(6.0 / (double)(t->n_rows + 1)));
	} else if (strcmp(t->name, "attention.scale") == 0 ||
	           strstr(t->name, "weight_ln") != NULL) {
		check_constant(t, x, 0, t->n_rows, 1);
	} else if (c->cell == TJ_LSTM && strstr(t->name, "bias_ih") != NULL) {
		check_constant(t, x, 0, units, 0);
		check_constant(t, x, units, 2 * units, 1);
		check_constant(t, x, 2 * units, t->n_rows, 0);
	} else {
		check_constant(t, x, 0, t->n_rows, 0);
	}
}

static void check_start(const struct tj_parameter *t, const struct tj_config *c, const float *x)
{
	double rows = (double)t->n_rows, columns = (double)t->n_columns;
	double gates = (double)tj_config_gates(c), normal = 1 / sqrt((double)c->embedding_size);
	if (t->rank == 1)
		check_vector(t, c, x);
	else if (strstr(t->name, "embedding") != NULL)
		check_spread(t->name, x, t->n_rows * t->n_columns, 6 * normal, normal, 3);
	else if (strstr(t->name, "weight_hh") != NULL)
		check_uniform(t, x, 1 / sqrt(columns));
	else if (strstr(t->name, "weight_ih") != NULL)
		check_uniform(t, x, sqrt(6 / (rows / gates + columns)));
	else
		check_uniform(t, x, sqrt(6 / (rows + columns)));
	for (size_t i = t->n_rows * t->n_columns; i % 16 != 0; i++)
		CHECK(test_bits(x[i]) == 0, "%s: padding", t->name);
}

Test(parameters, starting_values)
{
	const struct tj_config configs[] = { large(general), large(additive), large(tied),
		                             large(featured) };
	for (size_t i = 0; i < sizeof configs / sizeof *configs; i++) {
		struct tj_parameters p = open_parameters(&configs[i]);
		memset(p.values, 0x55, p.n_floats * sizeof *p.values);
		tj_parameters_init(&p, &configs[i], 5);
		for (size_t t = 0; t < p.n; t++)
			check_start(&p.items[t], &configs[i], p.values + p.items[t].offset);
		tj_parameters_free(&p);
	}
}

/* The seed determines the values, tensors of the same shape differ, and old content does not
 * matter. */
Test(parameters, seeds)
{
	struct tj_config c = general;
	struct tj_parameters a = open_parameters(&c), b = open_parameters(&c);
	tj_parameters_init(&a, &c, 7);
	tj_parameters_init(&b, &c, 8);
	for (size_t i = 0; i < a.n; i++) {
		const struct tj_parameter *t = &a.items[i];
		size_t bytes = t->n_rows * t->n_columns * sizeof(float);
		CHECK(t->rank == 1 || memcmp(a.values + t->offset, b.values + t->offset, bytes),
		      "%s with another seed", t->name);
		for (size_t j = 0; j < i; j++)
			CHECK(t->rank == 1 || t->n_columns != a.items[j].n_columns ||
			          t->n_rows != a.items[j].n_rows ||
			          memcmp(a.values + t->offset, a.values + a.items[j].offset, bytes),
			      "%s and %s", t->name, a.items[j].name);
	}
	tj_parameters_init(&b, &c, 7);
	CHECK(memcmp(a.values, b.values, a.n_floats * sizeof *a.values) == 0, "the same seed");
	tj_parameters_free(&a);
	tj_parameters_free(&b);
}
