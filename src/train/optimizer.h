/* SPDX-License-Identifier: MIT */
/* Gradient clipping, SGD, Adam (https://arxiv.org/abs/1412.6980), the exponential moving
 * average (EMA) of the weights, and the learning-rate schedules. Results are bit-identical
 * for every number of threads and every instruction set. */
#ifndef TJ_TRAIN_OPTIMIZER_H
#define TJ_TRAIN_OPTIMIZER_H

#include <stddef.h>
#include <stdint.h>

#include "simd/kernels.h"
#include "src/base/status.h"

enum tj_optimizer_kind { TJ_SGD, TJ_ADAM };
enum tj_schedule { TJ_SCHEDULE_CONSTANT, TJ_SCHEDULE_INVERSE_SQRT, TJ_SCHEDULE_PLATEAU };

struct tj_optimizer_options {
	enum tj_optimizer_kind kind;
	double learning_rate; /* at the end of the warm-up */
	enum tj_schedule schedule;
	uint64_t warmup;              /* updates of linear warm-up; 0: none */
	double clip;                  /* largest norm of the whole gradient; 0: no limit */
	double ema;                   /* decay of the EMA of the weights; 0: no EMA */
	double beta1, beta2, epsilon; /* Adam's */
	size_t n_threads;
};

/* The state that a resumed training needs. A checkpoint stores all of it. */
struct tj_optimizer_state {
	uint64_t updates; /* done so far */
	double plateau;   /* factor of the plateau schedule; tj_optimizer_halve halves it */
};

struct tj_optimizer {
	struct tj_optimizer_options options;
	const struct tj_kernels *kernels;
	size_t n_floats;
	struct tj_optimizer_state state;
	float *first, *second; /* Adam's moments [n_floats]; NULL for SGD */
	float *average;        /* EMA of the values [n_floats]; NULL if options.ema is 0 */
};

/* The EMA starts from `values` [n_floats]. Release with tj_optimizer_free, also after a
 * failure. */
trujaman_status tj_optimizer_open(struct tj_optimizer *o,
                                  const struct tj_optimizer_options *options,
                                  const struct tj_kernels *kernels, size_t n_floats,
                                  const float *values, struct tj_error *err);
void tj_optimizer_free(struct tj_optimizer *o);

/* Returns the learning rate of the next update. With u updates done, warm-up w and learning
 * rate r:
 *   warm-up (u < w)      r (u + 1) / w
 *   constant             r
 *   inverse square root  r sqrt(max(w, 1) / (u + 1))
 *   plateau              r times the plateau factor */
double tj_optimizer_rate(const struct tj_optimizer *o);

/* Returns the norm of a gradient. The squares are summed in a fixed order. NaN and infinity
 * propagate to the result. */
double tj_optimizer_norm(const struct tj_optimizer *o, const float *gradients);

/* Updates `values` with `gradients`, whose norm is `norm`, after clipping. The decay of the
 * EMA at update u is min(ema, (1 + u) / (10 + u)), so that the EMA forgets the initial
 * values. */
void tj_optimizer_step(struct tj_optimizer *o, float *values, const float *gradients, double norm);

/* Halves the factor of the plateau schedule; does nothing for other schedules. */
void tj_optimizer_halve(struct tj_optimizer *o);

#endif
