/* SPDX-License-Identifier: MIT */
/* The formats of documents, and which one a file has by its name. */
#ifndef TJ_DOCUMENT_FORMAT_H
#define TJ_DOCUMENT_FORMAT_H

enum tj_format {
	TJ_FORMAT_TEXT, /* line for line; no document in the sense of this folder */
	TJ_FORMAT_JSONL,
	TJ_FORMAT_HTML,
	TJ_FORMAT_SRT,
	TJ_FORMAT_VTT,
	TJ_FORMAT_PARAGRAPHS,
	TJ_FORMAT_PO,
	TJ_FORMAT_XLIFF,
	TJ_FORMAT_MARKDOWN,
	TJ_N_FORMATS
};

/* Returns "html" and so on. */
const char *tj_format_name(enum tj_format format);

/* Whether it has tags or the like that a translation must keep. */
int tj_format_has_markup(enum tj_format format);

/* Returns the format with a name, or -1. */
int tj_format_by_name(const char *name);

/* Returns the format that the ending of a file's name says, whatever its letter case; that of
 * compression is left out before. TEXT: it says nothing; -1: it says that the file is something
 * else, of which no line must be changed, such as a picture or a program. */
int tj_format_of_path(const char *path);

#endif
