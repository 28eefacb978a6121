/* SPDX-License-Identifier: MIT */
/* Documents of Markdown made at random, and what cmark-gfm reads in them. */
#ifndef TJ_TESTS_MARKDOWN_CASE_H
#define TJ_TESTS_MARKDOWN_CASE_H

#include "tests/document_case.h"

/* Appends a document. */
void make_markdown(struct bytes *b);

/* Capitals; addresses stay. */
translator capitals_but_addresses;

/* A translation that keeps the order of the marks, with stray signs between words. */
translator with_signs;

/* Whether cmark-gfm is there. */
int has_cmark(void);

/* Writes a text to a file of a folder. */
void write_markdown(const char *folder, const char *name, size_t i, const struct bytes *b);

/* Lets cmark-gfm read all files of a folder. */
void read_by_cmark(const char *folder);

/* Gives the tree that cmark-gfm read in a file, without its text and titles. */
struct bytes tree_by_cmark(const char *folder, const char *name, size_t i);

#endif
