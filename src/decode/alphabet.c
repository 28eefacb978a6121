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

/* UTF-8 of a character that is no surrogate; returns the number of bytes. */
static size_t encode(uint32_t c, char bytes[4])
{
	if (c < 0x80) {
		bytes[0] = (char)c;
		return 1;
	}
	size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const unsigned char leads[] = { 0xC0, 0xE0, 0xF0 };
	for (size_t i = n; i-- > 1; c >>= 6)
		bytes[i] = (char)(0x80 | (c & 0x3F));
	bytes[0] = (char)(leads[n - 2] | c);
	return n;
}

/* The character at *i of valid UTF-8, which moves behind it. */
static uint32_t decode(const char *text, size_t n, size_t *i)
{
	const unsigned char *s = (const unsigned char *)text;
	uint32_t c = s[(*i)++];
	if (c >= 0xC0) {
		c &= c < 0xE0 ? 0x1F : c < 0xF0 ? 0x0F : 0x07;
		while (*i < n && (s[*i] & 0xC0) == 0x80)
			c = c << 6 | (s[(*i)++] & 0x3F);
	}
	return c;
}

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
	char bytes[4];
	size_t n = encode(c, bytes);
	uint8_t all = READS | KNOWS;
	tj_mapped_clear(m);
	if (c < 0x80 || !tj_needs_normalizing(a->rules, bytes, n) ||
	    tj_normalize(a->rules, bytes, n, NULL, 0, m, NULL, &err) != TRUJAMAN_OK)
		return ask(a, c);
	for (size_t i = 0; i < m->text.n;) {
		uint32_t made = decode(m->text.data, m->text.n, &i);
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
