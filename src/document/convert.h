/* SPDX-License-Identifier: MIT */
/* From a document to its segments, and back with translations in their places. Everything else
 * stays byte for byte. */
#ifndef TJ_DOCUMENT_CONVERT_H
#define TJ_DOCUMENT_CONVERT_H

#include "src/document/document.h"
#include "src/document/fields.h"

/* What a reader needs to know besides the bytes. */
struct tj_reading_options {
	const struct tj_fields *fields; /* jsonl: which values; NULL: none */
	const char *source_language;    /* codes such as "en"; NULL: unknown */
	const char *target_language;
	int fuzzy; /* po: whether entries marked so are translated anew */
};

/* Finds the segments of n bytes from malloc, which are taken over in any case. `name` must outlive
 * the document. Returns NULL on failure: the message then names the document, line and column. */
struct tj_document *tj_document_read(enum tj_format format, const char *name, uint64_t first_line,
                                     char *bytes, size_t n, const struct tj_reading_options *o,
                                     struct tj_error *err);

/* Keeps a copy of the translation of a segment. Different threads may do so at the same time for
 * different segments. Returns 0 if memory is short. */
int tj_document_translate(struct tj_document *d, size_t segment, const char *text, size_t n);

/* Appends what becomes of the bytes from the end of the segment before (0: from the beginning) to
 * the end of this one, and for the last one to the end of the document; nothing for a nested one.
 * This segment and those that are nested in it have translations, or stay as they are. Returns 0 if
 * memory is short. */
int tj_document_write(const struct tj_document *d, size_t segment, struct tj_string *out);

/* Appends the end of a document behind the last segment: all of it, if there is none. Returns 0 if
 * memory is short. */
int tj_document_write_rest(const struct tj_document *d, struct tj_string *out);

#endif
