/* SPDX-License-Identifier: MIT */
/* The k best translations of a line, part by part: the k best of the first p + 1 parts follow from
 * the k best of the first p parts and the hypotheses of part p. Nothing else is needed, because
 * adding the same part to two different beginnings keeps their order and their difference: what
 * is not among the k best beginnings has k better ones before it with any continuation. Time and
 * memory are therefore proportional to the number of parts. */
#include "src/decode/k_best.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/hash.h"
#include "src/base/memory.h"
#include "src/decode/search.h"

/* A translation of the first parts of a line. */
struct beginning {
	double score;
	uint64_t hash; /* of the text, whatever the parts are that it is composed of */
	size_t n_bytes;
};

/* The up to k best beginnings of some length, best first. */
struct level {
	size_t n;
	struct beginning all[TJ_MAX_BEAM];
};

static const struct tj_part *part_at(const struct tj_k_best *b, size_t p)
{
	return b->parts[p];
}

static const struct tj_hypothesis *hypotheses_at(const struct tj_k_best *b, size_t p)
{
	return part_at(b, p)->hypotheses;
}

static struct beginning extended(const struct beginning *from, const struct tj_part *part,
                                 const struct tj_hypothesis *h)
{
	uint64_t hash = tj_hash_each(from->hash, part->before, part->n_before);
	return (struct beginning){ from->score + h->score, tj_hash_each(hash, h->text, h->n_bytes),
		                   from->n_bytes + part->n_before + h->n_bytes };
}

/* A place in a beginning, from which its bytes are read backwards, segment by segment. Each part
 * has two segments: what precedes it, and its text. */
struct cursor {
	size_t n_parts, at;  /* in beginning `at` of n_parts parts; 0 parts: the line's start */
	int before;          /* the segment is what precedes the last of these parts */
	const char *segment; /* [n], those bytes of it that were not read yet */
	size_t n;
};

static void load_segment(const struct tj_k_best *b, struct cursor *x)
{
	x->n = 0;
	if (x->n_parts == 0)
		return;
	size_t p = x->n_parts - 1;
	const struct tj_part *part = part_at(b, p);
	const struct tj_hypothesis *h = hypotheses_at(b, p);
	h += b->choices[p * b->k + x->at].hypothesis;
	x->segment = x->before ? part->before : h->text;
	x->n = x->before ? part->n_before : h->n_bytes;
}

/* Go back until there are bytes to read, or to the line's start. */
static void go_back(const struct tj_k_best *b, struct cursor *x)
{
	while (x->n == 0 && x->n_parts > 0) {
		if (x->before) {
			x->n_parts--;
			x->at = b->choices[x->n_parts * b->k + x->at].from;
		}
		x->before = !x->before;
		load_segment(b, x);
	}
}

/* Whether two beginnings of n_parts parts, which have equal numbers of bytes, have the same text.
 * They are compared from their ends to where they become one. */
static int same_text(const struct tj_k_best *b, size_t n_parts, size_t one, size_t other)
{
	struct cursor x = { .n_parts = n_parts, .at = one },
		      y = { .n_parts = n_parts, .at = other };
	load_segment(b, &x);
	load_segment(b, &y);
	for (;;) {
		go_back(b, &x);
		go_back(b, &y);
		if (x.n_parts == y.n_parts && x.at == y.at)
			return 1;
		size_t n = x.n < y.n ? x.n : y.n;
		if (memcmp(x.segment + x.n - n, y.segment + y.n - n, n) != 0)
			return 0;
		x.n -= n;
		y.n -= n;
	}
}

/* The best pair of a beginning and a hypothesis of part p that was not taken yet. next[i]: the
 * first hypothesis that was not taken with beginning i. Hypotheses are sorted, and so are
 * beginnings: behind one that was never taken there is no better pair. Returns 0 if all pairs
 * were taken. */
static int best_pair(const struct tj_k_best *b, size_t p, const struct level *from,
                     const size_t *next, struct tj_choice *best)
{
	const struct tj_hypothesis *h = hypotheses_at(b, p);
	double best_score = 0;
	int found = 0;
	for (size_t i = 0; i < from->n; i++) {
		if (next[i] == part_at(b, p)->n_hypotheses)
			continue;
		double score = from->all[i].score + h[next[i]].score;
		if (!found || score > best_score) {
			found = 1;
			best_score = score;
			*best = (struct tj_choice){ (uint8_t)i, (uint8_t)next[i] };
		}
		if (next[i] == 0)
			break;
	}
	return found;
}

/* Find the best beginnings that end with part p. */
static void extend(const struct tj_k_best *b, size_t p, const struct level *from, struct level *to)
{
	size_t next[TJ_MAX_BEAM] = { 0 };
	struct tj_choice *choices = b->choices + p * b->k;
	to->n = 0;
	while (to->n < b->k && best_pair(b, p, from, next, &choices[to->n])) {
		struct tj_choice pair = choices[to->n];
		struct beginning one = extended(&from->all[pair.from], part_at(b, p),
		                                &hypotheses_at(b, p)[pair.hypothesis]);
		size_t i = 0;
		next[pair.from]++;
		while (i < to->n &&
		       (to->all[i].hash != one.hash || to->all[i].n_bytes != one.n_bytes ||
		        !same_text(b, p + 1, i, to->n)))
			i++;
		if (i == to->n)
			to->all[to->n++] = one;
	}
}

int tj_k_best_find(struct tj_k_best *b, const struct tj_chunk *c, const struct tj_chunk_line *line,
                   size_t k)
{
	struct level levels[2] = { { .n = 1 } };
	size_t n_choices;
	assert(k >= 1 && k <= TJ_MAX_BEAM);
	b->chunk = c;
	b->line = line;
	b->k = k;
	if (__builtin_mul_overflow(line->n_parts, k, &n_choices) ||
	    !tj_reserve(&b->choices, &b->choices_capacity, n_choices, sizeof *b->choices) ||
	    !tj_reserve(&b->picks, &b->picks_capacity, line->n_parts, sizeof *b->picks) ||
	    !tj_reserve(&b->parts, &b->parts_capacity, line->n_parts, sizeof(struct tj_part *)))
		return 0;
	size_t n_parts = 0;
	for (const struct tj_part *part = line->first_part; part != NULL; part = part->next)
		b->parts[n_parts++] = part;
	for (size_t p = 0; p < line->n_parts; p++)
		extend(b, p, &levels[p % 2], &levels[(p + 1) % 2]);
	b->n = levels[line->n_parts % 2].n;
	return 1;
}

int tj_k_best_join(struct tj_k_best *b, size_t rank, struct tj_string *out, double *score)
{
	for (size_t p = b->line->n_parts; p-- > 0;) {
		struct tj_choice choice = b->choices[p * b->k + rank];
		b->picks[p] = choice.hypothesis;
		rank = choice.from;
	}
	return tj_chunk_join(b->chunk, b->line, b->picks, out, score);
}

void tj_k_best_release(struct tj_k_best *b)
{
	free(b->choices);
	free(b->picks);
	free(b->parts);
	memset(b, 0, sizeof *b);
}
