/* SPDX-License-Identifier: MIT */
/* Divides translations among rows. */
#include "src/document/rows.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/utf8.h"
#include "src/document/breaks.h"
#include "src/document/marks.h"
#include "src/document/sentence_end.h"

struct row_writer {
	const struct tj_document *d;
	const struct tj_document_segment *s;
	struct tj_breaks breaks;
	/* [n_rows]; the rows that get words come first in `used`. */
	size_t *used, *widths, *ends;
	unsigned char *stops, *is_used;
	size_t n_used;
};

static const struct tj_document_range *row(const struct row_writer *x, size_t i)
{
	return &x->d->rows[x->s->first_row + i];
}

/* What stands before row i > 0. */
static struct tj_document_range gap(const struct row_writer *x, size_t i)
{
	return (struct tj_document_range){ row(x, i - 1)->end, row(x, i)->first };
}

/* Whether only the end of a line stands before row i. */
static int is_in_cue(const struct row_writer *x, size_t i)
{
	if (i == 0)
		return 0;
	struct tj_document_range g = gap(x, i);
	return g.first == g.end || tj_is_blank(x->d->bytes + g.first, g.end - g.first);
}

/* Chooses the rows that get words, if there are fewer words than rows: the first lines of cues
 * before others, earlier ones before later ones. */
static void choose_rows(struct row_writer *x)
{
	size_t n = x->s->n_rows, n_words = x->breaks.n + 1;
	size_t excess = n > n_words ? n - n_words : 0;
	memset(x->is_used, 1, n);
	for (size_t i = n; i-- > 0 && excess > 0;)
		if (is_in_cue(x, i)) {
			x->is_used[i] = 0;
			excess--;
		}
	for (size_t i = n; i-- > 0 && excess > 0;)
		if (x->is_used[i]) {
			x->is_used[i] = 0;
			excess--;
		}
	for (size_t i = 0; i < n; i++)
		if (x->is_used[i])
			x->used[x->n_used++] = i;
}

static void measure_rows(struct row_writer *x)
{
	for (size_t k = 0; k < x->n_used; k++) {
		const struct tj_document_range *r = row(x, x->used[k]);
		const char *text = x->d->bytes + r->first;
		x->widths[k] = tj_text_width(text, r->end - r->first);
		x->stops[k] = (unsigned char)tj_ends_sentence(text, r->end - r->first);
	}
}

/* Appends what stands before used row k, and after the one before it. Of line ends between rows
 * without words, none is left. */
static int write_gap(const struct row_writer *x, size_t k, struct tj_string *out)
{
	size_t from = k > 0 ? x->used[k - 1] + 1 : 1;
	size_t to = k < x->n_used ? x->used[k] : x->s->n_rows - 1;
	for (size_t i = from; i <= to; i++) {
		struct tj_document_range g = gap(x, i);
		if ((x->is_used[i] || !is_in_cue(x, i)) && !tj_document_copy(x->d, g, out))
			return 0;
	}
	return 1;
}

static int write_pieces(const struct row_writer *x, const struct tj_marked *pieces, size_t n,
                        const char *text, tj_escaper *escape, struct tj_string *out)
{
	size_t k = 0;
	for (size_t i = 0; i < n; i++) {
		const struct tj_marked *p = &pieces[i];
		size_t from = p->first, end = p->first + p->n;
		if (p->mark != SIZE_MAX) {
			if (!tj_document_copy(x->d, x->d->marks[p->mark].range, out))
				return 0;
			continue;
		}
		for (; k + 1 < x->n_used; k++) {
			const struct tj_break *b = &x->breaks.items[x->ends[k]];
			if (b->at >= end)
				break;
			if (!escape(x->d, text + from, b->at - from, out) ||
			    !write_gap(x, k + 1, out))
				return 0;
			from = b->at + b->n;
		}
		if (!escape(x->d, text + from, end - from, out))
			return 0;
	}
	return write_gap(x, x->n_used, out);
}

static int write_rows(struct row_writer *x, const struct tj_marked *pieces, size_t n,
                      const char *text, tj_escaper *escape, struct tj_string *out)
{
	size_t n_rows = x->s->n_rows;
	size_t *tables = calloc(n_rows + 1, 3 * sizeof *tables);
	unsigned char *flags = calloc(n_rows + 1, 2);
	int good = tables != NULL && flags != NULL;
	for (size_t i = 0; good && i < n; i++)
		if (pieces[i].mark == SIZE_MAX)
			good = tj_breaks_add(&x->breaks, text, pieces[i].first, pieces[i].n);
	if (good) {
		x->used = tables;
		x->widths = tables + n_rows;
		x->ends = tables + 2 * n_rows;
		x->stops = flags;
		x->is_used = flags + n_rows;
		choose_rows(x);
		measure_rows(x);
		tj_breaks_choose(&x->breaks, text, x->widths, x->stops, x->n_used, x->ends);
		good = write_gap(x, 0, out) && write_pieces(x, pieces, n, text, escape, out);
	}
	free(tables);
	free(flags);
	free(x->breaks.items);
	return good;
}

int tj_rows_write(const struct tj_document *d, size_t segment, tj_escaper *escape,
                  struct tj_string *out)
{
	struct row_writer x = { .d = d, .s = &d->segments[segment] };
	struct tj_string *translation = &d->translations[segment];
	size_t n;
	struct tj_marked *pieces = tj_marks_divide(d, x.s, translation, &n);
	if (pieces == NULL)
		return n == 1 && tj_document_copy(d, x.s->range, out);
	int good = write_rows(&x, pieces, n, translation->data, escape, out);
	free(pieces);
	return good;
}
