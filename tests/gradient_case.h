/* SPDX-License-Identifier: MIT */
/* Small random networks that have every option of docs/MODEL.md between them, with random
 * batches: what the tests of the trainer's gradients run over. */
#ifndef TJ_TESTS_GRADIENT_CASE_H
#define TJ_TESTS_GRADIENT_CASE_H

#include "reference_network.h"

enum { GRADIENT_BOS = 1, GRADIENT_EOS = 2, GRADIENT_SENTENCES = 70, GRADIENT_LONGEST = 36 };

/* The name is an array: Criterion hands a copy to a process of its own. */
struct gradient_network {
	char name[32];
	uint64_t seed;
	struct tj_config c;
};

extern struct gradient_network gradient_networks[];
extern const size_t gradient_n_networks;

struct gradient_case {
	const struct gradient_network *network;
	struct tj_parameters p;
	double *exact;    /* the values in float64 */
	float *gradients; /* room for them */
	struct tj_batch batch;
	/* what it points into: */
	int32_t ids[2][GRADIENT_SENTENCES][GRADIENT_LONGEST];
	const int32_t *side[2][GRADIENT_SENTENCES];
	size_t n_ids[2][GRADIENT_SENTENCES];
};

/* With a batch of seven sentences, or of many: more sentences, target pieces and positions
 * than the trainer takes at once. Everything here asserts that it succeeds. */
void gradient_case_open(struct gradient_case *g, const struct gradient_network *network, int many);
void gradient_case_close(struct gradient_case *g);

struct tj_network *gradient_case_network(const struct gradient_case *g,
                                         const struct tj_kernels *kernels, size_t n_threads);

/* tj_network_run; what gradients held before cannot show. */
struct tj_loss gradient_case_run(struct tj_network *net, const struct gradient_case *g,
                                 const struct tj_noise *noise, const float *values,
                                 float *gradients);

/* The reference's loss with the values `exact`. */
struct tj_loss gradient_case_exact(const struct gradient_case *g, double smoothing);

#endif
