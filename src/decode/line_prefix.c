/* SPDX-License-Identifier: MIT */
/* Prefixes: found in a line, made into pieces, and put before what was found. */
#include "src/decode/line_prefix.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"
#include "src/base/utf8.h"
#include "src/text/placeables.h"

#define SPACE_PIECE "\xe2\x96\x81"

size_t tj_line_prefix(const struct tj_chunk *c, const struct tj_chunk_line *line,
                      const struct tj_language *l, const char **text)
{
	if (l->prefix_column == 0 || line->n_bytes == 0)
		return 0;
	const char *at = c->text.data + line->first_byte, *end = at + line->n_bytes;
	for (int column = 1; column < l->prefix_column; column++) {
		const char *tab = memchr(at, '\t', (size_t)(end - at));
		if (tab == NULL)
			return 0;
		at = tab + 1;
	}
	const char *tab = at < end ? memchr(at, '\t', (size_t)(end - at)) : NULL;
	if (tab != NULL)
		end = tab;
	while (at < end && *at == ' ')
		at++;
	*text = at;
	return (size_t)(end - at);
}

/* --- The network's text ----------------------------------------------------------- */

/* Keeps the spans whose values are placeables of the reading, as many of each as it has. */
static size_t select_known(const struct tj_placeables *p, struct tj_fixed *spans, size_t n_spans)
{
	size_t used[TJ_PLACEABLES_MOST] = { 0 }, n = 0;
	for (size_t i = 0; i < n_spans; i++) {
		size_t k = 0;
		while (k < p->n &&
		       (p->items[k].n_value != spans[i].n_value ||
		        memcmp(p->items[k].value, spans[i].value, spans[i].n_value) != 0))
			k++;
		if (k == p->n || k >= TJ_PLACEABLES_MOST || used[k] == p->items[k].count)
			continue;
		used[k]++;
		spans[n++] = spans[i];
	}
	return n;
}

/* Appends the prefix as the network knows text to *m. */
static trujaman_status read_prefix(const struct tj_language *l, const struct tj_reading *r,
                                   const char *text, size_t n, struct tj_tools *tools,
                                   struct tj_mapped *m, struct tj_error *err)
{
	const struct tj_fixed *found;
	struct tj_mapped normal = { .from = NULL };
	size_t n_spans, used;
	if (tj_finder_find(tools->judge, text, n, &found, &n_spans, err) != TRUJAMAN_OK)
		return err->status;
	if (n_spans > TJ_PLACEABLES_MOST)
		n_spans = TJ_PLACEABLES_MOST;
	struct tj_fixed *spans = calloc(n_spans + 1, sizeof *spans);
	if (spans == NULL)
		return tj_fail_memory(err, "a prefix", n_spans * sizeof *spans);
	if (r->way != TJ_WAY_PLACEABLES) {
		(void)tj_normalize(l->normal, text, n, found, n_spans, m, spans, err);
	} else if (tj_normalize(l->normal, text, n, found, n_spans, &normal, spans, err) ==
	           TRUJAMAN_OK) {
		/* All values are known, so nothing but uses is added, and the items, which are
		   the reading's, stay where they are. */
		struct tj_placeables known = r->placeables;
		known.uses = NULL;
		known.n_uses = known.uses_capacity = 0;
		n_spans = select_known(&known, spans, n_spans);
		(void)tj_placeables_take(&known, normal.text.n > 0 ? normal.text.data : "", 0,
		                         normal.text.n, spans, n_spans, known.n, m, &used, err);
		free(known.uses);
	}
	tj_mapped_release(&normal);
	free(spans);
	return err->status;
}

/* --- Pieces ----------------------------------------------------------------------- */

/* Returns the first of n pieces that are the last word, n if their text does not matter. */
static size_t find_last_word(const struct tj_pieces *p, const int32_t *ids, size_t n)
{
	size_t bytes = 0, last = n;
	for (size_t i = n; i-- > 0;) {
		size_t n_text;
		if (tj_pieces_kind(p, ids[i], NULL) != TJ_PIECE_TEXT)
			return last;
		(void)tj_pieces_text(p, ids[i], &n_text);
		bytes += n_text;
		if (bytes > TJ_MOST_TAIL)
			return last;
		if (i + 1 == n)
			last = i;
		if (tj_pieces_starts_word(p, ids[i]))
			return i;
	}
	return last;
}

static int set_tail(struct tj_part_prefix *x, const struct tj_pieces *p, struct tj_blocks *blocks)
{
	char tail[TJ_MOST_TAIL];
	size_t first = find_last_word(p, x->pieces.ids, x->pieces.n_ids), n = 0;
	for (size_t i = first; i < x->pieces.n_ids; i++) {
		size_t n_text;
		const char *text = tj_pieces_text(p, x->pieces.ids[i], &n_text);
		memcpy(tail + n, text, n_text);
		n += n_text;
	}
	x->pieces.n_ids = first;
	x->pieces.n_tail = n;
	x->pieces.tail = tj_blocks_copy(blocks, tail, n);
	return x->pieces.tail != NULL;
}

/* Sets the pieces of n bytes of the network's text, and what they decode to. */
static trujaman_status set_pieces(struct tj_part_prefix *x, const struct tj_language *l,
                                  const char *text, size_t n, struct tj_tools *tools,
                                  struct tj_blocks *blocks, struct tj_error *err)
{
	struct tj_ids *ids = &tools->ids;
	struct tj_string written = { NULL, 0, 0 };
	int ends_word = text[n - 1] == ' ', good;
	ids->n = 0;
	if (tj_pieces_encode(l->target, text, n, ids, err) != TRUJAMAN_OK)
		return err->status;
	x->pieces.n_ids = ids->n;
	if (ids->n == 0 || ids->n > l->max_pieces)
		return TRUJAMAN_OK;
	if (tj_pieces_decode(l->target, ids->data, ids->n, &written, err) == TRUJAMAN_OK) {
		x->pieces.ids = (int32_t *)(void *)tj_blocks_copy(blocks, ids->data,
		                                                  ids->n * sizeof *ids->data);
		good = x->pieces.ids != NULL && (!ends_word || tj_string_append(&written, " ", 1));
		x->n_written = written.n;
		x->written = good ? tj_blocks_copy(blocks, written.data, written.n) : NULL;
		x->pieces.tail = SPACE_PIECE;
		x->pieces.n_tail = sizeof SPACE_PIECE - 1;
		if (x->written == NULL || (!ends_word && !set_tail(x, l->target, blocks)))
			tj_fail_memory(err, "a prefix", n);
	}
	free(written.data);
	return err->status;
}

trujaman_status tj_part_prefix_make(struct tj_chunk *c, const struct tj_language *l,
                                    const struct tj_reading *r, const char *text, size_t n,
                                    struct tj_tools *tools, const struct tj_part_prefix **prefix,
                                    struct tj_error *err)
{
	struct tj_mapped m = { .from = NULL };
	*prefix = NULL;
	if (n == 0 || tj_is_blank(text, n))
		return TRUJAMAN_OK;
	struct tj_part_prefix *x = tj_blocks_take(&c->blocks, sizeof *x);
	if (x == NULL)
		return tj_fail_memory(err, "a prefix", sizeof *x);
	x->text = text;
	x->n_text = n;
	if (r != NULL && read_prefix(l, r, text, n, tools, &m, err) == TRUJAMAN_OK) {
		text = m.text.data;
		n = m.text.n;
	}
	if (err->status == TRUJAMAN_OK && n > 0 &&
	    set_pieces(x, l, text, n, tools, &c->blocks, err) == TRUJAMAN_OK && x->written != NULL)
		*prefix = x;
	tj_mapped_release(&m);
	return err->status;
}

/* --- Texts ------------------------------------------------------------------------ */

int tj_part_prefix_put(const struct tj_part_prefix *p, const char *written, size_t n,
                       struct tj_string *text)
{
	if (text->n < n || (n > 0 && memcmp(text->data, written, n) != 0))
		return 1;
	size_t rest = text->n - n;
	if (!tj_reserve(&text->data, &text->capacity, p->n_text + rest + 1, 1))
		return 0;
	memmove(text->data + p->n_text, text->data + n, rest);
	memcpy(text->data, p->text, p->n_text);
	text->n = p->n_text + rest;
	return 1;
}

int tj_line_has_prefix(const struct tj_chunk *c, const struct tj_chunk_line *line,
                       const struct tj_language *l, const struct tj_string *translated)
{
	const char *text;
	size_t n = tj_line_prefix(c, line, l, &text), before = line->field;
	if (n == 0 || tj_is_blank(text, n))
		return 1;
	if (line->short_row || line->first_part == NULL)
		return 0;
	if (line->first_part->n_before > before) {
		const char *gap = line->first_part->before + before;
		size_t n_gap = line->first_part->n_before - before;
		if (!tj_is_blank(gap, n_gap))
			return 0;
		before += n_gap;
	}
	return translated->n >= before + n && memcmp(translated->data + before, text, n) == 0;
}
