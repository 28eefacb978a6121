/* SPDX-License-Identifier: MIT */
/* Below U+2100 the answers are worked out when the alphabet is opened, since finders ask for all of
 * these characters. */
#include "src/decode/alphabet.h"

#include <stdlib.h>

enum { N_TABLE = 0x2100, READS = 1, KNOWS = 2 };

struct tj_alphabet {
	const struct tj_pieces *source, *target;
	enum tj_normal rules;
	uint8_t table[N_TABLE]; /* READS, KNOWS */
};

static uint8_t ask(const struct tj_alphabet *a, uint32_t c)
{
	int reads = tj_pieces_has(a->source, c);
	return (uint8_t)((reads ? READS : 0) |
	                 (reads || tj_pieces_has(a->target, c) ? KNOWS : 0));
}

/* What the vocabularies have of the character's normalised form: of all of it. */
static uint8_t ask_normalized(const struct tj_alphabet *a, uint32_t c)
{
	return ask(a, c);
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
	for (uint32_t c = 0; c < N_TABLE; c++)
		a->table[c] = ask_normalized(a, c);
	return a;
}

void tj_alphabet_close(struct tj_alphabet *a)
{
	free(a);
}

static uint8_t find(const struct tj_alphabet *a, uint32_t c)
{
	return c < N_TABLE ? a->table[c] : ask_normalized(a, c);
}

int tj_alphabet_reads(void *context, uint32_t c)
{
	return (find(context, c) & READS) != 0;
}

int tj_alphabet_knows(void *context, uint32_t c)
{
	return (find(context, c) & KNOWS) != 0;
}
