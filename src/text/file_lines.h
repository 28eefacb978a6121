/* SPDX-License-Identifier: MIT */
/* The lines of a file of the user that is in memory: a glossary, patterns. */
#ifndef TJ_TEXT_FILE_LINES_H
#define TJ_TEXT_FILE_LINES_H

#include <stddef.h>

#include "src/base/status.h"

struct tj_file_lines {
	const char *name;      /* of the file, for messages */
	const char *data;      /* [n] */
	size_t n, at;          /* at: where the next line begins */
	const char *line;      /* [n_line], without its end */
	size_t n_line, number; /* number: from 1 */
};

/* Sets the reader to the beginning of n bytes, which must stay. A byte order mark is left out. */
void tj_file_lines_begin(struct tj_file_lines *l, const char *name, const char *data, size_t n);

/* Goes on to the next line that is not blank. Returns 1; 0: there is none; -1: it is not valid
 * UTF-8, which is an error that names the file and the line. A line with a tab is not blank. */
int tj_file_lines_next(struct tj_file_lines *l, struct tj_error *err);

/* Sets an error that begins with the names of the file and the line. */
trujaman_status tj_file_lines_fail(const struct tj_file_lines *l, struct tj_error *err,
                                   const char *what);

#endif
