/* SPDX-License-Identifier: MIT */
/* Walks a serialized SentencePiece model and the tries in it to find out whether it is safe. */
#include "src/text/pieces_check.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/utf8.h"

/* Field numbers of sentencepiece_model.proto. */
enum { MODEL_PIECE = 1, MODEL_NORMALIZER = 3, MODEL_DENORMALIZER = 5 };
enum { PIECE_TEXT = 1, PIECE_TYPE = 3, PIECE_USER_DEFINED = 4 };
enum { NORMALIZER_CHARSMAP = 2 };

/* Sizes of the stack arrays in which the library collects all matches at one position of the text.
 * The library writes only within them, but then reads as many entries as there were matches. */
enum { MOST_RULE_MATCHES = 32, MOST_SYMBOL_MATCHES = 64 };

/* ---- protobuf ---- */

enum wire { WIRE_VARINT = 0, WIRE_64 = 1, WIRE_BYTES = 2, WIRE_32 = 5 };

struct byte_range {
	const unsigned char *p, *end;
};

struct field {
	uint64_t number;
	unsigned wire;
	uint64_t value;          /* WIRE_VARINT */
	struct byte_range bytes; /* the other wire types */
};

static int get_varint(struct byte_range *in, uint64_t *value)
{
	*value = 0;
	for (unsigned shift = 0; shift < 70 && in->p < in->end; shift += 7) {
		unsigned char byte = *in->p++;
		if (shift < 64)
			*value |= (uint64_t)(byte & 0x7F) << shift;
		if (byte < 0x80)
			return 1;
	}
	return 0;
}

/* Reads the next field. Returns 1, 0 at the end, or -1 if this is not a valid protobuf. Groups,
 * which SentencePiece never used, are invalid too. */
static int next_field(struct byte_range *in, struct field *f)
{
	uint64_t key, n = 0;
	if (in->p == in->end)
		return 0;
	if (!get_varint(in, &key) || key >> 32 != 0 || key >> 3 == 0)
		return -1;
	f->number = key >> 3;
	f->wire = key & 7;
	switch (f->wire) {
	case WIRE_VARINT:
		return get_varint(in, &f->value) ? 1 : -1;
	case WIRE_64:
		n = 8;
		break;
	case WIRE_32:
		n = 4;
		break;
	case WIRE_BYTES:
		if (!get_varint(in, &n))
			return -1;
		break;
	default:
		return -1;
	}
	if (n > (uint64_t)(in->end - in->p))
		return -1;
	f->bytes = (struct byte_range){ in->p, in->p + n };
	in->p += n;
	return 1;
}

/* ---- the normalisation table ----
 *
 * It consists of a little-endian uint32 (the size of the trie in bytes), the trie, and the
 * replacements, each terminated by a NUL. The value of a key is the byte offset of its replacement.
 * The trie is a double array (darts-clone) of 32-bit units. The child of unit i for byte c is unit
 * base ^ c, with base = i ^ offset(unit i), and has c as its label. A unit with a leaf has its
 * value in unit base. The library reads unit base ^ c for any byte c that occurs in the text. */

static const uint32_t VALUE_UNIT = UINT32_C(1) << 31;
static const uint32_t NO_UNIT = UINT32_MAX;

struct trie {
	const unsigned char *units;
	uint32_t n_units;
	size_t n_replacements; /* bytes */
	uint32_t *child;       /* [base] the first child not visited yet */
	uint32_t *sibling;     /* [unit] the next child of the same base */
	uint32_t *parent;      /* [base] the base that led here, while this one is open */
	uint8_t *matches;      /* [base] the most leaves on any path down from it */
	uint8_t *state;        /* [base] enum base_state */
};

enum base_state { UNSEEN = 0, OPEN, CLOSED };

static uint32_t unit_at(const struct trie *t, uint32_t i)
{
	const unsigned char *u = t->units + (size_t)i * 4;
	return (uint32_t)u[0] | (uint32_t)u[1] << 8 | (uint32_t)u[2] << 16 | (uint32_t)u[3] << 24;
}

static int has_leaf(uint32_t unit)
{
	return unit >> 8 & 1;
}

/* Sets *base to the base of unit i's children. Returns 0 if any of the 256 units there is outside
 * the trie, or if the leaf's value is outside the replacements. */
static int find_base(const struct trie *t, uint32_t i, uint32_t *base)
{
	uint32_t unit = unit_at(t, i);
	uint32_t offset = unit >> 10 << (unit >> 6 & 8);
	*base = i ^ offset;
	if ((*base | 0xFF) >= t->n_units)
		return 0;
	return !has_leaf(unit) || (unit_at(t, *base) & ~VALUE_UNIT) < t->n_replacements;
}

static void list_children(struct trie *t)
{
	memset(t->child, 0xFF, (size_t)t->n_units * sizeof *t->child);
	for (uint32_t i = 0; i < t->n_units; i++) {
		uint32_t unit = unit_at(t, i);
		if (unit & VALUE_UNIT)
			continue;
		/* A label changes only the last eight bits, and the trie is a multiple of 256
		 * units, so base stays within it. */
		uint32_t base = i ^ (unit & 0xFF);
		t->sibling[i] = t->child[base];
		t->child[base] = i;
	}
}

/* Walks everything that a text can reach, depth first and each base once (tails may be shared).
 * Returns 0 if a path leaves the trie, forms a cycle or passes too many leaves. */
static int walk(struct trie *t)
{
	uint32_t root, at;
	if (!find_base(t, 0, &root) || has_leaf(unit_at(t, 0)))
		return 0;
	t->parent[root] = NO_UNIT;
	t->state[root] = OPEN;
	for (at = root; at != NO_UNIT;) {
		uint32_t child = t->child[at], base;
		if (child == NO_UNIT) {
			t->state[at] = CLOSED;
			at = t->parent[at];
			continue;
		}
		if (!find_base(t, child, &base) || t->state[base] == OPEN)
			return 0;
		if (t->state[base] == UNSEEN) {
			t->state[base] = OPEN;
			t->parent[base] = at;
			at = base; /* the same child comes again once this base is closed */
			continue;
		}
		int matches = t->matches[base] + has_leaf(unit_at(t, child));
		if (matches > MOST_RULE_MATCHES)
			return 0;
		if (t->matches[at] < matches)
			t->matches[at] = (uint8_t)matches;
		t->child[at] = t->sibling[child];
	}
	return 1;
}

static trujaman_status check_charsmap(struct byte_range map, const char *name, struct tj_error *err)
{
	size_t n = (size_t)(map.end - map.p), n_trie;
	if (n == 0)
		return TRUJAMAN_OK;
	struct trie t = { .units = map.p };
	n_trie = n < 4 ? 0 : unit_at(&t, 0);
	if (n_trie == 0 || n_trie % 1024 != 0 || n_trie >= n - 4 || map.end[-1] != '\0')
		return tj_fail(err, TRUJAMAN_ERROR_FORMAT,
		               "%s: damaged normalisation table: %zu bytes with a trie of %zu",
		               name, n, n_trie);
	t.units += 4;
	t.n_units = (uint32_t)(n_trie / 4);
	t.n_replacements = n - 4 - n_trie;
	t.child = malloc(t.n_units * sizeof *t.child);
	t.sibling = malloc(t.n_units * sizeof *t.sibling);
	t.parent = malloc(t.n_units * sizeof *t.parent);
	t.matches = calloc(t.n_units, 1);
	t.state = calloc(t.n_units, 1);
	if (t.child && t.sibling && t.parent && t.matches && t.state) {
		list_children(&t);
		if (!walk(&t))
			tj_fail(err, TRUJAMAN_ERROR_FORMAT,
			        "%s: damaged normalisation table: its trie leads out of itself",
			        name);
	} else {
		tj_fail_memory(err, "checking the normalisation table", n_trie * 4);
	}
	free(t.child);
	free(t.sibling);
	free(t.parent);
	free(t.matches);
	free(t.state);
	return err->status;
}

/* ---- the model ---- */

enum { PLACEABLES = 256 };

struct pieces {
	size_t n, n_symbols, longest_symbol;
	unsigned char placeable[PLACEABLES + 1]; /* [k]: there is a symbol U+F0000 + k */
};

/* Notes a user-defined symbol. U+F0000 + k, k < 256, is F3 B0 80 80 with k in the last two. */
static void note_symbol(struct pieces *seen, struct byte_range text)
{
	size_t n = (size_t)(text.end - text.p);
	seen->n_symbols++;
	if (seen->longest_symbol < n)
		seen->longest_symbol = n;
	if (n == 4 && text.p[0] == 0xF3 && text.p[1] == 0xB0 && text.p[2] < 0x84)
		seen->placeable[(text.p[2] & 3) << 6 | (text.p[3] & 0x3F)] = 1;
}

static trujaman_status not_a_model(const char *name, struct tj_error *err)
{
	return tj_fail(err, TRUJAMAN_ERROR_FORMAT, "%s: not a SentencePiece model, or cut short",
	               name);
}

static trujaman_status check_normalizer(struct byte_range in, const char *name,
                                        struct tj_error *err)
{
	struct field f;
	int more;
	while ((more = next_field(&in, &f)) > 0) {
		if (f.number != NORMALIZER_CHARSMAP || f.wire != WIRE_BYTES)
			continue;
		trujaman_status status = check_charsmap(f.bytes, name, err);
		if (status != TRUJAMAN_OK)
			return status;
	}
	return more < 0 ? not_a_model(name, err) : TRUJAMAN_OK;
}

static trujaman_status check_piece(struct byte_range in, struct pieces *seen, const char *name,
                                   struct tj_error *err)
{
	struct field f;
	struct byte_range text = { NULL, NULL };
	uint64_t type = 1;
	int more;
	while ((more = next_field(&in, &f)) > 0) {
		if (f.number == PIECE_TEXT && f.wire == WIRE_BYTES)
			text = f.bytes;
		else if (f.number == PIECE_TYPE && f.wire == WIRE_VARINT)
			type = f.value;
	}
	if (more < 0)
		return not_a_model(name, err);
	size_t id = seen->n++, n = (size_t)(text.end - text.p);
	const char *wrong = NULL;
	if (n == 0)
		wrong = "is empty";
	else if (memchr(text.p, '\0', n) != NULL)
		wrong = "holds a NUL byte";
	else if (tj_utf8_valid_prefix((const char *)text.p, n) < n)
		wrong = "is not valid UTF-8";
	if (wrong != NULL)
		return tj_fail(err, TRUJAMAN_ERROR_FORMAT, "%s: piece %zu %s", name, id, wrong);
	if (type == PIECE_USER_DEFINED)
		note_symbol(seen, text);
	return TRUJAMAN_OK;
}

trujaman_status tj_pieces_check(const void *model, size_t n_bytes, const char *name,
                                size_t *n_placeables, struct tj_error *err)
{
	const unsigned char *p = model;
	struct byte_range in = { p, p + n_bytes };
	struct pieces seen = { 0 };
	struct field f;
	int more;
	while ((more = next_field(&in, &f)) > 0) {
		if (f.wire != WIRE_BYTES)
			continue;
		trujaman_status status = TRUJAMAN_OK;
		if (f.number == MODEL_PIECE)
			status = check_piece(f.bytes, &seen, name, err);
		else if (f.number == MODEL_NORMALIZER || f.number == MODEL_DENORMALIZER)
			status = check_normalizer(f.bytes, name, err);
		if (status != TRUJAMAN_OK)
			return status;
	}
	if (more < 0 || seen.n == 0)
		return not_a_model(name, err);
	/* Only symbols that are each a prefix of the next could overflow. No real model has so
	 * many symbols of that length, so this does not look for prefixes. */
	if (seen.n_symbols > MOST_SYMBOL_MATCHES && seen.longest_symbol > MOST_SYMBOL_MATCHES)
		return tj_fail(err, TRUJAMAN_ERROR_FORMAT,
		               "%s: %zu user-defined symbols, the longest of %zu bytes: "
		               "more than %d may not be longer than that",
		               name, seen.n_symbols, seen.longest_symbol, MOST_SYMBOL_MATCHES);
	*n_placeables = 0;
	while (seen.placeable[*n_placeables])
		++*n_placeables;
	return TRUJAMAN_OK;
}
