/* SPDX-License-Identifier: MIT */
/* Judges pieces, and keeps what is needed for it. */
#include "src/decode/constraint_trail.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "simd/kernels.h"
#include "src/base/memory.h"

enum { N_LAST = 3, FILTER_WORDS = 8 };

struct tj_held {
	/* Which three pieces in a row have been followed by a fourth, as bits of their hashes: if
	 * the bit of three is not set, nothing has followed them yet. */
	uint64_t filter[FILTER_WORDS];
	struct tj_written written;
	int32_t last[N_LAST]; /* the last pieces, placeables left out, the last one first */
	uint32_t n_written;   /* how many of them there are, at most N_LAST */
	uint16_t n_left;
	uint8_t n_tail; /* of the prefix: bytes of its tail that it has */
	uint8_t left[TJ_CONSTRAINED_PLACEABLES];
};

int tj_trail_begin(struct tj_trail *t, const struct tj_constraint_model *model,
                   const struct tj_constraint *c, const struct tj_prefix *prefix, size_t beam,
                   size_t n_source)
{
	size_t held = 2 * beam * sizeof *t->held, covered = 0;
	t->constraint.active = 0;
	if (c == NULL || !c->active)
		return 1;
	assert(model != NULL && c->n_placeables <= TJ_CONSTRAINED_PLACEABLES &&
	       c->n_small <= TJ_MOST_SMALL);
	if (c->coverage_penalty > 0 &&
	    (__builtin_mul_overflow(n_source, 2 * beam * sizeof *t->covered, &covered) ||
	     covered > SIZE_MAX - held))
		return 0;
	if (!tj_reserve(&t->block, &t->block_capacity, held + covered, 1))
		return 0;
	t->model = model;
	t->constraint = *c;
	t->prefix = prefix != NULL ? *prefix : (struct tj_prefix){ .n_ids = 0 };
	t->n_steps = 0;
	t->beam = beam;
	t->n_source = n_source;
	t->held = t->block;
	t->next = t->held + beam;
	t->covered = covered > 0 ? (float *)(t->held + 2 * beam) : NULL;
	t->next_covered = covered > 0 ? t->covered + beam * n_source : NULL;
	memset(t->held, 0, sizeof *t->held);
	memcpy(t->held->left, c->count, c->n_placeables);
	for (size_t i = 0; i < c->n_placeables; i++)
		t->held->n_left += c->count[i];
	for (size_t i = 0; covered > 0 && i < n_source; i++)
		t->covered[i] = 0;
	return 1;
}

/* --- Four pieces in a row -------------------------------------------------------- */

static unsigned filter_bit(const struct tj_held *h)
{
	uint64_t hash = (uint32_t)h->last[0];
	hash = hash * UINT64_C(0x9E3779B97F4A7C15) + (uint32_t)h->last[1];
	hash = hash * UINT64_C(0x9E3779B97F4A7C15) + (uint32_t)h->last[2];
	return (unsigned)(hash * UINT64_C(0x9E3779B97F4A7C15) >> 55);
}

static int is_placeable(const struct tj_trail *t, int32_t token)
{
	return (size_t)token < t->model->n_pieces &&
	       t->model->pieces[token].kind == TJ_WRITES_PLACEABLE;
}

static int counts_placeable(const struct tj_trail *t, const struct tj_constrained_piece *p)
{
	return p->kind == TJ_WRITES_PLACEABLE && !t->constraint.any_placeables;
}

/* How often the last three pieces of hypothesis i were followed by `token`. */
static size_t count_repeats(const struct tj_trail *t, const struct tj_trellis *trellis, size_t i,
                            int32_t token)
{
	const int32_t *last = t->held[i].last;
	/* The pieces from the place that is looked at on. */
	int32_t window[N_LAST + 1] = { -1, -1, -1, -1 };
	size_t n = 0;
	for (size_t step = trellis->n_steps; step-- > 0;) {
		const struct tj_node *node = &trellis->nodes[step * trellis->ld + i];
		i = (size_t)node->from;
		if (is_placeable(t, node->token))
			continue;
		window[3] = window[2];
		window[2] = window[1];
		window[1] = window[0];
		window[0] = node->token;
		n += window[3] == token && window[2] == last[0] && window[1] == last[1] &&
		     window[0] == last[2];
	}
	return n;
}

static int repeats_too_often(const struct tj_trail *t, const struct tj_trellis *trellis, size_t i,
                             int32_t token)
{
	const struct tj_held *h = &t->held[i];
	if (t->constraint.repeat == 0 || h->n_written < N_LAST)
		return 0;
	unsigned bit = filter_bit(h);
	if (!(h->filter[bit / 64] >> bit % 64 & 1))
		return 0;
	return count_repeats(t, trellis, i, token) >= t->constraint.repeat;
}

/* --- Judging --------------------------------------------------------------------- */

static enum tj_verdict judge_end(const struct tj_trail *t, const struct tj_held *h)
{
	if (!tj_written_may_end(&h->written, &t->constraint))
		return TJ_FORBIDDEN;
	if (t->constraint.min_length > 0 && t->n_steps < (size_t)t->constraint.min_length)
		return TJ_FORBIDDEN;
	return h->n_left > 0 ? TJ_TOO_EARLY : TJ_ALLOWED;
}

/* Whether a piece goes on with the prefix, which hypothesis h does not have all of. *is_free: it
 * has more behind that, which is judged as any piece is. */
static int fits_prefix(const struct tj_trail *t, const struct tj_held *h, int32_t token,
                       int *is_free)
{
	size_t n;
	*is_free = 0;
	if (t->n_steps < t->prefix.n_ids)
		return token == t->prefix.ids[t->n_steps];
	if (t->model->pieces[token].kind == TJ_WRITES_NOTHING)
		return 0;
	const char *text = tj_pieces_text(t->model->target, token, &n);
	return tj_prefix_fits(&t->prefix, h->n_tail, text, n, is_free);
}

enum tj_verdict tj_trail_judge(const struct tj_trail *t, const struct tj_trellis *trellis, size_t i,
                               int32_t token, int32_t eos)
{
	const struct tj_held *h = &t->held[i];
	int in_prefix = !tj_trail_has_prefix(t, i), is_free = 1;
	if (token == eos)
		return in_prefix ? TJ_FORBIDDEN : judge_end(t, h);
	if ((size_t)token >= t->model->n_pieces)
		return TJ_FORBIDDEN;
	if (in_prefix && !fits_prefix(t, h, token, &is_free))
		return TJ_FORBIDDEN;
	const struct tj_constrained_piece *p = &t->model->pieces[token];
	if (t->n_steps < t->prefix.n_ids)
		return TJ_ALLOWED;
	if (counts_placeable(t, p) && h->left[p->value] == 0)
		return TJ_FORBIDDEN;
	if (!is_free)
		return TJ_ALLOWED;
	if (!tj_written_allows(&h->written, t->model, &t->constraint, p,
	                       trellis->limit - trellis->n_steps))
		return TJ_FORBIDDEN;
	/* What has been begun must be finished. */
	int begun = t->constraint.guard && (h->written.n_bytes > 0 ||
	                                    tj_guard_in_number(&h->written.guard, &t->constraint));
	if (p->kind != TJ_WRITES_PLACEABLE && !begun && repeats_too_often(t, trellis, i, token))
		return TJ_FORBIDDEN;
	return TJ_ALLOWED;
}

int32_t tj_trail_prescribed(const struct tj_trail *t)
{
	return t->n_steps < t->prefix.n_ids ? t->prefix.ids[t->n_steps] : -1;
}

int tj_trail_has_prefix(const struct tj_trail *t, size_t i)
{
	return tj_prefix_is_whole(&t->prefix, t->n_steps, t->held[i].n_tail);
}

size_t tj_trail_left(const struct tj_trail *t, size_t i, size_t placeable)
{
	return t->held[i].left[placeable];
}

size_t tj_trail_all_left(const struct tj_trail *t, size_t i)
{
	return t->held[i].n_left;
}

int tj_trail_is_broken(const struct tj_trail *t, size_t i)
{
	return t->held[i].written.n_bytes > 0;
}

int tj_trail_is_complete(const struct tj_trail *t, size_t i)
{
	const struct tj_held *h = &t->held[i];
	return h->n_left == 0 && !h->written.damaged && tj_trail_has_prefix(t, i) &&
	       tj_written_may_end(&h->written, &t->constraint);
}

/* --- Going on -------------------------------------------------------------------- */

/* Adds the text of a piece. */
static void write_piece(const struct tj_trail *t, struct tj_held *h, int32_t token)
{
	const struct tj_constrained_piece *p = &t->model->pieces[token];
	int is_prescribed = t->n_steps < t->prefix.n_ids;
	if (!is_prescribed && h->n_tail < t->prefix.n_tail) {
		size_t n, left = t->prefix.n_tail - h->n_tail;
		(void)tj_pieces_text(t->model->target, token, &n);
		is_prescribed = n <= left;
		h->n_tail = (uint8_t)(h->n_tail + (n < left ? n : left));
	}
	tj_written_add(&h->written, t->model, &t->constraint, p, is_prescribed);
}

void tj_trail_extend(struct tj_trail *t, size_t to, size_t from, int32_t token)
{
	struct tj_held *h = &t->next[to];
	*h = t->held[from];
	if (t->covered != NULL)
		memcpy(t->next_covered + to * t->n_source, t->covered + from * t->n_source,
		       t->n_source * sizeof *t->covered);
	if ((size_t)token >= t->model->n_pieces)
		return;
	const struct tj_constrained_piece *p = &t->model->pieces[token];
	write_piece(t, h, token);
	if (counts_placeable(t, p)) {
		/* A prescribed one may be none of the source's. */
		if (h->left[p->value] > 0) {
			h->left[p->value]--;
			h->n_left--;
		}
		return;
	}
	if (h->n_written == N_LAST) {
		unsigned bit = filter_bit(h);
		h->filter[bit / 64] |= UINT64_C(1) << bit % 64;
	} else
		h->n_written++;
	h->last[2] = h->last[1];
	h->last[1] = h->last[0];
	h->last[0] = token;
}

void tj_trail_advance(struct tj_trail *t)
{
	struct tj_held *held = t->held;
	float *covered = t->covered;
	t->n_steps++;
	t->held = t->next;
	t->next = held;
	t->covered = t->next_covered;
	t->next_covered = covered;
}

/* --- Coverage -------------------------------------------------------------------- */

void tj_trail_cover(struct tj_trail *t, size_t i, const float *shares)
{
	if (t->covered == NULL)
		return;
	float *covered = t->covered + i * t->n_source;
	for (size_t k = 0; k < t->n_source; k++)
		covered[k] += shares[k];
}

double tj_trail_penalty(const struct tj_trail *t, size_t i)
{
	double sum = 0;
	if (t->covered == NULL)
		return 0;
	for (size_t k = 0; k < t->n_source; k++) {
		float covered = t->covered[i * t->n_source + k];
		if (covered < 1)
			sum += (double)tj_log(covered > 0x1p-20f ? covered : 0x1p-20f);
	}
	return (double)t->constraint.coverage_penalty * sum;
}

void tj_trail_release(struct tj_trail *t)
{
	free(t->block);
	memset(t, 0, sizeof *t);
}
