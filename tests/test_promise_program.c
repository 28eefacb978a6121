/* SPDX-License-Identifier: MIT */
/* What must not change stands in every translation that the program writes: in lines, in a column,
 * in lists, in shards. TRUJAMAN_TEST_SENTENCES is the number of sentences, TRUJAMAN_TEST_MODEL the
 * file of a model, TRUJAMAN_TEST_ISA the kernels to use, TRUJAMAN the program. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/api_support.h"
#include "tests/span_sentences.h"
#include "tests/support.h"

enum { SENTENCES = 100, N_SHARDS = 3, LONGEST_COMMAND = 8192 };

static char folder[64];

static void make_folder(void)
{
	test_start();
	snprintf(folder, sizeof folder, "/tmp/promise-XXXXXX");
	CHECK(mkdtemp(folder) != NULL, "no folder");
}

static void remove_folder(void)
{
	char command[128];
	snprintf(command, sizeof command, "rm -rf '%s'", folder);
	CHECK(system(command) == 0, "%s stays", folder);
}

TestSuite(promise_program, .init = make_folder, .fini = remove_folder, .timeout = 36000);

static size_t sentences_wanted(void)
{
	const char *n = getenv("TRUJAMAN_TEST_SENTENCES");
	return n != NULL ? strtoul(n, NULL, 10) : SENTENCES;
}

static FILE *open_there(const char *name, const char *how)
{
	char path[128];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *f = fopen(path, how);
	CHECK(f != NULL, "%s cannot be opened", path);
	return f;
}

/* Runs the program in the folder with the words of `words`. */
static void run(const char *words)
{
	char command[LONGEST_COMMAND];
	const char *program = getenv("TRUJAMAN"), *isa = getenv("TRUJAMAN_TEST_ISA");
	CHECK(program != NULL, "TRUJAMAN does not say where the program is");
	int n = snprintf(command, sizeof command, "cd '%s' && %s%s '%s' %s", folder,
	                 isa != NULL ? "TRUJAMAN_ISA=" : "", isa != NULL ? isa : "", program,
	                 words);
	CHECK(n > 0 && n < LONGEST_COMMAND, "a long command");
	CHECK(system(command) == 0, "%s", command);
}

/* Translates the file `in` with some options. */
static void translate_file(const char *options)
{
	char words[LONGEST_COMMAND];
	const char *named = getenv("TRUJAMAN_TEST_MODEL");
	char *model = realpath(named != NULL ? named : fixture("luong-general", "safetensors"),
	                       NULL);
	CHECK(model != NULL, "there is no model");
	snprintf(words, sizeof words, "translate -q -m '%s' %s in", model, options);
	run(words);
	free(model);
}

/* What the lines of a translation look like. */
enum form { LINES, COLUMN, LISTS };

/* Begins the random numbers of the sentences anew. */
static void begin(void)
{
	test_start();
}

static void next_sentence(struct span_sentence *s, size_t i)
{
	make_span_sentence(s, SPAN_SENTENCE_MOST, i % 2 == 0 ? SPANS_APART : SPANS_DAMAGED);
}

static void write_sentences(size_t n, enum form form)
{
	struct span_sentence s = { .n_spans = 0 };
	FILE *f = open_there("in", "wb");
	begin();
	for (size_t i = 0; i < n; i++) {
		next_sentence(&s, i);
		if (form == COLUMN)
			fprintf(f, "%zu\t", i);
		fwrite(s.text.data, 1, s.text.n, f);
		fputs(form == COLUMN ? "\tlast\n" : "\n", f);
	}
	CHECK(fclose(f) == 0, "sentences cannot be written");
	free(s.text.data);
}

/* The part of a line of n bytes that is a translation; *i: of sentence number i. */
static const char *translation_in(char *line, size_t *n, enum form form, size_t *i)
{
	char *from = line, *tab;
	if (form == LINES)
		return line;
	size_t number = strtoul(line, NULL, 10);
	CHECK(number == *i + (form == LISTS), "line %zu instead of %zu", number, *i);
	for (int tabs = form == LISTS ? 2 : 1; tabs > 0; tabs--) {
		tab = memchr(from, '\t', *n - (size_t)(from - line));
		CHECK(tab != NULL, "no column: %s", line);
		from = tab + 1;
	}
	*n -= (size_t)(from - line);
	if (form == LISTS)
		return from;
	tab = memchr(from, '\t', *n);
	CHECK(tab != NULL && strncmp(tab, "\tlast", 5) == 0, "other columns: %s", line);
	*n = (size_t)(tab - from);
	return from;
}

/* Every line of the file `out` holds the spans of its sentence; there are as many as sentences, or
 * in lists at least one of each. */
static void expect_spans(size_t n, enum form form)
{
	struct span_sentence s = { .n_spans = 0 };
	char *line = NULL;
	size_t capacity = 0, done = 0, lines = 0;
	FILE *f = open_there("out", "rb");
	begin();
	for (ssize_t got; (got = getline(&line, &capacity, f)) > 0; lines++) {
		size_t length = (size_t)got - 1, i = done - 1;
		if (form != LISTS || lines == 0 || strtoul(line, NULL, 10) != done) {
			next_sentence(&s, done);
			i = done++;
		}
		const char *text = translation_in(line, &length, form, &i);
		size_t missing = find_missing_span(&s, text, length);
		CHECK(missing == s.n_spans, "\"%.*s\" is lost: %.*s -> %s", (int)s.spans[missing].n,
		      s.text.data + s.spans[missing].first, (int)s.text.n, s.text.data, line);
	}
	fclose(f);
	free(line);
	free(s.text.data);
	CHECK(done == n, "%zu sentences instead of %zu", done, n);
}

Test(promise_program, lines)
{
	size_t n = sentences_wanted();
	write_sentences(n, LINES);
	translate_file("--beam 1 -o out");
	expect_spans(n, LINES);
}

Test(promise_program, lines_as_a_whole)
{
	size_t n = sentences_wanted() / 5 + 1;
	write_sentences(n, LINES);
	translate_file("--beam 2 --split off -o out");
	expect_spans(n, LINES);
}

Test(promise_program, column)
{
	size_t n = sentences_wanted() / 5 + 1;
	write_sentences(n, COLUMN);
	translate_file("--beam 1 --tsv 2 -o out");
	expect_spans(n, COLUMN);
}

Test(promise_program, lists)
{
	size_t n = sentences_wanted() / 5 + 1;
	write_sentences(n, LISTS);
	translate_file("--n-best 3 -o out");
	expect_spans(n, LISTS);
}

Test(promise_program, shards)
{
	char options[64];
	size_t n = sentences_wanted() / 5 + 1;
	write_sentences(n, LINES);
	for (int i = 1; i <= N_SHARDS; i++) {
		snprintf(options, sizeof options, "--beam 1 --shard %d/%d -o out", i, N_SHARDS);
		translate_file(options);
	}
	run("merge out");
	expect_spans(n, LINES);
}
