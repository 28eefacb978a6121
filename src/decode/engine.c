/* SPDX-License-Identifier: MIT */
/* The row engine. A slot holds one sentence from submit to result. Encoded slots wait in a queue,
 * in encoding order, and move to the active list when as many decoder rows are free as they may
 * need. The active list and the rows stay dense: a row names its parent row of the previous step,
 * so it may move between steps. */
#include "src/decode/engine.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/hash.h"
#include "src/base/memory.h"
#include "src/decode/networks.h"

enum {
	/* Limits of a group that is encoded at once: source ids, unless one sentence alone has
	 * more, and sentences. */
	GROUP_POSITIONS = 2048,
	GROUP_SENTENCES = 64
};

struct slot {
	struct tj_encoded *encoded; /* [n_models]: encoder states, the decoder's initial states */
	struct tj_search search;
	struct tj_attended attended;
	uint64_t tag;
	int32_t *ids; /* source ids, with `</s>` if the model uses it; owned */
	size_t n_ids, n_pieces, ids_capacity; /* n_pieces: without `</s>` */
	const int32_t *forced;                /* as in tj_request */
	size_t n_forced;
	float *shares; /* attention weights, as in tj_request */
	double *scores;
};

struct tj_engine {
	const struct tj_model *model;
	struct tj_engine_options options;
	struct tj_networks *networks;
	size_t n_slots, n_active, n_queued, n_free;
	struct slot *slots;
	struct tj_encoded *encoded;                  /* [n_slots][n_models] */
	struct slot **active, **queue, **free_slots; /* [n_slots] each; queue is a ring buffer */
	size_t queue_head;
	struct tj_row *rows;               /* [max_rows]: the input of one step */
	struct tj_network_sentence *group; /* [GROUP_SENTENCES]: the input of the encoder */
	struct slot **sorted;              /* [n_slots]: slots of one submit, longest first */
	size_t *refused; /* [max_rows]: rows of a greedy step whose best piece is not
	                    allowed */
};

static int32_t start_token(const struct tj_engine *e)
{
	return e->model->config.start_with_eos ? e->options.search.eos : e->options.bos;
}

static struct tj_networks *open_networks(const struct tj_model *m,
                                         const struct tj_engine_options *o, struct tj_error *err)
{
	const struct tj_model *models[TJ_MOST_NETWORKS] = { m };
	size_t group = o->max_source > GROUP_POSITIONS ? o->max_source : GROUP_POSITIONS;
	const struct tj_network_options options = {
		.n_models = 1 + o->n_others,
		.max_rows = o->max_rows,
		.max_sentences = GROUP_SENTENCES,
		/* Another model may read a `</s>` more in each sentence. */
		.max_group = o->n_others > 0 ? group + GROUP_SENTENCES : group,
		.max_source = o->max_source,
		.average_logs = o->average_logs,
		.source_eos = o->n_others > 0 ? o->source_end : o->source_eos,
		.bos = o->bos,
		.eos = o->search.eos
	};
	assert(o->n_others < TJ_MOST_NETWORKS);
	for (size_t i = 0; i < o->n_others; i++)
		models[i + 1] = o->others[i];
	return tj_networks_new(models, &options, err);
}

struct tj_engine *tj_engine_new(const struct tj_model *m, const struct tj_engine_options *o,
                                struct tj_error *err)
{
	struct tj_engine *e = calloc(1, sizeof *e);
	if (e == NULL) {
		tj_fail_memory(err, "an engine", sizeof *e);
		return NULL;
	}
	assert(o->search.beam >= 1 && o->search.beam <= TJ_MAX_BEAM);
	assert(o->max_rows >= o->search.beam);
	assert(!o->search.sampling.on || (o->search.beam == 1 && o->search.sampler == NULL));
	size_t at_work = o->max_rows / o->search.beam;
	e->model = m;
	e->options = *o;
	e->n_slots = at_work + (at_work < GROUP_SENTENCES ? GROUP_SENTENCES : at_work);
	e->slots = calloc(e->n_slots, sizeof *e->slots);
	e->encoded = calloc(e->n_slots * (1 + o->n_others), sizeof *e->encoded);
	e->active = calloc(e->n_slots, sizeof *e->active);
	e->queue = calloc(e->n_slots, sizeof *e->queue);
	e->free_slots = calloc(e->n_slots, sizeof *e->free_slots);
	e->sorted = calloc(e->n_slots, sizeof *e->sorted);
	e->group = calloc(GROUP_SENTENCES, sizeof *e->group);
	e->rows = calloc(o->max_rows, sizeof *e->rows);
	e->refused = calloc(o->max_rows, sizeof *e->refused);
	if (!e->slots || !e->encoded || !e->active || !e->queue || !e->free_slots || !e->sorted ||
	    !e->group || !e->rows || !e->refused) {
		tj_fail_memory(err, "an engine's slots", e->n_slots * sizeof *e->slots);
		tj_engine_free(e);
		return NULL;
	}
	for (size_t i = 0; i < e->n_slots; i++) {
		e->slots[i].encoded = e->encoded + i * (1 + o->n_others);
		e->free_slots[e->n_free++] = &e->slots[e->n_slots - 1 - i];
	}
	e->networks = open_networks(m, o, err);
	if (e->networks != NULL && o->search.sampling.on)
		e->options.search.sampler = tj_sampler_open(m->ld_logits, err);
	if (e->networks == NULL || err->status != TRUJAMAN_OK) {
		tj_engine_free(e);
		return NULL;
	}
	return e;
}

void tj_engine_free(struct tj_engine *e)
{
	if (e == NULL)
		return;
	for (size_t i = 0; e->slots != NULL && i < e->n_slots; i++) {
		tj_search_release(&e->slots[i].search);
		tj_attended_release(&e->slots[i].attended);
		free(e->slots[i].ids);
	}
	size_t n_encoded = e->encoded != NULL ? e->n_slots * (1 + e->options.n_others) : 0;
	for (size_t i = 0; i < n_encoded; i++)
		tj_encoded_release(&e->encoded[i]);
	free(e->encoded);
	tj_networks_free(e->networks);
	tj_sampler_close(e->options.search.sampler);
	free(e->slots);
	free(e->active);
	free(e->queue);
	free(e->free_slots);
	free(e->sorted);
	free(e->group);
	free(e->rows);
	free(e->refused);
	free(e);
}

void tj_engine_need_scores(struct tj_engine *e, int need)
{
	assert(tj_engine_pending(e) == 0);
	e->options.search.need_scores = need;
}

size_t tj_engine_room(const struct tj_engine *e)
{
	return e->n_free;
}

size_t tj_engine_pending(const struct tj_engine *e)
{
	return e->n_active + e->n_queued;
}

/* Ask for sentences before the queue runs empty, so that rows that become free are refilled at
 * once. The threshold is a quarter of the sentences at work, because the encoder is fastest with
 * many sentences at a time. */
int tj_engine_hungry(const struct tj_engine *e)
{
	size_t at_work = e->options.max_rows / e->options.search.beam;
	return e->n_queued < (at_work + 3) / 4 && e->n_free > 0;
}

/* The most rows that a sentence may still need in a step. */
static size_t rows_of(const struct tj_engine *e, const struct slot *s)
{
	return s->forced != NULL ? 1 : e->options.search.beam - s->search.n_ended;
}

static trujaman_status fill_slot(struct tj_engine *e, struct slot *s, const struct tj_request *r,
                                 struct tj_error *err)
{
	size_t n = r->n_ids + (e->options.source_eos >= 0);
	assert(n >= 1 && n <= e->options.max_source);
	if (!tj_reserve(&s->ids, &s->ids_capacity, r->n_ids + 1, sizeof *s->ids))
		return tj_fail_memory(err, "source pieces", n * sizeof *s->ids);
	if (r->n_ids > 0)
		memcpy(s->ids, r->ids, r->n_ids * sizeof *s->ids);
	if (e->options.source_eos >= 0)
		s->ids[r->n_ids] = e->options.source_eos;
	s->n_ids = n;
	s->n_pieces = r->n_ids;
	s->tag = r->tag;
	s->forced = r->forced;
	s->n_forced = r->n_forced;
	s->shares = r->shares;
	s->scores = r->scores;
	/* Scoring needs no trellis, because the target pieces are given. */
	size_t most = r->forced != NULL ? 0 : 3 * r->n_ids + 10;
	if (r->prefix != NULL)
		most += r->prefix->n_ids + r->prefix->n_tail;
	if (!tj_search_begin(&s->search, &e->options.search, most, start_token(e)))
		return tj_fail_memory(err, "hypotheses", most * sizeof(struct tj_node));
	tj_attended_begin(&s->attended, e->options.search.beam, n, r->attends && r->forced == NULL);
	s->search.key = tj_hash(e->options.search.sampling.seed, &r->key, sizeof r->key);
	if (r->forced == NULL &&
	    !tj_search_constrain(&s->search, &e->options.search, e->options.constraints,
	                         r->constraint, r->prefix, n))
		return tj_fail_memory(err, "the constraint of a sentence", n * sizeof(float));
	return TRUJAMAN_OK;
}

static int longer_first(const void *a, const void *b)
{
	const struct slot *x = *(struct slot *const *)a, *y = *(struct slot *const *)b;
	return (x->n_ids < y->n_ids) - (x->n_ids > y->n_ids);
}

trujaman_status tj_engine_submit(struct tj_engine *e, size_t n, const struct tj_request *requests,
                                 struct tj_error *err)
{
	assert(n <= e->n_free);
	for (size_t i = 0; i < n; i++) {
		struct slot *s = e->sorted[i] = e->free_slots[e->n_free - 1 - i];
		if (fill_slot(e, s, &requests[i], err) != TRUJAMAN_OK)
			return err->status;
	}
	qsort(e->sorted, n, sizeof(struct slot *), longer_first);
	for (size_t first = 0, end; first < n; first = end) {
		size_t positions = e->sorted[first]->n_ids;
		for (end = first + 1; end < n && end - first < GROUP_SENTENCES; end++) {
			positions += e->sorted[end]->n_ids;
			if (positions > GROUP_POSITIONS)
				break;
		}
		for (size_t i = first; i < end; i++)
			e->group[i - first] = (struct tj_network_sentence){ e->sorted[i]->ids,
				                                            e->sorted[i]->n_pieces,
				                                            e->sorted[i]->encoded };
		if (tj_networks_encode(e->networks, end - first, e->group, err) != TRUJAMAN_OK)
			return err->status;
	}
	e->n_free -= n;
	for (size_t i = 0; i < n; i++)
		e->queue[(e->queue_head + e->n_queued++) % e->n_slots] = e->sorted[i];
	return TRUJAMAN_OK;
}

static void admit(struct tj_engine *e)
{
	size_t used = 0;
	for (size_t i = 0; i < e->n_active; i++)
		used += rows_of(e, e->active[i]);
	while (e->n_queued > 0) {
		struct slot *s = e->queue[e->queue_head];
		used += rows_of(e, s);
		if (used > e->options.max_rows)
			return;
		e->queue_head = (e->queue_head + 1) % e->n_slots;
		e->n_queued--;
		e->active[e->n_active++] = s;
	}
}

/* Scoring: add the log-probability of the given piece. Returns 1 once `</s>` is scored. */
static int advance_forced(const struct tj_engine *e, struct slot *s, size_t row)
{
	struct tj_search *search = &s->search;
	const float *logits = e->networks->logits + row * e->model->ld_logits;
	size_t step = search->n_steps++;
	int32_t token = step < s->n_forced ? s->forced[step] : e->options.search.eos;
	struct tj_log_sum sum = e->model->kernels->log_sum_exp(logits, e->model->ld_logits);
	double added = (double)(logits[token] - sum.max) - (double)sum.log_sum;
	double score = search->live[0].score + added;
	search->live[0] = (struct tj_live){ score, token, (int32_t)row };
	if (s->scores != NULL)
		s->scores[step] = added;
	if (s->shares != NULL)
		memcpy(s->shares + step * s->n_ids,
		       e->networks->shares + row * e->networks->ld_shares,
		       s->n_ids * sizeof *s->shares);
	if (step < s->n_forced)
		return 0;
	search->ended[search->n_ended++] = (struct tj_ended){ score, score,           s->n_forced,
		                                              0,     s->n_forced + 1, 0,
		                                              1 };
	return 1;
}

/* Advance the search of a sentence whose rows begin at `row`. Returns 1 when it is over. */
static int advance(const struct tj_engine *e, struct slot *s, size_t row, int greedy)
{
	const struct tj_search_options *o = &e->options.search;
	size_t ld = e->model->ld_logits;
	if (s->forced != NULL)
		return advance_forced(e, s, row);
	tj_search_cover(&s->search, e->networks->shares + row * e->networks->ld_shares,
	                e->networks->ld_shares);
	tj_attended_keep(&s->attended, s->search.n_live,
	                 e->networks->shares + row * e->networks->ld_shares,
	                 e->networks->ld_shares);
	tj_search_look(&s->search, o, e->networks->shares + row * e->networks->ld_shares,
	               e->networks->ld_shares, s->n_pieces > 0 ? s->n_pieces : 1);
	if (greedy && tj_search_accepts(&s->search, o, &e->networks->best[row]))
		return tj_search_advance_greedy(&s->search, o, &e->networks->best[row], row);
	return tj_search_advance(&s->search, o, e->model->kernels, e->networks->logits + row * ld,
	                         ld, row);
}

/* After a greedy step: compute the logits of the rows whose best piece is not allowed. */
static void complete_logits(struct tj_engine *e)
{
	const struct tj_search_options *o = &e->options.search;
	size_t n = 0;
	for (size_t i = 0; i < e->n_active; i++) /* a beam of 1: row i is sentence i's */
		if (!tj_search_accepts(&e->active[i]->search, o, &e->networks->best[i]))
			e->refused[n++] = i;
	tj_decoder_logits(e->networks->members[0].decoder, n, e->refused);
}

static trujaman_status finish(struct tj_engine *e, struct slot *s, tj_result_function *done,
                              void *context, struct tj_error *err)
{
	const struct tj_search_options *o = &e->options.search;
	tj_search_rank(&s->search);
	struct tj_result result = { s->tag, s->search.n_ended, s->search.ended, &s->search,
		                    o,      &s->attended };
	if (result.n > o->n_best)
		result.n = o->n_best;
	/* Reusing the block for the next sentence would grow every block to the size of the longest
	 * sentence seen. Memory would grow with the length of the input, without a measurable gain
	 * in speed. */
	for (size_t i = 0; i <= e->options.n_others; i++)
		tj_encoded_release(&s->encoded[i]);
	e->free_slots[e->n_free++] = s;
	trujaman_status status = done(context, &result, err);
	tj_attended_release(&s->attended);
	return status;
}

trujaman_status tj_engine_step(struct tj_engine *e, tj_result_function *done, void *context,
                               struct tj_error *err)
{
	const struct tj_search_options *o = &e->options.search;
	size_t n_rows = 0, kept = 0, row = 0;
	int greedy = o->beam == 1 && !o->need_scores && !o->sampling.on && e->options.n_others == 0;
	admit(e);
	for (size_t i = 0; i < e->n_active; i++) {
		struct slot *s = e->active[i];
		greedy = greedy && s->forced == NULL;
		for (size_t j = 0; j < s->search.n_live; j++)
			e->rows[n_rows++] = (struct tj_row){ s->encoded, s->search.live[j].token,
				                             s->search.live[j].row };
	}
	if (n_rows == 0)
		return TRUJAMAN_OK;
	if (greedy) {
		tj_decoder_step_greedy(e->networks->members[0].decoder, n_rows, e->rows, o->unk);
		complete_logits(e);
	} else
		tj_networks_step(e->networks, n_rows, e->rows);
	for (size_t i = 0; i < e->n_active; i++) {
		struct slot *s = e->active[i];
		size_t n_live = s->search.n_live;
		int over = advance(e, s, row, greedy);
		row += n_live;
		if (!over)
			e->active[kept++] = s;
		else if (finish(e, s, done, context, err) != TRUJAMAN_OK)
			return err->status;
	}
	e->n_active = kept;
	return TRUJAMAN_OK;
}
