/* SPDX-License-Identifier: MIT */
/* What a trujaman holds. */
#ifndef TJ_API_HANDLE_H
#define TJ_API_HANDLE_H

#include "src/decode/workers.h"
#include "src/machine/placement.h"
#include "src/model/model.h"
#include "src/text/pieces.h"

enum {
	/* Decoder rows of a worker. 64 keep the products near the peak of the FMA
	 * units; a wide beam gets more, so that some sentences still run together. */
	TJ_ROWS = 64,
	TJ_SENTENCES_OF_WIDE_BEAM = 8,
	/* Longest source that can be scored; a search cuts at max_pieces. */
	TJ_MAX_SCORED = 16384
};

struct trujaman {
	trujaman_options options;
	struct tj_error error;
	struct tj_safetensors *file;
	struct tj_config config;
	const struct tj_kernels *kernels;
	struct tj_model *model;
	struct tj_pieces *source, *target; /* may be one and the same */
	struct tj_cores *cores;
	struct tj_placement *plan;
	struct tj_copies *copies;
	struct trujaman_machine *machine; /* NULL: nobody has asked */
	struct tj_team translating, scoring;
	struct tj_cache *cache; /* NULL: none */
	trujaman_info info;
	int is_open;
};

/* Check options; TRUJAMAN_ERROR_USAGE with a message otherwise. */
trujaman_status tj_check_options(const trujaman_options *o, struct tj_error *err);

/* How the lines of a job are turned. */
struct tj_language tj_language_of(const trujaman *t, int scoring, const char *name);

/* Lines that a chunk should have: as many as a worker's rows take at once. */
size_t tj_chunk_lines(const trujaman *t, int scoring);

/* Begin a call: forget the last error; USAGE where the handle is not open. */
trujaman_status tj_begin(trujaman *t);

#endif
