/* SPDX-License-Identifier: MIT */
/* Reads a sentence word by word, as white space parts them. */
#include "src/text/names.h"

#include <string.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

#include "src/base/memory.h"
#include "src/base/utf8.h"

static UChar32 char_at(const char *text, size_t end, size_t *at)
{
	UChar32 c;
	U8_NEXT_OR_FFFD((const uint8_t *)text, *at, end, c);
	return c;
}

static int is_of_word(UChar32 c)
{
	return u_isalpha(c) || (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0;
}

static int is_capital(UChar32 c)
{
	return u_isupper(c) || u_istitle(c);
}

/* Whether a character may stand between the letters of a name. */
static int joins(UChar32 c)
{
	return c == '-' || c == '\'' || c == 0x2019 || c == 0x2010 || c == 0x2011;
}

static struct tj_range without_possessive(const char *text, struct tj_range core)
{
	static const char *const tails[] = { "'s", "\xe2\x80\x99s" };
	for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
		size_t n = strlen(tails[i]);
		if (core.end - core.first > n && memcmp(text + core.end - n, tails[i], n) == 0)
			core.end -= n;
	}
	return core;
}

int tj_name_core(const char *text, size_t first, size_t end, struct tj_range *core)
{
	size_t at = first, last = 0;
	int good = 1, begun = 0;
	*core = (struct tj_range){ first, first };
	while (at < end) {
		size_t here = at;
		UChar32 c = char_at(text, end, &at);
		if (u_isalpha(c) || (begun && is_of_word(c))) {
			if (!begun)
				core->first = here;
			good &= begun || is_capital(c);
			/* Between letters only what joins them. */
			for (size_t i = last; begun && i < here;)
				good &= joins(char_at(text, here, &i));
			begun = 1;
			core->end = last = at;
		} else if (u_isdigit(c)) {
			good = 0;
		}
	}
	*core = without_possessive(text, *core);
	return begun && good;
}

/* Whether what stands before a word of a sentence makes it begin with a capital. */
static int opens(const char *text, size_t first, size_t end)
{
	while (first < end) {
		UChar32 c = char_at(text, end, &first);
		if (c == ':' || c == '!' || c == '?' || c == 0x2026 || c == 0xBF || c == 0xA1 ||
		    u_hasBinaryProperty(c, UCHAR_QUOTATION_MARK) ||
		    u_charType(c) == U_DASH_PUNCTUATION)
			return 1;
	}
	return 0;
}

/* Whether a part of a word of at least two letters is unknown. */
static int is_unknown(const struct tj_word_list *known, const char *text, struct tj_range core)
{
	for (size_t at = core.first, first;
	     (first = tj_word_next(text, core.end, &at)) < core.end;) {
		size_t second = first;
		(void)char_at(text, at, &second);
		if (second < at && !tj_word_list_has(known, text + first, at - first))
			return 1;
	}
	return 0;
}

/* A sentence that is being read. */
struct reader {
	const char *text;
	size_t at, end;
	const struct tj_fixed *spans;
	size_t n_spans, span;
};

/* Finds the next word, which white space parts from others. */
static int next_word(struct reader *r, struct tj_range *word)
{
	while (r->at < r->end && tj_is_space(r->text[r->at]))
		r->at++;
	word->first = r->at;
	while (r->at < r->end && !tj_is_space(r->text[r->at]))
		r->at++;
	word->end = r->at;
	return word->end > word->first;
}

/* Whether a span has a part of a word. Words come in their order. */
static int in_span(struct reader *r, struct tj_range word)
{
	while (r->span < r->n_spans && r->spans[r->span].first + r->spans[r->span].n <= word.first)
		r->span++;
	return r->span < r->n_spans && r->spans[r->span].first < word.end;
}

/* Whether capitals say something: not where most letters are capitals, nor in a title, where most
 * known words have one. */
static int capitals_tell(const struct tj_word_list *known, struct reader r)
{
	enum { LEAST_OF_TITLE = 3 };
	struct tj_range word, core;
	size_t n = 0, with_capital = 0, letters = 0, capitals = 0, n_words = 0;
	while (next_word(&r, &word)) {
		if (in_span(&r, word))
			continue;
		for (size_t at = word.first; at < word.end;) {
			UChar32 c = char_at(r.text, word.end, &at);
			letters += (size_t)(u_isalpha(c) != 0);
			capitals += (size_t)(is_capital(c) != 0);
		}
		int is_name = tj_name_core(r.text, word.first, word.end, &core);
		if (n_words++ > 0 && core.end > core.first && !is_unknown(known, r.text, core)) {
			n++;
			with_capital += (size_t)is_name;
		}
	}
	return 2 * capitals <= letters && (n < LEAST_OF_TITLE || 10 * with_capital <= 6 * n);
}

static int add_name(struct tj_name_list *names, struct tj_range name)
{
	if (!tj_reserve(&names->items, &names->capacity, names->n + 1, sizeof *names->items))
		return 0;
	names->items[names->n++] = name;
	return 1;
}

int tj_names_find(const struct tj_word_list *known, const char *text, size_t first, size_t end,
                  const struct tj_fixed *spans, size_t n_spans, struct tj_name_list *names)
{
	struct reader r = { text, first, end, spans, n_spans, 0 };
	struct tj_range word, core;
	int opened = 1;
	if (!capitals_tell(known, r))
		return 1;
	while (next_word(&r, &word)) {
		int is_of_span = in_span(&r, word);
		int is_name = tj_name_core(text, word.first, word.end, &core) && !is_of_span &&
		              !opened && !opens(text, word.first, core.first);
		if (is_name && is_unknown(known, text, core) && !add_name(names, core))
			return 0;
		/* Behind a word only what follows its letters, or its span, counts: not the hyphen
		 * of "well-known", nor the colon of "12:30". */
		size_t behind = is_of_span ? r.spans[r.span].first + r.spans[r.span].n : core.end;
		opened = opens(text, behind, word.end);
	}
	return 1;
}

int tj_same_script(const char *one, size_t n_one, const char *other, size_t n_other)
{
	UErrorCode code = U_ZERO_ERROR;
	size_t at = 0;
	UScriptCode script = uscript_getScript(char_at(one, n_one, &at), &code);
	at = 0;
	return script == uscript_getScript(char_at(other, n_other, &at), &code) && U_SUCCESS(code);
}
