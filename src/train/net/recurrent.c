/* SPDX-License-Identifier: MIT */
/* One direction of a recurrent layer in training: steps forward and backward, and the
 * gradients. */
#include "src/train/net/recurrent.h"

#include <stdio.h>
#include <string.h>

#include "src/base/memory.h"

enum { MOST_ROWS = 48, LEAST_ROWS = 8 };

size_t tj_recurrent_block(size_t n_sentences, size_t n_threads)
{
	size_t n = (n_sentences + 2 * n_threads - 1) / (2 * n_threads);
	if (n_threads <= 1 || n > MOST_ROWS)
		return MOST_ROWS;
	return n < LEAST_ROWS ? LEAST_ROWS : n;
}

static size_t bias_offset(const struct tj_parameters *layout, const char *stack, const char *which,
                          size_t layer, const char *suffix)
{
	char name[64];
	snprintf(name, sizeof name, "%s.rnn.bias_%s_l%zu%s", stack, which, layer, suffix);
	return tj_parameters_find(layout, name)->offset;
}

trujaman_status tj_recurrent_open(struct tj_recurrent *r, const struct tj_config *c,
                                  const struct tj_parameters *layout, const char *stack,
                                  size_t layer, const char *suffix, size_t in, size_t n_fed,
                                  struct tj_error *err)
{
	char name[64];
	size_t gates = tj_config_gates(c);
	memset(r, 0, sizeof *r);
	r->cell = c->cell;
	r->reverse = suffix[0] != '\0';
	r->n_gates = gates;
	r->bias_ih = bias_offset(layout, stack, "ih", layer, suffix);
	r->bias_hh = bias_offset(layout, stack, "hh", layer, suffix);
	snprintf(name, sizeof name, "%s.rnn.weight_hh_l%zu%s", stack, layer, suffix);
	r->units = tj_parameters_find(layout, name)->n_columns;
	r->pad = tj_round_up(r->units, TJ_LANES);
	r->is_normed = c->layer_norm;
	r->norm.units = r->units;
	r->norm.pad = r->pad;
	if (tj_linear_open(&r->hidden, layout, name, gates, 0, r->units, err) != TRUJAMAN_OK)
		return err->status;
	snprintf(name, sizeof name, "%s.rnn.weight_ln_l%zu%s", stack, layer, suffix);
	if (r->is_normed)
		r->norm.offset = tj_parameters_offset(layout, name);
	snprintf(name, sizeof name, "%s.rnn.weight_ih_l%zu%s", stack, layer, suffix);
	if (tj_linear_open(&r->input, layout, name, gates, 0, in, err) != TRUJAMAN_OK)
		return err->status;
	return n_fed == 0 ? TRUJAMAN_OK
	                  : tj_linear_open(&r->fed, layout, name, gates, in, n_fed, err);
}

void tj_recurrent_free(struct tj_recurrent *r)
{
	tj_linear_free(&r->input);
	tj_linear_free(&r->hidden);
	tj_linear_free(&r->fed);
}

/* Points h_in and c_in of each row to the states before its step. */
static void link_states(struct tj_recurrent *r)
{
	const struct tj_order *o = r->order;
	for (size_t t = 0; t < o->n_steps; t++)
		for (size_t place = 0; place < tj_order_live(o, t); place++) {
			size_t row = tj_order_row(o, t, place);
			int is_first = r->reverse ? t + 1 >= o->length[place] : t == 0;
			size_t before = is_first
			                    ? 0
			                    : tj_order_row(o, r->reverse ? t + 1 : t - 1, place);
			r->h_in[row] = is_first ? r->first_h + place * r->pad
			                        : r->out + before * r->pad;
			if (r->c_in != NULL)
				r->c_in[row] = is_first ? r->first_c + place * r->pad
				                        : r->cell_state + before * r->pad;
		}
}

void tj_recurrent_begin(struct tj_recurrent *r, const struct tj_crew *crew,
                        const struct tj_order *order, const float *values,
                        const struct tj_dropout *dropout, int backward)
{
	struct tj_arena *a = crew->arena;
	size_t rows = order->n_rows * r->pad, states = order->n * r->pad;
	int is_lstm = r->cell == TJ_LSTM;
	r->kernels = crew->kernels;
	r->order = order;
	r->values = values;
	r->dropout = *dropout;
	r->gates = tj_arena_floats(a, rows * r->n_gates);
	r->hidden_sums = is_lstm ? r->gates : tj_arena_floats(a, rows * r->n_gates);
	r->cell_state = is_lstm ? tj_arena_floats(a, rows) : NULL;
	r->tanh_cell = is_lstm ? tj_arena_floats(a, rows) : NULL;
	r->out = tj_arena_floats(a, rows);
	r->masked = dropout->limit > 0 ? tj_arena_floats(a, rows) : NULL;
	r->h_in = tj_arena_pointers(a, order->n_rows);
	r->c_in = is_lstm ? tj_arena_pointers(a, order->n_rows) : NULL;
	r->first_h = tj_arena_floats(a, states);
	r->first_c = tj_arena_floats(a, states);
	r->d_out = backward ? tj_arena_floats(a, rows) : NULL;
	r->carry_h = backward ? tj_arena_floats(a, states) : NULL;
	r->carry_c = backward ? tj_arena_floats(a, states) : NULL;
	r->spare = backward ? tj_arena_floats(a, states) : NULL;
	if (r->is_normed)
		tj_norm_begin(&r->norm, crew, order->n_rows, r->cell, values, r->bias_ih,
		              r->bias_hh, backward);
	if (a->failed)
		return;
	memset(r->first_h, 0, states * sizeof *r->first_h);
	memset(r->first_c, 0, states * sizeof *r->first_c);
	if (backward) {
		memset(r->d_out, 0, rows * sizeof *r->d_out);
		memset(r->carry_h, 0, states * sizeof *r->carry_h);
		memset(r->carry_c, 0, states * sizeof *r->carry_c);
	}
	link_states(r);
}

void tj_recurrent_biases(struct tj_recurrent *r, const struct tj_crew *crew)
{
	const float *ih = r->values + r->bias_ih, *hh = r->values + r->bias_hh;
	size_t n = r->order->n_rows, ld = r->n_gates * r->pad;
	if (r->is_normed) { /* the biases come after the normalisation */
		memset(r->gates, 0, n * ld * sizeof *r->gates);
		if (r->hidden_sums != r->gates)
			memset(r->hidden_sums, 0, n * ld * sizeof *r->hidden_sums);
		return;
	}
	if (r->cell == TJ_LSTM) {
		tj_bias_fill(crew, n, ih, hh, 4, r->units, r->gates, ld);
		return;
	}
	/* n_x and n_h are combined only after the reset gate, so their biases stay separate. */
	tj_bias_fill(crew, n, ih, hh, 2, r->units, r->gates, ld);
	tj_bias_fill(crew, n, ih + 2 * r->units, NULL, 1, r->units, r->gates + 2 * r->pad, ld);
	tj_bias_fill(crew, n, hh + 2 * r->units, NULL, 1, r->units, r->hidden_sums + 2 * r->pad,
	             ld);
}

void tj_recurrent_sums(struct tj_recurrent *r, const struct tj_crew *crew, const float *x,
                       size_t ld)
{
	tj_recurrent_biases(r, crew);
	tj_linear_forward_all(&r->input, crew, r->order->n_rows, x, ld, r->gates,
	                      r->n_gates * r->pad, 1);
}

/* Adds n_panels panels of W_hh h, from panel `first` on, to `out`. */
static void add_hidden(const struct tj_recurrent *r, size_t n, const float *const *h, size_t first,
                       size_t n_panels, float *out)
{
	r->kernels->product(&(struct tj_product){
	    .n_rows = n,
	    .k = r->units,
	    .n_panels = n_panels,
	    .rows = h,
	    .b = r->hidden.forward + first * r->units * TJ_LANES,
	    .k_stride = TJ_LANES,
	    .panel_stride = r->units * TJ_LANES,
	    .out = out,
	    .ld_out = r->n_gates * r->pad,
	    .accumulate = 1,
	});
}

/* The four sums of a row, in the order of the gains. */
static void find_sums(const struct tj_recurrent *r, size_t row, float *sums[TJ_NORM_SUMS])
{
	for (size_t i = 0; i < r->n_gates; i++)
		sums[i] = r->gates + (row * r->n_gates + i) * r->pad;
	if (r->cell == TJ_GRU)
		sums[3] = r->hidden_sums + (row * 3 + 2) * r->pad;
}

static void normalise(const struct tj_recurrent *r, size_t row, size_t n, int backward)
{
	float *sums[TJ_NORM_SUMS];
	for (size_t m = row; r->is_normed && m < row + n; m++) {
		find_sums(r, m, sums);
		if (backward)
			tj_norm_backward(&r->norm, m, sums);
		else
			tj_norm_forward(&r->norm, m, sums);
	}
}

void tj_recurrent_forward(struct tj_recurrent *r, size_t t, size_t first, size_t n)
{
	size_t row = tj_order_row(r->order, t, first), pad = r->pad, panels = pad / TJ_LANES;
	const float *masked[MOST_ROWS] = { NULL }, *const *h = r->h_in + row;
	if (r->masked != NULL) {
		for (size_t m = 0; m < n; m++) {
			float *to = r->masked + (row + m) * pad;
			tj_dropout_row(&r->dropout, r->order->sentence[first + m], pad, h[m], to);
			masked[m] = to;
		}
		h = masked;
	}
	float *gates = r->gates + row * r->n_gates * pad;
	float *sums = r->hidden_sums + row * r->n_gates * pad;
	if (r->cell == TJ_LSTM) {
		add_hidden(r, n, h, 0, 4 * panels, gates);
		normalise(r, row, n, 0);
		for (size_t m = 0; m < n; m++)
			r->kernels->lstm_forward(pad, gates + m * 4 * pad, r->c_in[row + m],
			                         r->cell_state + (row + m) * pad,
			                         r->tanh_cell + (row + m) * pad,
			                         r->out + (row + m) * pad);
		return;
	}
	add_hidden(r, n, h, 0, 2 * panels, gates);
	add_hidden(r, n, h, 2 * panels, panels, sums + 2 * pad);
	normalise(r, row, n, 0);
	for (size_t m = 0; m < n; m++)
		r->kernels->gru_forward(pad, gates + m * 3 * pad, sums + (m * 3 + 2) * pad,
		                        r->h_in[row + m], r->out + (row + m) * pad);
}

/* Computes the gradient of the gate sums of n rows from d_out, which stays as it is, and the
 * carries. */
static void gates_backward(struct tj_recurrent *r, size_t row, size_t first, size_t n)
{
	size_t pad = r->pad;
	for (size_t m = 0; m < n; m++) {
		const float *d = r->d_out + (row + m) * pad;
		float *carry = r->carry_h + (first + m) * pad;
		float *gates = r->gates + (row + m) * r->n_gates * pad;
		for (size_t i = 0; i < pad; i++)
			carry[i] += d[i];
		if (r->cell == TJ_LSTM) {
			r->kernels->lstm_backward(pad, gates, r->c_in[row + m],
			                          r->tanh_cell + (row + m) * pad, carry,
			                          r->carry_c + (first + m) * pad);
			memset(carry, 0, pad * sizeof *carry);
			normalise(r, row + m, 1, 1);
			continue;
		}
		float *sums = r->hidden_sums + (row + m) * 3 * pad;
		r->kernels->gru_backward(pad, gates, sums + 2 * pad, r->h_in[row + m], carry);
		normalise(r, row + m, 1, 1);
		memcpy(sums, gates, 2 * pad * sizeof *sums);
	}
}

void tj_recurrent_backward(struct tj_recurrent *r, size_t t, size_t first, size_t n)
{
	size_t row = tj_order_row(r->order, t, first), pad = r->pad, width = r->n_gates * pad;
	const float *d_sums[MOST_ROWS] = { NULL };
	float *carry = r->carry_h + first * pad, *spare = r->spare + first * pad;
	gates_backward(r, row, first, n);
	for (size_t m = 0; m < n; m++)
		d_sums[m] = r->hidden_sums + (row + m) * width;
	if (r->masked == NULL) {
		tj_linear_backward(&r->hidden, r->kernels, n, d_sums, carry, pad, 1);
		return;
	}
	tj_linear_backward(&r->hidden, r->kernels, n, d_sums, spare, pad, 0);
	for (size_t m = 0; m < n; m++) {
		float *from = spare + m * pad, *to = carry + m * pad;
		tj_dropout_row(&r->dropout, r->order->sentence[first + m], pad, from, from);
		for (size_t i = 0; i < pad; i++)
			to[i] += from[i];
	}
}

size_t tj_recurrent_final_row(const struct tj_recurrent *r, size_t place)
{
	return tj_order_row(r->order, r->reverse ? 0 : r->order->length[place] - 1, place);
}

struct layer_run {
	struct tj_recurrent *const *layers;
	size_t n_layers, block;
	int backward;
};

static void run_item(void *context, size_t item, size_t thread)
{
	const struct layer_run *run = context;
	struct tj_recurrent *r = run->layers[item % run->n_layers];
	const struct tj_order *o = r->order;
	size_t first = item / run->n_layers * run->block, most = run->block;
	int descending = r->reverse != run->backward; /* backward reverses the order */
	(void)thread;
	for (size_t i = 0; i < o->n_steps; i++) {
		size_t t = descending ? o->n_steps - 1 - i : i, live = tj_order_live(o, t);
		if (live <= first)
			continue;
		size_t n = live - first < most ? live - first : most;
		if (run->backward)
			tj_recurrent_backward(r, t, first, n);
		else
			tj_recurrent_forward(r, t, first, n);
	}
}

void tj_recurrent_run(struct tj_recurrent *const *r, size_t n, const struct tj_crew *crew,
                      int backward)
{
	size_t block = tj_recurrent_block(r[0]->order->n, crew->n_threads);
	struct layer_run run = { r, n, block, backward };
	tj_share(crew->n_threads, (r[0]->order->n + block - 1) / block * n, run_item, &run);
}

void tj_recurrent_input_gradient(const struct tj_recurrent *r, const struct tj_crew *crew,
                                 float *dx, size_t ld, int accumulate)
{
	tj_linear_backward_all(&r->input, crew, r->order->n_rows, r->gates, r->n_gates * r->pad, dx,
	                       ld, accumulate);
}

void tj_recurrent_gradients(struct tj_recurrent *r, const struct tj_crew *crew,
                            const float *const *x, const float *const *fed, float *gradients)
{
	size_t n = r->order->n_rows, ld = r->n_gates * r->pad;
	const float **h = r->h_in;
	if (r->masked != NULL) {
		h = tj_arena_pointers(crew->arena, n);
		if (h == NULL)
			return;
		for (size_t row = 0; row < n; row++)
			h[row] = r->masked + row * r->pad;
	}
	tj_linear_gradient(&r->input, crew, n, r->gates, ld, x, gradients);
	tj_linear_gradient(&r->hidden, crew, n, r->hidden_sums, ld, h, gradients);
	if (fed != NULL)
		tj_linear_gradient(&r->fed, crew, n, r->gates, ld, fed, gradients);
	if (r->is_normed) {
		tj_norm_gradients(&r->norm, crew, n, r->cell, gradients, r->bias_ih, r->bias_hh);
		return;
	}
	tj_bias_gradient(crew, n, r->gates, ld, r->n_gates, r->units, gradients + r->bias_ih);
	if (r->cell == TJ_LSTM)
		memcpy(gradients + r->bias_hh, gradients + r->bias_ih,
		       4 * r->units * sizeof *gradients);
	else
		tj_bias_gradient(crew, n, r->hidden_sums, ld, 3, r->units, gradients + r->bias_hh);
}
