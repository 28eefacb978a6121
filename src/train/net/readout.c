/* SPDX-License-Identifier: MIT */
/* Readout, output layer and loss in training. */
#include "src/train/net/readout.h"

#include <string.h>

#include "src/base/memory.h"
#include "src/train/net/state.h"

enum {
	TILE = 32,  /* rows per work item of the output layer: their logits stay in cache */
	CHUNK = 512 /* rows whose logits exist at once: fixed, so the order of sums is fixed */
};

static trujaman_status open_output(struct tj_network *net, struct tj_error *err)
{
	const struct tj_config *c = &net->config;
	struct tj_readout *r = &net->readout;
	const char *name = c->tied_output ? "decoder.embedding.weight" : "output.weight";
	size_t h = c->hidden_size, n = r->size > 0 || !r->has_context ? 1 : 2;
	r->output_bias = tj_parameters_offset(net->layout, "output.bias");
	r->n_outputs = n;
	for (size_t i = 0; i < n; i++) {
		size_t k = r->size > 0 ? r->size : h;
		r->input_pad[i] = tj_round_up(k, TJ_LANES);
		if (tj_linear_open(&r->output[i], net->layout, name, 1, i * h, k, err) !=
		    TRUJAMAN_OK)
			return err->status;
	}
	return TRUJAMAN_OK;
}

trujaman_status tj_readout_open(struct tj_network *net, struct tj_error *err)
{
	const struct tj_config *c = &net->config;
	struct tj_readout *r = &net->readout;
	size_t h = c->hidden_size;
	r->has_context = c->attention != TJ_ATTENTION_NONE;
	r->size = c->readout_size;
	r->is_linear = c->readout_linear;
	r->pad = tj_round_up(r->size, TJ_LANES);
	if (r->size > 0) {
		r->bias = tj_parameters_offset(net->layout, "readout.bias");
		if (r->has_context && tj_linear_open(&r->from_context, net->layout,
		                                     "readout.weight", 1, 0, h, err) != TRUJAMAN_OK)
			return err->status;
		if (tj_linear_open(&r->from_state, net->layout, "readout.weight", 1,
		                   r->has_context ? h : 0, h, err) != TRUJAMAN_OK)
			return err->status;
	}
	return open_output(net, err);
}

void tj_readout_close(struct tj_network *net)
{
	struct tj_readout *r = &net->readout;
	tj_linear_free(&r->from_context);
	tj_linear_free(&r->from_state);
	tj_linear_free(&r->output[0]);
	tj_linear_free(&r->output[1]);
}

void tj_readout_begin(struct tj_network *net)
{
	struct tj_readout *r = &net->readout;
	size_t rows = net->target.n_rows;
	int backward = tj_network_backward(net);
	if (r->size > 0) {
		r->out = tj_arena_floats(&net->arena, rows * r->pad);
		r->d_sums = backward ? tj_arena_floats(&net->arena, rows * r->pad) : NULL;
	}
	for (size_t i = 0; i < r->n_outputs; i++) {
		r->input[i] = tj_arena_floats(&net->arena, rows * r->input_pad[i]);
		r->d_input[i] = backward ? tj_arena_floats(&net->arena, rows * r->input_pad[i])
		                         : NULL;
	}
}

/* --- Readout ------------------------------------------------------------------ */

enum { AT_ONCE = 48 };

static void pointers(const float **p, size_t n, const float *rows, size_t ld)
{
	for (size_t m = 0; m < n; m++)
		p[m] = rows + m * ld;
}

/* Without a readout layer the output layer gets the context vector and the state themselves. */
static void copy_z(struct tj_network *net, size_t row, size_t n)
{
	struct tj_readout *r = &net->readout;
	const struct tj_recurrent *top = tj_network_top(net);
	size_t pad = top->pad;
	for (size_t i = 0; i < r->n_outputs; i++) {
		const float *from = r->has_context && i == 0 ? net->decoding.contexts
		                                             : tj_network_state(net);
		struct tj_dropout drop = tj_network_dropout(net, TJ_PLACE_Z + i);
		for (size_t m = row; m < row + n; m++) {
			float *to = r->input[i] + m * pad;
			memcpy(to, from + m * pad, pad * sizeof *to);
			if (drop.limit > 0)
				tj_dropout_row(&drop, m, pad, to, to);
		}
	}
}

void tj_readout_rows(struct tj_network *net, size_t row, size_t n)
{
	struct tj_readout *r = &net->readout;
	const struct tj_recurrent *top = tj_network_top(net);
	const float *p[AT_ONCE];
	struct tj_dropout drop = tj_network_dropout(net, TJ_PLACE_READOUT);
	if (r->size == 0) {
		copy_z(net, row, n);
		return;
	}
	float *out = r->out + row * r->pad;
	for (size_t m = 0; m < n; m++) {
		memset(out + m * r->pad, 0, r->pad * sizeof *out);
		memcpy(out + m * r->pad, net->values + r->bias, r->size * sizeof *out);
	}
	if (r->has_context) {
		pointers(p, n, net->decoding.contexts + row * top->pad, top->pad);
		tj_linear_forward(&r->from_context, net->kernels, n, p, out, r->pad, 1);
	}
	pointers(p, n, tj_network_state(net) + row * top->pad, top->pad);
	tj_linear_forward(&r->from_state, net->kernels, n, p, out, r->pad, 1);
	if (!r->is_linear)
		net->kernels->tanh(out, n * r->pad, out);
	for (size_t m = row; m < row + n; m++) {
		float *to = r->input[0] + m * r->pad;
		memcpy(to, r->out + m * r->pad, r->pad * sizeof *to);
		if (drop.limit > 0)
			tj_dropout_row(&drop, m, r->pad, to, to);
	}
}

static void copy_z_backward(struct tj_network *net, size_t row, size_t n)
{
	struct tj_readout *r = &net->readout;
	struct tj_recurrent *top = tj_network_top(net);
	size_t pad = top->pad;
	for (size_t i = 0; i < r->n_outputs; i++) {
		int is_context = r->has_context && i == 0;
		float *to = is_context ? net->decoding.d_contexts : top->d_out;
		struct tj_dropout drop = tj_network_dropout(net, TJ_PLACE_Z + i);
		for (size_t m = row; m < row + n; m++) {
			float *d = r->d_input[i] + m * pad;
			if (drop.limit > 0)
				tj_dropout_row(&drop, m, pad, d, d);
			for (size_t k = 0; k < pad; k++)
				to[m * pad + k] = d[k] + (is_context ? 0.0f : to[m * pad + k]);
		}
	}
}

void tj_readout_rows_backward(struct tj_network *net, size_t row, size_t n)
{
	struct tj_readout *r = &net->readout;
	struct tj_recurrent *top = tj_network_top(net);
	const float *p[AT_ONCE];
	struct tj_dropout drop = tj_network_dropout(net, TJ_PLACE_READOUT);
	if (r->size == 0) {
		copy_z_backward(net, row, n);
		return;
	}
	for (size_t m = row; m < row + n; m++) {
		float *d = r->d_input[0] + m * r->pad, *sums = r->d_sums + m * r->pad;
		const float *out = r->out + m * r->pad;
		if (drop.limit > 0)
			tj_dropout_row(&drop, m, r->pad, d, d);
		for (size_t i = 0; i < r->pad; i++)
			sums[i] = r->is_linear ? d[i] : d[i] * (1.0f - out[i] * out[i]);
	}
	pointers(p, n, r->d_sums + row * r->pad, r->pad);
	if (r->has_context)
		tj_linear_backward(&r->from_context, net->kernels, n, p,
		                   net->decoding.d_contexts + row * top->pad, top->pad, 0);
	tj_linear_backward(&r->from_state, net->kernels, n, p, top->d_out + row * top->pad,
	                   top->pad, 1);
}

static void forward_item(void *context, size_t item, size_t thread)
{
	struct tj_network *net = context;
	size_t row = item * AT_ONCE, left = net->target.n_rows - row;
	(void)thread;
	tj_readout_rows(net, row, left < AT_ONCE ? left : AT_ONCE);
}

static void backward_item(void *context, size_t item, size_t thread)
{
	struct tj_network *net = context;
	size_t row = item * AT_ONCE, left = net->target.n_rows - row;
	(void)thread;
	tj_readout_rows_backward(net, row, left < AT_ONCE ? left : AT_ONCE);
}

void tj_readout_all(struct tj_network *net)
{
	tj_share(net->n_threads, (net->target.n_rows + AT_ONCE - 1) / AT_ONCE, forward_item, net);
}

void tj_readout_all_backward(struct tj_network *net)
{
	tj_share(net->n_threads, (net->target.n_rows + AT_ONCE - 1) / AT_ONCE, backward_item, net);
}

void tj_readout_gradients(struct tj_network *net)
{
	struct tj_readout *r = &net->readout;
	const struct tj_recurrent *top = tj_network_top(net);
	size_t rows = net->target.n_rows;
	if (r->size == 0)
		return;
	const float **states = tj_row_pointers(net, rows, tj_network_state(net), top->pad);
	const float **contexts = r->has_context
	                             ? tj_row_pointers(net, rows, net->decoding.contexts, top->pad)
	                             : NULL;
	if (net->arena.failed)
		return;
	if (contexts != NULL)
		tj_linear_gradient(&r->from_context, &net->crew, rows, r->d_sums, r->pad, contexts,
		                   net->gradients);
	tj_linear_gradient(&r->from_state, &net->crew, rows, r->d_sums, r->pad, states,
	                   net->gradients);
	tj_bias_gradient(&net->crew, rows, r->d_sums, r->pad, 1, r->size, net->gradients + r->bias);
}

/* --- Output layer and loss ------------------------------------------------------ */

struct output_job {
	struct tj_network *net;
	size_t first, n;                 /* rows of this chunk */
	size_t ld;                       /* target vocabulary size, padded */
	float *logits;                   /* [chunk][ld]: logits, then their gradient */
	const int32_t *wanted;           /* [rows] */
	struct tj_cross_entropy *losses; /* [rows] */
};

static void output_item(void *context, size_t item, size_t thread)
{
	const struct output_job *j = context;
	struct tj_network *net = j->net;
	struct tj_readout *r = &net->readout;
	const float *p[TILE];
	size_t words = net->config.target_words;
	size_t at = item * TILE, n = j->n - at < TILE ? j->n - at : TILE, row = j->first + at;
	float *logits = j->logits + at * j->ld;
	(void)thread;
	for (size_t m = 0; m < n; m++)
		memcpy(logits + m * j->ld, net->values + r->output_bias, words * sizeof *logits);
	for (size_t i = 0; i < r->n_outputs; i++) {
		pointers(p, n, r->input[i] + row * r->input_pad[i], r->input_pad[i]);
		for (size_t m = 0; i == 0 && m < n; m++)
			memset(logits + m * j->ld + words, 0, (j->ld - words) * sizeof *logits);
		tj_linear_forward(&r->output[i], net->kernels, n, p, logits, j->ld, 1);
	}
	for (size_t m = 0; m < n; m++)
		net->kernels->cross_entropy(logits + m * j->ld, words, j->wanted[row + m],
		                            &j->losses[row + m]);
	pointers(p, n, logits, j->ld);
	for (size_t i = 0; tj_network_backward(net) && i < r->n_outputs; i++)
		tj_linear_backward(&r->output[i], net->kernels, n, p,
		                   r->d_input[i] + row * r->input_pad[i], r->input_pad[i], 0);
}

static void output_gradients(const struct output_job *j)
{
	struct tj_network *net = j->net;
	struct tj_readout *r = &net->readout;
	for (size_t i = 0; i < r->n_outputs; i++) {
		struct tj_arena_mark mark = tj_arena_mark(&net->arena);
		const float **x = tj_row_pointers(net, j->n,
		                                  r->input[i] + j->first * r->input_pad[i],
		                                  r->input_pad[i]);
		if (x == NULL)
			return;
		tj_linear_gradient(&r->output[i], &net->crew, j->n, j->logits, j->ld, x,
		                   net->gradients);
		tj_arena_release(&net->arena, mark);
	}
	tj_bias_gradient(&net->crew, j->n, j->logits, j->ld, 1, net->config.target_words,
	                 net->gradients + r->output_bias);
}

/* Lists the target piece of each row. */
static void list_wanted(const struct tj_network *net, int32_t *wanted)
{
	const struct tj_order *o = &net->target;
	for (size_t t = 0; t < o->n_steps; t++)
		for (size_t place = 0; place < tj_order_live(o, t); place++)
			wanted[tj_order_row(o, t, place)] =
			    net->batch->target[o->sentence[place]][t];
}

void tj_output(struct tj_network *net, struct tj_loss *loss)
{
	size_t rows = net->target.n_rows;
	size_t chunk = rows < CHUNK ? rows : CHUNK;
	struct output_job j = { .net = net, .ld = tj_round_up(net->config.target_words, TJ_LANES) };
	int32_t *wanted = (int32_t *)(void *)tj_arena_floats(&net->arena, rows);
	j.losses = (struct tj_cross_entropy *)(void *)
	    tj_arena_floats(&net->arena, rows * (sizeof *j.losses / sizeof(float)));
	j.logits = tj_arena_floats(&net->arena, chunk * j.ld);
	if (net->arena.failed)
		return;
	list_wanted(net, wanted);
	j.wanted = wanted;
	for (size_t i = 0; i < rows; i++)
		j.losses[i] = (struct tj_cross_entropy){ .smoothing = net->noise.label_smoothing,
			                                 .scale = 1.0f / (float)rows };
	for (j.first = 0; j.first < rows; j.first += j.n) {
		j.n = rows - j.first < chunk ? rows - j.first : chunk;
		tj_share(net->n_threads, (j.n + TILE - 1) / TILE, output_item, &j);
		if (tj_network_backward(net))
			output_gradients(&j);
		if (net->arena.failed)
			return;
	}
	for (size_t i = 0; i < rows; i++) {
		loss->loss += j.losses[i].loss;
		loss->nll += j.losses[i].nll;
	}
	loss->n_pieces = rows;
}
