/* SPDX-License-Identifier: MIT */
/* A model that is ready for work. Translators share it; each holds a reference. */
#ifndef TJ_API_MODEL_H
#define TJ_API_MODEL_H

#include <pthread.h>

#include "src/api/trust.h"
#include "src/machine/placement.h"
#include "src/model/copies.h"
#include "src/model/model.h"
#include "src/text/pieces.h"

struct trujaman_model {
	pthread_mutex_t lock; /* guards the two below */
	size_t n_references;
	struct tj_trusted trusted;
	struct tj_safetensors *file;
	struct tj_config config;
	const struct tj_kernels *kernels;
	struct tj_model *bound;
	struct tj_pieces *source, *target; /* equal if both sides share a vocabulary */
	struct tj_cores *cores;
	int memory;               /* the option */
	size_t home;              /* the node where the first copy of the weights lies */
	struct tj_copies *copies; /* of the weights, for each node, counted from home */
	trujaman_model_info info;
};

trujaman_model *tj_model_share(trujaman_model *m);

/* Makes what the options need of the model beside its network, unless it is made already. */
trujaman_status tj_model_trust(trujaman_model *m, const trujaman_options *o, struct tj_error *err);

#endif
