/* SPDX-License-Identifier: MIT */
/* One direction of one recurrent layer, forward and backward through all steps of a batch.
 *
 * The input sums W_ih x + b of all tokens are one product. A step then needs only the
 * product of the hidden state, and the gates. A block of sentences runs through all steps
 * independently of the others, so threads share the work by block. */
#ifndef TJ_TRAIN_NET_RECURRENT_H
#define TJ_TRAIN_NET_RECURRENT_H

#include "src/train/net/dropout.h"
#include "src/train/net/linear.h"
#include "src/train/net/norm.h"
#include "src/train/net/order.h"

struct tj_recurrent {
	enum tj_cell cell;
	int reverse;
	size_t n_gates, units, pad; /* pad: units rounded up to 16 */
	struct tj_linear input, hidden;
	struct tj_linear fed;    /* weights of what the decoder is fed; k 0: nothing is fed */
	size_t bias_ih, bias_hh; /* offsets in the parameter block */
	int is_normed;
	struct tj_norm norm; /* used only if is_normed */

	/* Valid during one update, in its arena. Rows are those of `order`. */
	const struct tj_kernels *kernels;
	const struct tj_order *order;
	const float *values;
	struct tj_dropout dropout;     /* of the recurrent inputs; limit 0: no dropout */
	float *gates;                  /* [rows][n_gates][pad]: sums, then gates, then gradients */
	float *hidden_sums;            /* GRU: [rows][3][pad], n_h in the third; then gradients */
	float *cell_state, *tanh_cell; /* LSTM: [rows][pad] */
	float *out;                    /* [rows][pad]: hidden states */
	float *masked;                 /* [rows][pad]: inputs h after dropout; NULL: no dropout */
	const float **h_in, **c_in;    /* [rows]: the states before the step */
	float *first_h, *first_c;      /* [n][pad]: the states before the first step */
	float *d_out;                  /* [rows][pad]: gradient of out */
	float *carry_h, *carry_c;      /* [n][pad]: gradient of the states for the step before */
	float *spare;                  /* [n][pad] */
};

/* `stack` is "encoder" or "decoder", `suffix` is "" or "_reverse". The input has `in`
 * columns from x and n_fed columns from what is fed. */
trujaman_status tj_recurrent_open(struct tj_recurrent *r, const struct tj_config *c,
                                  const struct tj_parameters *layout, const char *stack,
                                  size_t layer, const char *suffix, size_t in, size_t n_fed,
                                  struct tj_error *err);
void tj_recurrent_free(struct tj_recurrent *r);

/* Begins an update: allocates from the arena (crew->arena->failed reports a failure) and
 * zeroes the first states. `backward`: gradients will be needed. */
void tj_recurrent_begin(struct tj_recurrent *r, const struct tj_crew *crew,
                        const struct tj_order *order, const float *values,
                        const struct tj_dropout *dropout, int backward);

/* gates = W_ih x + biases (none if the sums are normalised) for all rows; rows of x are ld floats
 * apart. */
void tj_recurrent_sums(struct tj_recurrent *r, const struct tj_crew *crew, const float *x,
                       size_t ld);
/* gates = biases, or zeros if the sums are normalised, for all rows. */
void tj_recurrent_biases(struct tj_recurrent *r, const struct tj_crew *crew);

/* Runs step t for the sentences at places first … first + n - 1, all of which are live. The
 * gates must already hold the sums of the inputs. */
void tj_recurrent_forward(struct tj_recurrent *r, size_t t, size_t first, size_t n);
/* Runs the same step backward; steps come in the opposite order. d_out holds the gradient
 * from outside. The gradient for the step before goes to the carries, that of the sums to
 * gates (and hidden_sums). */
void tj_recurrent_backward(struct tj_recurrent *r, size_t t, size_t first, size_t n);

/* Runs all steps of n layers that do not depend on each other (the directions). Threads
 * share the sentences in blocks. */
void tj_recurrent_run(struct tj_recurrent *const *r, size_t n, const struct tj_crew *crew,
                      int backward);

/* Returns the row of the last step that a sentence takes, which holds its final state. */
size_t tj_recurrent_final_row(const struct tj_recurrent *r, size_t place);

/* dx (+)= W_ih' d_sums for all rows. */
void tj_recurrent_input_gradient(const struct tj_recurrent *r, const struct tj_crew *crew,
                                 float *dx, size_t ld, int accumulate);

/* Computes the gradients of weights and biases. x [rows] are the inputs; fed [rows] is what
 * was fed, or NULL. */
void tj_recurrent_gradients(struct tj_recurrent *r, const struct tj_crew *crew,
                            const float *const *x, const float *const *fed, float *gradients);

/* Returns how many sentences a block should have. */
size_t tj_recurrent_block(size_t n_sentences, size_t n_threads);

#endif
