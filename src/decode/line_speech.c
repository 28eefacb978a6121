/* SPDX-License-Identifier: MIT */
/* A network often loses one of two quotes, and what is said is a sentence by itself anyway. Quotes
 * around a single word, or around words that belong to the sentence, stay in it. */
#include "src/decode/line_speech.h"

#include <string.h>

#include "src/text/char_code.h"
#include "src/text/letters.h"

static const char ellipsis[] = "\u2026";

static int is_space_at(const struct tj_plan *p, size_t at)
{
	return tj_is_white_space(tj_char_next(p->normal.text.data, p->normal.text.n, &at));
}

static int is_one_of(char c, const char *these)
{
	return c != '\0' && strchr(these, c) != NULL;
}

/* Whether the source has there what any language has: other quotes become those of the target
 * language (src/text/style.h), which needs the text as a whole. */
static int is_common(const struct tj_plan *p, size_t at)
{
	size_t from = tj_plan_origin(p, at);
	uint32_t c = tj_char_next(p->source, p->n_source, &from);
	return c == '"' || c == 0x201C || c == 0x201D;
}

/* The next quote from `at` on that is not part of a span; `end`: there is none. */
static size_t next_quote(const struct tj_plan *p, size_t at, size_t end)
{
	for (; at < end; at++) {
		size_t n_spans;
		const char *found = memchr(p->normal.text.data + at, '"', end - at);
		if (found == NULL)
			return end;
		at = (size_t)(found - p->normal.text.data);
		/* The span that holds it begins at it or before. */
		size_t i = tj_plan_spans(p, at, at + 1, &n_spans);
		if ((i < p->n_spans && p->spans[i].first == at) || !is_common(p, at))
			continue;
		if (i == 0 || p->spans[i - 1].first + p->spans[i - 1].n <= at)
			return at;
	}
	return end;
}

/* Whether punctuation ends before byte `at`. */
static int ends_clause(const struct tj_plan *p, size_t first, size_t at)
{
	size_t n = sizeof ellipsis - 1;
	const char *before = p->normal.text.data + at;
	return at > first && (is_one_of(before[-1], ",.?!") ||
	                      (at - first >= n && memcmp(before - n, ellipsis, n) == 0));
}

static int has_two_words(const struct tj_plan *p, size_t first, size_t end)
{
	for (size_t at = first + 1; at + 1 < end; at++)
		if (is_space_at(p, at))
			return tj_has_letter(p->normal.text.data + first, at - first) &&
			       tj_has_letter(p->normal.text.data + at, end - at);
	return 0;
}

/* Where the rest begins behind a closing quote: behind a comma or full stop that follows it. */
static size_t behind(const struct tj_plan *p, size_t close, size_t end)
{
	size_t at = close + 1;
	if (at < end && is_one_of(p->normal.text.data[at], ",.;") &&
	    (at + 1 == end || is_space_at(p, at + 1)))
		at++;
	return at;
}

/* Whether the quotes at `open` and `close` are around speech. */
static int is_speech(const struct tj_plan *p, size_t open, size_t close, size_t end)
{
	size_t rest = behind(p, close, end);
	int is_apart = rest == end || is_space_at(p, rest);
	int is_clause = ends_clause(p, open + 1, close);
	return is_apart && (is_clause || ((rest > close + 1 || rest == end) &&
	                                  has_two_words(p, open + 1, close)));
}

/* The byte behind what stands before an opening quote, if that announces speech; 0: it does not. */
static size_t announced(const struct tj_plan *p, size_t first, size_t open)
{
	size_t at = open;
	while (at > first && is_space_at(p, at - 1))
		at--;
	return at < open && at > first && is_one_of(p->normal.text.data[at - 1], ":,") ? at : 0;
}

size_t tj_speech_next(const struct tj_plan *p, size_t first, size_t end, size_t *part,
                      size_t *part_end)
{
	size_t open = next_quote(p, first, end);
	size_t close = open < end ? next_quote(p, open + 1, end) : end;
	*part = first;
	*part_end = end;
	if (open == end)
		return end;
	if (close == end) { /* one quote */
		size_t rest = behind(p, open, end);
		if (open == first)
			*part = first + 1;
		else if (ends_clause(p, first, open) || rest == end) {
			*part_end = open;
			return rest;
		}
		return end;
	}
	if (!is_speech(p, open, close, end))
		return end;
	if (open == first) {
		*part = first + 1;
		*part_end = close - (p->normal.text.data[close - 1] == ',');
		return behind(p, close, end);
	}
	size_t before = announced(p, first, open);
	if (before == 0)
		return end;
	*part_end = before;
	return open;
}
