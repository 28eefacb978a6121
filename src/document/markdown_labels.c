/* SPDX-License-Identifier: MIT */
/* Compares labels of links: without letter case, and with one space for white space in a row. */
#define _GNU_SOURCE /* qsort_r */
#include "src/document/markdown_labels.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"
#include "src/base/utf8.h"
#include "src/document/character.h"
#include "src/text/letters.h"

enum { LONGEST_LABEL = 999 };

/* Appends a label as it is compared. Returns 0 if memory is short. */
static int append(struct tj_string *out, const char *label, size_t n)
{
	int in_space = 1, good = 1;
	size_t first = out->n;
	for (size_t at = 0; good && at < n;) {
		int is_space = tj_is_space(label[at]);
		size_t from = at;
		uint32_t c = tj_utf8_next(label, n, &at);
		if (is_space)
			good = in_space || tj_string_append(out, " ", 1);
		else if (c == TJ_UTF8_UNKNOWN)
			good = tj_string_append(out, label + from, at - from);
		else
			good = tj_character_append(out, tj_without_case(c));
		in_space = is_space;
	}
	if (out->n > first && out->data[out->n - 1] == ' ')
		out->n--;
	return good;
}

int tj_markdown_labels_add(struct tj_markdown_labels *l, const char *label, size_t n)
{
	struct tj_markdown_label_place r = { l->text.n, l->text.n };
	if (!append(&l->text, label, n) ||
	    !tj_reserve(&l->items, &l->capacity, l->n + 1, sizeof *l->items))
		return 0;
	r.end = l->text.n;
	if (r.end > r.first)
		l->items[l->n++] = r;
	return 1;
}

static int compare(const char *a, size_t n_a, const char *b, size_t n_b)
{
	int order = memcmp(a, b, n_a < n_b ? n_a : n_b);
	return order != 0 ? order : (n_a > n_b) - (n_a < n_b);
}

static int compare_items(const void *a, const void *b, void *text)
{
	const struct tj_markdown_label_place *x = a, *y = b;
	return compare((const char *)text + x->first, x->end - x->first,
	               (const char *)text + y->first, y->end - y->first);
}

void tj_markdown_labels_sort(struct tj_markdown_labels *l)
{
	if (l->n > 1)
		qsort_r(l->items, l->n, sizeof *l->items, compare_items, l->text.data);
}

int tj_markdown_labels_has(const struct tj_markdown_labels *l, const char *label, size_t n)
{
	struct tj_string key = { NULL, 0, 0 };
	size_t low = 0, high = l->n;
	int found = 0;
	if (n == 0 || n > LONGEST_LABEL || l->n == 0)
		return 0;
	if (!append(&key, label, n))
		found = -1;
	while (found == 0 && low < high && key.n > 0) {
		size_t middle = low + (high - low) / 2;
		const struct tj_markdown_label_place *r = &l->items[middle];
		int order = compare(l->text.data + r->first, r->end - r->first, key.data, key.n);
		found = order == 0;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	free(key.data);
	return found;
}

void tj_markdown_labels_free(struct tj_markdown_labels *l)
{
	if (l == NULL)
		return;
	free(l->text.data);
	free(l->items);
	free(l);
}
