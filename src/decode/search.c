/* SPDX-License-Identifier: MIT */
/* Beam search over one sentence, as described in search.h. */
#include "src/decode/search.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"
#include "src/decode/candidates.h"

/* How far below the best ended hypothesis the rank of a live one may be, in natural logarithms for
 * each piece (with a length penalty of 1). Chosen on dev sets, where it changed no BLEU by more
 * than 0.07. */
static const double RANK_MARGIN = 0.1;

int tj_search_begin(struct tj_search *s, const struct tj_search_options *o, size_t limit,
                    int32_t start)
{
	size_t n;
	if (__builtin_mul_overflow(limit, o->beam, &n) ||
	    !tj_reserve(&s->trellis, &s->trellis_capacity, n, sizeof *s->trellis))
		return 0;
	s->n_live = 1;
	s->n_ended = 0;
	s->n_steps = 0;
	s->limit = limit;
	s->live[0] = (struct tj_live){ 0, start, -1 };
	s->trail.constraint.active = 0;
	s->key = 0;
	return 1;
}

int tj_search_constrain(struct tj_search *s, const struct tj_search_options *o,
                        const struct tj_constraint_model *model, const struct tj_constraint *c,
                        const struct tj_prefix *prefix, size_t n_source)
{
	return tj_trail_begin(&s->trail, model, c, prefix, o->beam, n_source);
}

static int is_constrained(const struct tj_search *s)
{
	return s->trail.constraint.active;
}

void tj_search_cover(struct tj_search *s, const float *shares, size_t ld_shares)
{
	for (size_t i = 0; is_constrained(s) && i < s->n_live; i++)
		tj_trail_cover(&s->trail, i, shares + i * ld_shares);
}

void tj_search_look(struct tj_search *s, const struct tj_search_options *o, const float *shares,
                    size_t ld_shares, size_t n_source)
{
	for (size_t i = 0; o->looks && i < s->n_live; i++) {
		const float *row = shares + i * ld_shares;
		size_t most = 0;
		for (size_t k = 1; k < n_source; k++)
			most = row[k] > row[most] ? k : most;
		s->looked[i] = (int32_t)most;
	}
}

static struct tj_trellis trellis_of(const struct tj_search *s, const struct tj_search_options *o)
{
	return (struct tj_trellis){ s->trellis, o->beam, s->n_steps, s->limit };
}

/* The up to n best pieces that may follow a hypothesis, best first. Returns their number. *largest:
 * the largest logit but that of unk, or NaN if it was not come across. */
static size_t choose(const struct tj_search *s, const struct tj_search_options *o,
                     const struct tj_candidates *c, size_t n, int32_t *index, float *value,
                     float *largest)
{
	*largest = NAN;
	if (o->sampling.on)
		return tj_sample(o->sampler, &o->sampling, c, s->key, s->n_steps, index, value);
	if (is_constrained(s))
		return tj_candidates_find(c, n, index, value, largest);
	size_t found = c->kernels->top_k(c->logits, c->n_logits, o->unk, n, index, value);
	if (found > 0)
		*largest = value[0];
	return found;
}

static struct tj_log_sum log_sum(const struct tj_candidates *c, float largest)
{
	if (isnan(largest))
		return c->kernels->log_sum_exp(c->logits, c->n_logits);
	if (c->unk >= 0 && c->logits[c->unk] > largest)
		largest = c->logits[c->unk];
	return c->kernels->log_sum_below(c->logits, c->n_logits, largest);
}

/* A live hypothesis extended by one piece; from: index of the hypothesis in live. */
struct extension {
	double score;
	int32_t token;
	size_t from;
};

/* Find the up to n best extensions of one hypothesis, best first. Returns their number. */
static size_t expand(const struct tj_search *s, const struct tj_search_options *o,
                     const struct tj_kernels *kernels, const float *logits, size_t n_logits,
                     size_t from, size_t n, struct extension *out)
{
	int32_t index[TJ_MAX_BEAM];
	float value[TJ_MAX_BEAM], largest;
	struct tj_log_sum sum = { 0, 0 };
	struct tj_candidates c = { kernels,  &s->trail, trellis_of(s, o), logits,
		                   n_logits, from,      o->eos,           o->unk };
	size_t found = choose(s, o, &c, n, index, value, &largest);
	int scored = o->need_scores || o->beam > 1;
	if (scored && found > 0)
		sum = log_sum(&c, largest);
	for (size_t i = 0; i < found; i++) {
		double log_p = scored ? (double)(value[i] - sum.max) - (double)sum.log_sum : 0;
		out[i] = (struct extension){ s->live[from].score + log_p, index[i], from };
	}
	return found;
}

/* Merge the sorted lists of all hypotheses into the n best extensions, best first. Among equal
 * scores the earlier hypothesis wins. Returns the number of extensions. */
static size_t merge(const struct extension (*lists)[TJ_MAX_BEAM], const size_t *n_list,
                    size_t n_lists, size_t n, struct extension *out)
{
	size_t next[TJ_MAX_BEAM] = { 0 }, taken = 0;
	for (; taken < n; taken++) {
		const struct extension *best = NULL;
		for (size_t i = 0; i < n_lists; i++) {
			const struct extension *c = &lists[i][next[i]];
			if (next[i] < n_list[i] && (best == NULL || c->score > best->score))
				best = c;
		}
		if (best == NULL)
			break;
		next[best->from]++;
		out[taken] = *best;
	}
	return taken;
}

/* What the score of a hypothesis of so many pieces is divided by. */
static double divisor_of(const struct tj_search_options *o, size_t length)
{
	if (length == 0)
		return 1;
	return o->length_penalty == 1 ? (double)length : tj_pow((double)length, o->length_penalty);
}

static void end(struct tj_search *s, const struct tj_search_options *o, double score, size_t at,
                size_t n_pieces, size_t length)
{
	assert(s->n_ended < o->beam);
	struct tj_ended *e = &s->ended[s->n_ended++];
	*e = (struct tj_ended){ score, score / divisor_of(o, length), n_pieces, at, length, 0, 1 };
	if (is_constrained(s)) {
		e->coverage = tj_trail_penalty(&s->trail, at);
		e->complete = tj_trail_is_complete(&s->trail, at);
	}
}

/* What ended hypotheses are sorted by. */
static double order_of(const struct tj_ended *e)
{
	return e->rank + e->coverage;
}

/* Whether no live hypothesis can still reach the n_best. Log-probabilities only decrease, so the
 * best possible rank of a live hypothesis is its present score at the greatest possible length; a
 * coverage penalty only lowers it. */
static int hopeless(const struct tj_search *s, const struct tj_search_options *o)
{
	if (s->n_ended < o->n_best)
		return 0;
	double divisor = divisor_of(o, s->limit + 1);
	for (size_t i = 0; i < s->n_live; i++) {
		size_t better = 0;
		for (size_t j = 0; j < s->n_ended; j++)
			better += s->ended[j].complete &&
			          order_of(&s->ended[j]) >= s->live[i].score / divisor;
		if (better < o->n_best)
			return 0;
	}
	return 1;
}

/* The rank that an extension must have by now to be worth going on with: slightly less than that of
 * the best that ended, since a hypothesis that lags rarely catches up. */
static double least_rank(const struct tj_search *s)
{
	double best = -INFINITY;
	for (size_t j = 0; j < s->n_ended; j++)
		if (s->ended[j].complete && order_of(&s->ended[j]) > best)
			best = order_of(&s->ended[j]);
	return best - RANK_MARGIN;
}

/* Whether extensions are left out. Not where placeables have to be written: a hypothesis that has
 * written an unlikely one is behind those that have it still before them. */
static int drops(const struct tj_search *s, const struct tj_search_options *o)
{
	return o->threshold > 0 && !(is_constrained(s) && s->trail.constraint.n_placeables > 0);
}

/* Leave out extensions, best first, that fall behind. Those that are needed for n_best translations
 * stay. Returns how many are left. */
static size_t prune(const struct tj_search *s, const struct tj_search_options *o,
                    struct extension *chosen, size_t n)
{
	size_t kept = 0;
	double divisor = divisor_of(o, s->n_steps + 1), rank = least_rank(s);
	double least = n > 0 ? chosen[0].score - o->threshold : 0;
	for (size_t i = 0; i < n; i++) {
		double score = chosen[i].score;
		if (kept + s->n_ended < o->n_best || (score >= least && score / divisor >= rank))
			chosen[kept++] = chosen[i];
	}
	return kept;
}

/* End all live hypotheses without `</s>`. */
static void end_live(struct tj_search *s, const struct tj_search_options *o)
{
	for (size_t i = 0; i < s->n_live; i++)
		end(s, o, s->live[i].score, i, s->n_steps, s->n_steps);
	s->n_live = 0;
}

/* Continue with the n chosen extensions, best first. Returns 1 when the search is over. */
static int take(struct tj_search *s, const struct tj_search_options *o,
                const struct extension *chosen, size_t n, size_t first_row)
{
	struct tj_live live[TJ_MAX_BEAM];
	struct tj_node *step = s->trellis + s->n_steps * o->beam;
	size_t n_live = 0;
	if (n == 0) { /* all logits are NaN or -inf: keep the hypotheses found so far */
		end_live(s, o);
		return 1;
	}
	for (size_t i = 0; i < n; i++) {
		const struct extension *c = &chosen[i];
		if (c->token == o->eos) {
			end(s, o, c->score, c->from, s->n_steps, s->n_steps + 1);
			continue;
		}
		step[n_live] = (struct tj_node){ c->token, (int32_t)c->from,
			                         o->looks ? s->looked[c->from] : 0 };
		if (is_constrained(s))
			tj_trail_extend(&s->trail, n_live, c->from, c->token);
		live[n_live++] = (struct tj_live){ c->score, c->token,
			                           (int32_t)(first_row + c->from) };
	}
	if (is_constrained(s))
		tj_trail_advance(&s->trail);
	memcpy(s->live, live, n_live * sizeof *live);
	s->n_live = n_live;
	s->n_steps++;
	if (s->n_steps == s->limit)
		end_live(s, o);
	return s->n_live == 0 || hopeless(s, o);
}

int tj_search_advance(struct tj_search *s, const struct tj_search_options *o,
                      const struct tj_kernels *kernels, const float *logits, size_t ld_logits,
                      size_t first_row)
{
	struct extension lists[TJ_MAX_BEAM][TJ_MAX_BEAM], chosen[TJ_MAX_BEAM];
	size_t n_list[TJ_MAX_BEAM], places = o->beam - s->n_ended;

	for (size_t i = 0; i < s->n_live; i++)
		n_list[i] = expand(s, o, kernels, logits + i * ld_logits, ld_logits, i, places,
		                   lists[i]);
	size_t n = merge((const struct extension(*)[TJ_MAX_BEAM])lists, n_list, s->n_live, places,
	                 chosen);
	if (drops(s, o) && n > 0) {
		n = prune(s, o, chosen, n);
		if (n == 0) { /* none can win any more */
			s->n_live = 0;
			return 1;
		}
	}
	return take(s, o, chosen, n, first_row);
}

int tj_search_advance_greedy(struct tj_search *s, const struct tj_search_options *o,
                             const struct tj_best *best, size_t first_row)
{
	struct extension chosen = { 0, best->index, 0 };
	assert(o->beam == 1 && !o->need_scores);
	return take(s, o, &chosen, best->index >= 0, first_row);
}

int tj_search_accepts(const struct tj_search *s, const struct tj_search_options *o,
                      const struct tj_best *best)
{
	struct tj_trellis trellis = trellis_of(s, o);
	return !is_constrained(s) || best->index < 0 ||
	       tj_trail_judge(&s->trail, &trellis, 0, best->index, o->eos) == TJ_ALLOWED;
}

/* Whether one ended hypothesis goes before another that ended before it. */
static int is_better(const struct tj_ended *a, const struct tj_ended *b)
{
	if (a->complete != b->complete)
		return a->complete;
	return order_of(a) > order_of(b);
}

void tj_search_rank(struct tj_search *s)
{
	/* Insertion sort: stable, and there are few entries. */
	for (size_t i = 1; i < s->n_ended; i++) {
		struct tj_ended e = s->ended[i];
		size_t j = i;
		for (; j > 0 && is_better(&e, &s->ended[j - 1]); j--)
			s->ended[j] = s->ended[j - 1];
		s->ended[j] = e;
	}
}

void tj_search_looked(const struct tj_search *s, const struct tj_search_options *o, size_t i,
                      int32_t *ids, int32_t *looked)
{
	size_t at = s->ended[i].at;
	for (size_t step = s->ended[i].n_pieces; step-- > 0;) {
		const struct tj_node *node = &s->trellis[step * o->beam + at];
		ids[step] = node->token;
		if (looked != NULL)
			looked[step] = node->looked;
		at = (size_t)node->from;
	}
}

void tj_search_pieces(const struct tj_search *s, const struct tj_search_options *o, size_t i,
                      int32_t *ids)
{
	tj_search_looked(s, o, i, ids, NULL);
}

void tj_search_release(struct tj_search *s)
{
	free(s->trellis);
	tj_trail_release(&s->trail);
	memset(s, 0, sizeof *s);
}
