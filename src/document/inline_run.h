/* SPDX-License-Identifier: MIT */
/* A run of text with inline markup, between two places that no sentence crosses. It becomes
 * segments with marks: one, if its tags are well nested; a tag without its other half divides it,
 * so that tags in a segment are always well nested. */
#ifndef TJ_DOCUMENT_INLINE_RUN_H
#define TJ_DOCUMENT_INLINE_RUN_H

#include "src/document/document.h"

enum tj_item_kind { TJ_ITEM_TEXT, TJ_ITEM_OPENS, TJ_ITEM_CLOSES, TJ_ITEM_ALONE };

struct tj_item {
	struct tj_document_range range;
	enum tj_item_kind kind;
	uint64_t name;          /* of an element: the same for its two tags */
	size_t partner;         /* index of the other tag of an element; its own: none */
	size_t text, n;         /* of TEXT: what it says, in the run's text */
	size_t value, n_values; /* values of attributes within its range, in the run's values */
	size_t segment;         /* of the first of them */
	uint8_t divides;        /* no segment goes across */
};

/* The value of an attribute that is translated. */
struct tj_value {
	struct tj_document_range range;
	size_t text, n; /* what it says, in the run's text; has a letter */
	uint8_t style;  /* for the format */
};

struct tj_run {
	struct tj_document *d;
	struct tj_item *items;
	size_t n, capacity;
	struct tj_value *values;
	size_t n_values, values_capacity;
	struct tj_string text;
	size_t *stack; /* scratch */
	size_t stack_capacity;
};

/* Adds an item, a copy. Returns 0 if memory is short. */
int tj_run_add(struct tj_run *r, const struct tj_item *item);

/* Adds a value, a copy; the item that it belongs to is added next. Returns 0 if memory is short. */
int tj_run_add_value(struct tj_run *r, const struct tj_value *value);

/* Adds segments for what was added since the last end, and forgets it. Returns 0 if memory is
 * short. */
int tj_run_end(struct tj_run *r);
void tj_run_release(struct tj_run *r);

#endif
