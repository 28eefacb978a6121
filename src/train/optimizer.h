/* SPDX-License-Identifier: MIT */
/* Gradient clipping, SGD, Adam (https://arxiv.org/abs/1412.6980), the exponential
 * moving average of the weights, and the learning rate over time. The same bits
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
	uint64_t warmup;              /* updates of linear growth; 0: none */
	double clip;                  /* largest norm of the whole gradient; 0: no limit */
	double ema;                   /* decay of the average of the weights; 0: no average */
	double beta1, beta2, epsilon; /* Adam's */
	size_t n_threads;
};

/* What must be kept to go on: all of it goes into a checkpoint. */
struct tj_optimizer_state {
	uint64_t updates; /* done so far */
	double plateau;   /* factor of the plateau schedule: halves (tj_optimizer_halve) */
};

struct tj_optimizer {
	struct tj_optimizer_options options;
	const struct tj_kernels *kernels;
	size_t n_floats;
	struct tj_optimizer_state state;
	float *first, *second; /* Adam's moments [n_floats]; NULL for SGD */
	float *average;        /* EMA of the values [n_floats]; NULL without */
};

/* `values` [n_floats] is where the average starts. Release with tj_optimizer_free,
 * also after a failure. */
trujaman_status tj_optimizer_open(struct tj_optimizer *o,
                                  const struct tj_optimizer_options *options,
                                  const struct tj_kernels *kernels, size_t n_floats,
                                  const float *values, struct tj_error *err);
void tj_optimizer_free(struct tj_optimizer *o);

/* The learning rate of the next update: warm-up w: rate (u + 1) / w for update u < w;
 * then constant; rate sqrt(w' / (u + 1)) with w' = max(w, 1) for inverse square root;
 * rate * plateau factor. */
double tj_optimizer_rate(const struct tj_optimizer *o);

/* Norm of a gradient: sqrt of the sum of squares, in a fixed order. NaN and infinity
 * come through. */
double tj_optimizer_norm(const struct tj_optimizer *o, const float *gradients);

/* One update of `values` by `gradients` of norm `norm`, clipped. The EMA's decay at
 * update u is min(ema, (1 + u) / (10 + u)), so that it forgets the start. */
void tj_optimizer_step(struct tj_optimizer *o, float *values, const float *gradients, double norm);

/* The plateau schedule's halving; nothing for others. */
void tj_optimizer_halve(struct tj_optimizer *o);

#endif
