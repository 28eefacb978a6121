/* SPDX-License-Identifier: MIT */
/* Fuzzed functions that take text. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/utf8.h"
#include "src/text/glossary.h"
#include "src/text/glossary_read.h"
#include "src/text/mapped.h"
#include "src/text/normalize.h"
#include "src/text/spans.h"
#include "tests/fuzz/targets.h"
#include "tests/handle.h"
#include "trujaman.h"

/* --- A text to translate ----------------------------------------------------------- */

struct output {
	uint64_t lines;
	int ends_with_newline;
};

static int put(void *context, const trujaman_stretch *stretch)
{
	struct output *o = context;
	o->lines += stretch->lines;
	if (stretch->n_bytes > 0)
		o->ends_with_newline = stretch->bytes[stretch->n_bytes - 1] == '\n';
	return 0;
}

static struct handle *open_tiny(void)
{
	char path[4096];
	trujaman_options o = tj_options_default();
	struct handle *t;
	snprintf(path, sizeof path, "%s/tests/fixtures/heads-additive.safetensors", fuzz_source());
	o.threads = 1;
	o.beam = 1;
	o.max_pieces = 16;
	trujaman_status status = handle_open(path, &o, &t);
	fuzz_expect(status == TRUJAMAN_OK, handle_error(t));
	return t;
}

static uint64_t count_lines(const uint8_t *data, size_t n)
{
	uint64_t lines = n > 0 && data[n - 1] != '\n';
	for (size_t i = 0; i < n; i++)
		lines += data[i] == '\n';
	return lines;
}

static int is_packed(const uint8_t *data, size_t n)
{
	return (n > 1 && data[0] == 0x1F && data[1] == 0x8B) ||
	       (n > 2 && !memcmp(data, "BZh", 3)) ||
	       (n > 3 && !memcmp(data, "\x28\xB5\x2F\xFD", 4)) ||
	       (n > 3 && (data[0] & 0xF0) == 0x50 && !memcmp(data + 1, "\x2A\x4D\x18", 3)) ||
	       (n > 5 && !memcmp(data,
	                         "\xFD"
	                         "7zXZ\0",
	                         6));
}

void fuzz_lines(const uint8_t *data, size_t n)
{
	static struct handle *t;
	struct output out = { 0, 0 };
	const trujaman_sink sink = { .context = &out, .write = put };
	if (is_packed(data, n))
		return;
	if (t == NULL)
		t = open_tiny();
	trujaman_input input = { .fd = fuzz_open(data, n), .force_text = 1 };
	trujaman_status status = handle_translate_to(t, 1, &input, &sink, TRUJAMAN_OUTPUT_PLAIN,
	                                             NULL);
	fuzz_expect(status == TRUJAMAN_OK, handle_error(t));
	fuzz_expect(out.lines == count_lines(data, n), "a line in, a line out");
	fuzz_expect(n == 0 || out.ends_with_newline == (data[n - 1] == '\n'), "the last newline");
	close(input.fd);
}

/* --- Spans ------------------------------------------------------------------------- */

/* The bytes as valid UTF-8. *n_text bytes; free it. */
static char *repair(const uint8_t *data, size_t n, size_t *n_text)
{
	char *text = malloc(3 * n + 1);
	fuzz_expect(text != NULL, "memory");
	*n_text = n > 0 ? tj_utf8_repair((const char *)data, n, text) : 0;
	text[*n_text] = '\0';
	return text;
}

static struct tj_finder *open_finder(const struct tj_glossary *glossary)
{
	struct tj_error err = { 0 };
	const struct tj_finder_options o = { .glossary = glossary };
	struct tj_finder *f = tj_finder_open(&o, &err);
	fuzz_expect(f != NULL, err.text);
	return f;
}

static void expect_in_order(const struct tj_fixed *spans, size_t n_spans, const char *text,
                            size_t n)
{
	size_t at = 0;
	for (size_t i = 0; i < n_spans; i++) {
		size_t first = spans[i].first;
		fuzz_expect(spans[i].n > 0 && first >= at && first <= n && spans[i].n <= n - first,
		            "spans are in order and within the text");
		at = first + spans[i].n;
		fuzz_expect(tj_utf8_floor(text, first, n) == first &&
		                tj_utf8_floor(text, at, n) == at,
		            "spans begin and end between characters");
	}
}

static void find(struct tj_finder *f, const char *text, size_t n)
{
	struct tj_error err = { 0 };
	struct tj_mapped m = { 0 };
	const struct tj_fixed *spans;
	size_t n_spans;
	int holds = 0;
	fuzz_expect(tj_finder_find(f, text, n, &spans, &n_spans, &err) == TRUJAMAN_OK, err.text);
	expect_in_order(spans, n_spans, text, n);
	fuzz_expect(tj_normalize(TJ_NORMAL_1, text, n, spans, n_spans, &m, NULL, &err) ==
	                TRUJAMAN_OK,
	            err.text);
	fuzz_expect(tj_utf8_valid_prefix(m.text.n > 0 ? m.text.data : "", m.text.n) == m.text.n,
	            "normalised text is UTF-8");
	for (size_t i = 0; m.from != NULL && i < m.text.n; i++)
		fuzz_expect(m.from[i] <= m.from[i + 1] && m.from[i + 1] <= n, "the map goes on");
	tj_mapped_release(&m);
	fuzz_expect(tj_finder_check(f, text, n, text, n, &holds, &err) == TRUJAMAN_OK, err.text);
	fuzz_expect(holds, "a text holds its own spans");
}

void fuzz_spans(const uint8_t *data, size_t n)
{
	static struct tj_finder *f;
	size_t n_text;
	char *text = repair(data, n, &n_text);
	if (f == NULL)
		f = open_finder(NULL);
	find(f, text, n_text);
	free(text);
}

void fuzz_glossary(const uint8_t *data, size_t n)
{
	struct tj_error err = { 0 };
	const uint8_t *nul = n > 0 ? memchr(data, '\0', n) : NULL;
	size_t n_terms = nul != NULL ? (size_t)(nul - data) : n, n_text;
	const uint8_t *line = nul != NULL ? nul + 1 : data;
	struct tj_glossary *g = tj_glossary_open("terms", (const char *)data, n_terms, &err);
	if (g == NULL) {
		fuzz_expect(strncmp(err.text, "terms:", 6) == 0 ||
		                err.status == TRUJAMAN_ERROR_MEMORY,
		            err.text);
		return;
	}
	char *text = repair(line, nul != NULL ? n - n_terms - 1 : n, &n_text);
	for (size_t at = 0; at < n_text; at++) {
		const char *value;
		size_t n_value;
		if (tj_utf8_floor(text, at, n_text) != at)
			continue;
		size_t found = tj_glossary_match(g, text, n_text, at, &value, &n_value);
		fuzz_expect(found <= n_text - at, "a term lies within the text");
		fuzz_expect(found == 0 ||
		                (n_value > 0 && tj_utf8_valid_prefix(value, n_value) == n_value),
		            "a term has a translation");
	}
	free(text);
	tj_glossary_close(g);
}

/* --- Options ----------------------------------------------------------------------- */

/* Sets options from lines "NAME VALUE", and reads what may be a number as the whole input. */
void fuzz_options(const uint8_t *data, size_t n)
{
	trujaman_train_options o = { .size = sizeof o };
	trujaman_train_options_default(&o);
	char *text = malloc(n + 1);
	fuzz_expect(text != NULL, "memory");
	if (n > 0)
		memcpy(text, data, n);
	text[n] = '\0';
	for (char *line = text; line != NULL;) {
		char error[256] = "", *end = strchr(line, '\n'), *value;
		if (end != NULL)
			*end = '\0';
		value = strchr(line, ' ');
		if (value != NULL)
			*value++ = '\0';
		if (value != NULL &&
		    trujaman_train_set(&o, line, value, error, sizeof error) != TRUJAMAN_OK)
			fuzz_expect(*error != '\0', "a failure has a message");
		line = end != NULL ? end + 1 : NULL;
	}
	fuzz_expect(o.dropout >= 0 && o.dropout <= 0.9 && o.max_pieces >= 1 && o.seed >= 0 &&
	                o.n_metadata <= TRUJAMAN_MAX_ENTRIES,
	            "options are in range");
	free(text);
}
