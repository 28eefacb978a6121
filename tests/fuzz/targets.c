/* SPDX-License-Identifier: MIT */
/* The list of fuzzed functions, and what they share. */
#define _GNU_SOURCE /* memfd_create */
#include "tests/fuzz/targets.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

const struct fuzz_target fuzz_targets[] = {
	{ "archive", fuzz_archive },
	{ "corpora", fuzz_corpora },
	{ "glossary", fuzz_glossary },
	{ "header", fuzz_header },
	{ "html", fuzz_html },
	{ "jsonl", fuzz_jsonl },
	{ "lines", fuzz_lines },
	{ "markdown", fuzz_markdown },
	{ "model", fuzz_model },
	{ "options", fuzz_options },
	{ "paragraphs", fuzz_paragraphs },
	{ "pieces", fuzz_pieces },
	{ "spans", fuzz_spans },
	{ "po", fuzz_po },
	{ "srt", fuzz_srt },
	{ "tokens", fuzz_tokens },
	{ "vtt", fuzz_vtt },
	{ "xliff", fuzz_xliff },
	{ NULL, NULL },
};

const char *fuzz_source(void)
{
	const char *folder = getenv("srcdir");
	return folder != NULL ? folder : ".";
}

void fuzz_expect(int holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "broken promise: %s\n", what);
	abort();
}

int fuzz_open(const uint8_t *data, size_t n)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	fuzz_expect(fd >= 0, "a file in memory");
	fuzz_expect(n == 0 || pwrite(fd, data, n, 0) == (ssize_t)n, "a file in memory is written");
	return fd;
}

const char *fuzz_path(int fd)
{
	static char path[64];
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	return path;
}
