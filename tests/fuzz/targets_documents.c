/* SPDX-License-Identifier: MIT */
/* Fuzzed readers and writers of documents. */
#include <stdlib.h>
#include <string.h>

#include "src/document/convert.h"
#include "tests/fuzz/targets.h"

/* Writes all of a document. */
static struct tj_string write_all(const struct tj_document *d)
{
	struct tj_string out = { NULL, 0, 0 };
	for (size_t i = 0; i < d->n_segments; i++)
		fuzz_expect(tj_document_write(d, i, &out), "memory");
	if (d->n_segments == 0)
		fuzz_expect(tj_document_write_rest(d, &out), "memory");
	return out;
}

/* Gives each segment its own text with words before and behind it: marks stay well nested. */
static void translate_all(struct tj_document *d)
{
	for (size_t i = 0; i < d->n_segments; i++) {
		const struct tj_document_segment *s = &d->segments[i];
		struct tj_string text = { NULL, 0, 0 };
		fuzz_expect(s->n_text > 0, "a segment has text");
		fuzz_expect(memchr(d->text.data + s->text, '\n', s->n_text) == NULL ||
		                d->format == TJ_FORMAT_JSONL,
		            "a segment is one line");
		fuzz_expect(tj_string_append(&text, "\u00BFuno ", 6) &&
		                tj_string_append(&text, d->text.data + s->text, s->n_text) &&
		                tj_string_append(&text, " <dos & tres>", 13) &&
		                tj_document_translate(d, i, text.data, text.n),
		            "memory");
		free(text.data);
	}
}

static void fuzz_document(enum tj_format format, const uint8_t *data, size_t n,
                          const struct tj_reading_options *o)
{
	struct tj_error err = { 0 };
	char *copy = malloc(n + 1);
	fuzz_expect(copy != NULL, "memory");
	if (n > 0)
		memcpy(copy, data, n);
	struct tj_document *d = tj_document_read(format, "fuzzed", 1, copy, n, o, &err);
	if (d == NULL) {
		fuzz_expect(err.status != TRUJAMAN_OK && err.text[0] != '\0', "an error is told");
		return;
	}
	struct tj_string same = write_all(d);
	fuzz_expect(same.n == n && (n == 0 || memcmp(same.data, data, n) == 0),
	            "without translations all bytes stay");
	free(same.data);
	translate_all(d);
	struct tj_string out = write_all(d);
	tj_document_free(d);
	/* What is written is well formed again. */
	if (format == TJ_FORMAT_XLIFF) {
		d = tj_document_read(format, "written", 1, out.data, out.n, o, &err);
		fuzz_expect(d != NULL, err.text);
		tj_document_free(d);
	} else
		free(out.data);
}

static const struct tj_reading_options without;

void fuzz_html(const uint8_t *data, size_t n)
{
	fuzz_document(TJ_FORMAT_HTML, data, n, &without);
}

void fuzz_jsonl(const uint8_t *data, size_t n)
{
	struct tj_error err = { 0 };
	struct tj_fields *fields = tj_fields_read("a,b[].c,d[1]", &err);
	const struct tj_reading_options o = { .fields = fields };
	fuzz_expect(fields != NULL, err.text);
	fuzz_document(TJ_FORMAT_JSONL, data, n, &o);
	tj_fields_free(fields);
}

void fuzz_markdown(const uint8_t *data, size_t n)
{
	fuzz_document(TJ_FORMAT_MARKDOWN, data, n, &without);
}

void fuzz_paragraphs(const uint8_t *data, size_t n)
{
	fuzz_document(TJ_FORMAT_PARAGRAPHS, data, n, &without);
}

void fuzz_po(const uint8_t *data, size_t n)
{
	static const struct tj_reading_options o = { .fuzzy = 1 };
	fuzz_document(TJ_FORMAT_PO, data, n, &o);
}

void fuzz_srt(const uint8_t *data, size_t n)
{
	fuzz_document(TJ_FORMAT_SRT, data, n, &without);
}

void fuzz_vtt(const uint8_t *data, size_t n)
{
	fuzz_document(TJ_FORMAT_VTT, data, n, &without);
}

void fuzz_xliff(const uint8_t *data, size_t n)
{
	fuzz_document(TJ_FORMAT_XLIFF, data, n, &without);
}
