/* SPDX-License-Identifier: MIT */
/* The contents of a trujaman handle, and what the calls of the interface share. */
#ifndef TJ_API_HANDLE_H
#define TJ_API_HANDLE_H

#include "src/api/trust.h"
#include "src/decode/workers.h"
#include "src/machine/placement.h"
#include "src/model/model.h"
#include "src/text/pieces.h"

enum {
	/* Decoder rows of a worker. 64 rows keep the products near the peak of the FMA units. A
	 * wide beam gets more rows, enough for TJ_SENTENCES_OF_WIDE_BEAM sentences at a time. */
	TJ_ROWS = 64,
	TJ_SENTENCES_OF_WIDE_BEAM = 8,
	/* When scoring, the model sees only so many pieces of a source. Translating cuts at
	 * max_pieces instead. */
	TJ_MAX_SCORED = 16384,
	TJ_OPTION_STRINGS = 7
};

struct trujaman {
	trujaman_options options;
	char *strings[TJ_OPTION_STRINGS]; /* of the options, copied */
	struct tj_error error;
	struct tj_safetensors *file;
	struct tj_config config;
	const struct tj_kernels *kernels;
	struct tj_model *model;
	struct tj_pieces *source, *target; /* equal if both sides share a vocabulary */
	struct tj_cores *cores;
	struct tj_placement *placement;
	struct tj_copies *copies;
	struct trujaman_machine *machine; /* NULL until trujaman_get_machine is called */
	struct tj_team translating, scoring;
	struct tj_cache *cache; /* NULL: none */
	struct tj_trust trust;  /* what keeps the promise; empty with the option plain */
	trujaman_info info;
	int is_open;
};

/* The language settings for a job. */
struct tj_language tj_language_of(const trujaman *t, int scoring);

/* How often a chunk has each line: as many draws of it as are wanted. */
size_t tj_draws(const trujaman *t);

/* The number of lines of a chunk: as many as the rows of one worker hold at once. */
size_t tj_chunk_lines(const trujaman *t, int scoring);

/* Begin a call: clear the last error. Returns TRUJAMAN_ERROR_USAGE if the handle is not open. */
trujaman_status tj_begin(trujaman *t);

#endif
