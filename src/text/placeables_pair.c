/* SPDX-License-Identifier: MIT */
/* Pairs the spans of a text with those of its translation. */
#include "src/text/placeables_pair.h"

#include <stdlib.h>
#include <string.h>

#include "src/text/placeables.h"

/* The spans of a side. Those from the 257th on stay as they are. */
struct span_side {
	const char *text;
	size_t n;
	struct tj_fixed spans[TJ_PLACEABLES_MOST];
	size_t n_spans, n_found; /* n_found: all of them */
	int paired[TJ_PLACEABLES_MOST];
};

static trujaman_status find(struct span_side *s, struct tj_finder *f, const char *text, size_t n,
                            struct tj_error *err)
{
	const struct tj_fixed *spans;
	if (tj_finder_find(f, text, n, &spans, &s->n_found, err) != TRUJAMAN_OK)
		return err->status;
	s->text = text;
	s->n = n;
	s->n_spans = s->n_found < TJ_PLACEABLES_MOST ? s->n_found : TJ_PLACEABLES_MOST;
	for (size_t i = 0; i < s->n_spans; i++)
		s->spans[i] = spans[i];
	memset(s->paired, 0, sizeof s->paired);
	return TRUJAMAN_OK;
}

static int are_same(const struct tj_fixed *a, const struct tj_fixed *b)
{
	return a->n_value == b->n_value && memcmp(a->value, b->value, a->n_value) == 0;
}

/* Whether `span` is among the paired spans before number i. */
static int is_known(const struct span_side *s, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (s->paired[k] && are_same(&s->spans[k], &s->spans[i]))
			return 1;
	return 0;
}

/* Pairs each span of the source with the first one of the target that is left. Returns how many. */
static size_t pair(struct span_side *source, struct span_side *target, size_t max)
{
	size_t n = 0, values = 0;
	for (size_t i = 0; i < source->n_spans; i++) {
		size_t k = 0;
		while (k < target->n_spans &&
		       (target->paired[k] || !are_same(&source->spans[i], &target->spans[k])))
			k++;
		int is_new = !is_known(source, i);
		if (k == target->n_spans || (is_new && values == max))
			continue;
		values += (size_t)is_new;
		source->paired[i] = target->paired[k] = 1;
		n++;
	}
	return n;
}

/* Keeps the paired spans only. */
static void select_paired(struct span_side *s)
{
	size_t n = 0;
	for (size_t i = 0; i < s->n_spans; i++)
		if (s->paired[i])
			s->spans[n++] = s->spans[i];
	s->n_spans = n;
}

static trujaman_status put(struct span_side *s, struct tj_placeables *p, struct tj_string *out,
                           struct tj_error *err)
{
	struct tj_mapped m = { .from = NULL };
	size_t used;
	trujaman_status status = tj_placeables_take(p, s->text, 0, s->n, s->spans, s->n_spans,
	                                            TJ_PLACEABLES_MOST, &m, &used, err);
	if (status == TRUJAMAN_OK && !tj_string_append(out, m.text.data, m.text.n))
		status = tj_fail_memory(err, "a pair with placeables", m.text.n);
	tj_mapped_release(&m);
	return status;
}

trujaman_status tj_placeables_pair(struct tj_finder *f, const char *source, size_t n,
                                   const char *target, size_t n_target, size_t max,
                                   struct tj_string *source_out, struct tj_string *target_out,
                                   struct tj_pair_counts *counts, struct tj_error *err)
{
	struct span_side a, b;
	struct tj_placeables p = { .items = NULL };
	if (find(&a, f, source, n, err) != TRUJAMAN_OK ||
	    find(&b, f, target, n_target, err) != TRUJAMAN_OK)
		return err->status;
	size_t paired = pair(&a, &b, max);
	select_paired(&a);
	select_paired(&b);
	trujaman_status status = put(&a, &p, source_out, err);
	p.n_uses = 0; /* the items stay: the target's numbers are the source's */
	if (status == TRUJAMAN_OK)
		status = put(&b, &p, target_out, err);
	tj_placeables_release(&p);
	if (status != TRUJAMAN_OK)
		return status;
	counts->replaced += paired;
	counts->source_only += a.n_found - paired;
	counts->target_only += b.n_found - paired;
	return TRUJAMAN_OK;
}
