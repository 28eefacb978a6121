/* SPDX-License-Identifier: MIT */
/* Pieces are chosen first and judged then: nearly always they are allowed, and a judgement costs
 * less than a copy of the logits. Only where too many of the best are forbidden is every piece
 * judged. */
#include "src/decode/candidates.h"

#include <math.h>

/* How many of the best pieces are looked at before all are. */
enum { MOST_CHOSEN = 128 };

/* Inserts a piece into the list of the n best; `found` of them are there. Returns how many then. */
static size_t insert(float x, int32_t token, size_t found, size_t n, int32_t *index, float *value)
{
	size_t at = found < n ? found : n - 1;
	if (found == n && !(x > value[n - 1]))
		return found;
	for (; at > 0 && x > value[at - 1]; at--) {
		value[at] = value[at - 1];
		index[at] = index[at - 1];
	}
	value[at] = x;
	index[at] = token;
	return found < n ? found + 1 : n;
}

static enum tj_verdict judge(const struct tj_candidates *c, int32_t token)
{
	return tj_trail_judge(c->trail, &c->trellis, c->i, token, c->eos);
}

size_t tj_candidates_left(const struct tj_candidates *c, size_t n, int32_t *index, float *value)
{
	const struct tj_constraint_model *m = c->trail->model;
	size_t found = 0, most = c->trail->constraint.n_placeables;
	for (int32_t token = 0; (size_t)token < m->n_pieces && most > 0; token++) {
		if (m->pieces[token].kind != TJ_WRITES_PLACEABLE)
			continue;
		size_t k = m->pieces[token].value;
		if (k < most && (size_t)token < c->n_logits && c->logits[token] > -INFINITY &&
		    tj_trail_left(c->trail, c->i, k) > 0)
			found = insert(c->logits[token], token, found, n, index, value);
	}
	return found;
}

/* Every piece is judged, if it is among the best. */
static size_t find_all(const struct tj_candidates *c, size_t n, int32_t *index, float *value)
{
	size_t found = 0;
	float least = -INFINITY;
	for (int32_t token = 0; (size_t)token < c->n_logits; token++) {
		float x = c->logits[token];
		if (!(x > least) || token == c->unk || judge(c, token) != TJ_ALLOWED)
			continue;
		found = insert(x, token, found, n, index, value);
		least = found == n ? value[n - 1] : -INFINITY;
	}
	return found;
}

/* Whether the best piece that would be allowed if no placeables were left is `</s>`. */
static int wants_to_end(const struct tj_candidates *c, const int32_t *index, const float *value,
                        size_t found)
{
	if (tj_trail_all_left(c->trail, c->i) == 0 || c->eos < 0 ||
	    judge(c, c->eos) != TJ_TOO_EARLY)
		return 0;
	float end = c->logits[c->eos];
	return end > -INFINITY &&
	       (found == 0 || end > value[0] || (end == value[0] && c->eos < index[0]));
}

size_t tj_candidates_find(const struct tj_candidates *c, size_t n, int32_t *index, float *value,
                          float *largest)
{
	int32_t chosen[MOST_CHOSEN], prescribed = tj_trail_prescribed(c->trail);
	float logits[MOST_CHOSEN];
	size_t found = 0;
	*largest = NAN;
	if (prescribed >= 0) { /* it may be the unknown piece, too */
		index[0] = prescribed;
		value[0] = c->logits[prescribed];
		return value[0] > -INFINITY;
	}
	for (size_t k = n;; k = 4 * k < MOST_CHOSEN ? 4 * k : MOST_CHOSEN) {
		size_t n_chosen = c->kernels->top_k(c->logits, c->n_logits, c->unk, k, chosen,
		                                    logits);
		*largest = n_chosen > 0 ? logits[0] : NAN;
		found = 0;
		for (size_t i = 0; i < n_chosen && found < n; i++)
			if (judge(c, chosen[i]) == TJ_ALLOWED) {
				index[found] = chosen[i];
				value[found++] = logits[i];
			}
		if (found == n || n_chosen < k)
			break;
		if (k == MOST_CHOSEN) {
			found = find_all(c, n, index, value);
			break;
		}
	}
	if (wants_to_end(c, index, value, found))
		return tj_candidates_left(c, n, index, value);
	if (found > 0 || tj_trail_is_broken(c->trail, c->i) || !tj_trail_has_prefix(c->trail, c->i))
		return found;
	if (tj_trail_all_left(c->trail, c->i) > 0)
		return tj_candidates_left(c, n, index, value);
	if (c->eos < 0 || !(c->logits[c->eos] > -INFINITY))
		return 0;
	index[0] = c->eos;
	value[0] = c->logits[c->eos];
	return 1;
}
