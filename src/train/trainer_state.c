/* SPDX-License-Identifier: MIT */
#include "src/train/trainer_state.h"

trujaman_status tj_trainer_told(int result, struct tj_error *err)
{
	return result == 0 ? TRUJAMAN_OK
	                   : tj_fail(err, TRUJAMAN_ERROR_IO, "the training's observer has failed");
}

trujaman_status tj_trainer_phase(struct tj_trainer *t, const char *what, struct tj_error *err)
{
	const trujaman_train_observer *w = t->observer;
	return w->phase != NULL ? tj_trainer_told(w->phase(w->context, what), err) : TRUJAMAN_OK;
}

struct tj_arrays tj_trainer_arrays(const struct tj_trainer *t)
{
	return (struct tj_arrays){ .n_floats = t->parameters.n_floats,
		                   .values = t->parameters.values,
		                   .first = t->optimizer.first,
		                   .second = t->optimizer.second,
		                   .average = t->optimizer.average,
		                   .best = t->best };
}
