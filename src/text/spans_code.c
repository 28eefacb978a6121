/* SPDX-License-Identifier: MIT */
/* Finds identifiers and other code. */
#include "src/text/spans_code.h"

#include <string.h>

#include "src/text/spans_hex.h"

enum {
	LONGEST_CHAIN = 256,
	LONGEST_QUOTED = 120,
	LONGEST_VALUE = 200,
	LONGEST_ARGUMENTS = 80,
	LONGEST_CAPITALS = 8,
	FIRST_UNSPACED = 0x0E00 /* Thai; all scripts without spaces are behind it */
};

/* What a word is made of. */
struct word_shape {
	size_t end;
	int upper, lower, digits; /* how many; letters of any script */
	int hump;                 /* an upper-case letter after a lower-case one */
	int bars;                 /* "_" */
	int digit_first, mixed;   /* mixed: a digit after a letter */
	int ascii;
};

static struct word_shape shape_of(const struct tj_scan *s, size_t at)
{
	struct word_shape w = { .end = at, .ascii = 1 };
	int32_t before = 0;
	for (size_t after = at; after - at < LONGEST_CHAIN;
	     before = s->text[w.end], w.end = after) {
		int32_t c = tj_scan_next(s, &after);
		if (!tj_is_word(c))
			break;
		int is_upper = c < 0x80 ? tj_is_ascii_upper(c) : u_isupper(c);
		int is_digit = tj_is_digit(c);
		w.upper += is_upper;
		w.lower += !is_upper && !is_digit && c != '_';
		w.digits += is_digit;
		w.bars += c == '_';
		w.hump |= tj_is_ascii_upper(c) && tj_is_ascii_lower(before);
		w.mixed |= is_digit && w.upper + w.lower > 0;
		w.digit_first |= is_digit && w.end == at;
		w.ascii &= c < 0x80;
	}
	return w;
}

/* Whether a word with "_" is code. "_word_" is emphasis, "___" a blank to fill in. */
static int is_snake(const struct tj_scan *s, size_t at, const struct word_shape *w)
{
	if (w->bars == 0 || w->upper + w->lower == 0)
		return 0;
	int first = s->text[at] == '_', last = s->text[w->end - 1] == '_';
	return w->bars > first + last || (first && !last) || (first && last && w->bars > 2);
}

/* "getName", "iPhone"; not "McDonald". */
static int is_camel(const struct tj_scan *s, size_t at, const struct word_shape *w)
{
	return w->hump && tj_is_ascii_lower(s->text[at]);
}

static int is_code_word(const struct tj_scan *s, size_t at, const struct word_shape *w)
{
	return is_snake(s, at, w) || is_camel(s, at, w) || (w->mixed && !w->digit_first);
}

/* Returns the bytes of what joins two words of an identifier, or 0. */
static size_t joint(const struct tj_scan *s, size_t at)
{
	size_t n = tj_scan_is(s, at, "::") || tj_scan_is(s, at, "->") ? 2
	           : tj_scan_at(s, at) == '.'                         ? 1
	                                                              : 0;
	int32_t c = tj_scan_at(s, at + n);
	return n > 0 && (tj_is_ascii_letter(c) || c == '_') ? n : 0;
}

/* Returns the end of "(…)" at `at`, or `at`. `open`: whether it may hold arguments. */
static size_t call(const struct tj_scan *s, size_t at, int open)
{
	if (tj_scan_is(s, at, "()"))
		return at + 2;
	if (!open || tj_scan_at(s, at) != '(')
		return at;
	int depth = 0;
	for (size_t i = at; i < s->n && i - at < LONGEST_ARGUMENTS && s->text[i] > ' '; i++) {
		depth += s->text[i] == '(';
		if (s->text[i] == ')' && --depth == 0)
			return i + 1;
	}
	return at;
}

/* Words joined by ".", "::" and "->": "os.path.join", "a->b", "std::vector", "x.run()". */
static size_t of_chain(const struct tj_scan *s, size_t at)
{
	int is_code = 0, parts = 0, lower = 1;
	size_t end = at, n = 0;
	for (size_t word = at; word - at < LONGEST_CHAIN; word = end + n) {
		struct word_shape w = shape_of(s, word);
		if (w.end == word)
			break;
		is_code |= is_code_word(s, word, &w) || (w.hump && tj_scan_is(s, w.end, "()"));
		lower &= w.ascii && w.upper == 0 && w.end - word >= 2;
		end = w.end;
		parts++;
		n = joint(s, end);
		is_code |= n == 2;
		if (n == 0)
			break;
	}
	is_code |= parts >= 3 && lower;
	size_t called = call(s, end, is_code);
	return called > end || is_code ? called : at;
}

/* "COVID-19", "UTF-8", "ISO-8859-1", "CVE-2024-123", "x86-64", "v1.2.3-rc1". */
static size_t of_digits(const struct tj_scan *s, size_t at)
{
	struct word_shape w = shape_of(s, at);
	int is_mixed = w.mixed && !w.digit_first;
	if (w.digit_first || (!is_mixed && (w.lower > 0 || w.digits > 0 || w.bars > 0)))
		return at;
	size_t end = w.end;
	while (end > at && end - at < LONGEST_CHAIN) {
		int32_t c = tj_scan_at(s, end), next = tj_scan_at(s, end + 1);
		int joins = c == '-' || (is_mixed && (c == '.' || c == '+'));
		if (!joins || !(tj_is_ascii_digit(next) ||
		                (is_mixed && c == '-' && tj_is_ascii_lower(next) &&
		                 tj_is_ascii_digit(tj_scan_before(s, end)) && s->text[at] == 'v')))
			break;
		end = tj_scan_word(s, end + 1);
		is_mixed = 1;
	}
	return is_mixed ? end : at;
}

/* "name=value", "--jobs=4", "x==1". Returns the end of the value, or `end`. */
static size_t with_value(const struct tj_scan *s, size_t at, size_t end)
{
	if (end == at || tj_scan_at(s, end) != '=')
		return end;
	size_t value = end + 1;
	int32_t quote = tj_scan_at(s, value);
	if (quote == '"' || quote == '\'')
		for (size_t i = value + 1; i < s->n && i - value < LONGEST_VALUE; i++)
			if (s->text[i] == quote)
				return i + 1;
	size_t last = tj_scan_trim(s, value, tj_scan_token(s, value, LONGEST_VALUE));
	return last > value ? last : end;
}

/* "--option", "-x", "-j2". In prose "-" also opens what somebody says. */
static size_t of_option(const struct tj_scan *s, size_t at)
{
	if (!tj_scan_opens(s, at))
		return at;
	if (tj_scan_at(s, at + 1) != '-') {
		int32_t c = tj_scan_at(s, at + 1);
		size_t end = tj_scan_word(s, at + 1);
		if (!tj_is_ascii_letter(c))
			return at;
		if (end > at + 2)
			return tj_is_ascii_digit(s->text[at + 2]) ? end : at;
		/* The words of one letter of English and Spanish. */
		return tj_is_ascii_lower(c) && strchr("aeiouy", c) == NULL &&
		               (tj_is_white(tj_scan_at(s, end)) || tj_scan_at(s, end) == ',')
		           ? end
		           : at;
	}
	size_t end = at + 2;
	if (!tj_is_ascii_lower(tj_scan_at(s, end)))
		return at;
	while (end - at < LONGEST_CHAIN &&
	       (tj_is_word(tj_scan_at(s, end)) || tj_scan_at(s, end) == '-'))
		end += tj_scan_at(s, end) < 0x80 ? 1 : (size_t)U8_LENGTH(tj_scan_at(s, end));
	while (s->text[end - 1] == '-')
		end--;
	return with_value(s, at, end);
}

/* `code` between back quotes, on which no white space borders. */
static size_t of_quotes(const struct tj_scan *s, size_t at)
{
	size_t i = at + 1;
	if (tj_is_white(tj_scan_at(s, i)) || tj_scan_at(s, i) == '`')
		return at;
	for (; i < s->n && i - at < LONGEST_QUOTED; i++)
		if (s->text[i] == '`')
			return s->text[i - 1] > ' ' ? i + 1 : at;
	return at;
}

/* "AC/DC", "TCP/IP", "I/O": capitals of which a part is no word, for it has no vowel or is one
 * letter; not "AND/OR", nor "Y/O". */
static size_t of_slashes(const struct tj_scan *s, size_t at)
{
	size_t end = at, parts = 0;
	int is_code = 0, single = 1;
	for (size_t part = at; end - at < LONGEST_CHAIN; part = end + 1) {
		int vowel = 0;
		size_t i = part;
		for (; tj_is_ascii_upper(tj_scan_at(s, i)); i++)
			vowel |= strchr("AEIOU", s->text[i]) != NULL;
		if (i == part || i - part > LONGEST_CAPITALS || tj_is_word(tj_scan_at(s, i)))
			return at;
		is_code |= i - part > 1 && !vowel;
		single &= i - part == 1;
		end = i;
		parts++;
		if (tj_scan_at(s, end) != '/' || !tj_is_word(tj_scan_at(s, end + 1)))
			break;
	}
	is_code |= single && !tj_scan_is(s, at, "Y/O");
	return parts > 1 && is_code ? end : at;
}

/* More letters in a row than any word has, in scripts that part words by spaces. */
static size_t of_data(const struct tj_scan *s, size_t at)
{
	size_t i = at;
	while (i - at <= TJ_LONGEST_WORD) {
		int32_t c = tj_scan_next(s, &i);
		if (!tj_is_word(c) || c >= FIRST_UNSPACED)
			return at;
	}
	return tj_scan_word(s, i);
}

size_t tj_match_code(const struct tj_scan *s, size_t at)
{
	int32_t c = tj_scan_at(s, at);
	if (c == '-')
		return of_option(s, at) - at;
	if (c == '`')
		return of_quotes(s, at) - at;
	if (!tj_is_word(c))
		return 0;
	size_t end = of_chain(s, at), other = of_digits(s, at);
	if (other > end)
		end = other;
	size_t word = tj_scan_word(s, at);
	other = with_value(s, at, word);
	if (other > end && other > word && tj_is_ascii_letter(c))
		end = other;
	other = of_slashes(s, at);
	if (other > end)
		end = other;
	other = of_data(s, at);
	if (other > end)
		end = other;
	size_t n = tj_match_hex(s, at);
	return n > end - at ? n : end - at;
}
