/* SPDX-License-Identifier: MIT */
/* The reference network in float64: encoder, attention, decoder and loss, one sentence pair at a
 * time. */
#include "reference_network.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef double vector[REFERENCE_WIDTH];

struct layer {
	enum tj_cell cell;
	size_t in, units;
	const double *w_ih, *w_hh, *b_ih, *b_hh;
	const double *gain; /* NULL: no layer normalisation */
};

struct state {
	vector h[REFERENCE_LAYERS], c[REFERENCE_LAYERS];
};

struct memory {
	size_t n;
	vector at[REFERENCE_STEPS];
};

/* Returns the values of a tensor, or NULL if the model does not have it. */
static const double *tensor(const struct reference *r, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static const double *tensor(const struct reference *r, const char *format, ...)
{
	char name[64];
	va_list args;
	va_start(args, format);
	vsnprintf(name, sizeof name, format, args);
	va_end(args);
	const struct tj_parameter *p = tj_parameters_find(r->layout, name);
	return p != NULL ? r->values + p->offset : NULL;
}

static double dot(size_t n, const double *a, const double *b)
{
	double sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += a[i] * b[i];
	return sum;
}

/* y = W x + b; b may be NULL. */
static void affine(size_t rows, size_t columns, const double *w, const double *b, const double *x,
                   double *y)
{
	for (size_t i = 0; i < rows; i++)
		y[i] = dot(columns, w + i * columns, x) + (b != NULL ? b[i] : 0);
}

static double sigmoid(double x)
{
	return 1 / (1 + exp(-x));
}

/* --- Cells ----------------------------------------------------------------- */

static struct layer layer_of(const struct reference *r, const char *side, size_t k,
                             const char *suffix, size_t in, size_t units)
{
	return (struct layer){
		r->config->cell,
		in,
		units,
		tensor(r, "%s.rnn.weight_ih_l%zu%s", side, k, suffix),
		tensor(r, "%s.rnn.weight_hh_l%zu%s", side, k, suffix),
		tensor(r, "%s.rnn.bias_ih_l%zu%s", side, k, suffix),
		tensor(r, "%s.rnn.bias_hh_l%zu%s", side, k, suffix),
		tensor(r, "%s.rnn.weight_ln_l%zu%s", side, k, suffix),
	};
}

/* gain (p - mean p) / sqrt(var p + 1e-5), in place. */
static void normalise(size_t n, const double *gain, double *p)
{
	double mean = 0, variance = 0;
	for (size_t i = 0; i < n; i++)
		mean += p[i] / (double)n;
	for (size_t i = 0; i < n; i++)
		variance += (p[i] - mean) * (p[i] - mean) / (double)n;
	for (size_t i = 0; i < n; i++)
		p[i] = gain[i] * (p[i] - mean) / sqrt(variance + 1e-5);
}

/* The sums of the gates of a normalised layer: from_x and from_h get parts that add up to them, and
 * for a GRU's candidate the two that stay apart. */
static void normalised_sums(const struct layer *l, const double *x, const double *h, double *from_x,
                            double *from_h)
{
	size_t n = l->units, gates = l->cell == TJ_LSTM ? 4 : 3, joint = l->cell == TJ_LSTM ? 4 : 2;
	affine(gates * n, l->in, l->w_ih, NULL, x, from_x);
	affine(gates * n, n, l->w_hh, NULL, h, from_h);
	for (size_t g = 0; g < joint; g++) {
		for (size_t j = g * n; j < (g + 1) * n; j++) {
			from_x[j] += from_h[j];
			from_h[j] = 0;
		}
		normalise(n, l->gain + g * n, from_x + g * n);
	}
	if (l->cell == TJ_GRU) {
		normalise(n, l->gain + 2 * n, from_x + 2 * n);
		normalise(n, l->gain + 3 * n, from_h + 2 * n);
	}
	for (size_t j = 0; j < gates * n; j++) {
		from_x[j] += l->b_ih[j];
		from_h[j] += l->b_hh[j];
	}
}

/* Runs one step of a cell: updates h and c in place. */
static void step(const struct layer *l, const double *x, double *h, double *c)
{
	double from_x[4 * REFERENCE_WIDTH], from_h[4 * REFERENCE_WIDTH];
	size_t n = l->units, gates = l->cell == TJ_LSTM ? 4 : 3;
	if (l->gain != NULL) {
		normalised_sums(l, x, h, from_x, from_h);
	} else {
		affine(gates * n, l->in, l->w_ih, l->b_ih, x, from_x);
		affine(gates * n, n, l->w_hh, l->b_hh, h, from_h);
	}
	for (size_t j = 0; j < n; j++) {
		if (l->cell == TJ_LSTM) {
			double in = sigmoid(from_x[j] + from_h[j]);
			double forget = sigmoid(from_x[n + j] + from_h[n + j]);
			double new = tanh(from_x[2 * n + j] + from_h[2 * n + j]);
			double out = sigmoid(from_x[3 * n + j] + from_h[3 * n + j]);
			c[j] = forget * c[j] + in * new;
			h[j] = out * tanh(c[j]);
		} else {
			double reset = sigmoid(from_x[j] + from_h[j]);
			double keep = sigmoid(from_x[n + j] + from_h[n + j]);
			double new = tanh(from_x[2 * n + j] + reset * from_h[2 * n + j]);
			h[j] = (1 - keep) * new + keep *h[j];
		}
	}
}

/* --- Encoder --------------------------------------------------------------- */

/* Runs one direction of a layer. Writes the units from `first` on of every output, and its last
 * state to the same units of h and c. */
static void run_direction(const struct layer *l, int reverse, size_t first, const struct memory *x,
                          struct memory *out, double *h, double *c)
{
	memset(h + first, 0, l->units * sizeof *h);
	memset(c + first, 0, l->units * sizeof *c);
	for (size_t i = 0; i < x->n; i++) {
		size_t t = reverse ? x->n - 1 - i : i;
		step(l, x->at[t], h + first, c + first);
		memcpy(out->at[t] + first, h + first, l->units * sizeof *h);
	}
}

/* Encodes a sentence: m gets the outputs of the top layer, `start` the initial states of the
 * decoder's layers. */
static void encode(const struct reference *r, const int32_t *ids, size_t n, struct memory *m,
                   struct state *start)
{
	const struct tj_config *c = r->config;
	size_t units = c->bidirectional ? c->hidden_size / 2 : c->hidden_size;
	size_t skipped = c->encoder_layers - c->decoder_layers;
	const double *embedding = tensor(r, "encoder.embedding.weight");
	if (embedding == NULL)
		embedding = tensor(r, "decoder.embedding.weight");
	m->n = n;
	for (size_t t = 0; t < n; t++)
		memcpy(m->at[t], embedding + (size_t)ids[t] * c->embedding_size,
		       c->embedding_size * sizeof *embedding);
	for (size_t k = 0; k < c->encoder_layers; k++) {
		struct memory out = { .n = n };
		vector h, cell;
		size_t in = k == 0 ? c->embedding_size : c->hidden_size;
		struct layer l = layer_of(r, "encoder", k, "", in, units);
		run_direction(&l, 0, 0, m, &out, h, cell);
		if (c->bidirectional) {
			l = layer_of(r, "encoder", k, "_reverse", in, units);
			run_direction(&l, 1, units, m, &out, h, cell);
		}
		for (size_t t = 0; t < n && tj_config_is_residual(c, k); t++)
			for (size_t j = 0; j < c->hidden_size; j++)
				out.at[t][j] += m->at[t][j];
		*m = out;
		if (k >= skipped) {
			memcpy(start->h[k - skipped], h, sizeof h);
			memcpy(start->c[k - skipped], cell, sizeof cell);
		}
	}
}

/* --- Attention ------------------------------------------------------------- */

static double activate(enum tj_activation g, double x)
{
	return g == TJ_TANH ? tanh(x) : g == TJ_SIGMOID ? sigmoid(x) : x > 0 ? x : 0;
}

/* The score of head `head`, whose slice of queries and keys has n numbers from `first` on. */
static double additive_score(const struct reference *r, size_t first, size_t n, const double *q,
                             const double *m)
{
	const struct tj_config *c = r->config;
	const double *b = tensor(r, "attention.bias"), *v = tensor(r, "attention.v");
	vector from_q, from_m;
	double sum = 0;
	affine(c->attention_size, c->hidden_size, tensor(r, "attention.query.weight"), NULL, q,
	       from_q);
	affine(c->attention_size, c->hidden_size, tensor(r, "attention.key.weight"), b, m, from_m);
	for (size_t i = first; i < first + n; i++)
		sum += v[i] * activate(c->attention_activation, from_q[i] + from_m[i]);
	return sum;
}

static double score(const struct reference *r, size_t head, const double *q, const double *m)
{
	size_t h = r->config->hidden_size, heads = tj_config_heads(r->config);
	size_t n = h / heads, first = head * n, a = r->config->attention_size / heads;
	const double *w = tensor(r, "attention.weight");
	vector key = { 0 };
	switch (r->config->attention) {
	case TJ_DOT:
		return dot(n, q + first, m + first);
	case TJ_COSINE:
		q += first;
		m += first;
		return dot(n, q, m) / sqrt(dot(n, q, q) * dot(n, m, m));
	case TJ_GENERAL:
		for (size_t i = 0; i < h; i++)
			for (size_t j = 0; j < h; j++)
				key[j] += w[i * h + j] * m[i];
		return dot(n, q + first, key + first);
	case TJ_ADDITIVE:
		return additive_score(r, head * a, a, q, m);
	case TJ_ATTENTION_NONE:
		break;
	}
	abort();
}

/* `shares` [m->n] get the mean over the heads. */
static void attend(const struct reference *r, const double *q, const struct memory *m,
                   double *context, double *shares)
{
	const double *scale = tensor(r, "attention.scale");
	size_t heads = tj_config_heads(r->config), width = r->config->hidden_size / heads;
	memset(context, 0, sizeof(vector));
	memset(shares, 0, m->n * sizeof *shares);
	for (size_t head = 0; head < heads; head++) {
		double share[REFERENCE_STEPS], largest = -INFINITY, sum = 0;
		for (size_t i = 0; i < m->n; i++) {
			share[i] = score(r, head, q, m->at[i]) * (scale != NULL ? *scale : 1);
			largest = fmax(largest, share[i]);
		}
		for (size_t i = 0; i < m->n; i++)
			sum += share[i] = exp(share[i] - largest);
		for (size_t i = 0; i < m->n; i++) {
			shares[i] += share[i] / sum / (double)heads;
			for (size_t j = head * width; j < (head + 1) * width; j++)
				context[j] += share[i] / sum * m->at[i][j];
		}
	}
}

/* --- Decoder --------------------------------------------------------------- */

static void add_loss(size_t n_words, const double *logits, int32_t target, double smoothing,
                     struct tj_loss *loss)
{
	double largest = -INFINITY, sum = 0, mean = 0;
	for (size_t i = 0; i < n_words; i++)
		largest = fmax(largest, logits[i]);
	for (size_t i = 0; i < n_words; i++)
		sum += exp(logits[i] - largest);
	double total = largest + log(sum), nll = total - logits[target];
	for (size_t i = 0; i < n_words; i++)
		mean += (total - logits[i]) / (double)n_words;
	loss->nll += nll;
	loss->loss += (1 - smoothing) * nll + smoothing * mean;
	loss->n_pieces++;
}

static void add_alignment(const struct tj_batch *b, size_t sentence, size_t t, const double *shares,
                          struct tj_loss *loss)
{
	double sum = 0;
	size_t n = 0;
	for (size_t k = 0; b->links != NULL && k < b->n_links[sentence]; k++)
		if (b->links[sentence][k].target == t) {
			sum -= log(shares[b->links[sentence][k].source]);
			n++;
		}
	if (n == 0)
		return;
	loss->alignment += sum / (double)n;
	loss->n_aligned++;
}

/* Runs one step of all layers. `fed` has the n_fed numbers that layer 0 reads after the
 * embedding; so do the others with context_to_all. `top` gets what the top layer hands on. */
static void advance(const struct reference *r, struct state *s, int32_t last, const double *fed,
                    size_t n_fed, double *top)
{
	const struct tj_config *c = r->config;
	size_t h = c->hidden_size, n = c->embedding_size;
	double x[2 * REFERENCE_WIDTH];
	memcpy(x, tensor(r, "decoder.embedding.weight") + (size_t)last * n, n * sizeof *x);
	for (size_t k = 0; k < c->decoder_layers; k++) {
		size_t more = k == 0 || c->context_to_all ? n_fed : 0;
		struct layer l = layer_of(r, "decoder", k, "", n + more, h);
		memcpy(x + n, fed, more * sizeof *x);
		step(&l, x, s->h[k], s->c[k]);
		for (size_t j = 0; j < h; j++)
			x[j] = s->h[k][j] + (tj_config_is_residual(c, k) ? x[j] : 0);
		n = h;
	}
	memcpy(top, x, h * sizeof *x);
}

/* Computes the logits from z = [context ; s]. `out` (of size R, or of the size of z) gets the
 * input of the output layer. */
static void put_out(const struct reference *r, const double *context, const double *s, double *out,
                    double *logits)
{
	const struct tj_config *c = r->config;
	const double *output = tensor(r, "output.weight");
	double z[2 * REFERENCE_WIDTH];
	size_t n = 0, h = c->hidden_size;
	if (c->attention != TJ_ATTENTION_NONE) {
		memcpy(z, context, h * sizeof *z);
		n = h;
	}
	memcpy(z + n, s, h * sizeof *z);
	n += h;
	memcpy(out, z, n * sizeof *z);
	if (c->readout_size > 0) {
		affine(c->readout_size, n, tensor(r, "readout.weight"), tensor(r, "readout.bias"),
		       z, out);
		n = c->readout_size;
		for (size_t i = 0; i < n && !c->readout_linear; i++)
			out[i] = tanh(out[i]);
	}
	if (output == NULL)
		output = tensor(r, "decoder.embedding.weight");
	affine(c->target_words, n, output, tensor(r, "output.bias"), out, logits);
}

static void decode(const struct reference *r, const struct memory *m, struct state *state,
                   const struct tj_batch *b, size_t sentence, double smoothing,
                   struct tj_loss *loss)
{
	const struct tj_config *c = r->config;
	const int32_t *target = b->target[sentence];
	double shares[REFERENCE_STEPS], out[2 * REFERENCE_WIDTH], logits[REFERENCE_WORDS];
	vector context = { 0 }, fed = { 0 }, s;
	size_t top = c->decoder_layers - 1;
	size_t n_fed = c->readout_size > 0 && c->input_feeding ? c->readout_size
	               : c->input_feeding || c->query_previous ? c->hidden_size
	                                                       : 0;
	if (c->attention == TJ_ATTENTION_NONE)
		n_fed = 0;
	for (size_t t = 0; t < b->n_target[sentence]; t++) {
		int32_t last = t == 0 ? r->start : target[t - 1];
		if (c->attention != TJ_ATTENTION_NONE && c->query_previous) {
			attend(r, state->h[top], m, context, shares);
			memcpy(fed, context, sizeof fed);
		}
		advance(r, state, last, fed, n_fed, s);
		if (c->attention != TJ_ATTENTION_NONE && !c->query_previous)
			attend(r, s, m, context, shares);
		if (c->attention != TJ_ATTENTION_NONE)
			add_alignment(b, sentence, t, shares, loss);
		put_out(r, context, s, out, logits);
		add_loss(c->target_words, logits, target[t], smoothing, loss);
		if (c->input_feeding)
			memcpy(fed, c->readout_size > 0 ? out : context, n_fed * sizeof *fed);
	}
}

struct tj_loss reference_run(const struct reference *r, const struct tj_batch *batch,
                             double smoothing)
{
	const struct tj_config *c = r->config;
	struct tj_loss loss = { 0 };
	assert(c->hidden_size <= REFERENCE_WIDTH && c->embedding_size <= REFERENCE_WIDTH);
	assert(c->readout_size <= REFERENCE_WIDTH && c->attention_size <= REFERENCE_WIDTH);
	assert(c->encoder_layers <= REFERENCE_LAYERS && c->target_words <= REFERENCE_WORDS);
	for (size_t i = 0; i < batch->n; i++) {
		struct memory m;
		struct state state;
		assert(batch->n_source[i] <= REFERENCE_STEPS);
		encode(r, batch->source[i], batch->n_source[i], &m, &state);
		decode(r, &m, &state, batch, i, smoothing, &loss);
	}
	return loss;
}
