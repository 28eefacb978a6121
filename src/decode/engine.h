/* SPDX-License-Identifier: MIT */
/* The row engine: keeps a fixed number of decoder rows busy with sentences. When
 * a sentence ends, its rows go to the next one at once, so products stay full and
 * nothing is padded. What a sentence becomes does not depend on its neighbours.
 *
 * One engine per thread; engines share the model. */
#ifndef TJ_DECODE_ENGINE_H
#define TJ_DECODE_ENGINE_H

#include "src/decode/search.h"
#include "src/model/decoder.h"

struct tj_engine;

struct tj_engine_options {
	struct tj_search_options search;
	size_t max_rows;    /* decoder rows, at least search.beam */
	size_t max_source;  /* ids of a sentence at most, `</s>` included */
	int32_t bos;        /* target ids; needed as start token or `</s>` */
	int32_t source_eos; /* id that is appended to every source, -1: none */
};

/* A sentence to translate, or with `forced` to score. */
struct tj_request {
	const int32_t *ids;    /* source pieces without `</s>`; read during submit only */
	size_t n_ids;          /* at least 1 where no `</s>` is appended */
	const int32_t *forced; /* target pieces without `</s>`, or NULL; kept until the result */
	size_t n_forced;
	float *shares; /* with forced, NULL or [n_forced + 1][source ids]: attention */
	uint64_t tag;  /* handed back with the result */
};

struct tj_result {
	uint64_t tag;
	size_t n; /* hypotheses, best first; 1 with forced */
	const struct tj_ended *ended;
	const struct tj_search *search; /* for tj_search_pieces */
	const struct tj_search_options *options;
};

/* Called for each sentence that is done; the result is valid during the call. A
 * status other than OK ends the step with that status. */
typedef trujaman_status tj_result_function(void *context, const struct tj_result *result,
                                           struct tj_error *err);

struct tj_engine *tj_engine_new(const struct tj_model *m, const struct tj_engine_options *o,
                                struct tj_error *err);
void tj_engine_free(struct tj_engine *e);

/* Change search.need_scores between jobs. */
void tj_engine_need_scores(struct tj_engine *e, int need);

/* How many sentences can be submitted now. */
size_t tj_engine_room(const struct tj_engine *e);

/* Whether more sentences are wanted to keep the rows full. */
int tj_engine_hungry(const struct tj_engine *e);

/* Sentences submitted and not yet done. */
size_t tj_engine_pending(const struct tj_engine *e);

/* Encode n sentences (at most tj_engine_room) and queue them. */
trujaman_status tj_engine_submit(struct tj_engine *e, size_t n, const struct tj_request *requests,
                                 struct tj_error *err);

/* One step of all rows; does nothing when nothing is pending. */
trujaman_status tj_engine_step(struct tj_engine *e, tj_result_function *done, void *context,
                               struct tj_error *err);

#endif
