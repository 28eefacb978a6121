/* SPDX-License-Identifier: MIT */
/* What must not change stands in every translation, whatever the network: a network of random
 * weights translates sentences full of spans. TRUJAMAN_TEST_SENTENCES is their number. */
#include <stdlib.h>
#include <string.h>

#include "src/base/utf8.h"
#include "tests/api_support.h"
#include "tests/span_sentences.h"
#include "tests/support.h"

enum { BATCH = 250, SENTENCES = 1500, N_BEST = 3 };

TestSuite(promise, .init = test_start, .timeout = 3600);

struct batch {
	struct span_sentence sentences[BATCH];
	const char *text[BATCH];
	size_t len[BATCH];
};

static size_t sentences_wanted(void)
{
	const char *n = getenv("TRUJAMAN_TEST_SENTENCES");
	return n != NULL ? strtoul(n, NULL, 10) : SENTENCES;
}

static void make_batch(struct batch *b, enum span_manner manner, int mutated)
{
	for (size_t i = 0; i < BATCH; i++) {
		struct span_sentence *s = &b->sentences[i];
		make_span_sentence(s, SPAN_SENTENCE_MOST, manner);
		if (mutated)
			mutate(&s->text, 3, 1);
		b->text[i] = s->text.data;
		b->len[i] = s->text.n;
	}
}

static void free_batch(struct batch *b)
{
	for (size_t i = 0; i < BATCH; i++)
		free(b->sentences[i].text.data);
	free(b);
}

static struct translated *translate_batch(struct handle *t, const struct batch *b, size_t n_best)
{
	struct translated *dst = calloc(BATCH * n_best, sizeof *dst);
	CHECK(dst != NULL, "no memory");
	CHECK(handle_translate(t, BATCH, b->text, b->len, dst) == TRUJAMAN_OK, "%s",
	      handle_error(t));
	return dst;
}

/* Every translation of sentence i that there is holds its spans. */
static void expect_spans(const struct batch *b, const struct translated *dst, size_t n_best)
{
	for (size_t i = 0; i < BATCH; i++)
		for (size_t k = 0; k < n_best && dst[i * n_best + k].text != NULL; k++) {
			const struct translated *d = &dst[i * n_best + k];
			const struct span_sentence *s = &b->sentences[i];
			size_t missing = find_missing_span(s, d->text, d->len);
			CHECK(missing == s->n_spans, "\"%.*s\" is lost: %s -> %s",
			      (int)s->spans[missing].n, s->text.data + s->spans[missing].first,
			      s->text.data, d->text);
		}
}

static void translate_all(const char *model, trujaman_options o, size_t n)
{
	struct handle *t = open_fixture(model, &o);
	struct batch *b = calloc(1, sizeof *b);
	CHECK(b != NULL, "no memory");
	size_t n_best = (size_t)o.n_best;
	for (size_t done = 0; done < n; done += BATCH) {
		make_batch(b, SPANS_APART, 0);
		struct translated *dst = translate_batch(t, b, n_best);
		expect_spans(b, dst, n_best);
		translated_free(BATCH * n_best, dst);
		free(dst);
	}
	free_batch(b);
	handle_close(t);
}

Test(promise, greedy)
{
	trujaman_options o = tj_options_default();
	o.beam = 1;
	translate_all("luong-general", o, sentences_wanted());
}

Test(promise, beam_and_list)
{
	trujaman_options o = tj_options_default();
	o.n_best = N_BEST;
	translate_all("dot-feeding", o, sentences_wanted() / 5 + 1);
}

Test(promise, lines_as_a_whole)
{
	trujaman_options o = tj_options_default();
	o.split = "off";
	o.beam = 2;
	translate_all("all-tied", o, sentences_wanted() / 5 + 1);
}

/* Sentences whose spans touch each other, with broken bytes in them: whatever they are, every
 * kernel, thread and cache gives the same valid text. */
Test(promise, same_bytes)
{
	trujaman_options o = tj_options_default();
	struct batch *b = calloc(1, sizeof *b);
	CHECK(b != NULL, "no memory");
	make_batch(b, SPANS_CROWDED, 1);
	o.beam = 2;
	struct handle *t = open_fixture("luong-general", &o);
	struct translated *wanted = translate_batch(t, b, 1);
	handle_close(t);
	for (size_t i = 0; i < BATCH; i++)
		CHECK(is_utf8(wanted[i].text, wanted[i].len), "%s", wanted[i].text);
	for (const char *const *isa = trujaman_isas(); *isa != NULL; isa++) {
		o.isa = *isa;
		o.threads = 1 + (isa - trujaman_isas()) % 2;
		o.cache = 64 * (int)((isa - trujaman_isas()) % 2);
		t = open_fixture("luong-general", &o);
		struct translated *found = translate_batch(t, b, 1);
		expect_same_texts(BATCH, found, wanted, *isa);
		translated_free(BATCH, found);
		free(found);
		handle_close(t);
	}
	translated_free(BATCH, wanted);
	free(wanted);
	free_batch(b);
}
