/* SPDX-License-Identifier: MIT */
/* Traces: made when a translation is found, filled from the search or when the network reads the
 * translation again. */
#include "src/decode/trace.h"

#include <string.h>

#include "src/base/memory.h"

static const size_t MOST_SHARES = (size_t)1 << 22;

/* The last bit of an address is free to tell traces from parts. */
enum { IS_TRACE = 1 };

static size_t n_source_of(const struct tj_part *part, const struct tj_language *l)
{
	int appends_eos = l->empty_source < 0;
	return part->n_ids > 0 || appends_eos ? part->n_ids + (size_t)appends_eos : 1;
}

trujaman_status tj_trace_make(struct tj_part *part, const int32_t *ids, size_t n,
                              const struct tj_language *l, struct tj_trace **trace,
                              struct tj_error *err)
{
	struct tj_blocks *blocks = &part->chunk->blocks;
	size_t n_source = n_source_of(part, l), n_shares;
	*trace = NULL;
	if (!tj_multiply(n + 1, n_source, &n_shares) || n_shares > MOST_SHARES)
		return TRUJAMAN_OK;
	struct tj_trace *t = tj_blocks_take(blocks, sizeof *t);
	if (t == NULL)
		return tj_fail_memory(err, "an alignment", sizeof *t);
	*t = (struct tj_trace){ .part = part, .n = n, .n_source = n_source };
	t->ids = tj_blocks_take(blocks, (n + 1) * sizeof *t->ids);
	t->shares = tj_blocks_take(blocks, n_shares * sizeof *t->shares);
	t->scores = tj_blocks_take(blocks, (n + 1) * sizeof *t->scores);
	if (t->ids == NULL || t->shares == NULL || t->scores == NULL)
		return tj_fail_memory(err, "an alignment", n_shares * sizeof *t->shares);
	if (n > 0)
		memcpy(t->ids, ids, n * sizeof *t->ids);
	*trace = t;
	return TRUJAMAN_OK;
}

void tj_trace_fill(struct tj_trace *t, const struct tj_result *result, size_t i,
                   const struct tj_language *l)
{
	const struct tj_attended *a = result->attended;
	t->is_filled = !l->piece_scores && a != NULL && a->n_source == t->n_source &&
	               tj_attended_copy(a, result->search, i, t->shares);
}

trujaman_status tj_trace_queue(struct tj_part *part, struct tj_error *err)
{
	struct tj_chunk *c = part->chunk;
	for (size_t i = 0; i < part->n_hypotheses; i++) {
		struct tj_trace *trace = part->hypotheses[i].trace;
		if (trace == NULL || trace->is_filled)
			continue;
		if (!tj_reserve(&c->traces, &c->traces_capacity, c->n_traces + 1,
		                sizeof(struct tj_trace *)))
			return tj_fail_memory(err, "alignments", c->n_traces);
		c->traces[c->n_traces++] = trace;
		c->n_open++;
	}
	return TRUJAMAN_OK;
}

struct tj_request tj_trace_request(const struct tj_chunk *c, const struct tj_language *l, size_t i)
{
	const struct tj_trace *t = c->traces[i];
	const struct tj_part *part = t->part;
	int is_empty = part->n_ids == 0 && l->empty_source >= 0;
	return (struct tj_request){
		.ids = is_empty          ? &l->empty_source
		       : part->n_ids > 0 ? c->ids.data + part->first_id
		                         : NULL,
		.n_ids = is_empty ? 1 : part->n_ids,
		.forced = t->ids,
		.n_forced = t->n,
		.shares = t->shares,
		.scores = t->scores,
		.tag = (uint64_t)(uintptr_t)t | IS_TRACE,
	};
}

struct tj_trace *tj_trace_of_tag(uint64_t tag)
{
	return tag & IS_TRACE ? (struct tj_trace *)(uintptr_t)(tag & ~(uint64_t)IS_TRACE) : NULL;
}
