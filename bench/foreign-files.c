/* SPDX-License-Identifier: MIT */
/* foreign-files: judges stretches of texts as if each were a file to translate.
 *
 *   foreign-files EXPECTED N BYTES FILE…
 *
 * From each FILE it draws N stretches of whole lines, of BYTES bytes or a little more, and asks
 * src/text/foreign.c whether they are foreign to the language EXPECTED. Prints a line for each:
 * file, first byte, letters, the language that explains most, its share, the share of EXPECTED,
 * different words, and the language it is taken for, or "-"; tabs in between. The same arguments
 * draw the same stretches. scripts/measure-foreign counts the errors. */
#include <errno.h>
#include <string.h>

#include "bench/bench_fail.h"
#include "src/base/random.h"
#include "src/base/string.h"
#include "src/base/utf8.h"
#include "src/text/foreign.h"
#include "src/text/languages.h"

const char bench_program[] = "foreign-files";

static struct tj_string read_file(const char *path)
{
	struct tj_string raw = { NULL, 0, 0 }, text = { NULL, 0, 0 };
	char block[1 << 16];
	size_t n;
	FILE *f = fopen(path, "r");
	if (f == NULL) {
		fprintf(stderr, "%s: cannot read %s: %s\n", bench_program, path, strerror(errno));
		exit(1);
	}
	while ((n = fread(block, 1, sizeof block, f)) > 0)
		if (!tj_string_append(&raw, block, n))
			bench_die("out of memory");
	if (ferror(f))
		bench_die("reading failed");
	fclose(f);
	text.data = bench_need(malloc(3 * raw.n + 1));
	text.n = tj_utf8_repair(raw.data != NULL ? raw.data : "", raw.n, text.data);
	free(raw.data);
	return text;
}

/* The end of the line that byte `at` is in, behind its newline. */
static size_t line_end(const struct tj_string *text, size_t at)
{
	const char *end = at < text->n ? memchr(text->data + at, '\n', text->n - at) : NULL;
	return end != NULL ? (size_t)(end - text->data) + 1 : text->n;
}

static const char *code_of(int language)
{
	return language < 0 ? "-" : tj_languages[language].code;
}

static void judge(struct tj_foreign *f, const char *name, const struct tj_string *text, size_t from,
                  size_t n_bytes)
{
	int enough = 0;
	tj_foreign_begin(f);
	for (size_t at = from, end; at < text->n && at - from < n_bytes && !enough; at = end) {
		end = line_end(text, at);
		enough = tj_foreign_add(f, text->data + at, end - at);
	}
	struct tj_foreign_evidence e = tj_foreign_weigh(f);
	printf("%s\t%zu\t%llu\t%s\t%.4f\t%.4f\t%u\t%s\n", name, from, (unsigned long long)e.letters,
	       code_of(e.language), e.share, e.own, e.n_different, code_of(tj_foreign_find(f)));
}

int main(int argc, char **argv)
{
	if (argc < 5)
		bench_die("usage: foreign-files EXPECTED N BYTES FILE...");
	struct tj_error err = { .status = TRUJAMAN_OK };
	struct tj_foreign *f = tj_foreign_open(argv[1], &err);
	if (f == NULL)
		bench_die(err.text);
	if (tj_language_find(argv[1]) < 0)
		bench_die("the language is not known");
	size_t n = strtoul(argv[2], NULL, 10), n_bytes = strtoul(argv[3], NULL, 10);
	for (int i = 4; i < argc; i++) {
		struct tj_string text = read_file(argv[i]);
		size_t last = text.n > n_bytes ? text.n - n_bytes : 0;
		for (size_t k = 0; k < n; k++) {
			size_t at = last > 0 ? tj_random_below((uint64_t)i, k, last) : 0;
			judge(f, argv[i], &text, at > 0 ? line_end(&text, at - 1) : 0, n_bytes);
		}
		free(text.data);
	}
	tj_foreign_close(f);
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
