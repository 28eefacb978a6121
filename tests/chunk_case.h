/* SPDX-License-Identifier: MIT */
/* Helpers for the tests of chunks: chunks of lines, with the vocabularies of the fixtures. */
#ifndef TJ_TESTS_CHUNK_CASE_H
#define TJ_TESTS_CHUNK_CASE_H

#include "src/decode/chunk.h"
#include "src/decode/chunk_prepare.h"
#include "src/decode/chunk_result.h"
#include "tests/encoded.h"
#include "tests/model_files.h"
#include "tests/tiny_pieces.h"

static struct tj_pieces *source, *target;

static struct tj_pieces *open_file(const char *name)
{
	struct tj_error err = { 0 };
	size_t n;
	unsigned char *bytes = read_bytes(in_source(name), &n);
	struct tj_pieces *p = tj_pieces_open(bytes, n, name, &err);
	cr_assert_not_null(p, "%s", err.text);
	free(bytes);
	return p;
}

static void open_both(void)
{
	source = open_file("tests/fixtures/en.model");
	target = open_file("tests/fixtures/es.model");
	make_scratch();
}

static void close_both(void)
{
	tj_pieces_close(source);
	tj_pieces_close(target);
	source = target = NULL;
	remove_scratch();
}

static struct tj_language language(size_t max_pieces, size_t n_best)
{
	return (struct tj_language){ .source = source,
		                     .target = target,
		                     .max_pieces = max_pieces,
		                     .n_best = n_best,
		                     .empty_source = -1,
		                     .max_scored = 1000 };
}

static struct tj_chunk *new_chunk(void)
{
	struct tj_error err = { 0 };
	struct tj_chunk *c = tj_chunk_new(&err);
	cr_assert_not_null(c, "%s", err.text);
	return c;
}

static size_t add(struct tj_chunk *c, const char *text, size_t n)
{
	size_t invalid = 12345;
	struct tj_chunk_line *line = tj_chunk_add(c, text, n, NULL, 0, &invalid, NULL);
	cr_assert_not_null(line);
	line->number = c->n_lines;
	return invalid;
}

static void add_pair(struct tj_chunk *c, const char *text, const char *translation)
{
	size_t invalid, invalid_target;
	struct tj_chunk_line *line = tj_chunk_add(c, text, strlen(text), translation,
	                                          strlen(translation), &invalid, &invalid_target);
	cr_assert_not_null(line);
	line->number = c->n_lines;
}

static void prepare(struct tj_chunk *c, const struct tj_language *l)
{
	struct tj_error err = { 0 };
	struct tj_tools *tools = tj_tools_open(l, &err);
	cr_assert_not_null(tools, "%s", err.text);
	cr_assert_eq(tj_chunk_prepare(c, l, tools, &err), TRUJAMAN_OK, "%s", err.text);
	cr_assert_eq(c->n_open, c->n_parts);
	tj_tools_close(tools);
}

#endif
