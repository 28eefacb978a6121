/* SPDX-License-Identifier: MIT */
/* A document in memory: its bytes, and which stretches of them are translated. The readers and
 * writers of the formats share it; src/document/convert.h is for everybody else.
 *
 * A reader of a format (src/document/html.h and so on) finds the segments. The text of a segment is
 * what the network is to see: one line, without the escapes of the format. Markup within it stands
 * there as a mark, a short tag: <x1> and </x1> for the two tags of an element, <x2/> for anything
 * that stands alone. The finder (src/text/spans_find.h) takes marks for tags, so a translation has
 * each of them once and well nested. What a mark stands for is written in its place. */
#ifndef TJ_DOCUMENT_DOCUMENT_H
#define TJ_DOCUMENT_DOCUMENT_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/status.h"
#include "src/base/string.h"
#include "src/document/format.h"

struct tj_document_range {
	size_t first, end; /* bytes of the document */
};

enum tj_mark_role { TJ_MARK_OPENS, TJ_MARK_CLOSES, TJ_MARK_ALONE };

struct tj_document_mark {
	struct tj_document_range range; /* what it stands for */
	enum tj_mark_role role;
	size_t number;           /* in its text; the same for the two of an element */
	uint8_t space[2];        /* white space stands before it, behind it, in the text */
	size_t nested, n_nested; /* segments that lie within its range: values of attributes */
};

struct tj_document_segment {
	struct tj_document_range range; /* what the translation replaces */
	size_t text, n_text;            /* in the document's text; has a letter */
	size_t first_mark, n_marks;     /* in the order of the text */
	size_t first_row, n_rows;       /* lines that it consists of, for formats that have such */
	size_t column, width;           /* where its first line begins; how long lines may be */
	uint8_t style;                  /* for the format */
	uint8_t is_nested;              /* lies in a mark of the next segment that is not nested */
};

struct tj_document_edit { /* bytes that are replaced by others, whatever the translations */
	struct tj_document_range range;
	const char *bytes; /* not owned */
};

struct tj_markdown_labels;

struct tj_document {
	enum tj_format format;
	const char *name;    /* for messages; not owned */
	uint64_t first_line; /* the number of its first line in the file, from 1 */
	char *bytes;         /* [n]; from malloc, owned */
	size_t n;
	struct tj_string text; /* of all segments */
	struct tj_document_segment *segments;
	size_t n_segments, segments_capacity;
	struct tj_document_mark *marks;
	size_t n_marks, marks_capacity;
	struct tj_document_range *rows;
	size_t n_rows, rows_capacity;
	struct tj_document_edit *edits; /* in order */
	size_t n_edits, edits_capacity;
	uint8_t ascii_only;                /* characters beyond ASCII are written as escapes */
	uint8_t named_space;               /* html: U+00A0 is written as &nbsp; */
	uint8_t lacks_field;               /* jsonl: no value that was asked for */
	struct tj_markdown_labels *labels; /* markdown: of links; owned */
	size_t invalid; /* offset of the first ill-formed UTF-8 of a segment; SIZE_MAX: none */
	struct tj_string *translations; /* [n_segments]; owned; data NULL: none yet */
};

void tj_document_free(struct tj_document *d);

/* Sets the line, from 1, and the column in bytes, from 1, of an offset. */
void tj_document_place(const struct tj_document *d, size_t at, uint64_t *line, uint64_t *column);

/* Fails with TRUJAMAN_ERROR_INPUT: "NAME:LINE:COLUMN: what". */
trujaman_status tj_document_fail(const struct tj_document *d, size_t at, const char *what,
                                 struct tj_error *err);

/* Ends the text of a segment that begins at s->text of the document's text: sets s->n_text, and
 * replaces ill-formed UTF-8 by U+FFFD. Returns 0 if memory is short. */
int tj_document_end_text(struct tj_document *d, struct tj_document_segment *s);

/* Adds a segment, a copy of *s. Returns 0 if memory is short. */
int tj_document_add(struct tj_document *d, const struct tj_document_segment *s);
int tj_document_add_row(struct tj_document *d, struct tj_document_range row);
int tj_document_add_mark(struct tj_document *d, const struct tj_document_mark *mark);
int tj_document_add_edit(struct tj_document *d, const struct tj_document_edit *edit);

/* Appends the bytes of a range with edits made. Returns 0 if memory is short. */
int tj_document_copy(const struct tj_document *d, struct tj_document_range range,
                     struct tj_string *out);

/* Whether a segment has a translation that differs from its text. */
int tj_document_is_new(const struct tj_document *d, size_t segment);

#endif
