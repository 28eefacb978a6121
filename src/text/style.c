/* SPDX-License-Identifier: MIT */
/* Tells the typography of a source, and sets a translation in it. */
#include "src/text/style.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "src/base/memory.h"
#include "src/text/abbreviations.h"
#include "src/text/source_style.h"

enum direction { UNCLEAR, OPENING, CLOSING, INSIDE };

/* A place where something is inserted or replaced. */
struct edit {
	size_t first, n; /* bytes of the translation */
	const char *text;
};

struct setter {
	const uint8_t *text;
	size_t n;
	struct tj_style style;
	int spanish, angles; /* angles: « and » are wanted */
	struct edit *edits;  /* in order of place once sorted */
	size_t n_edits, capacity;
	int failed; /* memory was short */
};

static int is_word(UChar32 c)
{
	return c > 0 && (u_isalnum(c) || (c >= 0xF0000 && c <= 0xF00FF));
}

static int is_opening(UChar32 c)
{
	return c == '(' || c == '[' || c == '{' || c == 0xBF || c == 0xA1 || c == 0xAB ||
	       c == 0x201C || c == 0x2018 || c == 0x2014 || c == '"' || c == '\'' || c == '-';
}

/* --- The translation ------------------------------------------------------------ */

static void edit(struct setter *x, size_t first, size_t n, const char *text)
{
	if (!tj_reserve(&x->edits, &x->capacity, x->n_edits + 1, sizeof *x->edits)) {
		x->failed = 1;
		return;
	}
	x->edits[x->n_edits++] = (struct edit){ first, n, text };
}

static enum direction direction_of(const struct setter *x, size_t at)
{
	UChar32 before = tj_style_character_before(x->text, x->n, at);
	UChar32 after = tj_style_character_at(x->text, x->n, at + 1);
	if (is_word(before) && is_word(after))
		return INSIDE;
	if (tj_style_is_space(before) != tj_style_is_space(after))
		return tj_style_is_space(before) ? OPENING : CLOSING;
	int opens = tj_style_is_space(before) || is_opening(before);
	int closes = tj_style_is_space(after) || (!is_word(after) && !is_opening(after));
	if (opens == closes)
		return UNCLEAR;
	return opens ? OPENING : CLOSING;
}

/* Adds the edits that replace each `mark` by `open` or `close`, and inside a word by `inside`
 * (NULL: then none is replaced). `unbalanced`: by how many more the source opens than it closes. */
static void set_quotes(struct setter *x, char mark, const char *open, const char *close,
                       const char *inside, long unbalanced)
{
	size_t begin = x->n_edits;
	long depth = 0, least = 0;
	int clear = 1;
	for (size_t at = 0; at < x->n && clear && !x->failed; at++) {
		if (x->text[at] != (uint8_t)mark)
			continue;
		enum direction d = direction_of(x, at);
		clear = d != UNCLEAR && (d != INSIDE || inside != NULL);
		depth += d == OPENING ? 1 : d == CLOSING ? -1 : 0;
		least = depth < least ? depth : least;
		edit(x, at, 1, d == OPENING ? open : d == CLOSING ? close : inside);
	}
	/* An apostrophe may stand at the end of a word, so single quotes need not pair. */
	int pairs = depth == unbalanced && (least == 0 || unbalanced < 0);
	if (!clear || (!pairs && mark == '"'))
		x->n_edits = begin;
}

static void set_double_quotes(struct setter *x)
{
	const struct tj_style *s = &x->style;
	size_t curly = s->curly_open + s->curly_close, angles = s->angle_open + s->angle_close;
	long unbalanced = (long)(s->curly_open + s->angle_open) -
	                  (long)(s->curly_close + s->angle_close);
	/* Quotes within quotes of another kind could not be told apart. */
	if (s->straight > 0 || (curly == 0) == (angles == 0))
		return;
	if (angles > 0 && x->angles)
		set_quotes(x, '"', "\xC2\xAB", "\xC2\xBB", NULL, unbalanced);
	else
		set_quotes(x, '"', "\xE2\x80\x9C", "\xE2\x80\x9D", NULL, unbalanced);
}

static void set_ellipses(struct setter *x)
{
	if (x->style.ellipses == 0 || x->style.stops > 0)
		return;
	for (size_t at = 0; at + 2 < x->n; at++)
		if (memcmp(x->text + at, "...", 3) == 0 &&
		    (at + 3 == x->n || x->text[at + 3] != '.') &&
		    (at == 0 || x->text[at - 1] != '.'))
			edit(x, at, 3, "\xE2\x80\xA6");
}

/* Returns where the next dash of the source is, from `at` on; n if there is none. */
static size_t next_dash(const uint8_t *source, size_t n, size_t at)
{
	for (; at + 2 < n; at++) {
		UChar32 c = source[at] == 0xE2 ? tj_style_character_at(source, n, at) : 0;
		if ((c == 0x2013 || c == 0x2014) && tj_style_is_between(source, n, at, 3, 1))
			return at;
	}
	return n;
}

/* The k-th hyphen outside words becomes the k-th dash of the source, and loses its spaces where
 * that joins two words. */
static void set_dashes(struct setter *x, const uint8_t *source, size_t n)
{
	size_t begin = x->n_edits, at = 0, found = 0;
	if (x->style.dashes == 0 || x->style.hyphens > 0)
		return;
	for (size_t i = 0; i < x->n; i++) {
		if (x->text[i] != '-' || !tj_style_is_between(x->text, x->n, i, 1, 0))
			continue;
		at = next_dash(source, n, at);
		found++;
		if (at == n)
			break;
		int joins = u_isalpha(tj_style_character_before(source, n, at)) &&
		            u_isalpha(tj_style_character_at(source, n, at + 3)) && i > 0 &&
		            x->text[i - 1] == ' ' && x->text[i + 1] == ' ';
		edit(x, i - (size_t)joins, joins ? 3 : 1,
		     tj_style_character_at(source, n, at) == 0x2013 ? "\xE2\x80\x93"
		                                                    : "\xE2\x80\x94");
		at += 3;
	}
	if (found != x->style.dashes)
		x->n_edits = begin;
}

/* Whether the full stop at `at` belongs to the word before it. */
static int is_of_word(const struct setter *x, size_t at)
{
	size_t first = at, after = at + 1;
	while (first > 0 && (x->text[first - 1] >= 0x80 || u_isalnum(x->text[first - 1])))
		first--;
	while (after < x->n && x->text[after] == ' ')
		after++;
	struct tj_before_stop stop = { .word = (const char *)x->text + first,
		                       .n = at - first,
		                       .opens = first == 0,
		                       .next = tj_style_character_at(x->text, x->n, after) };
	return stop.n > 0 && tj_stop_is_of_word("es", &stop);
}

/* Whether the mark at `at` ends a sentence. */
static int ends_sentence(const struct setter *x, size_t at)
{
	UChar32 before = tj_style_character_before(x->text, x->n, at);
	UChar32 after = tj_style_character_at(x->text, x->n, at + 1);
	return !tj_style_is_space(before) && !is_opening(before) && !is_word(after) &&
	       after != '/' && after != '=' && after != '&' &&
	       (x->text[at] != '.' || !is_of_word(x, at));
}

/* Where the sentence that begins at or after `at` has its first letter. */
static size_t sentence_start(const struct setter *x, size_t at)
{
	while (at < x->n) {
		UChar32 c = tj_style_character_at(x->text, x->n, at);
		if (!tj_style_is_space(c) && (!is_opening(c) || c == 0xBF || c == 0xA1))
			break;
		at += c < 0 ? 1 : (size_t)U8_LENGTH(c);
	}
	return at;
}

/* Spanish: the marks that open questions and exclamations. */
static void set_opening_marks(struct setter *x)
{
	size_t start = 0;
	int opened = 0;
	for (size_t at = 0; at < x->n; at++) {
		uint8_t c = x->text[at];
		if (c == 0xC2 && at + 1 < x->n &&
		    (x->text[at + 1] == 0xBF || x->text[at + 1] == 0xA1))
			opened = 1;
		if ((c != '.' && c != '?' && c != '!') || !ends_sentence(x, at))
			continue;
		int wanted = (c == '?' && x->style.asks) || (c == '!' && x->style.exclaims);
		if (wanted && !opened)
			edit(x, sentence_start(x, start), 0, c == '?' ? "\xC2\xBF" : "\xC2\xA1");
		while (at + 1 < x->n &&
		       (x->text[at + 1] == '.' || x->text[at + 1] == '?' || x->text[at + 1] == '!'))
			at++;
		start = at + 1;
		opened = 0;
	}
}

/* Other languages have no such marks. */
static void drop_opening_marks(struct setter *x)
{
	for (size_t at = 0; at + 1 < x->n; at++)
		if (x->text[at] == 0xC2 && (x->text[at + 1] == 0xBF || x->text[at + 1] == 0xA1))
			edit(x, at, 2, "");
}

static int by_place(const void *a, const void *b)
{
	const struct edit *x = a, *y = b;
	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return (x->n > y->n) - (x->n < y->n); /* insert before replacing */
}

static int write(struct setter *x, struct tj_string *out)
{
	size_t at = 0;
	if (x->n_edits > 0)
		qsort(x->edits, x->n_edits, sizeof *x->edits, by_place);
	for (size_t i = 0; i < x->n_edits; i++) {
		const struct edit *e = &x->edits[i];
		if (!tj_string_append(out, x->text + at, e->first - at) ||
		    !tj_string_append(out, e->text, strlen(e->text)))
			return 0;
		at = e->first + e->n;
	}
	return tj_string_append(out, x->text + at, x->n - at);
}

static int is_language(const char *language, const char *code)
{
	return language != NULL && strncmp(language, code, 2) == 0 &&
	       (language[2] == '\0' || language[2] == '-' || language[2] == '_');
}

/* Languages whose books have « ». */
static int has_angles(const char *language)
{
	static const char *const codes[] = { "es", "fr", "it", "pt", "ca", "gl", "ru", "uk", "el" };
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (is_language(language, codes[i]))
			return 1;
	return 0;
}

trujaman_status tj_style_restore(const char *source, size_t n, const char *language,
                                 const char *translated, size_t n_translated, struct tj_string *out,
                                 struct tj_error *err)
{
	const uint8_t *original = (const uint8_t *)source;
	struct setter x = { .text = (const uint8_t *)translated,
		            .n = n_translated,
		            .style = tj_source_style(original, n),
		            .spanish = is_language(language, "es"),
		            .angles = has_angles(language) };
	set_double_quotes(&x);
	if (x.style.curly_apostrophes > 0 && x.style.apostrophes == 0)
		set_quotes(&x, '\'', "\xE2\x80\x98", "\xE2\x80\x99", "\xE2\x80\x99", 0);
	set_ellipses(&x);
	set_dashes(&x, original, n);
	if (x.spanish)
		set_opening_marks(&x);
	else if (!is_language(language, "gl") && !is_language(language, "ast"))
		drop_opening_marks(&x);
	int ok = !x.failed && write(&x, out);
	free(x.edits);
	return ok ? TRUJAMAN_OK : tj_fail_memory(err, "a translation", n_translated);
}

/* The rules look for characters above ASCII in the source, and else for ¿ and ¡. */
int tj_needs_style(const char *source, size_t n, const char *language, const char *translated,
                   size_t n_translated)
{
	for (size_t i = 0; i < n; i++)
		if (source[i] & 0x80)
			return 1;
	if (is_language(language, "es"))
		return memchr(translated, '?', n_translated) != NULL ||
		       memchr(translated, '!', n_translated) != NULL;
	return memchr(translated, 0xC2, n_translated) != NULL;
}
