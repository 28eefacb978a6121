/* SPDX-License-Identifier: MIT */
/* Classifies the pieces of a vocabulary. */
#include "src/decode/constraint_model.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"
#include "src/base/utf8.h"
#include "src/text/char_code.h"

enum { FIRST_PLACEABLE = 0xF0000, N_CHARACTERS = 0x110000 };

/* What is collected while the pieces are read. */
struct piece_reading {
	const struct tj_pieces *pieces;
	struct tj_constraint_model *m;
	size_t n_codes, codes_capacity, wanted_capacity;
	uint32_t *characters; /* that pieces write, each once */
	size_t n_characters, characters_capacity;
	uint8_t *met; /* [N_CHARACTERS / 8]: a bit for each of them */
};

static int add_character(struct piece_reading *r, uint32_t c)
{
	uint8_t bit = (uint8_t)(1 << c % 8);
	if (r->met[c / 8] & bit)
		return 1;
	r->met[c / 8] |= bit;
	if (!tj_reserve(&r->characters, &r->characters_capacity, r->n_characters + 1,
	                sizeof *r->characters))
		return 0;
	r->characters[r->n_characters++] = c;
	return 1;
}

static void find_placeable(struct piece_reading *r, int32_t id, uint32_t c)
{
	struct tj_constraint_model *m = r->m;
	if (c - FIRST_PLACEABLE >= TJ_CONSTRAINED_PLACEABLES ||
	    m->placeables[c - FIRST_PLACEABLE] >= 0)
		return;
	m->placeables[c - FIRST_PLACEABLE] = id;
	m->pieces[id].kind = TJ_WRITES_PLACEABLE;
	m->pieces[id].value = (uint8_t)(c - FIRST_PLACEABLE);
}

/* Reads the characters of a piece of text. Returns 0 if memory is short. */
static int read_text(struct piece_reading *r, int32_t id)
{
	struct tj_constrained_piece *piece = &r->m->pieces[id];
	size_t n, at = 0;
	const char *text = tj_pieces_text(r->pieces, id, &n);
	int holds_placeable = 0;
	uint32_t c = 0;
	if (n > UINT16_MAX || r->n_codes > UINT32_MAX - n ||
	    !tj_reserve(&r->m->codes, &r->codes_capacity, r->n_codes + n, 1) ||
	    (r->m->unwanted != NULL && !tj_reserve(&r->m->characters, &r->wanted_capacity,
	                                           r->n_codes + n, sizeof *r->m->characters)))
		return n > UINT16_MAX; /* it writes nothing */
	piece->first = (uint32_t)r->n_codes;
	while (at < n) {
		c = tj_char_next(text, n, &at);
		uint8_t code = tj_char_code(c);
		holds_placeable |= code == TJ_CHAR_PLACEABLE;
		if (r->m->unwanted != NULL)
			r->m->characters[r->n_codes] = c == 0x2581 ? ' ' : c;
		r->m->codes[r->n_codes++] = code;
		if (code != TJ_CHAR_NEVER && code != TJ_CHAR_PLACEABLE && !add_character(r, c))
			return 0;
	}
	piece->n = (uint16_t)(r->n_codes - piece->first);
	if (!holds_placeable)
		piece->kind = TJ_WRITES_TEXT;
	else if (piece->n == 1)
		find_placeable(r, id, c);
	return 1;
}

static int read_pieces(struct piece_reading *r)
{
	struct tj_constraint_model *m = r->m;
	for (size_t id = 0; id < m->n_pieces; id++) {
		struct tj_constrained_piece *piece = &m->pieces[id];
		enum tj_piece_kind kind = tj_pieces_kind(r->pieces, (int32_t)id, &piece->value);
		piece->kind = kind == TJ_PIECE_BYTE ? TJ_WRITES_BYTE : TJ_WRITES_NOTHING;
		if (kind == TJ_PIECE_TEXT && !read_text(r, (int32_t)id))
			return 0;
	}
	while (m->n_placeables < TJ_CONSTRAINED_PLACEABLES && m->placeables[m->n_placeables] >= 0)
		m->n_placeables++;
	return 1;
}

static struct tj_spelling spell(uint32_t c)
{
	struct tj_spelling s = { .code = tj_char_code(c) };
	char bytes[TJ_UTF8_BYTES];
	s.n = (uint8_t)tj_utf8_write(c, bytes);
	memcpy(s.bytes, bytes, s.n);
	return s;
}

static int compare_spellings(const void *a, const void *b)
{
	const struct tj_spelling *x = a, *y = b;
	return memcmp(x->bytes, y->bytes, sizeof x->bytes);
}

/* Lists what byte pieces may write. Returns 0 if memory is short. */
static int list_spellings(struct piece_reading *r)
{
	struct tj_constraint_model *m = r->m;
	size_t n = r->n_characters;
	for (size_t i = 0; i < n; i++) {
		uint32_t other[TJ_MOST_CASES];
		size_t n_other = tj_char_cases(r->characters[i], other);
		for (size_t k = 0; k < n_other; k++)
			if (tj_char_code(other[k]) != TJ_CHAR_NEVER && !add_character(r, other[k]))
				return 0;
	}
	if (r->n_characters == 0)
		return 1;
	m->spellings = calloc(r->n_characters, sizeof *m->spellings);
	if (m->spellings == NULL)
		return 0;
	for (size_t i = 0; i < r->n_characters; i++)
		m->spellings[i] = spell(r->characters[i] == 0x2581 ? ' ' : r->characters[i]);
	qsort(m->spellings, r->n_characters, sizeof *m->spellings, compare_spellings);
	for (size_t i = 0; i < r->n_characters; i++)
		if (m->n_spellings == 0 ||
		    compare_spellings(&m->spellings[m->n_spellings - 1], &m->spellings[i]) != 0)
			m->spellings[m->n_spellings++] = m->spellings[i];
	return 1;
}

struct tj_constraint_model *tj_constraint_model_new(const struct tj_pieces *target,
                                                    const struct tj_unwanted *unwanted,
                                                    struct tj_error *err)
{
	struct tj_constraint_model *m = calloc(1, sizeof *m);
	struct piece_reading r = { .pieces = target, .m = m, .met = calloc(N_CHARACTERS / 8, 1) };
	if (m != NULL) {
		m->n_pieces = tj_pieces_size(target);
		m->target = target;
		m->unwanted = unwanted;
		m->pieces = calloc(m->n_pieces + 1, sizeof *m->pieces);
		memset(m->placeables, -1, sizeof m->placeables);
	}
	if (m == NULL || m->pieces == NULL || r.met == NULL || !read_pieces(&r) ||
	    !list_spellings(&r)) {
		tj_fail_memory(err, "the classes of pieces",
		               tj_pieces_size(target) * sizeof *m->pieces);
		tj_constraint_model_free(m);
		m = NULL;
	}
	free(r.characters);
	free(r.met);
	return m;
}

void tj_constraint_model_free(struct tj_constraint_model *m)
{
	if (m == NULL)
		return;
	free(m->pieces);
	free(m->codes);
	free(m->characters);
	free(m->spellings);
	free(m);
}
