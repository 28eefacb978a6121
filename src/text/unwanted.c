/* SPDX-License-Identifier: MIT */
/* The automaton of unwanted words. Where a word begins or ends, it reads a mark that is no
 * character; entries hold the same marks, so whole words are found as any substring would be. */
#include "src/text/unwanted.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/hash.h"
#include "src/base/memory.h"
#include "src/base/utf8.h"
#include "src/text/spans_scan.h"

enum { WORD_END = 0x110000, NO_NODE = 0 }; /* the root, 0, is nobody's child */

struct node {
	uint32_t parent, symbol; /* it is the child of parent by symbol */
	uint32_t suffix;         /* the node of the longest proper suffix of what it stands for */
	uint8_t ends;            /* an entry ends here, or at a suffix */
};

struct tj_unwanted {
	struct node *nodes;
	size_t n, capacity;
	uint32_t *children; /* [n_slots], a power of two: nodes by parent and symbol; 0: free */
	size_t n_slots;
};

/* --- Reading text ---------------------------------------------------------------- */

/* The slot of the child, or the free one where it would be. */
static uint32_t *slot_of(const struct tj_unwanted *u, uint32_t parent, uint32_t symbol)
{
	size_t at = (size_t)tj_mix((uint64_t)parent << 32 | symbol);
	for (;; at++) {
		uint32_t *slot = &u->children[at & (u->n_slots - 1)];
		const struct node *node = &u->nodes[*slot];
		if (*slot == NO_NODE || (node->parent == parent && node->symbol == symbol))
			return slot;
	}
}

static uint32_t next_node(const struct tj_unwanted *u, uint32_t node, uint32_t symbol)
{
	for (;; node = u->nodes[node].suffix) {
		uint32_t child = *slot_of(u, node, symbol);
		if (child != NO_NODE || node == 0)
			return child;
	}
}

static uint32_t fold(uint32_t c)
{
	return (uint32_t)u_foldCase((UChar32)c, U_FOLD_CASE_DEFAULT);
}

int tj_unwanted_read(const struct tj_unwanted *u, struct tj_unwanted_place *place, uint32_t c)
{
	uint8_t is_word = tj_is_word((int32_t)c) != 0;
	if (is_word != place->in_word) {
		place->node = next_node(u, place->node, WORD_END);
		place->in_word = is_word;
		if (u->nodes[place->node].ends)
			return 0;
	}
	place->node = next_node(u, place->node, fold(c));
	return !u->nodes[place->node].ends;
}

int tj_unwanted_ends(const struct tj_unwanted *u, const struct tj_unwanted_place *place)
{
	return place->in_word && u->nodes[next_node(u, place->node, WORD_END)].ends;
}

/* --- Reading the file ------------------------------------------------------------ */

static int grow_slots(struct tj_unwanted *u)
{
	size_t n_slots = u->n_slots > 0 ? 2 * u->n_slots : 64;
	uint32_t *children = calloc(n_slots, sizeof *children);
	if (children == NULL)
		return 0;
	free(u->children);
	u->children = children;
	u->n_slots = n_slots;
	for (size_t i = 1; i < u->n; i++)
		*slot_of(u, u->nodes[i].parent, u->nodes[i].symbol) = (uint32_t)i;
	return 1;
}

static int add_node(struct tj_unwanted *u, uint32_t parent, uint32_t symbol)
{
	if (u->n >= UINT32_MAX || !tj_reserve(&u->nodes, &u->capacity, u->n + 1, sizeof *u->nodes))
		return 0;
	u->nodes[u->n++] = (struct node){ .parent = parent, .symbol = symbol };
	return 1;
}

/* Goes on to a child, which is made if there is none. Returns 0 if memory is short. */
static int step(struct tj_unwanted *u, uint32_t *node, uint32_t symbol)
{
	uint32_t *slot = slot_of(u, *node, symbol);
	if (*slot == NO_NODE) {
		if (!add_node(u, *node, symbol))
			return 0;
		*slot = (uint32_t)(u->n - 1);
	}
	*node = *slot;
	return 2 * u->n < u->n_slots || grow_slots(u);
}

/* Adds an entry, which neither begins nor ends with white space. */
static int add_entry(struct tj_unwanted *u, const char *text, size_t n)
{
	struct tj_scan s = { (const uint8_t *)text, n };
	uint32_t node = 0;
	int in_word = 0;
	for (size_t at = 0; at < n;) {
		int32_t c = tj_scan_next(&s, &at);
		int is_word = tj_is_word(c);
		if (tj_is_white(c)) {
			if (tj_is_white(tj_scan_at(&s, at)))
				continue;
			c = ' ';
		}
		if (is_word != in_word && !step(u, &node, WORD_END))
			return 0;
		in_word = is_word;
		if (!step(u, &node, fold((uint32_t)c)))
			return 0;
	}
	if (in_word && !step(u, &node, WORD_END))
		return 0;
	u->nodes[node].ends = node != 0;
	return 1;
}

static trujaman_status add_line(struct tj_unwanted *u, const char *line, size_t n,
                                enum tj_normal rules, struct tj_mapped *m, struct tj_error *err)
{
	tj_mapped_clear(m);
	if (tj_normalize(rules, line, n, NULL, 0, m, NULL, err) != TRUJAMAN_OK)
		return err->status;
	const char *text = m->text.n > 0 ? m->text.data : "";
	size_t first = 0, end = m->text.n, at;
	struct tj_scan s = { (const uint8_t *)text, end };
	for (at = 0; at < end && tj_is_white(tj_scan_next(&s, &at));)
		first = at;
	for (at = end; at > first && tj_is_white(tj_scan_back(&s, &at));)
		end = at;
	return add_entry(u, text + first, end - first)
	           ? TRUJAMAN_OK
	           : tj_fail_memory(err, "unwanted words", u->n * sizeof *u->nodes);
}

static trujaman_status read_lines(struct tj_unwanted *u, const char *name, const char *data,
                                  size_t n, enum tj_normal rules, struct tj_error *err)
{
	struct tj_mapped m = { .from = NULL };
	size_t at = tj_utf8_mark(data, n), number = 1;
	for (size_t end; err->status == TRUJAMAN_OK && at < n; at = end + 1, number++) {
		const char *newline = memchr(data + at, '\n', n - at);
		end = newline != NULL ? (size_t)(newline - data) : n;
		if (tj_utf8_valid_prefix(data + at, end - at) < end - at)
			tj_fail(err, TRUJAMAN_ERROR_INPUT, "%s:%zu: invalid UTF-8", name, number);
		else
			(void)add_line(u, data + at, end - at, rules, &m, err);
	}
	tj_mapped_release(&m);
	return err->status;
}

/* Sets the suffixes, which needs those of all shorter texts. The children of a node may have lower
 * numbers than other nodes of its length, so nodes are taken by length. */
static int find_suffixes(struct tj_unwanted *u)
{
	uint32_t *length = calloc(u->n + 1, sizeof *length), *order = calloc(u->n, sizeof *order);
	uint32_t *first = calloc(u->n + 2, sizeof *first);
	int good = length != NULL && order != NULL && first != NULL;
	for (size_t i = 1; good && i < u->n; i++) { /* a parent's number is lower */
		length[i] = length[u->nodes[i].parent] + 1;
		first[length[i] + 1]++;
	}
	for (size_t i = 1; good && i <= u->n; i++)
		first[i + 1] += first[i];
	for (size_t i = 1; good && i < u->n; i++)
		order[first[length[i]]++] = (uint32_t)i;
	for (size_t k = 0; good && k + 1 < u->n; k++) {
		struct node *node = &u->nodes[order[k]];
		if (node->parent != 0)
			node->suffix = next_node(u, u->nodes[node->parent].suffix, node->symbol);
		node->ends |= u->nodes[node->suffix].ends;
	}
	free(length);
	free(order);
	free(first);
	return good;
}

struct tj_unwanted *tj_unwanted_open(const char *name, const char *data, size_t n,
                                     enum tj_normal rules, struct tj_error *err)
{
	struct tj_unwanted *u = calloc(1, sizeof *u);
	if (u == NULL || !add_node(u, 0, 0) || !grow_slots(u))
		tj_fail_memory(err, "unwanted words", sizeof *u);
	else if (read_lines(u, name, data, n, rules, err) == TRUJAMAN_OK && !find_suffixes(u))
		tj_fail_memory(err, "unwanted words", u->n * sizeof *u->nodes);
	if (err->status == TRUJAMAN_OK)
		return u;
	tj_unwanted_close(u);
	return NULL;
}

void tj_unwanted_close(struct tj_unwanted *u)
{
	if (u == NULL)
		return;
	free(u->nodes);
	free(u->children);
	free(u);
}
