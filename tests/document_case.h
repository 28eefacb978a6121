/* SPDX-License-Identifier: MIT */
/* Helpers for the tests of documents: they read one, translate its segments with a function, and
 * give what is written. */
#ifndef TJ_TESTS_DOCUMENT_CASE_H
#define TJ_TESTS_DOCUMENT_CASE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/document/convert.h"
#include "tests/mutate.h"
#include "tests/same_bytes.h"
#include "tests/support.h"

/* Appends the translation of a text. */
typedef void translator(const char *text, size_t n, struct bytes *to);

static inline void same_text(const char *text, size_t n, struct bytes *to)
{
	bytes_add(to, text, n);
}

/* Capitals stand for a translation, so that tests may say what they expect. Marks and escapes
 * stay. */
static inline void in_capitals(const char *text, size_t n, struct bytes *to)
{
	int kept = 0;
	for (size_t i = 0; i < n; i++) {
		char c = text[i];
		if ((c == '<' || c == '&') && i + 1 < n && text[i + 1] != ' ')
			kept = 1;
		char capital = (char)(!kept && c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
		bytes_add(to, &capital, 1);
		kept = kept && c != '>' && c != ';';
	}
}

static inline struct tj_document *read_document(enum tj_format format, const char *text, size_t n,
                                                const struct tj_reading_options *o,
                                                struct tj_error *err)
{
	char *copy = malloc(n + 1);
	cr_assert_not_null(copy);
	if (n > 0)
		memcpy(copy, text, n);
	return tj_document_read(format, "doc", 1, copy, n, o, err);
}

/* Writes a document from a segment on. */
static inline struct bytes write_document(const struct tj_document *d, size_t from)
{
	struct tj_string out = { NULL, 0, 0 };
	struct bytes result = { NULL, 0, 0 };
	for (size_t i = from; i < d->n_segments; i++)
		cr_assert(tj_document_write(d, i, &out));
	if (d->n_segments == 0)
		cr_assert(tj_document_write_rest(d, &out));
	bytes_add(&result, out.data, out.n);
	free(out.data);
	return result;
}

static inline void translate_document(struct tj_document *d, translator *translate)
{
	for (size_t i = 0; i < d->n_segments; i++) {
		struct bytes to = { NULL, 0, 0 };
		translate(d->text.data + d->segments[i].text, d->segments[i].n_text, &to);
		cr_assert(tj_document_translate(d, i, to.data, to.n));
		free(to.data);
	}
}

static inline struct bytes convert(enum tj_format format, const char *text, size_t n,
                                   const struct tj_reading_options *o, translator *translate)
{
	struct tj_error err = { 0 };
	struct tj_document *d = read_document(format, text, n, o, &err);
	CHECK(d != NULL, "%s\n%.*s", err.text, (int)n, text);
	translate_document(d, translate);
	struct bytes out = write_document(d, 0);
	tj_document_free(d);
	return out;
}

/* Checks that a document becomes another one. */
static inline void becomes(enum tj_format format, const char *text, const char *wanted,
                           const struct tj_reading_options *o)
{
	struct bytes out = convert(format, text, strlen(text), o, in_capitals);
	CHECK(same_bytes(out.data, out.n, wanted, strlen(wanted)),
	      "%s\nbecame\n%.*s\ninstead of\n%s", text, (int)out.n,
	      out.data != NULL ? out.data : "", wanted);
	free(out.data);
}

/* Checks that a document without new translations is written as it is. */
static inline void stays(enum tj_format format, const char *text, size_t n,
                         const struct tj_reading_options *o)
{
	struct bytes out = convert(format, text, n, o, same_text);
	CHECK(same_bytes(out.data, out.n, text, n), "%.*s\nbecame\n%.*s", (int)n, text, (int)out.n,
	      out.data != NULL ? out.data : "");
	free(out.data);
}

/* Checks that a document is refused with this message. */
static inline void is_refused(enum tj_format format, const char *text,
                              const struct tj_reading_options *o, const char *message)
{
	struct tj_error err = { 0 };
	struct tj_document *d = read_document(format, text, strlen(text), o, &err);
	CHECK(d == NULL && strcmp(err.text, message) == 0, "%s\ngave \"%s\" instead of \"%s\"",
	      text, err.text, message);
}

#endif
