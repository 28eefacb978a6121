/* SPDX-License-Identifier: MIT */
/* The clock of a training, and the arrays that a checkpoint keeps of it. */
#include "src/train/trainer_state.h"

#include <time.h>

#include "src/base/stop.h"

double tj_trainer_clock(const struct tj_trainer *t)
{
	struct timespec now;
	if (t->options->clock != NULL)
		return t->options->clock();
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double tj_trainer_seconds(const struct tj_trainer *t)
{
	return t->began_seconds + tj_trainer_clock(t) - t->began;
}

int tj_trainer_is_stopped(const struct tj_trainer *t)
{
	return tj_is_stopped(t->options->stop);
}

struct tj_arrays tj_trainer_arrays(struct tj_trainer *t)
{
	return (struct tj_arrays){ .n_floats = t->parameters.n_floats,
		                   .values = t->parameters.values,
		                   .first = t->optimizer.first,
		                   .second = t->optimizer.second,
		                   .average = t->optimizer.average,
		                   .best = t->best,
		                   .snapshots = t->snapshots.capacity > 0 ? &t->snapshots : NULL };
}
