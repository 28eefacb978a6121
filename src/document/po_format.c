/* SPDX-License-Identifier: MIT */
/* Finds directives, compares and numbers them. */
#include "src/document/po_format.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"

struct directive {
	size_t first, n;
	int is_used;
};

struct directives {
	const char *text;
	struct directive *items;
	size_t n, capacity;
};

static int is_one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

/* The bytes of a directive at the '%' that n bytes begin with; 0: it is none. "%%" has two. */
static size_t directive_at(const char *text, size_t n)
{
	size_t at = 1;
	if (at < n && text[at] == '(') {
		const char *end = memchr(text + at, ')', n - at);
		if (end == NULL)
			return 0;
		at = (size_t)(end - text) + 1;
	}
	while (at < n && is_one_of(text[at], "0123456789$-+ #'.*hlLqjzt"))
		at++;
	return at < n && is_one_of(text[at], "%diouxXcsfFeEgGaApmr") ? at + 1 : 0;
}

static int find(struct directives *to, const char *text, size_t n)
{
	to->text = text;
	for (size_t i = 0; i < n; i++) {
		size_t bytes = text[i] == '%' ? directive_at(text + i, n - i) : 0;
		if (bytes == 0)
			continue;
		if (!tj_reserve(&to->items, &to->capacity, to->n + 1, sizeof *to->items))
			return 0;
		to->items[to->n++] = (struct directive){ i, bytes, 0 };
		i += bytes - 1;
	}
	return 1;
}

static int is_same(const struct directives *a, size_t i, const struct directives *b, size_t k)
{
	return a->items[i].n == b->items[k].n &&
	       memcmp(a->text + a->items[i].first, b->text + b->items[k].first, a->items[i].n) == 0;
}

static int are_same(const struct directives *a, const struct directives *b)
{
	size_t i = 0;
	while (i < a->n && i < b->n && is_same(a, i, b, i))
		i++;
	return i == a->n && i == b->n;
}

/* Finds the number in the source of directive k; SIZE_MAX: there is none, or it has one already, or
 * takes two arguments. */
static size_t number_of(struct directives *source, const struct directives *to, size_t k)
{
	for (size_t i = 0; i < source->n; i++) {
		const struct directive *d = &source->items[i];
		if (d->is_used || !is_same(source, i, to, k))
			continue;
		for (size_t at = d->first; at < d->first + d->n; at++)
			if (is_one_of(source->text[at], "$*(") ||
			    (at > d->first && source->text[at] == '%'))
				return SIZE_MAX;
		source->items[i].is_used = 1;
		return i + 1;
	}
	return SIZE_MAX;
}

static int number_all(struct directives *source, const struct directives *to, size_t n,
                      struct tj_string *out)
{
	size_t from = 0;
	for (size_t k = 0; k < to->n; k++) {
		char digits[32];
		size_t behind = to->items[k].first + 1, number = number_of(source, to, k);
		if (number == SIZE_MAX)
			return -1;
		int n_digits = snprintf(digits, sizeof digits, "%zu$", number);
		if (!tj_string_append(out, to->text + from, behind - from) ||
		    !tj_string_append(out, digits, (size_t)n_digits))
			return 0;
		from = behind;
	}
	return tj_string_append(out, to->text + from, n - from);
}

int tj_po_directives(const char *source, size_t n, const char *translation, size_t n_translation,
                     int may_number, struct tj_string *out)
{
	struct directives a = { NULL, NULL, 0, 0 }, b = { NULL, NULL, 0, 0 };
	int good = find(&a, source, n) && find(&b, translation, n_translation);
	if (good && are_same(&a, &b))
		good = tj_string_append(out, translation, n_translation);
	else if (good)
		good = may_number && a.n == b.n ? number_all(&a, &b, n_translation, out) : -1;
	free(a.items);
	free(b.items);
	return good;
}
