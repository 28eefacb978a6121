/* SPDX-License-Identifier: MIT */
/* Lists the arrays that a checkpoint keeps of a training. */
#include "src/train/trainer_state.h"

struct tj_arrays tj_trainer_arrays(const struct tj_trainer *t)
{
	return (struct tj_arrays){ .n_floats = t->parameters.n_floats,
		                   .values = t->parameters.values,
		                   .first = t->optimizer.first,
		                   .second = t->optimizer.second,
		                   .average = t->optimizer.average,
		                   .best = t->best };
}
