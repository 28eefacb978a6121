/* SPDX-License-Identifier: MIT */
/* Translates files of growing size under one fixed memory limit. Each file is a block of text
 * repeated, so the output must be the block's translation repeated.
 *
 * Environment: TRUJAMAN is the program, srcdir the source tree; with TRUJAMAN_LONG_TESTS files of
 * up to 2 GiB. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/faults/program.h"

#define IN "large.in"
#define OUT "large.out"

/* Address space that suffices for a small model and two threads, whatever the input's size. */
enum { LIMIT_MIB = 768, BLOCK_BYTES = 1 << 20 };

static char *program, *model;

/* Sentences, followed by very many lines of only white space, short and long. Those pass through
 * the program as fast as it can read and write. */
static char *make_block(const char *text, size_t n)
{
	char *block = malloc(BLOCK_BYTES);
	if (block == NULL)
		give_up("make", "a block of text");
	memcpy(block, text, n);
	for (size_t at = n, i = 0; at < BLOCK_BYTES; i++) {
		size_t width = i % 4000 == 0 ? 300000 : i * 7 % 200;
		for (; width > 0 && at + 1 < BLOCK_BYTES; width--)
			block[at++] = width % 9 == 0 ? '\t' : ' ';
		block[at++] = '\n';
	}
	return block;
}

static void put_blocks(const char *block, size_t n_blocks)
{
	FILE *f = fopen(IN, "wb");
	if (f == NULL)
		give_up("create", IN);
	for (size_t i = 0; i < n_blocks; i++)
		if (fwrite(block, 1, BLOCK_BYTES, f) != BLOCK_BYTES)
			give_up("write", IN);
	if (fclose(f) != 0)
		give_up("write", IN);
}

/* Returns 1 if the output is the expected block, n_blocks times. */
static int is_repeated(const char *expected, size_t n, size_t n_blocks)
{
	char *found = malloc(n + 1);
	FILE *f = fopen(OUT, "rb");
	int same = f != NULL && found != NULL;
	for (size_t i = 0; i < n_blocks && same; i++)
		same = fread(found, 1, n, f) == n && memcmp(found, expected, n) == 0;
	same = same && fread(found, 1, 1, f) == 0;
	if (f != NULL)
		fclose(f);
	free(found);
	return same;
}

static struct outcome translate(void)
{
	const char *argv[] = { program, "translate", "-m", model, "--beam", "1", "--threads",
		               "2",     "--force",   "-o", OUT,   IN,       NULL };
	return run_program(argv, NULL, 0);
}

static int try_size(const char *block, const char *expected, size_t n, size_t n_blocks)
{
	put_blocks(block, n_blocks);
	struct outcome o = translate();
	int good = o.status == 0 && is_repeated(expected, n, n_blocks);
	printf("%5zu MiB: %s, %.1f s, peak %ld MiB resident\n", n_blocks,
	       good ? "as it should be" : "FAILED", o.seconds, o.peak_kib >> 10);
	if (!good)
		printf("exit status %d, signal %d, message: %s\n", o.status, o.signal, o.message);
	fflush(stdout);
	unlink(IN);
	unlink(OUT);
	return good;
}

int main(void)
{
	static const size_t sizes[] = { 1, 10, 100, 2048 };
	size_t n_sentences, n, n_sizes = getenv("TRUJAMAN_LONG_TESTS") != NULL ? 4 : 3;
	int good = 1;
	enter_scratch();
	program = program_path();
	model = source_path("tests/fixtures/luong-general.safetensors");
	char *sentences = source_path("tests/cli/data/sentences.en");
	char *text = read_file(sentences, &n_sentences);
	if (text == NULL)
		give_up("read", sentences);
	char *block = make_block(text, n_sentences);
	put_blocks(block, 1);
	struct outcome first = translate();
	char *expected = first.status == 0 ? read_file(OUT, &n) : NULL;
	if (expected == NULL || lines_that_differ(block, BLOCK_BYTES, expected, n) > n_sentences) {
		printf("FAILED: one block: exit status %d, %s\n", first.status, first.message);
		return 1;
	}
	if (SANITIZED)
		printf("no limit of memory: sanitizers need very much address space\n");
	else
		limit_memory((size_t)LIMIT_MIB << 20);
	for (size_t i = 0; i < n_sizes; i++)
		good &= try_size(block, expected, n, sizes[i]);
	if (!SANITIZED)
		printf("each within %d MiB of address space\n", (int)LIMIT_MIB);
	free(block);
	free(expected);
	free(text);
	free(model);
	free(program);
	free(sentences);
	leave_scratch();
	return !good;
}
