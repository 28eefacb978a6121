/* SPDX-License-Identifier: MIT */
/* Draws pieces. The shares of the pieces are added up in the order of their ids, in double
 * precision, and a uniform number picks one. If that one is not allowed, it leaves and another is
 * drawn, which gives each allowed piece its share of what is allowed. */
#include "src/decode/sample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"
#include "src/base/random.h"

enum {
	MOST_DRAWS = 32, /* before every piece is judged */
	DRAWS_PER_STEP = 64,
	ENDS_TOO_EARLY = -2 /* `</s>` was drawn, but placeables are left */
};

struct tj_sampler {
	float *shares; /* [n] of the pieces that may be drawn; 0 of all others */
	float *all;    /* [n] of all pieces, where only some may be drawn */
	int32_t *heap; /* [n] the pieces that may not be drawn yet, the likeliest first */
	size_t n, n_heap;
};

struct tj_sampler *tj_sampler_open(size_t n, struct tj_error *err)
{
	struct tj_sampler *s = calloc(1, sizeof *s);
	if (s != NULL) {
		s->n = n;
		s->shares = tj_alloc(n, sizeof *s->shares);
		s->all = tj_alloc(n, sizeof *s->all);
		s->heap = calloc(n, sizeof *s->heap);
	}
	if (s != NULL && s->shares != NULL && s->all != NULL && s->heap != NULL)
		return s;
	tj_fail_memory(err, "draws", n * sizeof(float));
	tj_sampler_close(s);
	return NULL;
}

void tj_sampler_close(struct tj_sampler *s)
{
	if (s == NULL)
		return;
	tj_free(s->shares);
	tj_free(s->all);
	free(s->heap);
	free(s);
}

/* --- The likeliest pieces --------------------------------------------------------- */

static int is_before(const struct tj_sampler *s, int32_t a, int32_t b)
{
	return s->all[a] > s->all[b] || (s->all[a] == s->all[b] && a < b);
}

static void sink_down(struct tj_sampler *s, size_t at)
{
	int32_t piece = s->heap[at];
	for (size_t child; (child = 2 * at + 1) < s->n_heap; at = child) {
		if (child + 1 < s->n_heap && is_before(s, s->heap[child + 1], s->heap[child]))
			child++;
		if (!is_before(s, s->heap[child], piece))
			break;
		s->heap[at] = s->heap[child];
	}
	s->heap[at] = piece;
}

/* Takes the likeliest of the pieces that are left; -1: none is. */
static int32_t take_likeliest(struct tj_sampler *s)
{
	if (s->n_heap == 0)
		return -1;
	int32_t piece = s->heap[0];
	s->heap[0] = s->heap[--s->n_heap];
	if (s->n_heap > 0)
		sink_down(s, 0);
	return piece;
}

static double sum_of(const float *shares, size_t n)
{
	double sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += (double)shares[i];
	return sum;
}

/* Leaves at most k pieces, the likeliest ones, in s->shares, and of them only as many as it takes
 * to reach a share of `enough`; the others wait in the heap. */
static void keep_likeliest(struct tj_sampler *s, size_t k, double enough)
{
	double part = 0;
	memcpy(s->all, s->shares, s->n * sizeof *s->all);
	memset(s->shares, 0, s->n * sizeof *s->shares);
	s->n_heap = 0;
	for (size_t i = 0; i < s->n; i++)
		if (s->all[i] > 0)
			s->heap[s->n_heap++] = (int32_t)i;
	for (size_t i = s->n_heap / 2; i-- > 0;)
		sink_down(s, i);
	for (size_t i = 0; i < k && s->n_heap > 0 && (i == 0 || part < enough); i++) {
		int32_t piece = take_likeliest(s);
		s->shares[piece] = s->all[piece];
		part += (double)s->all[piece];
	}
}

static void restrict_pieces(struct tj_sampler *s, const struct tj_sampling *o)
{
	if (o->top_k > 0)
		keep_likeliest(s, o->top_k, INFINITY);
	if (o->top_p < 1)
		keep_likeliest(s, s->n, o->top_p * sum_of(s->shares, s->n));
}

/* --- Drawing ----------------------------------------------------------------------- */

static enum tj_verdict judge(const struct tj_candidates *c, int32_t token)
{
	return c->trail->constraint.active
	           ? tj_trail_judge(c->trail, &c->trellis, c->i, token, c->eos)
	           : TJ_ALLOWED;
}

/* The piece at which the sum of the shares exceeds a uniform number's share of all; -1: all shares
 * are 0. */
static int32_t draw(const struct tj_sampler *s, uint64_t random)
{
	double total = sum_of(s->shares, s->n), sum = 0;
	double target = (double)(random >> 11) * 0x1p-53 * total;
	int32_t last = -1;
	for (size_t i = 0; i < s->n; i++) {
		if (!(s->shares[i] > 0))
			continue;
		last = (int32_t)i;
		sum += (double)s->shares[i];
		if (sum > target)
			break;
	}
	return last;
}

/* Takes away what is not allowed. */
static void judge_all(struct tj_sampler *s, const struct tj_candidates *c)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->shares[i] > 0 && judge(c, (int32_t)i) != TJ_ALLOWED)
			s->shares[i] = 0;
}

/* The likeliest piece that is allowed of those that could not be drawn; -1: none is. */
static int32_t next_allowed(struct tj_sampler *s, const struct tj_candidates *c)
{
	int32_t piece;
	do
		piece = take_likeliest(s);
	while (piece >= 0 && judge(c, piece) != TJ_ALLOWED);
	return piece;
}

static int32_t draw_allowed(struct tj_sampler *s, const struct tj_candidates *c, uint64_t key,
                            uint64_t step)
{
	for (uint64_t i = 0; i <= MOST_DRAWS; i++) {
		if (i == MOST_DRAWS)
			judge_all(s, c);
		int32_t piece = draw(s, tj_random(key, step * DRAWS_PER_STEP + i));
		if (piece < 0)
			break;
		enum tj_verdict verdict = judge(c, piece);
		if (verdict == TJ_ALLOWED)
			return piece;
		if (verdict == TJ_TOO_EARLY)
			return ENDS_TOO_EARLY;
		s->shares[piece] = 0;
	}
	return next_allowed(s, c);
}

size_t tj_sample(struct tj_sampler *s, const struct tj_sampling *o, const struct tj_candidates *c,
                 uint64_t key, uint64_t step, int32_t *index, float *value)
{
	int is_constrained = c->trail->constraint.active;
	if (!is_constrained || tj_trail_prescribed(c->trail) < 0) {
		memcpy(s->shares, c->logits, s->n * sizeof *s->shares);
		c->kernels->softmax(s->shares, s->n, (float)(1 / o->temperature));
		s->n_heap = 0;
		if (c->unk >= 0)
			s->shares[c->unk] = 0;
		if (o->top_k > 0 || o->top_p < 1)
			restrict_pieces(s, o);
		*index = draw_allowed(s, c, key, step);
		if (*index >= 0) {
			*value = c->logits[*index];
			return 1;
		}
		if (*index == ENDS_TOO_EARLY)
			return tj_candidates_left(c, 1, index, value);
	}
	float largest;
	return is_constrained ? tj_candidates_find(c, 1, index, value, &largest) : 0;
}
