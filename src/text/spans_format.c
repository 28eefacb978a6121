/* SPDX-License-Identifier: MIT */
/* Finds format placeholders. */
#include "src/text/spans_format.h"

#include <string.h>

enum { LONGEST_FIELD = 100, LONGEST_MESSAGE = 2000, LONGEST_SUBSTITUTION = 300 };

static int is_one_of(int32_t c, const char *set)
{
	return c > 0 && c < 0x80 && strchr(set, c) != NULL;
}

static size_t skip_digits(const struct tj_scan *s, size_t at)
{
	while (tj_is_ascii_digit(tj_scan_at(s, at)))
		at++;
	return at;
}

static int is_ident(int32_t c)
{
	return tj_is_ascii_letter(c) || tj_is_ascii_digit(c) || c == '_';
}

static size_t skip_ident(const struct tj_scan *s, size_t at)
{
	while (is_ident(tj_scan_at(s, at)))
		at++;
	return at;
}

/* Returns the end behind the bracket that closes the one at `at`, nested ones counted; 0: it is not
 * within `most` bytes. */
static size_t balanced(const struct tj_scan *s, size_t at, uint8_t open, uint8_t close, size_t most)
{
	size_t limit = most < s->n - at ? at + most : s->n;
	int depth = 0;
	for (; at < limit; at++) {
		depth += s->text[at] == open;
		if (s->text[at] == close && --depth == 0)
			return at + 1;
	}
	return 0;
}

/* --- "%" ---------------------------------------------------------------------- */

/* "%s", "%-5.2f", "%1$s", "%(name)s", "%ld". A letter that follows belongs to it ("%dpx"). */
static size_t of_printf(const struct tj_scan *s, size_t at)
{
	size_t i = at + 1;
	if (tj_scan_at(s, i) == '(') {
		size_t end = skip_ident(s, i + 1);
		if (end == i + 1 || tj_scan_at(s, end) != ')')
			return 0;
		i = end + 1;
	}
	size_t digits = skip_digits(s, i);
	if (digits > i && tj_scan_at(s, digits) == '$')
		i = digits + 1;
	while (i - at < 8 && is_one_of(tj_scan_at(s, i), "-+#0'"))
		i++;
	i = tj_scan_at(s, i) == '*' ? i + 1 : skip_digits(s, i);
	if (tj_scan_at(s, i) == '.')
		i = tj_scan_at(s, i + 1) == '*' ? i + 2 : skip_digits(s, i + 1);
	for (int k = 0; k < 2 && is_one_of(tj_scan_at(s, i), "hljztL"); k++)
		if (is_ident(tj_scan_at(s, i + 1)))
			i++;
	if (!tj_is_ascii_letter(tj_scan_at(s, i)) && tj_scan_at(s, i) != '@')
		return 0;
	return tj_scan_word(s, i + 1) - at;
}

/* "%PATH%", "%{name}", "%1", "%%". */
static size_t of_percent(const struct tj_scan *s, size_t at)
{
	size_t end = skip_ident(s, at + 1);
	if (end > at + 2 && tj_scan_at(s, end) == '%' && tj_is_ascii_upper(tj_scan_at(s, at + 1)))
		return end + 1 - at;
	if (tj_scan_at(s, at + 1) == '{') {
		end = balanced(s, at + 1, '{', '}', LONGEST_FIELD);
		return end > 0 ? end - at : 0;
	}
	if (tj_scan_at(s, at + 1) == '%')
		return tj_is_ascii_digit(tj_scan_before(s, at)) ? 0 : 2;
	size_t n = of_printf(s, at);
	if (n > 0)
		return n;
	end = skip_digits(s, at + 1);
	return end > at + 1 && end - at <= 3 && !tj_is_word(tj_scan_at(s, end)) ? end - at : 0;
}

/* --- "{" ---------------------------------------------------------------------- */

/* Returns the end behind `mark`, a pair of bytes. */
static size_t until(const struct tj_scan *s, size_t at, const char *mark)
{
	size_t limit = s->n - at < LONGEST_SUBSTITUTION ? s->n : at + LONGEST_SUBSTITUTION;
	for (; at < limit; at++)
		if (tj_scan_is(s, at, mark))
			return at + 2;
	return 0;
}

/* "{}", "{0}", "{name}", "{a.b[0]!r:>10}". */
static size_t of_field(const struct tj_scan *s, size_t at)
{
	size_t i = at + 1;
	while (i - at < LONGEST_FIELD &&
	       (is_ident(tj_scan_at(s, i)) || is_one_of(tj_scan_at(s, i), ".-[]$@#/")))
		i++;
	if (tj_scan_at(s, i) == '!' && is_ident(tj_scan_at(s, i + 1)))
		i += 2;
	if (tj_scan_at(s, i) == ':' || tj_scan_at(s, i) == '=')
		while (i - at < LONGEST_FIELD && i < s->n && s->text[i] > ' ' &&
		       !is_one_of(s->text[i], "{}\""))
			i++;
	return tj_scan_at(s, i) == '}' ? i + 1 - at : 0;
}

/* "{count, plural, one {# file} other {# files}}". */
static size_t of_message(const struct tj_scan *s, size_t at)
{
	static const char types[] = " plural select selectordinal number date time choice spellout"
				    " ordinal duration list ";
	size_t name = at + 1;
	while (tj_scan_at(s, name) == ' ')
		name++;
	size_t i = skip_ident(s, name);
	if (i == name)
		return 0;
	while (tj_scan_at(s, i) == ' ')
		i++;
	if (tj_scan_at(s, i++) != ',')
		return 0;
	while (tj_scan_at(s, i) == ' ')
		i++;
	size_t type = i;
	i = skip_ident(s, i);
	if (!tj_is_listed(types, s->text + type, i - type))
		return 0;
	size_t end = balanced(s, at, '{', '}', LONGEST_MESSAGE);
	return end > 0 ? end - at : 0;
}

static size_t of_brace(const struct tj_scan *s, size_t at)
{
	size_t end = 0;
	if (tj_scan_is(s, at, "{{{"))
		end = balanced(s, at, '{', '}', LONGEST_SUBSTITUTION);
	else if (tj_scan_is(s, at, "{{"))
		end = until(s, at + 2, "}}");
	else if (tj_scan_is(s, at, "{%"))
		end = until(s, at + 2, "%}");
	else if (tj_scan_is(s, at, "{#"))
		end = until(s, at + 2, "#}");
	else if (tj_scan_is(s, at, "{\\"))
		end = balanced(s, at, '{', '}', LONGEST_FIELD);
	if (end > 0)
		return end - at;
	size_t n = of_field(s, at);
	return n > 0 ? n : of_message(s, at);
}

/* --- "$" and "\" -------------------------------------------------------------- */

/* "${n}", "$(date)", "$HOME", "$1". "$5" is an amount too: the longer match counts. */
static size_t of_dollar(const struct tj_scan *s, size_t at)
{
	int32_t c = tj_scan_at(s, at + 1);
	size_t end;
	if (tj_is_word(tj_scan_before(s, at)))
		return 0;
	if (c == '{' || c == '(') {
		end = balanced(s, at + 1, (uint8_t)c, c == '{' ? '}' : ')', LONGEST_SUBSTITUTION);
		return end > 0 ? end - at : 0;
	}
	if (!tj_is_ascii_letter(c) && c != '_')
		return 0;
	end = tj_scan_word(s, at + 1);
	for (c = tj_scan_at(s, end); /* "$a.b", "$a$b" */
	     (c == '.' || c == '$') && tj_is_ascii_letter(tj_scan_at(s, end + 1));
	     c = tj_scan_at(s, end))
		end = tj_scan_word(s, end + 1);
	return end - at;
}

/* "\n", "\t", "\"", "\u00e9"; not the beginning of a path. */
static size_t of_escape(const struct tj_scan *s, size_t at)
{
	int32_t c = tj_scan_at(s, at + 1);
	if (c == 'u' || c == 'x') {
		size_t i = at + 2;
		while (i - at < 6 && tj_is_hex(tj_scan_at(s, i)))
			i++;
		return i - at == (c == 'u' ? 6 : 4) ? i - at : 0;
	}
	if (is_one_of(c, "\\\"'"))
		return 2;
	return is_one_of(c, "nrt0") && !tj_is_ascii_lower(tj_scan_at(s, at + 2)) ? 2 : 0;
}

size_t tj_match_format(const struct tj_scan *s, size_t at)
{
	size_t end;
	switch (tj_scan_at(s, at)) {
	case '%':
		return of_percent(s, at);
	case '{':
		return of_brace(s, at);
	case '$':
		return of_dollar(s, at);
	case '#':
		end = tj_scan_at(s, at + 1) == '{'
		          ? balanced(s, at + 1, '{', '}', LONGEST_SUBSTITUTION)
		          : 0;
		return end > 0 ? end - at : 0;
	case '\\':
		return of_escape(s, at);
	default:
		return 0;
	}
}
