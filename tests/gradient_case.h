/* SPDX-License-Identifier: MIT */
/* Small random networks that together cover every option of docs/MODEL.md, with random
 * mini-batches. The tests of the trainer's gradients run over them. */
#ifndef TJ_TESTS_GRADIENT_CASE_H
#define TJ_TESTS_GRADIENT_CASE_H

#include "reference_network.h"

enum {
	GRADIENT_BOS = 1,
	GRADIENT_EOS = 2,
	GRADIENT_SENTENCES = 70,
	GRADIENT_LONGEST = 36,
	GRADIENT_LINKS = 64
};

/* The name is an array because Criterion copies the struct into the process of its test. */
struct gradient_network {
	char name[40];
	uint64_t seed;
	struct tj_config c;
};

extern struct gradient_network gradient_networks[];
extern const size_t gradient_n_networks;

struct gradient_case {
	const struct gradient_network *network;
	struct tj_parameters p;
	double *exact;    /* [p.n_floats]: p.values in float64 */
	float *gradients; /* [p.n_floats]: room for gradients */
	struct tj_batch batch;
	/* The batch points into the following arrays. */
	int32_t ids[2][GRADIENT_SENTENCES][GRADIENT_LONGEST];
	const int32_t *side[2][GRADIENT_SENTENCES];
	size_t n_ids[2][GRADIENT_SENTENCES];
	struct tj_piece_link links[GRADIENT_SENTENCES][GRADIENT_LINKS];
	const struct tj_piece_link *linked[GRADIENT_SENTENCES];
	size_t n_links[GRADIENT_SENTENCES];
};

/* Opens a case with a mini-batch of seven sentence pairs. With `many`, the mini-batch has more
 * sentences, target pieces and positions than the trainer processes at once. Most target pieces
 * have links to 1 to 3 source pieces, which count with a noise that has guidance; some pairs have
 * none. Every function here asserts that it succeeds. */
void gradient_case_open(struct gradient_case *g, const struct gradient_network *network, int many);
void gradient_case_close(struct gradient_case *g);

struct tj_network *gradient_case_network(const struct gradient_case *g,
                                         const struct tj_kernels *kernels, size_t n_threads);

/* Calls tj_network_run. Fills the gradients with NaN first, so that their old contents cannot
 * pass for a result. */
struct tj_loss gradient_case_run(struct tj_network *net, const struct gradient_case *g,
                                 const struct tj_noise *noise, const float *values,
                                 float *gradients);

/* Returns the loss of the float64 reference network with the values in `exact`. */
struct tj_loss gradient_case_exact(const struct gradient_case *g, double smoothing);

#endif
