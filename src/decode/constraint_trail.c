/* SPDX-License-Identifier: MIT */
/* Judges pieces, and keeps what is needed for it. */
#include "src/decode/constraint_trail.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "simd/kernels.h"
#include "src/base/memory.h"
#include "src/text/char_code.h"

enum { N_LAST = 3, FILTER_WORDS = 8 };

struct tj_held {
	/* Which three pieces in a row have been followed by a fourth, as bits of their hashes: if
	 * the bit of three is not set, nothing has followed them yet. */
	uint64_t filter[FILTER_WORDS];
	struct tj_guard guard;
	int32_t last[N_LAST]; /* the last pieces, placeables left out, the last one first */
	uint32_t n_written;   /* how many of them there are, at most N_LAST */
	uint16_t n_left;
	uint8_t damaged;           /* it has a placeable that the guard refuses */
	uint8_t n_bytes, bytes[4]; /* of a character that byte pieces have begun */
	uint8_t left[TJ_CONSTRAINED_PLACEABLES];
};

int tj_trail_begin(struct tj_trail *t, const struct tj_constraint_model *model,
                   const struct tj_constraint *c, size_t beam, size_t n_source)
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

/* --- Text ------------------------------------------------------------------------ */

/* Looks for a character that begins with the bytes that were written and `byte`, and that may
 * stand here. Returns the one that has no other bytes if `whole`. */
static const struct tj_spelling *find_spelling(const struct tj_trail *t, const struct tj_held *h,
                                               uint8_t byte, size_t room, int whole)
{
	const struct tj_constraint_model *m = t->model;
	uint8_t bytes[4] = { 0 };
	size_t n = h->n_bytes + 1;
	memcpy(bytes, h->bytes, h->n_bytes);
	bytes[h->n_bytes] = byte;
	size_t low = 0, high = m->n_spellings;
	while (low < high) { /* the first that is not before these bytes */
		size_t middle = low + (high - low) / 2;
		if (memcmp(m->spellings[middle].bytes, bytes, n) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < m->n_spellings && memcmp(m->spellings[low].bytes, bytes, n) == 0; low++) {
		const struct tj_spelling *s = &m->spellings[low];
		struct tj_guard guard = h->guard;
		if ((whole ? s->n == n : (size_t)s->n - h->n_bytes <= room) &&
		    tj_guard_read(&guard, &t->constraint, s->code))
			return s;
	}
	return NULL;
}

/* Whether a piece may follow what hypothesis h has written. room: how many more pieces fit. */
static int may_write(const struct tj_trail *t, const struct tj_held *h,
                     const struct tj_constrained_piece *p, size_t room)
{
	struct tj_guard guard = h->guard;
	if (p->kind == TJ_WRITES_BYTE)
		return find_spelling(t, h, p->value, room, 0) != NULL;
	if (h->n_bytes > 0)
		return 0;
	if (p->kind == TJ_WRITES_PLACEABLE)
		return tj_guard_read(&guard, &t->constraint, TJ_CHAR_PLACEABLE);
	if (p->kind == TJ_WRITES_NOTHING)
		return 0;
	for (size_t i = 0; i < p->n; i++)
		if (!tj_guard_read(&guard, &t->constraint, t->model->codes[p->first + i]))
			return 0;
	return 1;
}

/* Without the guard: whether a piece begins with a letter or digit. */
static int begins_word(const struct tj_trail *t, const struct tj_constrained_piece *p)
{
	if (p->kind != TJ_WRITES_TEXT || p->n == 0)
		return p->kind == TJ_WRITES_BYTE;
	uint8_t code = t->model->codes[p->first];
	return code == TJ_CHAR_UPPER || code == TJ_CHAR_LETTER || code == TJ_CHAR_ORDINAL ||
	       (code >= TJ_CHAR_DIGIT && code < TJ_CHAR_DIGIT + 10) || code >= TJ_CHAR_LOWER;
}

/* --- Judging --------------------------------------------------------------------- */

static enum tj_verdict judge_end(const struct tj_trail *t, const struct tj_held *h, size_t n_pieces)
{
	if (t->constraint.guard && (h->n_bytes > 0 || !tj_guard_ends(&h->guard, &t->constraint)))
		return TJ_FORBIDDEN;
	if (t->constraint.min_length > 0 && n_pieces < (size_t)t->constraint.min_length)
		return TJ_FORBIDDEN;
	return h->n_left > 0 ? TJ_TOO_EARLY : TJ_ALLOWED;
}

enum tj_verdict tj_trail_judge(const struct tj_trail *t, const struct tj_trellis *trellis, size_t i,
                               int32_t token, int32_t eos)
{
	const struct tj_held *h = &t->held[i];
	if (token == eos)
		return judge_end(t, h, trellis->n_steps);
	if ((size_t)token >= t->model->n_pieces)
		return TJ_FORBIDDEN;
	const struct tj_constrained_piece *p = &t->model->pieces[token];
	if (p->kind == TJ_WRITES_PLACEABLE && h->left[p->value] == 0)
		return TJ_FORBIDDEN;
	if (t->constraint.guard && !may_write(t, h, p, trellis->limit - trellis->n_steps))
		return TJ_FORBIDDEN;
	if (h->guard.last != 0 && !t->constraint.guard && begins_word(t, p))
		return TJ_FORBIDDEN; /* it would touch a placeable */
	/* What has been begun must be finished. */
	int begun = t->constraint.guard &&
	            (h->n_bytes > 0 || tj_guard_in_number(&h->guard, &t->constraint));
	if (p->kind != TJ_WRITES_PLACEABLE && !begun && repeats_too_often(t, trellis, i, token))
		return TJ_FORBIDDEN;
	return TJ_ALLOWED;
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
	return t->held[i].n_bytes > 0;
}

int tj_trail_is_complete(const struct tj_trail *t, size_t i)
{
	const struct tj_held *h = &t->held[i];
	if (h->n_left > 0 || h->damaged)
		return 0;
	return !t->constraint.guard ||
	       (h->n_bytes == 0 && tj_guard_ends(&h->guard, &t->constraint));
}

/* --- Going on -------------------------------------------------------------------- */

/* Reads a placeable. If the guard refuses it, which happens only where nothing is allowed, the
 * guard begins anew. */
static void write_placeable(const struct tj_constraint *c, struct tj_held *h)
{
	uint32_t used = h->guard.used;
	if (tj_guard_read(&h->guard, c, TJ_CHAR_PLACEABLE))
		return;
	h->damaged = 1;
	h->guard = (struct tj_guard){ .used = used };
	tj_guard_read(&h->guard, c, TJ_CHAR_PLACEABLE);
}

/* Reads what a piece writes. */
static void write_piece(struct tj_trail *t, struct tj_held *h, const struct tj_constrained_piece *p)
{
	if (!t->constraint.guard) {
		h->guard.last = p->kind == TJ_WRITES_PLACEABLE;
		return;
	}
	if (p->kind == TJ_WRITES_BYTE) {
		const struct tj_spelling *whole = find_spelling(t, h, p->value, 0, 1);
		h->bytes[h->n_bytes++] = p->value;
		if (whole == NULL)
			return;
		h->n_bytes = 0;
		tj_guard_read(&h->guard, &t->constraint, whole->code);
	} else if (p->kind == TJ_WRITES_PLACEABLE)
		write_placeable(&t->constraint, h);
	else
		for (size_t k = 0; k < p->n; k++)
			tj_guard_read(&h->guard, &t->constraint, t->model->codes[p->first + k]);
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
	write_piece(t, h, p);
	if (p->kind == TJ_WRITES_PLACEABLE) {
		assert(h->left[p->value] > 0);
		h->left[p->value]--;
		h->n_left--;
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
