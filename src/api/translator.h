/* SPDX-License-Identifier: MIT */
/* A translator: a model, options, and the workers that translate and score by them. */
#ifndef TJ_API_TRANSLATOR_H
#define TJ_API_TRANSLATOR_H

#include "src/api/members.h"
#include "src/api/options.h"
#include "src/decode/workers.h"
#include "src/document/fields.h"

enum {
	/* Decoder rows of a worker. 64 rows keep the products near the peak of the FMA units. A
	 * wide beam gets more rows, enough for TJ_SENTENCES_OF_WIDE_BEAM sentences at a time. */
	TJ_ROWS = 64,
	TJ_SENTENCES_OF_WIDE_BEAM = 8,
	/* When scoring, the model sees only so many pieces of a source. Translating cuts at
	 * max_pieces instead. */
	TJ_MAX_SCORED = 16384
};

struct trujaman_translator {
	trujaman_model *model;
	struct tj_members others; /* of an ensemble */
	trujaman_options options; /* its strings are owned */
	struct tj_error error;    /* of the call that is being made */
	struct tj_placement *placement;
	struct trujaman_machine *machine; /* NULL until trujaman_translator_machine is called */
	struct tj_team translating, scoring;
	struct tj_cache *cache;   /* NULL: none */
	struct tj_fields *fields; /* of the option field; NULL: none */
	struct tj_trust trust;    /* what keeps the promise; empty with the option plain */
	int stop;                 /* trujaman_stop; only accessed atomically */
	int (*progress)(void *context, size_t done, size_t n);
	void *progress_context;
};

/* The language settings for a job. */
struct tj_language tj_language_of(const trujaman_translator *t, int scoring);

/* How often a chunk has each line: as many draws of it as are wanted. */
size_t tj_draws(const trujaman_translator *t);

/* The number of lines of a chunk: as many as the rows of one worker hold at once. */
size_t tj_chunk_lines(const trujaman_translator *t, int scoring);

/* The end of a call: tells the caller what t->error has, and clears it. */
trujaman_status tj_translator_tell(trujaman_translator *t, char *error, size_t n_error_bytes);

#endif
