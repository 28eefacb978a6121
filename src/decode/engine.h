/* SPDX-License-Identifier: MIT */
/* The row engine keeps a fixed number of decoder rows busy with sentences. When a sentence ends,
 * its rows go to the next sentence at once, so matrix products stay full and nothing is padded.
 * The result for a sentence does not depend on the other sentences.
 *
 * Use one engine per thread; engines share the model. */
#ifndef TJ_DECODE_ENGINE_H
#define TJ_DECODE_ENGINE_H

#include "src/decode/attended.h"
#include "src/decode/search.h"
#include "src/model/decoder.h"

struct tj_engine;

struct tj_engine_options {
	struct tj_search_options search;
	size_t max_rows;   /* decoder rows, at least search.beam */
	size_t max_source; /* the most source ids of a sentence, including `</s>` */
	int32_t bos; /* target id of the start token; unused if the model starts with `</s>` */
	int32_t source_eos;                   /* id appended to every source; -1: none */
	const struct tj_model *const *others; /* [n_others]: with the model an ensemble; not owned,
	                                         and not used once the engine is open */
	size_t n_others;                      /* at most TJ_MOST_NETWORKS - 1 */
	int average_logs;                     /* as in tj_network_options */
	int32_t source_end; /* with others: the id of `</s>` for those that want it at the source's
	                       end */
	const struct tj_constraint_model *constraints; /* not owned; NULL: no request has an active
	                                                  constraint */
};

/* A sentence to translate, or to score if `forced` is set. */
struct tj_request {
	const int32_t *ids;    /* source pieces without `</s>`; copied by submit */
	size_t n_ids;          /* at least 1 if no `</s>` is appended */
	const int32_t *forced; /* target pieces without `</s>`, or NULL; must stay valid until the
	                          result */
	size_t n_forced;
	float *shares;  /* only with forced: [n_forced + 1][source ids] to receive the attention
	                   weights, or NULL; the caller's */
	double *scores; /* only with forced: [n_forced + 1] to receive the natural log-probability
	                   of each piece, or NULL; the caller's */
	uint64_t tag;   /* returned with the result */
	uint64_t key;   /* of what is drawn, if the search does that */
	const struct tj_constraint *constraint; /* what the translation may write, or NULL; copied
	                                           by submit; not used with forced */
	const struct tj_prefix *prefix; /* with an active constraint: what it begins with, or NULL;
	                                   its arrays must stay valid until the result */
	int attends; /* keep what the hypotheses look at, for the result; not used with forced */
};

struct tj_result {
	uint64_t tag;
	size_t n;                       /* number of hypotheses; 1 when scoring */
	const struct tj_ended *ended;   /* [n], best first */
	const struct tj_search *search; /* for tj_search_pieces */
	const struct tj_search_options *options;
	const struct tj_attended *attended; /* of the search, if the request asked for it */
};

/* Called for each sentence that is done. The result is valid only during the call. A status other
 * than OK ends the step with that status. */
typedef trujaman_status tj_result_function(void *context, const struct tj_result *result,
                                           struct tj_error *err);

struct tj_engine *tj_engine_new(const struct tj_model *m, const struct tj_engine_options *o,
                                struct tj_error *err);
void tj_engine_free(struct tj_engine *e);

/* Change search.need_scores. Only allowed while no sentence is pending. */
void tj_engine_need_scores(struct tj_engine *e, int need);

/* The number of sentences that can be submitted now. */
size_t tj_engine_room(const struct tj_engine *e);

/* Whether the engine needs more sentences to keep its rows full. */
int tj_engine_hungry(const struct tj_engine *e);

/* The number of sentences that were submitted and are not done. */
size_t tj_engine_pending(const struct tj_engine *e);

/* Encode n sentences, at most tj_engine_room, and queue them. On failure none is queued. */
trujaman_status tj_engine_submit(struct tj_engine *e, size_t n, const struct tj_request *requests,
                                 struct tj_error *err);

/* Advance all rows by one step. Does nothing if nothing is pending. */
trujaman_status tj_engine_step(struct tj_engine *e, tj_result_function *done, void *context,
                               struct tj_error *err);

#endif
