/* SPDX-License-Identifier: MIT */
/* Recognises content that is no text in UTF-8: text in UTF-16 or UTF-32, archives, images and so
 * on. Any thread. */
#ifndef TJ_IO_NOT_TEXT_H
#define TJ_IO_NOT_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/status.h"

/* A judgement considers so many bytes from the beginning of a content, or all that there are. */
enum { TJ_NOT_TEXT_HEAD = 64 << 10 };

struct tj_not_text {
	const char *what;           /* such as "a PNG image" */
	const char *before, *after; /* a command that prints it as UTF-8 text, before and after the
	                              name of the file; before NULL: there is none */
	int filters;                /* 1: without a name, the command reads its standard input */
	int by_nuls;                /* 1: told by the share of NULs alone; more bytes may differ */
};

/* Returns what the n bytes at the beginning of a content show it to be: a byte-order mark of
 * UTF-16 or UTF-32, a magic number, or more than a tenth of NULs. Returns 0 for text. */
int tj_not_text_find(const void *bytes, size_t n, struct tj_not_text *found);

/* Records an error with the status INPUT that says what the content is and how to convert it.
 * `name` names it in the message; is_path: it is the path of a file. */
trujaman_status tj_not_text_refuse(const struct tj_not_text *found, const char *name, int is_path,
                                   struct tj_error *err);

/* Writes what a message about n_invalid lines of a file adds, of which n_latin look like ISO 8859-1
 * or Windows-1252 (src/base/latin.h): "" or how to convert it. `path`: the file; NULL: it has no
 * name. Returns the buffer. */
const char *tj_not_text_latin(uint64_t n_latin, uint64_t n_invalid, const char *path, char *buffer,
                              size_t n_bytes);

/* Writes the name as a shell needs it, "FILE" if that would be difficult. */
void tj_not_text_quote(const char *name, char *buffer, size_t n_bytes);

#endif
