/* SPDX-License-Identifier: MIT */
/* Sorts the sentences of a batch by length and computes where the rows of each step begin. */
#include "src/train/net/order.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"

static int grow(size_t **array, size_t n)
{
	size_t *a = realloc(*array, n * sizeof *a);
	if (a != NULL)
		*array = a;
	return a != NULL;
}

static trujaman_status reserve(struct tj_order *o, size_t n, size_t n_steps, struct tj_error *err)
{
	if (n > o->capacity) {
		if (!grow(&o->sentence, n) || !grow(&o->place, n) || !grow(&o->length, n))
			return tj_fail_memory(err, "the order of a batch", n * sizeof(size_t));
		o->capacity = n;
	}
	if (n_steps + 2 > o->step_capacity) {
		if (!grow(&o->first, n_steps + 2))
			return tj_fail_memory(err, "the order of a batch",
			                      n_steps * sizeof(size_t));
		o->step_capacity = n_steps + 2;
	}
	return TRUJAMAN_OK;
}

trujaman_status tj_order_make(struct tj_order *o, size_t n, const size_t *lengths,
                              struct tj_error *err)
{
	size_t longest = 0;
	for (size_t i = 0; i < n; i++)
		longest = lengths[i] > longest ? lengths[i] : longest;
	if (reserve(o, n, longest, err) != TRUJAMAN_OK)
		return err->status;
	o->n = n;
	o->n_steps = longest;

	/* Counting sort. First, first[t] counts the sentences of length t or more. */
	memset(o->first, 0, (longest + 2) * sizeof *o->first);
	for (size_t i = 0; i < n; i++)
		o->first[lengths[i]]++;
	for (size_t t = longest; t-- > 0;)
		o->first[t] += o->first[t + 1];
	/* So the sentences of length t begin where the longer ones end. */
	for (size_t i = 0; i < n; i++) {
		size_t at = o->first[lengths[i] + 1]++;
		o->sentence[at] = i;
		o->place[i] = at;
		o->length[at] = lengths[i];
	}
	size_t row = 0, live = n;
	for (size_t t = 0; t < longest; t++) {
		while (live > 0 && o->length[live - 1] <= t)
			live--;
		o->first[t] = row;
		row += live;
	}
	o->first[longest] = o->n_rows = row;
	return TRUJAMAN_OK;
}

void tj_order_free(struct tj_order *o)
{
	free(o->sentence);
	free(o->place);
	free(o->length);
	free(o->first);
	memset(o, 0, sizeof *o);
}
