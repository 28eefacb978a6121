/* SPDX-License-Identifier: MIT */
/* Learning rate, gradient norm, SGD and Adam updates, and the moving average of the weights. */
#include "src/train/optimizer.h"

#include <math.h>
#include <string.h>

#include "src/base/memory.h"
#include "src/train/net/share.h"

enum {
	BLOCK = 4096,     /* floats per partial sum of squares: fixed, for a fixed order */
	STRETCH = 1 << 16 /* floats per work item: a multiple of BLOCK */
};

trujaman_status tj_optimizer_open(struct tj_optimizer *o,
                                  const struct tj_optimizer_options *options,
                                  const struct tj_kernels *kernels, size_t n_floats,
                                  const float *values, struct tj_error *err)
{
	*o = (struct tj_optimizer){ .options = *options, .kernels = kernels, .n_floats = n_floats };
	o->state.plateau = 1;
	if (options->kind == TJ_ADAM) {
		o->first = tj_alloc_table(n_floats, sizeof *o->first);
		o->second = tj_alloc_table(n_floats, sizeof *o->second);
		if (o->first == NULL || o->second == NULL)
			return tj_fail_memory(err, "Adam's moments",
			                      2 * n_floats * sizeof *o->first);
	}
	if (options->ema > 0) {
		o->average = tj_alloc_table(n_floats, sizeof *o->average);
		if (o->average == NULL)
			return tj_fail_memory(err, "the average of the weights",
			                      n_floats * sizeof *o->average);
		memcpy(o->average, values, n_floats * sizeof *o->average);
	}
	return TRUJAMAN_OK;
}

void tj_optimizer_free(struct tj_optimizer *o)
{
	tj_free(o->first);
	tj_free(o->second);
	tj_free(o->average);
	o->first = o->second = o->average = NULL;
}

double tj_optimizer_rate(const struct tj_optimizer *o)
{
	const struct tj_optimizer_options *p = &o->options;
	double next = (double)o->state.updates + 1, warmup = (double)p->warmup;
	if (o->state.updates < p->warmup)
		return p->learning_rate * next / warmup;
	if (p->schedule == TJ_SCHEDULE_INVERSE_SQRT)
		return p->learning_rate * sqrt((warmup > 1 ? warmup : 1) / next);
	return p->learning_rate * o->state.plateau;
}

void tj_optimizer_halve(struct tj_optimizer *o)
{
	if (o->options.schedule == TJ_SCHEDULE_PLATEAU)
		o->state.plateau /= 2;
}

/* --- Norm -------------------------------------------------------------------------- */

struct norm_job {
	const struct tj_optimizer *o;
	const float *gradients;
	double *sums; /* [items] */
};

static void norm_item(void *context, size_t item, size_t thread)
{
	const struct norm_job *j = context;
	size_t first = item * STRETCH, end = first + STRETCH;
	double sum = 0;
	(void)thread;
	if (end > j->o->n_floats)
		end = j->o->n_floats;
	for (size_t i = first; i < end; i += BLOCK) {
		size_t n = end - i < BLOCK ? end - i : BLOCK;
		sum += (double)j->o->kernels->dot(j->gradients + i, j->gradients + i, n);
	}
	j->sums[item] = sum;
}

double tj_optimizer_norm(const struct tj_optimizer *o, const float *gradients)
{
	enum { AT_ONCE = 256 };
	double sums[AT_ONCE], total = 0;
	size_t n_items = (o->n_floats + STRETCH - 1) / STRETCH;
	for (size_t first = 0; first < n_items; first += AT_ONCE) {
		size_t n = n_items - first < AT_ONCE ? n_items - first : AT_ONCE;
		struct tj_optimizer part = *o;
		part.n_floats = o->n_floats - first * STRETCH;
		struct norm_job j = { &part, gradients + first * STRETCH, sums };
		tj_share(o->options.n_threads, n, norm_item, &j);
		for (size_t i = 0; i < n; i++)
			total += sums[i];
	}
	return sqrt(total);
}

/* --- Update -------------------------------------------------------------------------- */

struct step_job {
	const struct tj_optimizer *o;
	struct tj_adam adam;
	float decay;
	const float *gradients;
	float *values;
};

static void step_item(void *context, size_t item, size_t thread)
{
	const struct step_job *j = context;
	const struct tj_optimizer *o = j->o;
	size_t at = item * STRETCH, n = o->n_floats - at < STRETCH ? o->n_floats - at : STRETCH;
	(void)thread;
	if (o->options.kind == TJ_ADAM)
		o->kernels->adam(&j->adam, n, j->gradients + at, o->first + at, o->second + at,
		                 j->values + at);
	else
		o->kernels->axpy(-j->adam.rate * j->adam.scale, j->gradients + at, n,
		                 j->values + at);
	if (o->average != NULL)
		o->kernels->average(j->decay, n, j->values + at, o->average + at);
}

void tj_optimizer_step(struct tj_optimizer *o, float *values, const float *gradients, double norm)
{
	const struct tj_optimizer_options *p = &o->options;
	double t = (double)o->state.updates, decay = (1 + t) / (10 + t);
	struct step_job j = { .o = o, .gradients = gradients, .values = values };
	j.adam = (struct tj_adam){
		.rate = (float)tj_optimizer_rate(o),
		.beta1 = (float)p->beta1,
		.beta2 = (float)p->beta2,
		.epsilon = (float)p->epsilon,
		.correction1 = (float)(1 - tj_pow(p->beta1, t + 1)),
		.correction2 = (float)(1 - tj_pow(p->beta2, t + 1)),
		.scale = p->clip > 0 && norm > p->clip ? (float)(p->clip / norm) : 1.0f,
	};
	j.decay = (float)(decay < p->ema ? decay : p->ema);
	tj_share(p->n_threads, (o->n_floats + STRETCH - 1) / STRETCH, step_item, &j);
	o->state.updates++;
}
