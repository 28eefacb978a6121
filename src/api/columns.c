/* SPDX-License-Identifier: MIT */
/* Prints word alignments in Pharaoh's format, and scores of words. */
#include "src/api/columns.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "src/api/stream.h"
#include "src/base/memory.h"
#include "src/base/number.h"

static int by_source(const void *one, const void *other)
{
	const struct tj_link *x = one, *y = other;
	if (x->source != y->source)
		return x->source < y->source ? -1 : 1;
	return x->target < y->target ? -1 : x->target > y->target;
}

static int append_link(struct tj_string *out, const struct tj_link *link, int is_first)
{
	char text[2 * TJ_NUMBER_TEXT];
	int n = tj_number_print(text, sizeof text, "%s%" PRIu32 "-%" PRIu32, is_first ? "" : " ",
	                        link->source, link->target);
	return n > 0 && (size_t)n < sizeof text && tj_string_append(out, text, (size_t)n);
}

struct tj_link *tj_links_of(const struct tj_alignment *a, double threshold, size_t *n)
{
	size_t n_bytes;
	int good = tj_multiply(a->n_links + 1, sizeof(struct tj_link), &n_bytes);
	struct tj_link *links = good ? malloc(n_bytes) : NULL;
	*n = 0;
	for (size_t i = 0; links != NULL && i < a->n_links; i++)
		if ((double)a->links[i].share >= threshold)
			links[(*n)++] = a->links[i];
	if (links != NULL)
		qsort(links, *n, sizeof *links, by_source);
	return links;
}

static int append_links(struct tj_string *out, const struct tj_alignment *a, double threshold)
{
	size_t n;
	struct tj_link *links = tj_links_of(a, threshold, &n);
	int good = links != NULL;
	for (size_t i = 0; good && i < n; i++)
		good = append_link(out, &links[i], i == 0);
	free(links);
	return good;
}

static int append_scores(struct tj_string *out, const struct tj_alignment *a)
{
	for (size_t i = 0; i < a->n_target; i++)
		if ((i > 0 && !tj_string_append(out, " ", 1)) ||
		    !tj_append_score(out, a->scores[i]))
			return 0;
	return 1;
}

int tj_append_columns(struct tj_string *out, const trujaman_options *o,
                      const struct tj_alignment *a)
{
	if (o->alignments &&
	    (!tj_string_append(out, "\t", 1) || !append_links(out, a, o->alignments_threshold)))
		return 0;
	return !o->word_scores || (tj_string_append(out, "\t", 1) && append_scores(out, a));
}
