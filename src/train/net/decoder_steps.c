/* SPDX-License-Identifier: MIT */
/* A decoder whose attention feeds back into its steps: the query is the state before the
 * step, or the decoder has input feeding. A block of sentences runs step by step through
 * layers, attention and readout. The backward pass takes the steps in the opposite order. */
#include "src/train/net/decoder_steps.h"

#include <string.h>

#include "src/train/net/attend.h"
#include "src/train/net/readout.h"
#include "src/train/net/state.h"

enum { MOST = 48 };

struct steps {
	struct tj_network *net;
	size_t block;
};

/* The rows [row, row + n) of step t; their sentences are at places first … first + n - 1. */
struct step_rows {
	size_t t, first, row, n;
	float *scratch;
};

void tj_decode_join(struct tj_network *net, size_t layer, size_t row, size_t n)
{
	struct tj_decoding *d = &net->decoding;
	if (!tj_config_is_residual(&net->config, layer))
		return;
	size_t pad = d->layers[layer].pad;
	const float *below = tj_network_handed_on(net, layer - 1);
	for (size_t i = row * pad; i < (row + n) * pad; i++)
		d->joined[i] = d->layers[layer].out[i] + below[i];
}

void tj_decode_join_backward(struct tj_network *net, size_t layer, size_t row, size_t n)
{
	struct tj_decoding *d = &net->decoding;
	if (!tj_config_is_residual(&net->config, layer))
		return;
	size_t pad = d->layers[layer].pad;
	for (size_t i = row * pad; i < (row + n) * pad; i++)
		d->layers[layer - 1].d_out[i] += d->layers[layer].d_out[i];
}

/* The one query of row m of a step. */
static struct tj_asking asking(const struct tj_network *net, const struct step_rows *s, size_t m)
{
	const struct tj_decoding *d = &net->decoding;
	const struct tj_attending *a = &net->attention;
	size_t i = net->target.sentence[s->first + m], query = d->first[i] + s->t;
	return (struct tj_asking){ i,
		                   1,
		                   s->t,
		                   query,
		                   d->queries + query * a->key_pad,
		                   d->shares + d->first_share[i] +
		                       s->t * a->heads * tj_attending_positions(a, i),
		                   s->scratch };
}

static void attend_one(struct tj_network *net, const struct step_rows *s, size_t m,
                       const float *state)
{
	struct tj_decoding *d = &net->decoding;
	const struct tj_attending *a = &net->attention;
	const struct tj_asking q = asking(net, s, m);
	tj_attending_query(a, 1, &state, d->queries + q.first * a->key_pad,
	                   d->query_lengths + q.first * a->heads);
	tj_attend(a, &q, d->contexts + (s->row + m) * a->pad);
}

static void attend_one_backward(struct tj_network *net, const struct step_rows *s, size_t m,
                                float *d_state)
{
	struct tj_decoding *d = &net->decoding;
	const struct tj_attending *a = &net->attention;
	const struct tj_asking q = asking(net, s, m);
	float *d_q = d->d_queries + q.first * a->key_pad;
	tj_attend_backward(a, &q, d->d_contexts + (s->row + m) * a->pad, d_q);
	tj_attending_query_backward(a, 1, q.queries, d->query_lengths + q.first * a->heads, d_q,
	                            d_state);
}

static int feeds_readout(const struct tj_network *net)
{
	return net->config.input_feeding && net->readout.size > 0;
}

/* Sets what the first layer, or every layer, is fed: the context of this step if the query is the
 * previous state, otherwise the readout (or context) of the step before, zeros at the first
 * step. */
static void feed(struct tj_network *net, const struct step_rows *s)
{
	struct tj_decoding *d = &net->decoding;
	for (size_t m = 0; m < s->n; m++) {
		size_t place = s->first + m, from = s->row + m;
		if (!net->config.query_previous && s->t > 0)
			from = tj_order_row(&net->target, s->t - 1, place);
		if (!net->config.query_previous && s->t == 0)
			d->fed[s->row + m] = d->nothing;
		else if (feeds_readout(net))
			d->fed[s->row + m] = net->readout.input[0] + from * d->fed_pad;
		else
			d->fed[s->row + m] = d->contexts + from * d->fed_pad;
	}
}

/* Adds the product of what a layer is fed to its gates. */
static void add_fed_sums(struct tj_network *net, const struct step_rows *s, size_t layer)
{
	struct tj_decoding *d = &net->decoding;
	struct tj_recurrent *r = &d->layers[layer];
	if (tj_config_decoder_fed(&net->config, layer) > 0)
		tj_linear_forward(&r->fed, net->kernels, s->n, d->fed + s->row,
		                  r->gates + s->row * r->n_gates * r->pad, r->n_gates * r->pad, 1);
}

/* Computes the input of layer `layer` > 0 from the layer below, and adds its product to the
 * gates. */
static void climb(struct tj_network *net, const struct step_rows *s, size_t layer)
{
	struct tj_decoding *d = &net->decoding;
	struct tj_recurrent *r = &d->layers[layer];
	const float *below = tj_network_handed_on(net, layer - 1) + s->row * r->pad;
	struct tj_dropout drop = tj_network_dropout(net, TJ_PLACE_DECODER + layer);
	const float *rows[MOST] = { NULL };
	for (size_t m = 0; m < s->n; m++) {
		float *x = d->x[layer] + (s->row + m) * r->pad;
		tj_dropout_row(&drop, s->row + m, r->pad, below + m * r->pad, x);
		rows[m] = x;
	}
	tj_linear_forward(&r->input, net->kernels, s->n, rows,
	                  r->gates + s->row * r->n_gates * r->pad, r->n_gates * r->pad, 1);
}

static void step(struct tj_network *net, const struct step_rows *s)
{
	struct tj_recurrent *top = tj_network_top(net);
	if (net->config.query_previous)
		for (size_t m = 0; m < s->n; m++)
			attend_one(net, s, m, top->h_in[s->row + m]);
	feed(net, s);
	for (size_t layer = 0; layer < net->config.decoder_layers; layer++) {
		if (layer > 0)
			climb(net, s, layer);
		add_fed_sums(net, s, layer);
		tj_recurrent_forward(&net->decoding.layers[layer], s->t, s->first, s->n);
		tj_decode_join(net, layer, s->row, s->n);
	}
	if (!net->config.query_previous)
		for (size_t m = 0; m < s->n; m++)
			attend_one(net, s, m, tj_network_state(net) + (s->row + m) * top->pad);
	tj_readout_rows(net, s->row, s->n);
}

/* Computes the gradient of what was fed, for the step that produced it: of a layer, which is added
 * to that of the layers above. */
static void feed_backward(struct tj_network *net, const struct step_rows *s, size_t layer)
{
	struct tj_decoding *d = &net->decoding;
	struct tj_recurrent *r = &d->layers[layer];
	const float *rows[MOST] = { NULL };
	if (tj_config_decoder_fed(&net->config, layer) == 0)
		return;
	for (size_t m = 0; m < s->n; m++)
		rows[m] = r->gates + (s->row + m) * r->n_gates * r->pad;
	tj_linear_backward(&r->fed, net->kernels, s->n, rows, d->d_fed + s->first * d->fed_pad,
	                   d->fed_pad,
	                   net->config.context_to_all && layer + 1 < net->config.decoder_layers);
}

static void lower(struct tj_network *net, const struct step_rows *s, size_t layer)
{
	struct tj_recurrent *below = &net->decoding.layers[layer - 1];
	struct tj_recurrent *r = &net->decoding.layers[layer];
	struct tj_dropout drop = tj_network_dropout(net, TJ_PLACE_DECODER + layer);
	const float *rows[MOST] = { NULL };
	float *d_out = below->d_out + s->row * r->pad;
	for (size_t m = 0; m < s->n; m++)
		rows[m] = r->gates + (s->row + m) * r->n_gates * r->pad;
	tj_linear_backward(&r->input, net->kernels, s->n, rows, d_out, r->pad, 0);
	for (size_t m = 0; m < s->n; m++)
		tj_dropout_row(&drop, s->row + m, r->pad, d_out + m * r->pad, d_out + m * r->pad);
	tj_decode_join_backward(net, layer, s->row, s->n);
}

/* Adds d_fed to the rows of this step in d. It comes from the next step with input feeding,
 * otherwise from this step. */
static void add_fed(struct tj_network *net, const struct step_rows *s, float *d)
{
	const float *fed = net->decoding.d_fed + s->first * net->decoding.fed_pad;
	float *to = d + s->row * net->decoding.fed_pad;
	for (size_t i = 0; i < s->n * net->decoding.fed_pad; i++)
		to[i] += fed[i];
}

static void step_backward(struct tj_network *net, const struct step_rows *s)
{
	struct tj_decoding *d = &net->decoding;
	struct tj_recurrent *top = tj_network_top(net);
	if (feeds_readout(net))
		add_fed(net, s, net->readout.d_input[0]);
	tj_readout_rows_backward(net, s->row, s->n);
	if (net->config.input_feeding) {
		if (!feeds_readout(net))
			add_fed(net, s, d->d_contexts);
		for (size_t m = 0; m < s->n; m++)
			attend_one_backward(net, s, m, top->d_out + (s->row + m) * top->pad);
	}
	for (size_t layer = net->config.decoder_layers; layer-- > 0;) {
		tj_recurrent_backward(&d->layers[layer], s->t, s->first, s->n);
		feed_backward(net, s, layer);
		if (layer > 0)
			lower(net, s, layer);
	}
	if (net->config.query_previous) {
		add_fed(net, s, d->d_contexts);
		for (size_t m = 0; m < s->n; m++)
			attend_one_backward(net, s, m, top->carry_h + (s->first + m) * top->pad);
	}
}

static void walk(const struct steps *job, size_t item, size_t thread,
                 void (*one)(struct tj_network *net, const struct step_rows *s), int descending)
{
	struct tj_network *net = job->net;
	const struct tj_order *o = &net->target;
	size_t first = item * job->block;
	for (size_t i = 0; i < o->n_steps; i++) {
		size_t t = descending ? o->n_steps - 1 - i : i, live = tj_order_live(o, t);
		if (live <= first)
			continue;
		struct step_rows s = { t, first, tj_order_row(o, t, first),
			               live - first < job->block ? live - first : job->block,
			               net->decoding.scratch +
			                   thread * net->decoding.scratch_floats };
		one(net, &s);
	}
}

static void forward_item(void *context, size_t item, size_t thread)
{
	walk(context, item, thread, step, 0);
}

static void backward_item(void *context, size_t item, size_t thread)
{
	walk(context, item, thread, step_backward, 1);
}

static void share(struct tj_network *net, tj_work *work)
{
	struct steps job = { net, tj_recurrent_block(net->batch->n, net->n_threads) };
	tj_share(net->n_threads, (net->batch->n + job.block - 1) / job.block, work, &job);
}

int tj_decode_is_stepwise(const struct tj_config *c)
{
	return c->attention != TJ_ATTENTION_NONE && (c->query_previous || c->input_feeding);
}

void tj_decode_steps(struct tj_network *net)
{
	for (size_t layer = 1; layer < net->config.decoder_layers; layer++)
		tj_recurrent_biases(&net->decoding.layers[layer], &net->crew);
	share(net, forward_item);
}

void tj_decode_steps_backward(struct tj_network *net)
{
	share(net, backward_item);
}
