/* SPDX-License-Identifier: MIT */
/* Below U+2100 the answers are worked out when the alphabet is opened, since finders ask for all of
 * these characters. */
#include "src/decode/alphabet.h"

#include <stdlib.h>

#include "src/base/utf8.h"

enum { N_TABLE = 0x2100, READS = 1, KNOWS = 2 };

struct tj_alphabet {
	const struct tj_pieces *source, *target;
	enum tj_normal rules;
	uint8_t table[N_TABLE]; /* READS, KNOWS */
};

static uint8_t ask(const struct tj_alphabet *a, uint32_t c)
{
	int reads = tj_pieces_has(a->source, c);
	return (uint8_t)((reads ? READS : 0) | (reads || tj_pieces_has(a->target, c) ? KNOWS : 0));
}

/* What the vocabularies have of the character's normalised form: of all of it. What normalisation
 * leaves out or makes a space is known. */
static uint8_t ask_normalized(const struct tj_alphabet *a, uint32_t c, struct tj_mapped *m)
{
	struct tj_error err = { .status = TRUJAMAN_OK };
	char bytes[TJ_UTF8_BYTES];
	size_t n = tj_utf8_write(c, bytes);
	uint8_t all = READS | KNOWS;
	tj_mapped_clear(m);
	if (c < 0x80 || !tj_needs_normalizing(a->rules, bytes, n) ||
	    tj_normalize(a->rules, bytes, n, NULL, 0, m, NULL, &err) != TRUJAMAN_OK)
		return ask(a, c);
	for (size_t i = 0; i < m->text.n;) {
		uint32_t made = tj_utf8_next(m->text.data, m->text.n, &i);
		if (made != ' ')
			all &= ask(a, made);
	}
	return all;
}

struct tj_alphabet *tj_alphabet_open(const struct tj_pieces *source, const struct tj_pieces *target,
                                     enum tj_normal rules, struct tj_error *err)
{
	struct tj_alphabet *a = calloc(1, sizeof *a);
	if (a == NULL) {
		tj_fail_memory(err, "the characters of a model", sizeof *a);
		return NULL;
	}
	a->source = source;
	a->target = target;
	a->rules = rules;
	struct tj_mapped m = { .from = NULL };
	for (uint32_t c = 0; c < N_TABLE; c++)
		a->table[c] = ask_normalized(a, c, &m);
	tj_mapped_release(&m);
	return a;
}

void tj_alphabet_close(struct tj_alphabet *a)
{
	free(a);
}

static uint8_t find(const struct tj_alphabet *a, uint32_t c)
{
	struct tj_mapped m = { .from = NULL };
	if (c < N_TABLE)
		return a->table[c];
	uint8_t found = ask_normalized(a, c, &m);
	tj_mapped_release(&m);
	return found;
}

int tj_alphabet_reads(void *context, uint32_t c)
{
	return (find(context, c) & READS) != 0;
}

int tj_alphabet_knows(void *context, uint32_t c)
{
	return (find(context, c) & KNOWS) != 0;
}
