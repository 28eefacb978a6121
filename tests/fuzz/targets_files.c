/* SPDX-License-Identifier: MIT */
/* Fuzzed functions that read files. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/io/lines.h"
#include "src/model/safetensors.h"
#include "src/text/pieces.h"
#include "src/text/pieces_check.h"
#include "src/train/data/corpora.h"
#include "tests/fuzz/targets.h"
#include "tests/handle.h"
#include "trujaman.h"

static void translate_some(struct handle *t)
{
	const char *const text = "A line, and 12 more: see https://example.org.";
	size_t n = strlen(text);
	struct translated out = { .text = NULL };
	if (handle_translate(t, 1, &text, &n, &out) == TRUJAMAN_OK)
		fuzz_expect(out.text != NULL && out.text[out.len] == '\0', "a translation");
	translated_free(1, &out);
}

void fuzz_model(const uint8_t *data, size_t n)
{
	int fd = fuzz_open(data, n);
	trujaman_options o = tj_options_default();
	struct handle *t;
	o.threads = 1;
	o.beam = 2;
	o.max_pieces = 16;
	trujaman_status status = handle_open(fuzz_path(fd), &o, &t);
	if (status == TRUJAMAN_OK)
		translate_some(t);
	else
		fuzz_expect(*handle_error(t) != '\0', "a failure has a message");
	handle_close(t);
	close(fd);
}

/* Before the JSON stands its length, so that the fuzzer need not find it. Behind it there are 64
 * bytes for tensors. */
void fuzz_header(const uint8_t *data, size_t n)
{
	enum { N_DATA = 64 };
	struct tj_error err = { 0 };
	uint64_t length = n;
	uint8_t *file = calloc(1, sizeof length + n + N_DATA);
	if (file == NULL)
		return;
	memcpy(file, &length, sizeof length);
	if (n > 0)
		memcpy(file + sizeof length, data, n);
	int fd = fuzz_open(file, sizeof length + n + N_DATA);
	struct tj_safetensors *s = tj_safetensors_open(fuzz_path(fd), &err);
	fuzz_expect((s != NULL) == (err.status == TRUJAMAN_OK),
	            "a file is open, or there is a message");
	for (size_t i = 0; s != NULL && i < s->n_tensors; i++) {
		const struct tj_tensor *x = &s->tensors[i];
		const unsigned char *bytes = x->data;
		unsigned sum = 0;
		fuzz_expect(x->n_bytes <= N_DATA, "a tensor lies within its file");
		for (size_t k = 0; k < x->n_bytes; k++)
			sum += bytes[k];
		fuzz_expect(sum == 0, "a tensor lies behind the header");
	}
	if (s != NULL)
		tj_safetensors_close(s);
	close(fd);
	free(file);
}

void fuzz_pieces(const uint8_t *data, size_t n)
{
	struct tj_error err = { 0 };
	const char text[] = "Two words, \xC3\xA1\xC3\xA9 and \xF0\x9F\x98\x80 12.";
	struct tj_ids ids = { NULL, 0, 0 };
	size_t n_placeables;
	if (tj_pieces_check(data, n, "a model", &n_placeables, &err) != TRUJAMAN_OK) {
		fuzz_expect(*err.text != '\0', "a failure has a message");
		return;
	}
	struct tj_pieces *p = tj_pieces_open(data, n, "a model", &err);
	if (p == NULL)
		return;
	tj_pieces_encode(p, text, sizeof text - 1, &ids, &err);
	for (size_t i = 0; i < ids.n; i++)
		fuzz_expect(ids.data[i] >= 0 && (size_t)ids.data[i] < tj_pieces_size(p),
		            "ids are those of pieces");
	free(ids.data);
	tj_pieces_close(p);
}

void fuzz_tokens(const uint8_t *data, size_t n)
{
	struct tj_error err = { 0 };
	struct tj_ids ids = { NULL, 0, 0 };
	struct tj_string text = { NULL, 0, 0 };
	struct tj_pieces *p = tj_pieces_open_tokens(data, n, "a list", &err);
	if (p == NULL) {
		fuzz_expect(*err.text != '\0', "a failure has a message");
		return;
	}
	/* The list is a text, too, of which every word is known, or stands for none. */
	fuzz_expect(tj_pieces_encode(p, (const char *)data, n, &ids, &err) == TRUJAMAN_OK &&
	                ids.n == tj_pieces_size(p),
	            "a token is a word");
	for (size_t i = 0; i < ids.n; i++) {
		enum tj_piece_kind kind = tj_pieces_kind(p, (int32_t)i, NULL);
		fuzz_expect(ids.data[i] == (kind == TJ_PIECE_TEXT ? (int32_t)i : tj_pieces_unk(p)),
		            "a token has its own id");
	}
	fuzz_expect(tj_pieces_decode(p, ids.data, ids.n, &text, &err) == TRUJAMAN_OK && text.n > 0,
	            "ids have a text");
	free(text.data);
	free(ids.data);
	tj_pieces_close(p);
}

void fuzz_archive(const uint8_t *data, size_t n)
{
	enum { MOST_BYTES = 1 << 20 };
	struct tj_error err = { 0 };
	struct tj_line line;
	size_t n_bytes = 0;
	uint64_t number = 0;
	trujaman_input input = { .fd = fuzz_open(data, n), .force_text = 1 };
	struct tj_reader *r = tj_reader_open(1, &input, SIZE_MAX, &err);
	while (r != NULL && n_bytes < MOST_BYTES &&
	       tj_reader_next(r, 1, &line, &err) == TJ_READ_LINE) {
		fuzz_expect(line.number == ++number, "lines are counted");
		fuzz_expect(line.n == 0 || memchr(line.text, '\n', line.n) == NULL,
		            "a line has no newline");
		n_bytes += line.n + 1;
	}
	tj_reader_close(r);
	close(input.fd);
}

static void expect_files(const struct tj_corpus_files *f, size_t n)
{
	for (size_t i = 0; i < n; i++)
		fuzz_expect(f[i].source != NULL && f[i].target != NULL && *f[i].source != '\0' &&
		                *f[i].target != '\0' && f[i].weight >= TJ_LEAST_WEIGHT &&
		                f[i].weight <= TJ_MOST_WEIGHT,
		            "a row has two files and a weight");
}

void fuzz_corpora(const uint8_t *data, size_t n)
{
	struct tj_error err = { 0 };
	struct tj_corpora c;
	int fd = fuzz_open(data, n);
	trujaman_train_options o = { .size = sizeof o };
	trujaman_train_options_default(&o);
	o.corpora = fuzz_path(fd);
	if (tj_corpora_open(&c, &o, &err) == TRUJAMAN_OK) {
		expect_files(c.train, c.n_train);
		expect_files(c.dev, c.n_dev);
		fuzz_expect(c.n_dev <= TJ_MOST_DEV_SETS, "not too many dev sets");
	}
	tj_corpora_close(&c);
	close(fd);
}
