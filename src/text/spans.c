/* SPDX-License-Identifier: MIT */
/* Compares the spans of a translation with those of its source. */
#include "src/text/spans.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/hash.h"
#include "src/text/spans_markup.h"

/* A span in one of the two texts. */
struct held {
	const char *value;
	size_t n;
	uint64_t place; /* of a tag: a hash of the tags around it, or its number; else 0 */
	enum tj_fixed_kind kind;
};

struct held_list {
	struct held *data;
	size_t n;
};

/* --- Tags ------------------------------------------------------------------------- */

/* Sets the place of each tag from the tags around it. Returns 1, 0 if they are not well nested, or
 * -1 if out of memory. */
static int nest(struct held_list *l)
{
	size_t *open = malloc((l->n + 1) * sizeof *open), depth = 0;
	int is_nested = 1;
	if (open == NULL)
		return -1;
	for (size_t i = 0; i < l->n && is_nested; i++) {
		struct held *h = &l->data[i];
		if (h->kind != TJ_FIXED_TAG)
			continue;
		const char *name, *of_open;
		size_t n_name, n_open;
		enum tj_tag_role role = tj_tag_role_of(h->value, h->n, &name, &n_name);
		uint64_t around = depth > 0 ? l->data[open[depth - 1]].place : 1;
		if (role == TJ_TAG_CLOSES) {
			if (depth == 0) {
				is_nested = 0;
				break;
			}
			const struct held *o = &l->data[open[--depth]];
			tj_tag_role_of(o->value, o->n, &of_open, &n_open);
			is_nested = n_name == n_open && memcmp(name, of_open, n_name) == 0;
			h->place = o->place;
			continue;
		}
		h->place = tj_hash(around, h->value, h->n);
		if (role == TJ_TAG_OPENS)
			open[depth++] = i;
	}
	free(open);
	return is_nested && depth == 0;
}

/* Sets the place of each tag to its number. */
static void number(struct held_list *l)
{
	uint64_t n = 0;
	for (size_t i = 0; i < l->n; i++)
		if (l->data[i].kind == TJ_FIXED_TAG)
			l->data[i].place = ++n;
}

/* --- Comparing -------------------------------------------------------------------- */

static int copy_atoms(struct held_list *l, const struct tj_fixed *atoms, size_t n)
{
	l->data = malloc((n + 1) * sizeof *l->data);
	if (l->data == NULL)
		return 0;
	l->n = n;
	for (size_t i = 0; i < n; i++)
		l->data[i] = (struct held){ atoms[i].value, atoms[i].n_value, 0, atoms[i].kind };
	return 1;
}

static int by_value(const void *a, const void *b)
{
	const struct held *x = a, *y = b;
	if (x->n != y->n)
		return x->n < y->n ? -1 : 1;
	int order = memcmp(x->value, y->value, x->n);
	if (order != 0)
		return order;
	return x->place < y->place ? -1 : x->place > y->place;
}

static int are_equal(struct held_list *a, struct held_list *b)
{
	if (a->n != b->n)
		return 0;
	qsort(a->data, a->n, sizeof *a->data, by_value);
	qsort(b->data, b->n, sizeof *b->data, by_value);
	for (size_t i = 0; i < a->n; i++)
		if (by_value(&a->data[i], &b->data[i]) != 0)
			return 0;
	return 1;
}

/* Returns 1 or 0, or -1 if out of memory. */
static int compare(struct held_list *source, struct held_list *output)
{
	int nested = nest(source);
	if (nested < 0)
		return -1;
	if (nested) {
		int other = nest(output);
		return other <= 0 ? other : are_equal(source, output);
	}
	number(source);
	number(output);
	return are_equal(source, output);
}

trujaman_status tj_finder_check(struct tj_finder *f, const char *source, size_t n,
                                const char *output, size_t n_output, int *holds,
                                struct tj_error *err)
{
	const struct tj_fixed *atoms;
	size_t n_atoms;
	struct held_list in = { NULL, 0 }, out = { NULL, 0 };
	struct tj_wanted wanted = { .terms = NULL };
	if (tj_finder_atoms(f, source, n, &atoms, &n_atoms, err) != TRUJAMAN_OK)
		return err->status;
	int result = copy_atoms(&in, atoms, n_atoms) && tj_wanted_take(&wanted, atoms, n_atoms)
	                 ? 0
	                 : -1;
	trujaman_status status = TRUJAMAN_OK;
	if (result == 0)
		status = tj_finder_atoms_wanted(f, output, n_output, &wanted, &atoms, &n_atoms,
		                                err);
	if (result == 0 && status == TRUJAMAN_OK)
		result = copy_atoms(&out, atoms, n_atoms) ? compare(&in, &out) : -1;
	free(in.data);
	free(out.data);
	tj_wanted_release(&wanted);
	if (status == TRUJAMAN_OK && result < 0)
		return tj_fail_memory(err, "the check of a line", n_atoms * sizeof *in.data);
	*holds = result == 1;
	return status;
}
