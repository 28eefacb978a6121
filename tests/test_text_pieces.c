/* SPDX-License-Identifier: MIT */
/* Splitting text into SentencePiece pieces and joining pieces to text. */
#include <criterion/criterion.h>
#include <jansson.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/text/pieces.h"
#include "tests/encoded.h"
#include "tests/same_bytes.h"

struct bytes {
	unsigned char *p;
	size_t n;
};

static void fixture_path(char *path, size_t n_path, const char *name)
{
	const char *srcdir = getenv("srcdir");
	snprintf(path, n_path, "%s/tests/fixtures/%s", srcdir ? srcdir : ".", name);
}

static struct bytes read_fixture(const char *name)
{
	char path[4096];
	fixture_path(path, sizeof path, name);
	FILE *f = fopen(path, "rb");
	cr_assert_not_null(f, "%s", path);
	struct bytes b = { malloc(1 << 20), 0 };
	cr_assert_not_null(b.p);
	b.n = fread(b.p, 1, 1 << 20, f);
	fclose(f);
	cr_assert_gt(b.n, 0);
	return b;
}

static struct tj_pieces *open_fixture(const char *name)
{
	struct bytes b = read_fixture(name);
	struct tj_error err = { 0 };
	struct tj_pieces *p = tj_pieces_open(b.p, b.n, name, &err);
	free(b.p); /* tj_pieces_open has copied the model */
	cr_assert_not_null(p, "%s", err.text);
	return p;
}

static struct tj_string decode(const struct tj_pieces *p, const int32_t *ids, size_t n)
{
	struct tj_string text = { 0 };
	struct tj_error err = { 0 };
	cr_assert_eq(tj_pieces_decode(p, ids, n, &text, &err), TRUJAMAN_OK, "%s", err.text);
	return text;
}

static int text_is(const struct tj_string *text, const char *want)
{
	return same_bytes(text->data, text->n, want, strlen(want));
}

/* ---- what the fixtures say ---- */

static void check_ids(const struct tj_pieces *p, const json_t *item, const char *text_key,
                      const char *ids_key, int eos, const char *file)
{
	const json_t *want = json_object_get(item, ids_key);
	const char *text = json_string_value(json_object_get(item, text_key));
	cr_assert_not_null(text);
	struct tj_ids ids = encode(p, text, strlen(text));
	size_t n = json_array_size(want);
	if (eos) {
		cr_assert_gt(n, 0);
		n--;
		cr_expect_eq(json_integer_value(json_array_get(want, n)), tj_pieces_eos(p));
	}
	cr_assert_eq(ids.n, n, "%s: '%s' gave %zu pieces, not %zu", file, text, ids.n, n);
	for (size_t i = 0; i < n; i++)
		cr_expect_eq(ids.data[i], json_integer_value(json_array_get(want, i)),
		             "%s: '%s' at %zu", file, text, i);
	int unknown = 0;
	for (size_t i = 0; i < n; i++)
		unknown |= ids.data[i] == tj_pieces_unk(p);
	struct tj_string back = decode(p, ids.data, ids.n);
	cr_expect(unknown || text_is(&back, text), "%s: '%s' came back as '%.*s'", file, text,
	          (int)back.n, back.data);
	free(back.data);
	free(ids.data);
}

static void check_fixture(const char *name, const char *source, const char *target)
{
	char path[4096];
	json_error_t error;
	fixture_path(path, sizeof path, name);
	json_t *root = json_load_file(path, 0, &error);
	cr_assert_not_null(root, "%s: %s", path, error.text);
	const char *eos = json_string_value(
	    json_object_get(json_object_get(root, "config"), "source_eos"));
	cr_assert_not_null(eos);
	struct tj_pieces *s = open_fixture(source), *t = open_fixture(target);
	json_t *cases = json_object_get(root, "cases"), *item;
	cr_assert_gt(json_array_size(cases), 0);
	size_t i;
	json_array_foreach(cases, i, item)
	{
		check_ids(s, item, "source", "source_ids", strcmp(eos, "true") == 0, name);
		check_ids(t, item, "target", "target_ids", 0, name);
	}
	tj_pieces_close(s);
	tj_pieces_close(t);
	json_decref(root);
}

Test(pieces, ids_of_the_fixtures)
{
	static const char *const two_models[] = { "additive-relu-current", "bahdanau-sigmoid-gru",
		                                  "bahdanau-tanh",         "cosine-direct",
		                                  "cosine-previous-gru",   "dot-feeding",
		                                  "gru-general-deep",      "luong-general",
		                                  "none-gru-bi",           "odd-sizes",
		                                  "plain-seq2seq",         "previous-dot-lstm" };
	for (size_t i = 0; i < sizeof two_models / sizeof *two_models; i++) {
		char name[64];
		snprintf(name, sizeof name, "%s.json", two_models[i]);
		check_fixture(name, "en.model", "es.model");
	}
	check_fixture("all-tied.json", "both.model", "both.model");
}

Test(pieces, specials_and_size)
{
	static const char *const models[] = { "en.model", "es.model", "both.model" };
	for (size_t i = 0; i < 3; i++) {
		struct tj_pieces *p = open_fixture(models[i]);
		cr_expect_eq(tj_pieces_size(p), 400);
		cr_expect_eq(tj_pieces_unk(p), 0);
		cr_expect_eq(tj_pieces_bos(p), 1);
		cr_expect_eq(tj_pieces_eos(p), 2);
		cr_expect_not(tj_pieces_starts_word(p, 0));
		cr_expect_not(tj_pieces_starts_word(p, 2));
		tj_pieces_close(p);
	}
	tj_pieces_close(NULL);
}

/* The first piece of a text starts a word, and as many pieces start words as there are words. */
Test(pieces, starts_word)
{
	struct tj_pieces *p = open_fixture("en.model");
	struct tj_ids ids = encode(p, "this is what we had there", 25);
	size_t starts = 0;
	for (size_t i = 0; i < ids.n; i++)
		starts += (size_t)tj_pieces_starts_word(p, ids.data[i]);
	cr_expect_eq(starts, 6);
	cr_assert_gt(ids.n, 0);
	cr_expect(tj_pieces_starts_word(p, ids.data[0]));
	cr_expect_not(tj_pieces_starts_word(p, -1));
	cr_expect_not(tj_pieces_starts_word(p, 400));
	free(ids.data);
	tj_pieces_close(p);
}

/* ---- any text, any ids ---- */

Test(pieces, appends)
{
	struct tj_pieces *p = open_fixture("en.model");
	struct tj_ids once = encode(p, "the man", 7), twice = { 0 };
	struct tj_error err = { 0 };
	tj_pieces_encode(p, "the man", 7, &twice, &err);
	tj_pieces_encode(p, "", 0, &twice, &err);
	tj_pieces_encode(p, NULL, 0, &twice, &err);
	tj_pieces_encode(p, "the man", 7, &twice, &err);
	cr_assert_eq(twice.n, 2 * once.n);
	cr_expect_eq(memcmp(twice.data, once.data, once.n * sizeof *once.data), 0);
	cr_expect_eq(memcmp(twice.data + once.n, once.data, once.n * sizeof *once.data), 0);
	struct tj_string text = { 0 };
	tj_pieces_decode(p, once.data, once.n, &text, &err);
	tj_pieces_decode(p, NULL, 0, &text, &err);
	tj_pieces_decode(p, once.data, once.n, &text, &err);
	cr_expect(text_is(&text, "the manthe man"));
	cr_expect_eq(err.status, TRUJAMAN_OK);
	free(once.data);
	free(twice.data);
	free(text.data);
	tj_pieces_close(p);
}

/* With byte fallback no character is unknown, so any valid text is reproduced. */
Test(pieces, byte_fallback_brings_any_text_back)
{
	static const char text[] =
	    "z\xC3\xB1 \xE2\x82\xAC \xF0\x9F\x8C\x8D \xE4\xBD\xA0 [tab\there]";
	struct tj_pieces *p = open_fixture("both.model");
	struct tj_ids ids = encode(p, text, strlen(text));
	for (size_t i = 0; i < ids.n; i++)
		cr_expect_neq(ids.data[i], tj_pieces_unk(p));
	struct tj_string back = decode(p, ids.data, ids.n);
	cr_expect(text_is(&back, text), "%.*s", (int)back.n, back.data);
	free(back.data);
	free(ids.data);
	tj_pieces_close(p);
}

/* A piece starts where its text starts. All byte pieces of a character start at that character. */
Test(pieces, starts)
{
	static const char text[] = "the man \xE4\xBD\xA0\xE5\xA5\xBD  z\xC3\xB1";
	struct tj_error err = { 0 };
	struct tj_pieces *p = open_fixture("both.model");
	struct tj_ids ids = encode(p, text, strlen(text));
	size_t starts[64], places[64] = { 0 };
	cr_assert_leq(ids.n, 64);
	cr_assert_eq(tj_pieces_starts(p, text, strlen(text), ids.n, starts, &err), TRUJAMAN_OK,
	             "%s", err.text);
	cr_expect_eq(starts[0], 0);
	for (size_t i = 0; i < ids.n; i++) {
		cr_assert_lt(starts[i], strlen(text));
		cr_expect_neq(text[starts[i]] & 0xC0, 0x80, "piece %zu is at %zu", i, starts[i]);
		cr_expect(i == 0 || starts[i] >= starts[i - 1]);
		places[starts[i]]++;
	}
	cr_expect_eq(places[8], 3, "the bytes of one character");
	cr_expect_eq(places[11], 3);
	cr_expect_eq(tj_pieces_starts(p, text, strlen(text), ids.n + 1, starts, &err),
	             TRUJAMAN_ERROR_INPUT);
	free(ids.data);
	tj_pieces_close(p);
}

Test(pieces, nul_bytes_and_invalid_utf8)
{
	static const struct bytes texts[] = {
		{ (unsigned char *)"\0", 1 },           { (unsigned char *)"one\0two\0", 8 },
		{ (unsigned char *)"\xFF\xFE\x80", 3 }, { (unsigned char *)"good \xC3", 6 },
		{ (unsigned char *)"\xE2\x96", 2 },     { (unsigned char *)"\xED\xA0\x80 x", 5 },
		{ (unsigned char *)"   ", 3 },          { (unsigned char *)"\xF4\x90\x80\x80", 4 },
		{ (unsigned char *)"a\r\nb", 4 }
	};
	static const char *const models[] = { "en.model", "both.model" };
	for (size_t m = 0; m < 2; m++) {
		struct tj_pieces *p = open_fixture(models[m]);
		for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
			struct tj_ids ids = encode(p, (const char *)texts[i].p, texts[i].n);
			struct tj_string back = decode(p, ids.data, ids.n);
			if (texts[i].n == 3 && texts[i].p[0] == ' ')
				cr_expect_eq(ids.n, 0);
			else
				cr_expect_gt(ids.n, 0, "text %zu", i);
			free(ids.data);
			free(back.data);
		}
		tj_pieces_close(p);
	}
	/* Text after a NUL is not lost. */
	struct tj_pieces *p = open_fixture("both.model");
	struct tj_ids ids = encode(p, "one\0two", 7);
	struct tj_string back = decode(p, ids.data, ids.n);
	cr_expect(back.n == 7 && memcmp(back.data, "one\0two", 7) == 0);
	free(ids.data);
	free(back.data);
	tj_pieces_close(p);
}

Test(pieces, any_id_decodes)
{
	static const char *const models[] = { "en.model", "es.model", "both.model" };
	for (size_t m = 0; m < 3; m++) {
		struct tj_pieces *p = open_fixture(models[m]);
		int32_t n = (int32_t)tj_pieces_size(p), pair[3];
		for (int32_t id = 0; id < n; id++) {
			struct tj_string text = decode(p, &id, 1);
			free(text.data);
			for (int32_t other = 0; other < 3; other++) {
				pair[0] = pair[2] = other;
				pair[1] = id;
				text = decode(p, pair, 3);
				free(text.data);
			}
		}
		int32_t control[] = { 1, 2, 2, 1 };
		struct tj_string none = decode(p, control, 4);
		cr_expect_eq(none.n, 0);
		free(none.data);
		tj_pieces_close(p);
	}
}

/* Byte pieces that are not valid UTF-8 become U+FFFD. In both.model byte b has the id 3 + b. */
Test(pieces, broken_byte_pieces)
{
	struct tj_pieces *p = open_fixture("both.model");
	int32_t broken[] = { 3 + 0xE2, 3 + 0x82, 3 + 0x41 },
		whole[] = { 3 + 0xC3, 3 + 0xA9, 3 + 0x0A };
	struct tj_string text = decode(p, broken, 3);
	cr_expect(text_is(&text, "\xEF\xBF\xBD\xEF\xBF\xBD"
	                         "A"),
	          "%.*s", (int)text.n, text.data);
	free(text.data);
	text = decode(p, whole, 3);
	cr_expect(text_is(&text, "\xC3\xA9\n"));
	free(text.data);
	tj_pieces_close(p);
}

Test(pieces, ids_out_of_range_are_an_error)
{
	struct tj_pieces *p = open_fixture("en.model");
	static const int32_t bad[] = { -1, 400, INT32_MAX, INT32_MIN };
	for (size_t i = 0; i < 4; i++) {
		struct tj_string text = { 0 };
		struct tj_error err = { 0 };
		int32_t ids[] = { 5, bad[i] };
		cr_expect_eq(tj_pieces_decode(p, ids, 2, &text, &err), TRUJAMAN_ERROR_USAGE);
		cr_expect_neq(strlen(err.text), 0);
		cr_expect_eq(text.n, 0);
		free(text.data);
	}
	tj_pieces_close(p);
}

/* ---- threads ---- */

struct job {
	const struct tj_pieces *p;
	const struct tj_ids *want;
	const char *text;
	int wrong;
};

static void *encode_often(void *argument)
{
	struct job *job = argument;
	for (int i = 0; i < 300; i++) {
		struct tj_ids ids = { 0 };
		struct tj_string back = { 0 };
		struct tj_error err = { 0 };
		tj_pieces_encode(job->p, job->text, strlen(job->text), &ids, &err);
		tj_pieces_decode(job->p, ids.data, ids.n, &back, &err);
		job->wrong |= err.status != TRUJAMAN_OK || ids.n != job->want->n ||
		              memcmp(ids.data, job->want->data, ids.n * sizeof *ids.data) != 0 ||
		              !text_is(&back, job->text);
		free(ids.data);
		free(back.data);
	}
	return NULL;
}

Test(pieces, threads_share_one)
{
	enum { N = 4 };
	static const char *const texts[N] = { "we go there", "they had that \xC3\xB1", "no",
		                              "OK 2" };
	struct tj_pieces *p = open_fixture("both.model");
	struct job jobs[N];
	struct tj_ids want[N];
	pthread_t threads[N];
	for (int i = 0; i < N; i++) {
		want[i] = encode(p, texts[i], strlen(texts[i]));
		jobs[i] = (struct job){ p, &want[i], texts[i], 0 };
	}
	for (int i = 0; i < N; i++)
		cr_assert_eq(pthread_create(&threads[i], NULL, encode_often, &jobs[i]), 0);
	for (int i = 0; i < N; i++) {
		pthread_join(threads[i], NULL);
		cr_expect_not(jobs[i].wrong, "thread %d", i);
		free(want[i].data);
	}
	tj_pieces_close(p);
}
