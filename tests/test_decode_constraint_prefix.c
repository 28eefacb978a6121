/* SPDX-License-Identifier: MIT */
/* Prefixes, unwanted words and least lengths through whole networks: against a greedy search that
 * sees only texts; sentences together against one by one; beams; every instruction set. */
#include <criterion/criterion.h>
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "tests/constraint_bench.h"

enum { MOST_TEXT = 16 * MAX_PIECES, N_ENTRIES = 12, LONGEST_ENTRY = 24 };

static char entries[N_ENTRIES][LONGEST_ENTRY];
static char tails[N_SENTENCES][TJ_MOST_TAIL];
static int32_t prescribed[N_SENTENCES][MAX_PIECES];

/* --- Texts ----------------------------------------------------------------------- */

/* Appends the text of pieces as the pieces have it. Returns the bytes then. */
static size_t append_text(const struct bench *b, const int32_t *ids, size_t n, char *text,
                          size_t used)
{
	for (size_t i = 0; i < n; i++) {
		size_t bytes;
		const char *piece = tj_pieces_text(b->pieces, ids[i], &bytes);
		cr_assert(used + bytes < MOST_TEXT);
		memcpy(text + used, piece, bytes);
		used += bytes;
	}
	text[used] = '\0';
	return used;
}

/* Makes one byte of each character: a space, a letter in lower case, 0xE0 for the other letters of
 * the vocabulary, and 0xFF for what is neither. */
static void simplify(const char *text, char *out)
{
	for (size_t i = 0; text[i] != '\0';) {
		unsigned char c = (unsigned char)text[i];
		size_t n = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
		if (strncmp(text + i, "\xe2\x96\x81", 3) == 0)
			*out++ = ' ';
		else if (c < 0x80)
			*out++ = (char)tolower(c);
		else
			*out++ = c == 0xC3 ? (char)0xE0 : (char)0xFF;
		i += n;
	}
	*out = '\0';
}

static int is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == (char)0xE0;
}

static int has_unwanted(const char *text)
{
	static char simple[MOST_TEXT];
	simplify(text, simple);
	for (int i = 0; i < N_ENTRIES; i++) {
		size_t n = strlen(entries[i]);
		for (const char *at = simple; (at = strstr(at, entries[i])) != NULL; at++)
			if ((!is_word(entries[i][0]) || at == simple || !is_word(at[-1])) &&
			    (!is_word(entries[i][n - 1]) || !is_word(at[n])))
				return 1;
	}
	return 0;
}

/* --- What is asked for ----------------------------------------------------------- */

/* Words and phrases of what the networks write when nothing is forbidden. */
static struct tj_unwanted *choose_unwanted(void)
{
	char file[N_ENTRIES * LONGEST_ENTRY] = "", text[MOST_TEXT], simple[MOST_TEXT];
	struct tj_error err = { 0 };
	struct bench b;
	bench_open(&b, names[0], tj_kernels_usable()[0], 0, NULL);
	run(&b, options(1, 1), 64, N_SENTENCES, 1, first);
	for (size_t i = 0; i < N_ENTRIES; i++) {
		size_t n = first[i].ended[0].n_pieces, at = i % 5;
		append_text(&b, first[i].ids[0], n < 12 ? n : 12, text, 0);
		simplify(text, simple);
		/* One word, or two; or from the middle of one. */
		char *word = simple + strspn(simple, " ") + (i % 4 == 3 ? 2 : 0);
		word[strcspn(word, i % 3 == 1 ? "\xe0\xff" : " \xe0\xff")] = '\0';
		snprintf(entries[i], 8 + at, "%s", *word != '\0' ? word : "a");
		for (size_t k = strlen(entries[i]); k > 1 && entries[i][k - 1] == ' '; k--)
			entries[i][k - 1] = '\0';
		strcat(strcat(file, entries[i]), "\n");
	}
	bench_close(&b);
	struct tj_unwanted *u = tj_unwanted_open("words", file, strlen(file), TJ_NORMAL_NONE, &err);
	cr_assert_not_null(u, "%s", err.text);
	return u;
}

/* Half of what another sentence became, up to anywhere within a word. */
static void choose_prefixes(struct bench *b)
{
	char text[MOST_TEXT];
	run(b, options(1, 1), 64, N_SENTENCES, 1, first);
	for (size_t i = 0; i < N_SENTENCES; i++) {
		const struct found *other = &first[(i + 5) % N_SENTENCES];
		size_t n = other->ended[0].n_pieces, n_ids = i % 6 * n / 12, end;
		size_t bytes = append_text(b, other->ids[0] + n_ids, n - n_ids < 4 ? n - n_ids : 4,
		                           text, 0);
		for (end = i % 7 < bytes ? i % 7 : bytes; (text[end] & 0xC0) == 0x80;)
			end++;
		memcpy(prescribed[i], other->ids[0], n_ids * sizeof(int32_t));
		memcpy(tails[i], text, end);
		b->prefix[i] = (struct tj_prefix){ prescribed[i], n_ids, tails[i], end };
		b->of[i] = (struct tj_constraint){ .active = 1,
			                           .any_placeables = 1,
			                           .suppress = i % 4 != 1,
			                           .min_length = i % 3 == 0 ? 25 : 0 };
	}
}

/* --- The search that sees texts ---------------------------------------------------- */

static int fits(const struct bench *b, size_t i, const int32_t *ids, size_t n)
{
	static char text[MOST_TEXT];
	const struct tj_prefix *p = &b->prefix[i];
	int32_t last = ids[n - 1];
	if (n <= p->n_ids)
		return last == p->ids[n - 1];
	size_t bytes = append_text(b, ids + p->n_ids, n - p->n_ids, text, 0);
	size_t common = bytes < p->n_tail ? bytes : p->n_tail;
	if (memcmp(text, p->tail, common) != 0 || last < FIRST_PLACEABLE)
		return 0;
	if (bytes <= p->n_tail || !b->of[i].suppress)
		return 1;
	/* What was prescribed, as whole pieces, does not count. */
	size_t from = p->n_ids, done = 0, size;
	while (from < n && done + (tj_pieces_text(b->pieces, ids[from], &size), size) <= p->n_tail)
		done += size, from++;
	if (from > 0 && (append_text(b, ids, from, text, 0), has_unwanted(text)))
		return -1;
	append_text(b, ids, n, text, 0);
	return !has_unwanted(text);
}

static int may_end(const struct bench *b, size_t i, const int32_t *ids, size_t n)
{
	static char text[MOST_TEXT];
	const struct tj_prefix *p = &b->prefix[i];
	return n >= p->n_ids &&
	       append_text(b, ids + p->n_ids, n - p->n_ids, text, 0) >= p->n_tail &&
	       (b->of[i].min_length == 0 || n >= (size_t)b->of[i].min_length);
}

static void encode_one(const struct bench *b, size_t i, struct tj_encoded *memory)
{
	struct tj_error err = { 0 };
	int32_t ids[MAX_IDS + 1];
	size_t n = b->n_ids[i];
	struct tj_encoder *e = tj_encoder_new(b->model, 1, MAX_IDS + 1, &err);
	cr_assert_not_null(e);
	memcpy(ids, b->ids[i], n * sizeof *ids);
	if (b->config.source_eos)
		ids[n++] = EOS;
	struct tj_sentence s = { ids, n, memory };
	cr_assert_eq(tj_encode(e, 1, &s, &err), TRUJAMAN_OK);
	tj_encoder_free(e);
}

/* Returns 0 if the comparison has to be left out: the prefix itself has an unwanted word, behind
 * which the two go on in different ways. */
static int greedy_alone(const struct bench *b, size_t i, struct found *f)
{
	struct tj_error err = { 0 };
	struct tj_encoded memory = { 0 };
	struct tj_decoder *d = tj_decoder_new(b->model, 1, MAX_IDS + 1, &err);
	size_t limit = 3 * b->n_ids[i] + 10 + b->prefix[i].n_ids + b->prefix[i].n_tail;
	int known = 1;
	cr_assert_not_null(d);
	encode_one(b, i, &memory);
	memset(f, 0, sizeof *f);
	f->n = 1;
	int32_t token = b->config.start_with_eos ? EOS : BOS, *ids = f->ids[0];
	for (size_t n = 0; known && n < limit && n < MAX_PIECES; n++) {
		struct tj_row row = { &memory, token, n == 0 ? -1 : 0 };
		int32_t best = -1;
		tj_decoder_step(d, 1, &row);
		for (int32_t w = 0; w < N_PIECES; w++) {
			if (w == UNK || (best >= 0 && d->logits[w] <= d->logits[best]))
				continue;
			ids[n] = w;
			int good = w == EOS ? may_end(b, i, ids, n) : fits(b, i, ids, n + 1);
			known &= good >= 0;
			best = good ? w : best;
		}
		token = best;
		if (token == EOS || best < 0)
			break;
		ids[n] = token;
		f->ended[0].n_pieces = n + 1;
	}
	tj_decoder_free(d);
	tj_encoded_release(&memory);
	return known;
}

/* --- Tests ------------------------------------------------------------------------ */

static void expect_prefixes(const struct bench *b, const struct found *f, size_t i)
{
	char text[MOST_TEXT];
	const struct tj_prefix *p = &b->prefix[i];
	for (size_t h = 0; h < f->n; h++) {
		size_t n = f->ended[h].n_pieces, ends = f->ended[h].length > n;
		if (!f->ended[h].complete)
			continue;
		cr_assert_geq(n, p->n_ids);
		cr_expect(p->n_ids == 0 ||
		          memcmp(f->ids[h], p->ids, p->n_ids * sizeof *p->ids) == 0);
		size_t bytes = append_text(b, f->ids[h] + p->n_ids, n - p->n_ids, text, 0);
		cr_expect(bytes >= p->n_tail && memcmp(text, p->tail, p->n_tail) == 0);
		cr_expect(!ends || n >= (size_t)b->of[i].min_length, "%zu pieces", n);
	}
}

Test(constraint_prefix, against_texts)
{
	struct tj_unwanted *unwanted = choose_unwanted();
	size_t n_compared = 0, n_changed = 0;
	for (size_t m = 0; m < sizeof names / sizeof *names; m++) {
		struct bench b;
		bench_open(&b, names[m], tj_kernels_usable()[0], 0, unwanted);
		choose_prefixes(&b);
		run(&b, options(1, 0), 64, N_SENTENCES, 1, second);
		run(&b, options(1, 0), 64, N_SENTENCES, 0, first);
		for (size_t i = 0; i < N_SENTENCES; i++) {
			static struct found alone;
			size_t n = first[i].ended[0].n_pieces;
			expect_prefixes(&b, &first[i], i);
			n_changed += n != second[i].ended[0].n_pieces;
			if (!greedy_alone(&b, i, &alone))
				continue;
			n_compared++;
			cr_expect(n == alone.ended[0].n_pieces &&
			              memcmp(first[i].ids[0], alone.ids[0], n * sizeof(int32_t)) ==
			                  0,
			          "%s: sentence %zu: %zu and %zu pieces", names[m], i, n,
			          alone.ended[0].n_pieces);
		}
		bench_close(&b);
	}
	cr_expect(n_compared > 80 && n_changed > 60, "%zu and %zu", n_compared, n_changed);
	tj_unwanted_close(unwanted);
}

Test(constraint_prefix, together_and_alone)
{
	struct tj_unwanted *unwanted = choose_unwanted();
	for (size_t m = 0; m < sizeof names / sizeof *names; m++)
		for (size_t beam = 1; beam <= 4; beam += 3) {
			const struct tj_kernels *const *k = tj_kernels_usable();
			struct bench b;
			bench_open(&b, names[m], *k, 0, unwanted);
			choose_prefixes(&b);
			for (size_t i = 0; i < N_SENTENCES; i++) /* some with a guard, too */
				if (i % 2 == 0)
					b.of[i].guard = 1, b.of[i].repeat = 2;
			run(&b, options(beam, 1), 64, N_SENTENCES, 0, first);
			for (size_t i = 0; i < N_SENTENCES; i++)
				expect_prefixes(&b, &first[i], i);
			run(&b, options(beam, 1), beam, 1, 0, second);
			expect_all_same("one by one", 1);
			run(&b, options(beam, 0), 3 * beam, 2, 0, second);
			expect_all_same("without scores", beam > 1);
			struct tj_constraint of[N_SENTENCES];
			struct tj_prefix prefix[N_SENTENCES];
			memcpy(of, b.of, sizeof of);
			memcpy(prefix, b.prefix, sizeof prefix);
			bench_close(&b);
			for (k++; *k; k++) {
				bench_open(&b, names[m], *k, 0, unwanted);
				memcpy(b.of, of, sizeof of);
				memcpy(b.prefix, prefix, sizeof prefix);
				run(&b, options(beam, 1), 64, N_SENTENCES, 0, second);
				expect_all_same((*k)->name, 1);
				bench_close(&b);
			}
		}
	tj_unwanted_close(unwanted);
}
