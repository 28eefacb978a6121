/* SPDX-License-Identifier: MIT */
/* One direction of one recurrent layer, through all steps of a batch and back.
 *
 * The sums of the input, W_ih x + b, of all tokens are one product; what remains for a
 * step is the hidden state's product and the gates. A block of sentences goes through
 * time by itself, so blocks are what threads share out. */
#ifndef TJ_TRAIN_NET_RECURRENT_H
#define TJ_TRAIN_NET_RECURRENT_H

#include "src/train/net/dropout.h"
#include "src/train/net/linear.h"
#include "src/train/net/order.h"

struct tj_recurrent {
	enum tj_cell cell;
	int reverse;
	size_t n_gates, units, pad; /* pad: units padded to 16 */
	struct tj_linear input, hidden;
	struct tj_linear fed;    /* what the decoder is fed; k 0: nothing */
	size_t bias_ih, bias_hh; /* offsets in the parameter block */

	/* Of one update, in its arena; rows as `order` says. */
	const struct tj_kernels *kernels;
	const struct tj_order *order;
	const float *values;
	struct tj_dropout dropout;     /* of the recurrent inputs; limit 0: none */
	float *gates;                  /* [rows][n_gates][pad]: sums, gates, then gradients */
	float *hidden_sums;            /* GRU: [rows][3][pad]: n_h in the third; gradients */
	float *cell_state, *tanh_cell; /* LSTM: [rows][pad] */
	float *out;                    /* [rows][pad]: hidden states */
	float *masked;                 /* [rows][pad]: inputs h after dropout; NULL: none */
	const float **h_in, **c_in;    /* [rows]: the states before the step */
	float *first_h, *first_c;      /* [n][pad]: the states before the first step */
	float *d_out;                  /* [rows][pad]: gradient of out */
	float *carry_h, *carry_c;      /* [n][pad]: gradient of the states on its way back */
	float *spare;                  /* [n][pad] */
};

/* `stack` is "encoder" or "decoder", `suffix` "" or "_reverse"; the input has `in` columns
 * from x and n_fed from what is fed. */
trujaman_status tj_recurrent_open(struct tj_recurrent *r, const struct tj_config *c,
                                  const struct tj_parameters *layout, const char *stack,
                                  size_t layer, const char *suffix, size_t in, size_t n_fed,
                                  struct tj_error *err);
void tj_recurrent_free(struct tj_recurrent *r);

/* Begin an update: take memory (crew->arena->failed says whether there was some), zero
 * the first states. `backward`: gradients will be asked for. */
void tj_recurrent_begin(struct tj_recurrent *r, const struct tj_crew *crew,
                        const struct tj_order *order, const float *values,
                        const struct tj_dropout *dropout, int backward);

/* gates = W_ih x + biases for all rows; x lies ld apart. */
void tj_recurrent_sums(struct tj_recurrent *r, const struct tj_crew *crew, const float *x,
                       size_t ld);
/* The biases alone. */
void tj_recurrent_biases(struct tj_recurrent *r, const struct tj_crew *crew);

/* Step t for the sentences at places first … first + n - 1, all of which are live. Gates
 * hold the sums of the inputs by then. */
void tj_recurrent_forward(struct tj_recurrent *r, size_t t, size_t first, size_t n);
/* And back: d_out has what comes from outside; what goes to the step before is in the
 * carries, that of the sums in gates (and hidden_sums). Steps in the opposite order. */
void tj_recurrent_backward(struct tj_recurrent *r, size_t t, size_t first, size_t n);

/* All steps of n layers that do not depend on each other (the directions), the sentences
 * shared out in blocks. */
void tj_recurrent_run(struct tj_recurrent *const *r, size_t n, const struct tj_crew *crew,
                      int backward);

/* The row of the last step that a sentence takes: where its final state is. */
size_t tj_recurrent_final_row(const struct tj_recurrent *r, size_t place);

/* dx (+)= W_ih' d_sums for all rows. */
void tj_recurrent_input_gradient(const struct tj_recurrent *r, const struct tj_crew *crew,
                                 float *dx, size_t ld, int accumulate);

/* Gradients of weights and biases; x [rows] are the inputs, fed likewise or NULL. */
void tj_recurrent_gradients(struct tj_recurrent *r, const struct tj_crew *crew,
                            const float *const *x, const float *const *fed, float *gradients);

/* Sentences that a block should have. */
size_t tj_recurrent_block(size_t n_sentences, size_t n_threads);

#endif
