/* SPDX-License-Identifier: MIT */
/* The tokeniser "13a" of mteval, as sacreBLEU implements it. It decodes a few entities, applies
 * four replacements to the whole text in sequence, and splits the result at white space.
 * It works on bytes, because the replacements match only ASCII characters. */
#include "src/metric/tokenize_13a.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"

struct token_text {
	char *p;
	size_t n, capacity;
	int failed;
};

static void put(struct token_text *t, char c)
{
	if (!tj_reserve(&t->p, &t->capacity, t->n + 1, 1)) {
		t->failed = 1;
		return;
	}
	t->p[t->n++] = c;
}

static int is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int is_point(char c)
{
	return c == '.' || c == ',';
}

/* Symbols that are always a token of their own: those of ASCII except ' - . and , */
static int is_symbol(char c)
{
	return c != '\0' && strchr(" !\"#$%&()*+/:;<=>?@[\\]^_`{|}~", c) != NULL;
}

/* Replaces every `from` by `to`, which must not be longer. */
static void replace(struct token_text *t, const char *from, const char *to)
{
	size_t n_from = strlen(from), n_to = strlen(to), kept = 0;
	for (size_t i = 0; i < t->n;) {
		if (t->n - i >= n_from && memcmp(t->p + i, from, n_from) == 0) {
			memcpy(t->p + kept, to, n_to);
			kept += n_to;
			i += n_from;
		} else {
			t->p[kept++] = t->p[i++];
		}
	}
	t->n = kept;
}

/* The four replacements. SYMBOLS matches one character, the others match a pair. */
enum rule { SYMBOLS, POINT_AFTER, POINT_BEFORE, DASH };

static int matches(enum rule rule, char a, char b)
{
	switch (rule) {
	case SYMBOLS:
		return is_symbol(a);
	case POINT_AFTER:
		return !is_digit(a) && is_point(b);
	case POINT_BEFORE:
		return is_point(a) && !is_digit(b);
	default:
		return is_digit(a) && b == '-';
	}
}

static void apply(enum rule rule, const struct token_text *in, struct token_text *out)
{
	out->n = 0;
	for (size_t i = 0; i < in->n; i++) {
		char a = in->p[i], b = i + 1 < in->n ? in->p[i + 1] : '\0';
		int pair = rule != SYMBOLS;
		if ((pair && i + 1 >= in->n) || !matches(rule, a, b)) {
			put(out, a);
			continue;
		}
		if (rule == SYMBOLS || rule == POINT_BEFORE)
			put(out, ' ');
		put(out, a);
		put(out, ' ');
		if (pair) {
			put(out, b);
			i++;
		}
		if (rule == POINT_AFTER || rule == DASH)
			put(out, ' ');
	}
}

size_t tj_python_space(const char *text, size_t n)
{
	static const char *const wide[] = {
		"\xC2\x85",     "\xC2\xA0",     "\xE1\x9A\x80", "\xE2\x80\x80", "\xE2\x80\x81",
		"\xE2\x80\x82", "\xE2\x80\x83", "\xE2\x80\x84", "\xE2\x80\x85", "\xE2\x80\x86",
		"\xE2\x80\x87", "\xE2\x80\x88", "\xE2\x80\x89", "\xE2\x80\x8A", "\xE2\x80\xA8",
		"\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F", "\xE3\x80\x80"
	};
	unsigned char c = (unsigned char)text[0];
	if (c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1c && c <= 0x1f))
		return 1;
	for (size_t i = 0; c >= 0xc2 && i < sizeof wide / sizeof *wide; i++)
		if (strlen(wide[i]) <= n && memcmp(text, wide[i], strlen(wide[i])) == 0)
			return strlen(wide[i]);
	return 0;
}

int tj_tokenize_13a(const char *text, size_t n, char **out, size_t *n_out, size_t *capacity)
{
	struct token_text a = { 0 }, b = { 0 }, words = { *out, *n_out, *capacity, 0 };
	put(&a, ' ');
	for (size_t i = 0; i < n; i++)
		put(&a, text[i]);
	put(&a, ' ');
	if (!a.failed) {
		replace(&a, "<skipped>", "");
		replace(&a, "&quot;", "\"");
		replace(&a, "&amp;", "&");
		replace(&a, "&lt;", "<");
		replace(&a, "&gt;", ">");
	}
	apply(SYMBOLS, &a, &b);
	apply(POINT_AFTER, &b, &a);
	apply(POINT_BEFORE, &a, &b);
	apply(DASH, &b, &a);
	int between = words.n > 0;
	for (size_t i = 0, space; i < a.n; i += space) {
		space = tj_python_space(a.p + i, a.n - i);
		if (space > 0) {
			between = 1;
			continue;
		}
		if (between && words.n > 0)
			put(&words, ' ');
		between = 0;
		put(&words, a.p[i]);
		space = 1;
	}
	free(a.p);
	free(b.p);
	*out = words.p;
	*n_out = words.n;
	*capacity = words.capacity;
	return !a.failed && !b.failed && !words.failed;
}
