/* SPDX-License-Identifier: MIT */
/* count-spans: counts what a translation kept.
 *
 *   count-spans SOURCE-LANGUAGE TARGET-LANGUAGE SOURCE OUTPUT
 *
 * Reads two files of equally many lines and prints, with tabs in between:
 *   - for each kind of span (src/text/spans.h): how many the source has, how many of them stand
 *     unchanged in the output, and how many are in the output only; lines for which
 *     tj_finder_check holds
 *   - for the one- and two-digit numbers that are no spans: how many come out as digits, as their
 *     word (English and Spanish), or neither; and how many such digits the output has of its own
 *   - lines of the output with four words in a row that occur more often than any four of the
 * source
 *   - lines of the output with garbage: U+FFFD or broken UTF-8 that the source has not */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench_fail.h"
#include "bench/number_words.h"
#include "src/base/hash.h"
#include "src/base/string.h"
#include "src/base/utf8.h"
#include "src/text/spans.h"

const char bench_program[] = "count-spans";

struct kind_counts {
	size_t source, kept, added;
};

struct counts {
	struct kind_counts kinds[TJ_N_FIXED_KINDS];
	size_t lines, lines_with_spans, holds;
	size_t small, as_digits, as_words, lost, own;
	size_t repeats, garbage;
};

/* A line, made valid UTF-8, and what was found in it. */
struct text_line {
	char *raw, *text;
	size_t raw_capacity, n, capacity;
	int is_garbage;
	struct tj_fixed *atoms; /* values point into `text` */
	size_t n_atoms;
	struct word_token *tokens;
	size_t n_tokens;
};

/* --- Reading ------------------------------------------------------------------------ */

static FILE *open_file(const char *path)
{
	FILE *f = fopen(path, "r");
	if (f == NULL) {
		fprintf(stderr, "%s: cannot read %s: %s\n", bench_program, path, strerror(errno));
		exit(1);
	}
	return f;
}

static int has_replacement(const char *text, size_t n)
{
	for (size_t i = 0; i + 3 <= n; i++)
		if (memcmp(text + i, "\xef\xbf\xbd", 3) == 0)
			return 1;
	return 0;
}

static int read_line(FILE *f, struct text_line *l)
{
	ssize_t n = getline(&l->raw, &l->raw_capacity, f);
	if (n < 0 && ferror(f))
		bench_die("reading failed");
	if (n < 0)
		return 0;
	if (n > 0 && l->raw[n - 1] == '\n')
		n--;
	if (l->capacity < 3 * (size_t)n + 1) {
		l->capacity = 3 * (size_t)n + 1;
		free(l->text);
		l->text = bench_need(malloc(l->capacity));
	}
	l->n = tj_utf8_repair(l->raw, (size_t)n, l->text);
	l->text[l->n] = '\0';
	l->is_garbage = has_replacement(l->text, l->n);
	if (l->tokens == NULL)
		l->tokens = bench_need(malloc(MOST_WORDS * sizeof *l->tokens));
	l->n_tokens = number_words_divide(l->text, l->n, l->tokens);
	return 1;
}

static void find_atoms(struct tj_finder *f, struct text_line *l)
{
	struct tj_error err = { .status = TRUJAMAN_OK };
	const struct tj_fixed *atoms;
	if (tj_finder_atoms(f, l->text, l->n, &atoms, &l->n_atoms, &err) != TRUJAMAN_OK)
		bench_die(err.text);
	free(l->atoms);
	l->atoms = bench_need(malloc((l->n_atoms + 1) * sizeof *l->atoms));
	for (size_t i = 0; i < l->n_atoms; i++)
		l->atoms[i] = atoms[i];
}

/* --- Spans -------------------------------------------------------------------------- */

static void count_atoms(struct counts *c, const struct text_line *source,
                        const struct text_line *output)
{
	char *taken = bench_need(calloc(output->n_atoms + 1, 1));
	for (size_t i = 0; i < source->n_atoms; i++) {
		const struct tj_fixed *a = &source->atoms[i];
		size_t k = 0;
		while (k < output->n_atoms &&
		       (taken[k] || output->atoms[k].n_value != a->n_value ||
		        memcmp(output->atoms[k].value, a->value, a->n_value) != 0))
			k++;
		c->kinds[a->kind].source++;
		if (k == output->n_atoms)
			continue;
		c->kinds[a->kind].kept++;
		taken[k] = 1;
	}
	for (size_t k = 0; k < output->n_atoms; k++)
		c->kinds[output->atoms[k].kind].added += !taken[k];
	free(taken);
}

/* --- Small numbers ------------------------------------------------------------------- */

static int in_atom(const struct text_line *l, const struct word_token *t)
{
	for (size_t i = 0; i < l->n_atoms; i++)
		if (t->first < l->atoms[i].first + l->atoms[i].n && t->end > l->atoms[i].first)
			return 1;
	return 0;
}

/* How often each number occurs in a line: as written ("5", "05"), and as words. */
struct numbers {
	int written[2][NUMBER_VALUES]; /* of one and of two digits */
	int words[NUMBER_VALUES];
};

static void collect(const char *language, const struct text_line *l, int with_ordinals,
                    struct numbers *found)
{
	memset(found, 0, sizeof *found);
	for (size_t i = 0; i < l->n_tokens;) {
		const struct word_token *t = &l->tokens[i];
		size_t digits = t->end - t->first;
		int value;
		size_t used = number_words_read(language, l->tokens, l->n_tokens, i, &value);
		if (used > 0)
			found->words[value]++;
		else if ((t->is_digits || (t->is_ordinal && with_ordinals)) && digits <= 2 &&
		         !in_atom(l, t))
			found->written[digits - 1][atoi(t->text)]++;
		i += used > 0 ? used : 1;
	}
}

static int less(int a, int b)
{
	return a < b ? a : b;
}

static void count_small(struct counts *c, const char *const *languages,
                        const struct text_line *source, const struct text_line *output)
{
	struct numbers in, out, all;
	collect(languages[0], source, 0, &in);
	collect(languages[0], source, 1, &all);
	collect(languages[1], output, 1, &out);
	for (int v = 0; v < NUMBER_VALUES; v++) {
		int words = out.words[v], own_words = all.words[v];
		for (int k = 0; k < 2; k++) {
			int n = in.written[k][v], digits = less(n, out.written[k][v]);
			int spoken = less(n - digits, words);
			words -= spoken;
			c->small += (size_t)n;
			c->as_digits += (size_t)digits;
			c->as_words += (size_t)spoken;
			c->lost += (size_t)(n - digits - spoken);
			int own = out.written[k][v] - less(all.written[k][v], out.written[k][v]);
			int said = less(own, own_words);
			own_words -= said;
			c->own += (size_t)(own - said);
		}
	}
}

/* --- Repeats ------------------------------------------------------------------------- */

static int by_hash(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;
	return *x < *y ? -1 : *x > *y;
}

/* Returns how often the commonest run of four words occurs. */
static size_t commonest(const struct text_line *l)
{
	size_t n = l->n_tokens >= 4 ? l->n_tokens - 3 : 0, most = 0;
	uint64_t *hashes = bench_need(malloc((n + 1) * sizeof *hashes));
	for (size_t i = 0; i < n; i++) {
		hashes[i] = 0;
		for (size_t k = i; k < i + 4; k++)
			hashes[i] = tj_hash(hashes[i], l->tokens[k].text,
			                    strlen(l->tokens[k].text));
	}
	qsort(hashes, n, sizeof *hashes, by_hash);
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i; end < n && hashes[end] == hashes[i];)
			end++;
		most = end - i > most ? end - i : most;
	}
	free(hashes);
	return most;
}

/* --- The whole ----------------------------------------------------------------------- */

static void count_line(struct counts *c, struct tj_finder *f, const char *const *languages,
                       struct text_line *source, struct text_line *output)
{
	struct tj_error err = { .status = TRUJAMAN_OK };
	int holds;
	find_atoms(f, source);
	find_atoms(f, output);
	count_atoms(c, source, output);
	count_small(c, languages, source, output);
	if (tj_finder_check(f, source->text, source->n, output->text, output->n, &holds, &err) !=
	    TRUJAMAN_OK)
		bench_die(err.text);
	size_t repeated = commonest(output);
	c->lines++;
	c->lines_with_spans += source->n_atoms > 0;
	c->holds += holds != 0;
	c->repeats += repeated > 1 && repeated > commonest(source);
	c->garbage += output->is_garbage && !source->is_garbage;
}

static void print_row(const char *name, const struct kind_counts *k)
{
	double share = k->source > 0 ? 100.0 * (double)k->kept / (double)k->source : 100.0;
	printf("%s\t%zu\t%zu\t%.2f%%\t%zu\n", name, k->source, k->kept, share, k->added);
}

static void print(const struct counts *c)
{
	struct kind_counts all = { 0, 0, 0 };
	printf("spans\tsource\tkept\tshare\tadded\n");
	for (int k = 0; k < TJ_N_FIXED_KINDS; k++) {
		const struct kind_counts *kind = &c->kinds[k];
		if (kind->source > 0 || kind->added > 0)
			print_row(tj_fixed_kind_name((enum tj_fixed_kind)k), kind);
		all.source += kind->source;
		all.kept += kind->kept;
		all.added += kind->added;
	}
	print_row("all", &all);
	printf("lines\t%zu\nlines with spans\t%zu\nlines that hold\t%zu\n", c->lines,
	       c->lines_with_spans, c->holds);
	double share = c->small > 0
	                   ? 100.0 * (double)(c->as_digits + c->as_words) / (double)c->small
	                   : 100.0;
	printf("small numbers\t%zu\nas digits\t%zu\nas words\t%zu\nneither\t%zu\nshare\t%.2f%%\n"
	       "digits of its own\t%zu\n",
	       c->small, c->as_digits, c->as_words, c->lost, share, c->own);
	printf("lines that repeat\t%zu\nlines with garbage\t%zu\n", c->repeats, c->garbage);
}

int main(int argc, char **argv)
{
	struct tj_error err = { .status = TRUJAMAN_OK };
	struct tj_finder_options o = { .has = NULL };
	struct counts c = { .lines = 0 };
	struct text_line source = { .raw = NULL }, output = { .raw = NULL };
	if (argc != 5)
		bench_die("usage: count-spans SOURCE-LANGUAGE TARGET-LANGUAGE SOURCE OUTPUT");
	const char *languages[] = { argv[1], argv[2] };
	struct tj_finder *f = tj_finder_open(&o, &err);
	if (f == NULL)
		bench_die(err.text);
	FILE *in = open_file(argv[3]), *out = open_file(argv[4]);
	for (;;) {
		int some = read_line(in, &source), other = read_line(out, &output);
		if (some != other)
			bench_die("the files have different numbers of lines");
		if (!some)
			break;
		count_line(&c, f, languages, &source, &output);
	}
	print(&c);
	struct text_line *lines[] = { &source, &output };
	for (int i = 0; i < 2; i++) {
		free(lines[i]->raw);
		free(lines[i]->text);
		free(lines[i]->atoms);
		free(lines[i]->tokens);
	}
	tj_finder_close(f);
	fclose(in);
	fclose(out);
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
