/* SPDX-License-Identifier: MIT */
/* Attention weights of a search: kept by step and row, found again by the trellis. */
#include "src/decode/attended.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"

/* Floats of each of the beam's rows. With the 64 rows of an engine these are 16 MiB at most,
 * however long sentences may be: 200 pieces and as many of the translation take 160 KiB a row. A
 * translation four times as long as such a source does not fit, and is nearly always one that goes
 * astray; it is read once more instead, as is that of a source of many hundreds of pieces. */
static const size_t MOST_OF_ROW = (size_t)1 << 16;

/* Steps to have room for at first, given the source's positions: most translations have fewer, and
 * memory that is not written is not taken. */
static size_t first_steps(size_t n_source)
{
	return n_source + n_source / 2 + 8;
}

void tj_attended_begin(struct tj_attended *a, size_t beam, size_t n_source, int wanted)
{
	assert(beam >= 1 && beam <= TJ_MAX_BEAM);
	tj_attended_release(a);
	a->beam = beam;
	a->n_source = n_source;
	a->keeps = wanted && n_source > 0 && n_source <= MOST_OF_ROW;
}

void tj_attended_keep(struct tj_attended *a, size_t n_live, const float *shares, size_t ld_shares)
{
	/* No product is too large: a row of the beam has at most MOST_OF_ROW floats. */
	size_t n_step = a->beam * a->n_source, most = a->beam * MOST_OF_ROW;
	if (!a->keeps)
		return;
	assert(n_live <= a->beam);
	size_t n = (a->n_steps + 1) * n_step, wanted = n;
	if (a->n_steps == 0 && a->n_source <= MOST_OF_ROW / first_steps(a->n_source))
		wanted = first_steps(a->n_source) * n_step;
	if (n > most || !tj_reserve(&a->shares, &a->capacity, wanted, sizeof *a->shares)) {
		tj_attended_release(a);
		return;
	}
	float *to = a->shares + a->n_steps++ * n_step;
	for (size_t i = 0; i < n_live; i++)
		memcpy(to + i * a->n_source, shares + i * ld_shares, a->n_source * sizeof *to);
}

int tj_attended_copy(const struct tj_attended *a, const struct tj_search *s, size_t i,
                     float *shares)
{
	const struct tj_ended *e = &s->ended[i];
	size_t at = e->at;
	if (!a->keeps || e->n_pieces >= a->n_steps || e->length == e->n_pieces)
		return 0;
	for (size_t step = e->n_pieces + 1; step-- > 0;) {
		memcpy(shares + step * a->n_source, a->shares + (step * a->beam + at) * a->n_source,
		       a->n_source * sizeof *shares);
		if (step > 0)
			at = (size_t)s->trellis[(step - 1) * a->beam + at].from;
	}
	return 1;
}

void tj_attended_release(struct tj_attended *a)
{
	free(a->shares);
	memset(a, 0, sizeof *a);
}
