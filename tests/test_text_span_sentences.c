/* SPDX-License-Identifier: MIT */
/* What holds of the spans of any sentence. */
#include <stdlib.h>
#include <string.h>
#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "src/base/utf8.h"
#include "src/text/placeables.h"
#include "src/text/spans.h"
#include "tests/same_bytes.h"
#include "tests/span_sentences.h"
#include "tests/support.h"

#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define TEST_IS_SLOWED 1
#endif
#endif
#ifdef TEST_IS_SLOWED
enum { SENTENCES = 4000 }; /* sanitizers look at every access, and see the same ones */
#else
enum { SENTENCES = 20000 };
#endif
enum { MOST_VALUES = 16 };

TestSuite(span_sentences, .init = test_start, .timeout = 600);

static struct tj_finder *open_finder(int (*has)(void *, uint32_t))
{
	struct tj_error err = { 0 };
	struct tj_finder_options o = { .has = has };
	struct tj_finder *f = tj_finder_open(&o, &err);
	CHECK(f != NULL, "%s", err.text);
	return f;
}

static const struct tj_fixed *find(struct tj_finder *f, const struct bytes *text, size_t *n)
{
	struct tj_error err = { 0 };
	const struct tj_fixed *spans;
	CHECK(tj_finder_find(f, text->data, text->n, &spans, n, &err) == TRUJAMAN_OK, "%s",
	      err.text);
	return spans;
}

static int holds(struct tj_finder *f, const struct bytes *source, const struct bytes *output)
{
	struct tj_error err = { 0 };
	int result = 77;
	CHECK(tj_finder_check(f, source->data, source->n, output->data, output->n, &result, &err) ==
	          TRUJAMAN_OK,
	      "%s", err.text);
	return result;
}

static int has_all(void *context, uint32_t c)
{
	(void)context, (void)c;
	return 1;
}

/* Spans that words part are found as they are; those that touch are found as one. */
Test(span_sentences, found)
{
	struct tj_finder *f = open_finder(has_all);
	struct span_sentence s = { .n_spans = 0 };
	for (int i = 0; i < SENTENCES; i++) {
		size_t n, k = 0;
		make_span_sentence(&s, SPAN_SENTENCE_MOST, SPANS_APART);
		const struct tj_fixed *spans = find(f, &s.text, &n);
		for (size_t j = 0; j < n; j++, k++)
			CHECK(k < s.n_spans && s.spans[k].first == spans[j].first &&
			          s.spans[k].n == spans[j].n,
			      "%s: found \"%.*s\", made \"%.*s\"", s.text.data, (int)spans[j].n,
			      s.text.data + spans[j].first, k < s.n_spans ? (int)s.spans[k].n : 0,
			      s.text.data + (k < s.n_spans ? s.spans[k].first : 0));
		CHECK(k == s.n_spans, "%s: %zu found, %zu made", s.text.data, n, s.n_spans);
		CHECK(find_missing_span(&s, s.text.data, s.text.n) == s.n_spans, "%s", s.text.data);
	}
	free(s.text.data);
	tj_finder_close(f);
}

/* --- Of any text ------------------------------------------------------------------ */

static int is_white_at(const struct bytes *text, size_t at)
{
	int32_t i = (int32_t)at;
	UChar32 c;
	U8_GET((const uint8_t *)text->data, 0, i, (int32_t)text->n, c);
	return u_isUWhiteSpace(c) || c < 0x20;
}

static int is_white_before(const struct bytes *text, size_t at)
{
	int32_t i = (int32_t)at;
	U8_BACK_1((const uint8_t *)text->data, 0, i);
	return is_white_at(text, (size_t)i);
}

static void check_form(const struct bytes *text, const struct tj_fixed *spans, size_t n,
                       UBreakIterator *graphemes)
{
	UErrorCode code = U_ZERO_ERROR;
	UText reader = UTEXT_INITIALIZER;
	size_t end = 0;
	utext_openUTF8(&reader, text->data, (int64_t)text->n, &code);
	ubrk_setUText(graphemes, &reader, &code);
	CHECK(U_SUCCESS(code), "%s", u_errorName(code));
	for (size_t i = 0; i < n; i++) {
		const struct tj_fixed *s = &spans[i];
		CHECK(s->n > 0 && (i == 0 || s->first > end) && s->first + s->n <= text->n,
		      "%s: span %zu at %zu", text->data, i, s->first);
		end = s->first + s->n;
		CHECK(s->value == text->data + s->first && s->n_value == s->n, "%s", text->data);
		CHECK(!is_white_at(text, s->first) && !is_white_at(text, end - 1), "%s: \"%.*s\"",
		      text->data, (int)s->n, s->value);
		/* A mark may combine with white space, which begins no span. */
		int is_cut = !ubrk_isBoundary(graphemes, (int32_t)s->first) &&
		             !is_white_before(text, s->first);
		CHECK(!is_cut && ubrk_isBoundary(graphemes, (int32_t)end),
		      "%s: \"%.*s\" cuts a character", text->data, (int)s->n, s->value);
	}
	utext_close(&reader);
}

/* Takes the spans out in parts of at most MOST_VALUES values, and puts them back. */
static void check_trip(const struct bytes *text, const struct tj_fixed *spans, size_t n)
{
	struct tj_error err = { 0 };
	struct tj_placeables p = { .items = NULL };
	struct tj_mapped taken = { .from = NULL }, back = { .from = NULL };
	for (size_t at = 0, used; at < text->n; at += used) {
		tj_mapped_clear(&taken);
		p.n = p.n_uses = 0;
		CHECK(tj_placeables_take(&p, text->data, at, text->n - at, spans, n, MOST_VALUES,
		                         &taken, &used, &err) == TRUJAMAN_OK,
		      "%s", err.text);
		CHECK(used > 0 && taken.from[taken.text.n] == at + used, "%s at %zu", text->data,
		      at);
		CHECK(tj_placeables_restore(&p, taken.text.data, taken.text.n, &back, &err) ==
		          TRUJAMAN_OK,
		      "%s", err.text);
	}
	CHECK(same_bytes(back.text.data, back.text.n, text->data, text->n), "%s became %.*s",
	      text->data, (int)back.text.n, back.text.data);
	tj_placeables_release(&p);
	tj_mapped_release(&taken);
	tj_mapped_release(&back);
}

/* Changes one span, or drops or doubles it. */
static void spoil(const struct bytes *text, const struct tj_fixed *span, struct bytes *spoilt)
{
	size_t end = span->first + span->n;
	spoilt->n = 0;
	bytes_add(spoilt, text->data, span->first);
	switch (test_between(0, 2)) {
	case 0: /* change the last byte of ASCII */
		bytes_add(spoilt, span->value, span->n - 1);
		bytes_add(spoilt, span->value[span->n - 1] == '7' ? "8" : "7", 1);
		break;
	case 1:
		break;
	default:
		bytes_add(spoilt, span->value, span->n);
		bytes_add(spoilt, " ", 1);
		bytes_add(spoilt, span->value, span->n);
	}
	bytes_add(spoilt, text->data + end, text->n - end);
}

static void check_sentence(struct tj_finder *f, const struct bytes *text, UBreakIterator *graphemes,
                           struct bytes *spoilt, int with_spoilt)
{
	size_t n;
	const struct tj_fixed *spans = find(f, text, &n);
	check_form(text, spans, n, graphemes);
	check_trip(text, spans, n);
	if (with_spoilt && n > 0) {
		const struct tj_fixed *span = &spans[test_between(0, n - 1)];
		if ((unsigned char)span->value[span->n - 1] < 0x80) {
			spoil(text, span, spoilt);
			CHECK(!holds(f, text, spoilt), "%s became %s", text->data, spoilt->data);
		}
	}
	CHECK(holds(f, text, text), "%s", text->data);
}

/* Lacks the characters whose number is 3 modulo 8: letters, digits and marks are among them. */
static int has_most(void *context, uint32_t c)
{
	(void)context;
	return c % 8 != 3;
}

static void check_many(int (*has)(void *, uint32_t), size_t mutations)
{
	UErrorCode code = U_ZERO_ERROR;
	UBreakIterator *graphemes = ubrk_open(UBRK_CHARACTER, "root", NULL, 0, &code);
	struct tj_finder *f = open_finder(has);
	struct span_sentence s = { .n_spans = 0 };
	struct bytes text = { NULL, 0, 0 }, spoilt = { NULL, 0, 0 };
	CHECK(graphemes != NULL, "%s", u_errorName(code));
	for (int i = 0; i < SENTENCES; i++) {
		make_span_sentence(&s, test_between(0, SPAN_SENTENCE_MOST), SPANS_CROWDED);
		if (mutations > 0)
			mutate(&s.text, mutations, 1);
		char *repaired = malloc(3 * s.text.n + 1);
		CHECK(repaired != NULL, "out of memory");
		text.n = 0;
		bytes_add(&text, repaired, tj_utf8_repair(s.text.data, s.text.n, repaired));
		free(repaired);
		/* In a broken text the rest of a span may be one of the same value: "<a<a>>". */
		check_sentence(f, &text, graphemes, &spoilt, mutations == 0);
	}
	ubrk_close(graphemes);
	free(s.text.data);
	free(text.data);
	free(spoilt.data);
	tj_finder_close(f);
}

Test(span_sentences, crowded)
{
	check_many(NULL, 0);
}

Test(span_sentences, mutated)
{
	check_many(NULL, 6);
}

Test(span_sentences, mutated_without_pieces)
{
	check_many(has_most, 6);
}
