/* SPDX-License-Identifier: MIT */
/* Makes sentences with spans that a translation must not change. It shares no code with the finder
 * (src/text/spans.h). The random numbers come from test_random. */
#ifndef TJ_TESTS_SPAN_SENTENCES_H
#define TJ_TESTS_SPAN_SENTENCES_H

#include <stddef.h>

#include "tests/mutate.h"

enum { SPAN_SENTENCE_MOST = 40 };

struct span_sentence {     /* zero it before first use; free text.data */
	struct bytes text; /* one line of UTF-8, without its newline */
	struct made_span {
		size_t first, n; /* bytes of the text */
	} spans[SPAN_SENTENCE_MOST];
	size_t n_spans;
};

enum span_manner {
	SPANS_APART,   /* words and white space part the spans: they are exactly what is to be found
	                */
	SPANS_DAMAGED, /* the same, but the words are damaged: no text, broken UTF-8, odd characters
	                */
	SPANS_CROWDED  /* they may touch each other and punctuation, and may so become others */
};

/* Makes a sentence of words of English and Spanish, with up to `most` (at most SPAN_SENTENCE_MOST)
 * spans of mixed kinds at random places. Its tags are well nested. */
void make_span_sentence(struct span_sentence *s, size_t most, enum span_manner manner);

/* Returns the index of the first span whose value `output` holds less often than the sentence has
 * spans of this value; s->n_spans: it holds all. */
size_t find_missing_span(const struct span_sentence *s, const char *output, size_t n);

#endif
