/* SPDX-License-Identifier: MIT */
/* Scores of pairs as lines of text. */
#include "src/api/pair_scores.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "src/api/columns.h"
#include "src/api/stream.h"
#include "src/base/number.h"

double tj_pair_score(const trujaman_options *o, const struct tj_chunk_line *line)
{
	const struct tj_part *part = line->first_part;
	double score = part->hypotheses->score;
	return o->normalize ? score / (double)(part->n_target + 1) : score;
}

/* Score number i of the chunk, and that of the other direction. Without a pair there is none. */
static double score_of(const struct tj_chunk *c, const trujaman_options *o, size_t i)
{
	return c->lines[i].short_row ? -(double)INFINITY : tj_pair_score(o, &c->lines[i]);
}

static double reverse_of(const struct tj_chunk *c, const trujaman_options *o, size_t i)
{
	return c->lines[i].short_row ? -(double)INFINITY : tj_pair_score(o, &c->reverse->lines[i]);
}

static int append_text(struct tj_string *out, const char *text, size_t n)
{
	return n == 0 || tj_string_append(out, text, n);
}

static int append_kept(struct tj_chunk *c, const struct tj_chunk_line *line)
{
	return line->n_kept == 0 ||
	       append_text(&c->out, c->kept.data + line->first_kept, line->n_kept);
}

static int append_columns(struct tj_chunk *c, const trujaman_options *o,
                          const struct tj_chunk_line *line)
{
	return line->alignment == NULL || tj_append_columns(&c->out, o, line->alignment);
}

static int append_end(struct tj_string *out, const struct tj_chunk_line *line)
{
	return line->terminator == TJ_CRLF ? append_text(out, "\r\n", 2)
	                                   : append_text(out, "\n", 1);
}

static int print_line(struct tj_chunk *c, const trujaman_options *o, size_t i, int is_row)
{
	const struct tj_chunk_line *line = &c->lines[i];
	struct tj_string *out = &c->out;
	if (!tj_append_score(out, score_of(c, o, i)))
		return 0;
	if (c->reverse != NULL &&
	    (!append_text(out, "\t", 1) || !tj_append_score(out, reverse_of(c, o, i))))
		return 0;
	if (!append_columns(c, o, line))
		return 0;
	if (is_row && (!append_text(out, "\t", 1) || !append_kept(c, line)))
		return 0;
	return append_end(out, line);
}

/* A translation of a line, and its place in the list as it was. */
struct ranked {
	double score;
	size_t i;
};

static int by_score(const void *one, const void *other)
{
	const struct ranked *a = one, *b = other;
	if (a->score != b->score)
		return a->score > b->score ? -1 : 1;
	return (a->i > b->i) - (a->i < b->i);
}

static int print_ranked(struct tj_chunk *c, const trujaman_options *o, const struct ranked *r)
{
	char text[TJ_NUMBER_TEXT];
	const struct tj_chunk_line *line = &c->lines[r->i];
	struct tj_string *out = &c->out;
	int n = tj_number_print(text, sizeof text, "%" PRIu64 "\t", line->number);
	return n > 0 && (size_t)n < sizeof text && append_text(out, text, (size_t)n) &&
	       tj_append_score(out, r->score) && append_text(out, "\t", 1) &&
	       append_kept(c, line) && append_columns(c, o, line) && append_end(out, line);
}

/* The lines [first, end) have the same source. */
static int print_group(struct tj_chunk *c, const trujaman_options *o, size_t first, size_t end)
{
	struct ranked *list = calloc(end - first, sizeof *list);
	int good = list != NULL;
	for (size_t i = first; good && i < end; i++) {
		double score = score_of(c, o, i);
		if (c->reverse != NULL)
			score += reverse_of(c, o, i);
		list[i - first] = (struct ranked){ score, i };
	}
	if (good)
		qsort(list, end - first, sizeof *list, by_score);
	for (size_t i = first; good && i < end; i++) {
		good = print_ranked(c, o, &list[i - first]);
		c->lines[i].out_end = c->out.n;
	}
	free(list);
	return good;
}

int tj_print_pairs(struct tj_chunk *c, const trujaman_options *o, enum trujaman_pairs_kind kind)
{
	for (size_t first = 0, end; first < c->n_lines; first = end) {
		end = first + 1;
		if (kind != TRUJAMAN_PAIRS_N_BEST) {
			if (!print_line(c, o, first, kind == TRUJAMAN_PAIRS_TSV))
				return 0;
			c->lines[first].out_end = c->out.n;
			continue;
		}
		while (end < c->n_lines && c->lines[end].number == c->lines[first].number)
			end++;
		if (!print_group(c, o, first, end))
			return 0;
	}
	return 1;
}
