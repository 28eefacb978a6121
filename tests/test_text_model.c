/* SPDX-License-Identifier: MIT */
/* Damaged and hostile SentencePiece models. */
#include <criterion/criterion.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/text/pieces.h"

enum { ROOM = 1 << 16 };

struct model {
	unsigned char p[ROOM];
	size_t n;
};

static void load(struct model *m, const char *name)
{
	const char *srcdir = getenv("srcdir");
	char path[4096];
	snprintf(path, sizeof path, "%s/tests/fixtures/%s", srcdir ? srcdir : ".", name);
	FILE *f = fopen(path, "rb");
	cr_assert_not_null(f, "%s", path);
	m->n = fread(m->p, 1, ROOM, f);
	fclose(f);
	cr_assert(m->n > 0 && m->n < ROOM / 2);
}

/* Opens a copy in memory of exactly that size, so that a sanitizer sees any access beyond it. */
static struct tj_pieces *open_exactly(const void *bytes, size_t n, struct tj_error *err)
{
	void *copy = malloc(n ? n : 1);
	cr_assert_not_null(copy);
	memcpy(copy, bytes, n);
	tj_error_clear(err);
	struct tj_pieces *p = tj_pieces_open(copy, n, "test.model", err);
	free(copy);
	cr_assert_eq(p == NULL, err->status != TRUJAMAN_OK);
	if (p == NULL)
		cr_assert_eq(strncmp(err->text, "test.model: ", 12), 0, "%s", err->text);
	return p;
}

static void expect_refused(const void *bytes, size_t n, const char *part_of_message)
{
	struct tj_error err;
	struct tj_pieces *p = open_exactly(bytes, n, &err);
	cr_expect_null(p, "accepted; wanted: %s", part_of_message);
	if (p == NULL) {
		cr_expect_eq(err.status, TRUJAMAN_ERROR_FORMAT);
		cr_expect_not_null(strstr(err.text, part_of_message), "%s", err.text);
	}
	tj_pieces_close(p);
}

/* A damaged model that opens must work: no crash, no id out of range. */
static void use(const struct tj_pieces *p)
{
	static const char text[] = "the thing is, ab\0c \xFF \xEF\xBC\xA1 Ok? \xC3\xB1";
	struct tj_ids ids = { 0 };
	struct tj_string back = { 0 };
	struct tj_error err = { 0 };
	tj_pieces_encode(p, text, sizeof text - 1, &ids, &err);
	for (size_t i = 0; i < ids.n; i++)
		cr_assert(ids.data[i] >= 0 && (uint32_t)ids.data[i] < tj_pieces_size(p));
	tj_pieces_decode(p, ids.data, ids.n, &back, &err);
	free(ids.data);
	free(back.data);
}

static uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* ---- damage ---- */

Test(model, garbage)
{
	static const char html[] = "<!DOCTYPE html><title>404</title>";
	unsigned char noise[4096];
	uint32_t state = 2463534242u;
	for (size_t i = 0; i < sizeof noise; i++)
		noise[i] = (unsigned char)(next_random(&state) >> 8);
	expect_refused("", 0, "not a SentencePiece model");
	expect_refused(html, sizeof html, "not a SentencePiece model");
	expect_refused(noise, sizeof noise, "not a SentencePiece model");
	memset(noise, 0, sizeof noise);
	expect_refused(noise, sizeof noise, "not a SentencePiece model");
	memset(noise, 0xFF, sizeof noise);
	expect_refused(noise, sizeof noise, "not a SentencePiece model");
}

Test(model, truncated_anywhere)
{
	static struct model m;
	load(&m, "en.model");
	size_t refused = 0, last_piece = 0;
	for (size_t n = 0; n < m.n; n++) {
		struct tj_error err;
		struct tj_pieces *p = open_exactly(m.p, n, &err);
		refused += p == NULL;
		if (p != NULL) { /* cut between two fields, which protobuf cannot notice */
			last_piece = n;
			use(p);
		}
		tj_pieces_close(p);
	}
	cr_expect_gt(refused, m.n * 9 / 10 - 1, "refused %zu of %zu", refused, m.n);
	cr_expect_lt(last_piece, m.n);
}

static void mutate(const char *name, int rounds)
{
	static struct model whole, m;
	uint32_t state = 88172645u;
	int refused = 0;
	load(&whole, name);
	for (int round = 0; round < rounds; round++) {
		memcpy(m.p, whole.p, whole.n);
		m.n = whole.n;
		uint32_t changes = 1 + next_random(&state) % 4;
		for (uint32_t i = 0; i < changes; i++) {
			unsigned char *at = m.p + next_random(&state) % m.n;
			uint32_t how = next_random(&state);
			*at = how & 1 ? (unsigned char)(how >> 8)
			              : (unsigned char)(*at ^ 1 << (how >> 8 & 7));
		}
		if (round % 4 == 0)
			m.n = next_random(&state) % m.n;
		struct tj_error err;
		struct tj_pieces *p = open_exactly(m.p, m.n, &err);
		refused += p == NULL;
		if (p != NULL)
			use(p);
		tj_pieces_close(p);
	}
	cr_expect(refused > rounds / 4 && refused < rounds, "%s: refused %d", name, refused);
}

Test(model, random_mutations)
{
	mutate("en.model", 600);
	mutate("both.model", 600);
}

/* ---- fields appended to a whole model, which protobuf merges ---- */

static void append(struct model *m, const void *bytes, size_t n)
{
	cr_assert(m->n + n <= ROOM);
	memcpy(m->p + m->n, bytes, n);
	m->n += n;
}

static void append_varint(struct model *m, size_t value)
{
	do {
		unsigned char byte = (unsigned char)((value & 0x7F) | (value > 0x7F ? 0x80 : 0));
		append(m, &byte, 1);
		value >>= 7;
	} while (value > 0);
}

static void append_field(struct model *m, unsigned number, const void *bytes, size_t n)
{
	append_varint(m, number << 3 | 2);
	append_varint(m, n);
	append(m, bytes, n);
}

static void append_piece(struct model *m, const void *text, size_t n, unsigned char type)
{
	static struct model piece;
	piece.n = 0;
	append_field(&piece, 1, text, n);
	append(&piece, (unsigned char[]){ 3 << 3, type }, 2);
	append_field(m, 1, piece.p, piece.n);
}

enum { NORMAL = 1, USER_DEFINED = 4 };

Test(model, pieces_that_no_vocabulary_holds)
{
	static struct model m;
	load(&m, "en.model");
	size_t n = m.n;
	append_piece(&m, "", 0, NORMAL);
	expect_refused(m.p, m.n, "piece 400 is empty");
	m.n = n;
	append_piece(&m, "a\0b", 3, NORMAL);
	expect_refused(m.p, m.n, "piece 400 holds a NUL byte");
	m.n = n;
	append_piece(&m, "\xC3", 1, NORMAL);
	expect_refused(m.p, m.n, "piece 400 is not valid UTF-8");
	m.n = n;
	append_piece(&m, "he", 2, NORMAL);
	expect_refused(m.p, m.n, "already defined");
	m.n = n;
	append_piece(&m, "qqqq", 4, NORMAL);
	struct tj_error err;
	struct tj_pieces *p = open_exactly(m.p, m.n, &err);
	cr_assert_not_null(p, "%s", err.text);
	cr_expect_eq(tj_pieces_size(p), 401);
	tj_pieces_close(p);
	/* A group: a wire type that the format never had. */
	m.n = n;
	append(&m, "\x0B\x0C", 2);
	expect_refused(m.p, m.n, "not a SentencePiece model");
}

Test(model, nested_user_defined_symbols)
{
	static struct model m;
	char symbol[80];
	struct tj_error err;
	memset(symbol, '~', sizeof symbol);
	load(&m, "en.model");
	for (size_t n = 1; n <= 64; n++)
		append_piece(&m, symbol, n, USER_DEFINED);
	struct tj_pieces *p = open_exactly(m.p, m.n, &err);
	cr_assert_not_null(p, "%s", err.text);
	struct tj_ids ids = { 0 };
	cr_expect_eq(tj_pieces_encode(p, symbol, 70, &ids, &err), TRUJAMAN_OK, "%s", err.text);
	free(ids.data);
	tj_pieces_close(p);
	append_piece(&m, symbol, 65, USER_DEFINED);
	expect_refused(m.p, m.n, "65 user-defined symbols");
}

/* ---- normalisation tables, unit by unit ---- */

enum { UNITS = 1024, LEAF = 1 << 8 };

struct table {
	uint32_t unit[UNITS];
	const char *replacements;
	size_t n_replacements;
};

/* The unit at index `at` with a label, whose children start at `base` (within 2^21 of it). */
static uint32_t unit(uint32_t at, uint32_t base, uint32_t flags, uint32_t label)
{
	return (at ^ base) << 10 | flags | label;
}

/* One rule: "qx" becomes "the". */
static void one_rule(struct table *t)
{
	memset(t, 0, sizeof *t);
	for (uint32_t i = 1; i < UNITS; i++)
		t->unit[i] = UINT32_C(1) << 31; /* a value, so no byte matches its label */
	t->unit[0] = unit(0, 256, 0, 0);
	t->unit[256 ^ 'q'] = unit(256 ^ 'q', 512, 0, 'q');
	t->unit[512 ^ 'x'] = unit(512 ^ 'x', 768, LEAF, 'x');
	t->unit[768] = UINT32_C(1) << 31 | 4;
	t->replacements = "no\0\0the";
	t->n_replacements = 8;
}

static void add_table(struct model *m, const struct table *t, uint32_t n_trie)
{
	static struct model map, normalizer;
	map.n = normalizer.n = 0;
	append(&map, &n_trie, 4);
	append(&map, t->unit, sizeof t->unit);
	append(&map, t->replacements, t->n_replacements);
	append_field(&normalizer, 2, map.p, map.n);
	load(m, "en.model");
	append_field(m, 3, normalizer.p, normalizer.n);
}

static void expect_table_refused(const struct table *t, const char *message)
{
	static struct model m;
	add_table(&m, t, sizeof t->unit);
	expect_refused(m.p, m.n, message);
}

static void expect_table_works(const struct table *t, const char *text, const char *same_as)
{
	static struct model m;
	struct tj_error err;
	struct tj_ids got = { 0 }, want = { 0 };
	add_table(&m, t, sizeof t->unit);
	struct tj_pieces *p = open_exactly(m.p, m.n, &err);
	cr_assert_not_null(p, "%s", err.text);
	tj_pieces_encode(p, text, strlen(text), &got, &err);
	tj_pieces_encode(p, same_as, strlen(same_as), &want, &err);
	cr_expect(err.status == TRUJAMAN_OK && got.n == want.n && got.n > 0 &&
	          memcmp(got.data, want.data, got.n * sizeof *got.data) == 0);
	free(got.data);
	free(want.data);
	tj_pieces_close(p);
}

Test(model, normalisation_table_that_is_good)
{
	static struct table t;
	one_rule(&t);
	expect_table_works(&t, "qxse", "these");
}

Test(model, normalisation_table_with_wrong_sizes)
{
	static struct table t;
	static struct model m;
	static const uint32_t sizes[] = {
		0, 4, 1023, 1025, 4096 + 4, 8192, 0x7FFFFC00, 0xFFFFFC00
	};
	one_rule(&t);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		add_table(&m, &t, sizes[i]);
		expect_refused(m.p, m.n, "damaged normalisation table");
	}
	t.n_replacements = 7; /* without the last NUL */
	expect_table_refused(&t, "damaged normalisation table");
	t.n_replacements = 0;
	expect_table_refused(&t, "damaged normalisation table");
}

Test(model, normalisation_table_that_leads_out_of_itself)
{
	static struct table t;
	one_rule(&t);
	t.unit[0] = unit(0, UNITS, 0, 0);
	expect_table_refused(&t, "leads out");
	one_rule(&t);
	t.unit[256 ^ 'q'] = unit(256 ^ 'q', 1 << 20, 0, 'q');
	expect_table_refused(&t, "leads out");
	one_rule(&t);
	t.unit[512 ^ 'x'] |= 1 << 9; /* the flag that multiplies the offset by 256 */
	expect_table_refused(&t, "leads out");
	one_rule(&t);
	t.unit[768] = UINT32_C(1) << 31 | 8; /* one past the replacements */
	expect_table_refused(&t, "leads out");
	one_rule(&t);
	t.unit[0] |= LEAF;
	expect_table_refused(&t, "leads out");
	/* A bad unit that no text can reach is harmless. */
	one_rule(&t);
	t.unit[900] = 0x7FFFFC00 | ((900 & 0xFF) ^ 0x55);
	expect_table_works(&t, "qxse", "these");
}

Test(model, normalisation_table_that_returns_to_itself)
{
	static struct table t;
	one_rule(&t);
	t.unit[512 ^ 'x'] = unit(512 ^ 'x', 256, 0, 'x');
	expect_table_refused(&t, "leads out");
	one_rule(&t);
	t.unit[256 ^ 'q'] = unit(256 ^ 'q', 256, LEAF, 'q');
	expect_table_refused(&t, "leads out");
}

/* "q", "qq", "qqq", … become "he": base 256 + k has one child, for 'q', with a leaf at the next
 * base. 'q' is 0x71, so for k < 0x40 no unit coincides with a base. */
static void chain(struct table *t, uint32_t length)
{
	one_rule(t);
	for (uint32_t k = 0; k < length; k++) {
		uint32_t base = 256 + k, at = base ^ 'q', next = base + 1;
		t->unit[at] = unit(at, next, LEAF, 'q');
		t->unit[next] = UINT32_C(1) << 31;
	}
	t->replacements = "he\0\0the";
}

Test(model, normalisation_table_with_too_many_nested_rules)
{
	static struct table t;
	chain(&t, 32);
	expect_table_works(&t, "qqqse", "hese");
	chain(&t, 33);
	expect_table_refused(&t, "leads out");
}

/* ---- quiet ---- */

/* The library logs a failed self-test; Trujamán must suppress that. */
Test(model, prints_nothing)
{
	static struct model m, sample, data;
	sample.n = data.n = 0;
	append_field(&sample, 1, "the", 3);
	append_field(&sample, 2, "certainly not that", 18);
	append_field(&data, 1, sample.p, sample.n);
	load(&m, "en.model");
	append_field(&m, 4, data.p, data.n);
	FILE *catcher = tmpfile();
	cr_assert_not_null(catcher);
	fflush(NULL);
	int saved_out = dup(STDOUT_FILENO), saved_err = dup(STDERR_FILENO);
	cr_assert(saved_out >= 0 && saved_err >= 0);
	dup2(fileno(catcher), STDOUT_FILENO);
	dup2(fileno(catcher), STDERR_FILENO);
	struct tj_error err = { 0 };
	struct tj_pieces *p = tj_pieces_open(m.p, m.n, "test.model", &err);
	fflush(NULL);
	dup2(saved_out, STDOUT_FILENO);
	dup2(saved_err, STDERR_FILENO);
	close(saved_out);
	close(saved_err);
	cr_expect_null(p);
	cr_expect_not_null(strstr(err.text, "Self-test"), "%s", err.text);
	fseek(catcher, 0, SEEK_END);
	cr_expect_eq(ftell(catcher), 0, "the library printed");
	fclose(catcher);
	tj_pieces_close(p);
}
