/* SPDX-License-Identifier: MIT */
/* Times gradients of a few mini-batches, which are in random order and so a fair sample. */
#include "src/train/trial.h"

enum {
	MOST_UPDATES = 5,
	/* A step of the optimiser cannot be undone, so its time is taken from that of the norm,
	 * which reads one array where the step reads five and writes four. */
	STEP_PER_NORM = 9
};
static const double most_seconds = 2;

/* Runs one mini-batch; adds to *pieces and *seconds. */
static trujaman_status run_one(struct tj_trainer *t, size_t batch, double *pieces, double *seconds,
                               struct tj_error *err)
{
	struct tj_loss loss;
	double began = tj_trainer_clock(t);
	if (tj_batches_view(&t->data.batches, &t->data.corpus, batch, &t->view, err) !=
	        TRUJAMAN_OK ||
	    tj_network_run(t->network, t->parameters.values, &t->view.batch, &t->noise,
	                   t->gradients, &loss, err) != TRUJAMAN_OK)
		return err->status;
	double ran = tj_trainer_clock(t);
	(void)tj_optimizer_norm(&t->optimizer, t->gradients);
	*seconds += ran - began + (1 + STEP_PER_NORM) * (tj_trainer_clock(t) - ran);
	*pieces += (double)loss.n_pieces;
	return TRUJAMAN_OK;
}

trujaman_status tj_trial_run(struct tj_trainer *t, struct tj_timing *trial, struct tj_error *err)
{
	const struct tj_batches *b = &t->data.batches;
	double pieces = 0, seconds = 0, unused_pieces = 0, unused_seconds = 0;
	*trial = (struct tj_timing){ 0, 0 };
	/* The first one also allocates the network's memory. */
	if (run_one(t, (size_t)t->position.batch, &unused_pieces, &unused_seconds, err) !=
	    TRUJAMAN_OK)
		return err->status;
	while (trial->updates < MOST_UPDATES && !tj_trainer_is_stopped(t) &&
	       (trial->updates == 0 || seconds + unused_seconds < most_seconds)) {
		size_t batch = (size_t)((t->position.batch + trial->updates) % b->n);
		if (run_one(t, batch, &pieces, &seconds, err) != TRUJAMAN_OK)
			return err->status;
		trial->updates++;
	}
	if (pieces > 0 && seconds > 0)
		trial->seconds = seconds * (double)b->target_pieces / pieces;
	return TRUJAMAN_OK;
}
