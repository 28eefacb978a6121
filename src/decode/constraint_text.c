/* SPDX-License-Identifier: MIT */
/* Reads pieces as text. */
#include "src/decode/constraint_text.h"

#include <string.h>

#include "src/base/utf8.h"
#include "src/text/char_code.h"

enum { A_PLACEABLE = 0xF0000 };

/* --- For the guard --------------------------------------------------------------- */

/* Looks for a character that begins with the bytes that were written and `byte`, and that may
 * stand here. Returns the one that has no other bytes if `whole`. */
static const struct tj_spelling *find_spelling(const struct tj_written *w,
                                               const struct tj_constraint_model *m,
                                               const struct tj_constraint *c, uint8_t byte,
                                               size_t room, int whole)
{
	uint8_t bytes[4] = { 0 };
	size_t n = w->n_bytes + 1;
	memcpy(bytes, w->bytes, w->n_bytes);
	bytes[w->n_bytes] = byte;
	size_t low = 0, high = m->n_spellings;
	while (low < high) { /* the first that is not before these bytes */
		size_t middle = low + (high - low) / 2;
		if (memcmp(m->spellings[middle].bytes, bytes, n) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < m->n_spellings && memcmp(m->spellings[low].bytes, bytes, n) == 0; low++) {
		const struct tj_spelling *s = &m->spellings[low];
		struct tj_guard guard = w->guard;
		if ((whole ? s->n == n : (size_t)s->n - w->n_bytes <= room) &&
		    tj_guard_read(&guard, c, s->code))
			return s;
	}
	return NULL;
}

static int guard_allows(const struct tj_written *w, const struct tj_constraint_model *m,
                        const struct tj_constraint *c, const struct tj_constrained_piece *p,
                        size_t room)
{
	struct tj_guard guard = w->guard;
	if (p->kind == TJ_WRITES_BYTE)
		return find_spelling(w, m, c, p->value, room, 0) != NULL;
	if (w->n_bytes > 0)
		return 0;
	if (p->kind == TJ_WRITES_PLACEABLE)
		return tj_guard_read(&guard, c, TJ_CHAR_PLACEABLE);
	if (p->kind == TJ_WRITES_NOTHING)
		return 0;
	for (size_t i = 0; i < p->n; i++)
		if (!tj_guard_read(&guard, c, m->codes[p->first + i]))
			return 0;
	return 1;
}

/* Reads a placeable. If the guard refuses it, which happens only where nothing is allowed, the
 * guard begins anew. */
static void guard_placeable(struct tj_written *w, const struct tj_constraint *c)
{
	uint32_t used = w->guard.used;
	if (tj_guard_read(&w->guard, c, TJ_CHAR_PLACEABLE))
		return;
	w->damaged = 1;
	w->guard = (struct tj_guard){ .used = used };
	tj_guard_read(&w->guard, c, TJ_CHAR_PLACEABLE);
}

static void guard_add(struct tj_written *w, const struct tj_constraint_model *m,
                      const struct tj_constraint *c, const struct tj_constrained_piece *p)
{
	if (p->kind == TJ_WRITES_BYTE) {
		const struct tj_spelling *whole = find_spelling(w, m, c, p->value, 0, 1);
		w->bytes[w->n_bytes++] = p->value;
		if (whole == NULL)
			return;
		w->n_bytes = 0;
		tj_guard_read(&w->guard, c, whole->code);
	} else if (p->kind == TJ_WRITES_PLACEABLE)
		guard_placeable(w, c);
	else
		for (size_t k = 0; k < p->n; k++)
			tj_guard_read(&w->guard, c, m->codes[p->first + k]);
}

/* Adds what is prescribed. Who prescribes it answers for it, and the whole text is judged later. */
static void guard_take(struct tj_written *w, const struct tj_constraint_model *m,
                       const struct tj_constraint *c, const struct tj_constrained_piece *p)
{
	struct tj_guard anew = { .used = w->guard.used };
	int allowed = p->kind != TJ_WRITES_BYTE;
	uint8_t placeable = TJ_CHAR_PLACEABLE;
	int is_placeable = p->kind == TJ_WRITES_PLACEABLE;
	const uint8_t *codes = is_placeable ? &placeable : m->codes + p->first;
	for (size_t k = 0, n = is_placeable ? 1 : p->n; allowed && k < n; k++)
		allowed = tj_guard_read(&w->guard, c, codes[k]);
	if (!allowed)
		w->guard = anew;
}

/* Without the guard: whether a piece begins with a letter or digit. */
static int begins_word(const struct tj_constraint_model *m, const struct tj_constrained_piece *p)
{
	if (p->kind != TJ_WRITES_TEXT || p->n == 0)
		return p->kind == TJ_WRITES_BYTE;
	uint8_t code = m->codes[p->first];
	return code == TJ_CHAR_UPPER || code == TJ_CHAR_LETTER || code == TJ_CHAR_ORDINAL ||
	       (code >= TJ_CHAR_DIGIT && code < TJ_CHAR_DIGIT + 10) || code >= TJ_CHAR_LOWER;
}

/* --- Unwanted words -------------------------------------------------------------- */

/* Reads a byte, and the character that it completes. */
static int read_byte(struct tj_written *w, const struct tj_unwanted *u, uint8_t byte)
{
	char bytes[4];
	w->begun[w->n_begun++] = byte;
	memcpy(bytes, w->begun, w->n_begun);
	size_t n = w->n_begun, at = 0;
	if (tj_utf8_valid_prefix(bytes, n) == n) {
		w->n_begun = 0;
		return tj_unwanted_read(u, &w->unwanted, tj_char_next(bytes, n, &at));
	}
	if (n == sizeof bytes) /* no character */
		w->n_begun = 0;
	return 1;
}

/* Reads a piece. Returns 0 if an unwanted word is in it or ends with it. */
static int read_unwanted(struct tj_written *w, const struct tj_constraint_model *m,
                         const struct tj_constrained_piece *p)
{
	int good = 1;
	if (p->kind == TJ_WRITES_BYTE)
		good = read_byte(w, m->unwanted, p->value);
	else if (p->kind == TJ_WRITES_PLACEABLE)
		good = tj_unwanted_read(m->unwanted, &w->unwanted, A_PLACEABLE + p->value);
	else
		for (size_t i = 0; good && p->kind == TJ_WRITES_TEXT && i < p->n; i++)
			good = tj_unwanted_read(m->unwanted, &w->unwanted,
			                        m->characters[p->first + i]);
	return good && !tj_unwanted_ends(m->unwanted, &w->unwanted);
}

/* --- Both ------------------------------------------------------------------------ */

int tj_written_allows(const struct tj_written *w, const struct tj_constraint_model *m,
                      const struct tj_constraint *c, const struct tj_constrained_piece *p,
                      size_t room)
{
	if (c->guard && !guard_allows(w, m, c, p, room))
		return 0;
	if (!c->guard && w->guard.last != 0 && begins_word(m, p))
		return 0; /* it would touch a placeable */
	if (!c->suppress || m->unwanted == NULL)
		return 1;
	struct tj_written after = *w;
	return read_unwanted(&after, m, p);
}

int tj_written_may_end(const struct tj_written *w, const struct tj_constraint *c)
{
	return !c->guard || (w->n_bytes == 0 && tj_guard_ends(&w->guard, c));
}

void tj_written_add(struct tj_written *w, const struct tj_constraint_model *m,
                    const struct tj_constraint *c, const struct tj_constrained_piece *p,
                    int is_prescribed)
{
	/* What the search was forced to take, or was told to, may have an unwanted word. */
	if (c->suppress && m->unwanted != NULL && !read_unwanted(w, m, p))
		w->unwanted = (struct tj_unwanted_place){ 0, 0 };
	if (!c->guard)
		w->guard.last = p->kind == TJ_WRITES_PLACEABLE && !c->any_placeables;
	else if (is_prescribed)
		guard_take(w, m, c, p);
	else
		guard_add(w, m, c, p);
}
