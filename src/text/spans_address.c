/* SPDX-License-Identifier: MIT */
/* Finds URLs, e-mail addresses, @names and #tags. Paths are in spans_path.c. */
#include "src/text/spans_address.h"

#include <string.h>

enum { LONGEST_SCHEME = 16, LONGEST_DOMAIN = 255, LONGEST_LOCAL = 256 };

/* The last labels of domains that are recognised without a scheme. Those that are words of English
 * or Spanish are left out ("is", "it", "me"): a space is often missing after a full stop. */
static const char top_levels[] =
    " com org net edu gov mil info biz io dev app ai eu es mx ar cl pe uk ca fr pt br nl ch dk fi"
    " pl ru jp cn au nz ie cat gal eus xyz online site shop cloud tech ";

static int is_url(int32_t c)
{
	if (c < 0x80)
		return c > ' ' && c != 0x7F && c != '"' && c != '<' && c != '>' && c != '`' &&
		       c != '|';
	int type = u_charType(c);
	return !tj_is_white(c) && type != U_INITIAL_PUNCTUATION && type != U_FINAL_PUNCTUATION &&
	       type != U_START_PUNCTUATION && type != U_END_PUNCTUATION &&
	       type != U_DASH_PUNCTUATION && type != U_OTHER_PUNCTUATION &&
	       type != U_OTHER_SYMBOL && c < 0xF0000;
}

/* Returns the end of the characters of a URL from `at` on, trimmed. Where there are any, a span is
 * found. */
static size_t rest_of_url(const struct tj_scan *s, size_t first, size_t at)
{
	for (size_t after = at; is_url(tj_scan_next(s, &after));)
		at = after;
	return tj_scan_trim(s, first, at);
}

/* Returns the end of labels of letters, digits and "-", joined by single full stops; `at` if there
 * are none. *last gets the beginning of the last label, *n their number. */
static size_t labels(const struct tj_scan *s, size_t at, size_t *last, int *n)
{
	size_t first = at, end = at;
	*n = 0;
	for (; at - first < LONGEST_DOMAIN; at++) {
		size_t label = at;
		for (size_t after = at; at - first < LONGEST_DOMAIN; at = after) {
			int32_t c = tj_scan_next(s, &after);
			if (c != '-' && (c == '_' || !tj_is_word(c)))
				break;
		}
		while (at > label && s->text[at - 1] == '-')
			at--;
		if (at == label)
			break;
		*last = label;
		end = at;
		++*n;
		if (tj_scan_at(s, at) != '.')
			break;
	}
	return end;
}

/* Returns the end of a domain whose last label is a word of letters, or `at`. */
static size_t domain(const struct tj_scan *s, size_t at, size_t *last, int *n)
{
	size_t end = labels(s, at, last, n);
	if (*n < 2 || end - *last < 2)
		return at;
	for (size_t i = *last; i < end;) {
		int32_t c = tj_scan_next(s, &i);
		if (tj_is_digit(c))
			return at;
	}
	return end;
}

static size_t with_scheme(const struct tj_scan *s, size_t at)
{
	size_t i = at;
	while (i < s->n && i - at < LONGEST_SCHEME &&
	       (tj_is_ascii_letter(s->text[i]) || tj_is_ascii_digit(s->text[i]) ||
	        (i > at && strchr("+.-", s->text[i]) != NULL && s->text[i] != '\0')))
		i++;
	size_t body;
	if (i == at || !tj_is_ascii_letter(s->text[at]))
		return 0;
	if (tj_scan_is(s, i, "://"))
		body = i + 3;
	else if (tj_scan_is(s, i, ":") &&
	         tj_is_listed(" mailto tel sms data urn doi ", s->text + at, i - at))
		body = i + 1;
	else
		return 0;
	size_t end = rest_of_url(s, at, body);
	return end > body ? end - at : 0;
}

size_t tj_match_url(const struct tj_scan *s, size_t at)
{
	size_t n = with_scheme(s, at), last;
	if (n > 0)
		return n;
	int n_labels;
	size_t end = domain(s, at, &last, &n_labels);
	if (end == at)
		return 0;
	int is_www = tj_scan_is(s, at, "www.");
	if (!is_www && !tj_is_listed(top_levels, s->text + last, end - last))
		return 0;
	if (tj_scan_at(s, end) == ':' && tj_is_ascii_digit(tj_scan_at(s, end + 1)))
		for (end++; tj_is_ascii_digit(tj_scan_at(s, end));)
			end++;
	int32_t c = tj_scan_at(s, end);
	if (c == '/' || c == '?' || c == '#')
		end = rest_of_url(s, at, end);
	return tj_is_word(tj_scan_at(s, end)) || tj_scan_at(s, end) == '@' ? 0 : end - at;
}

/* --- E-mail ---------------------------------------------------------------------- */

static int is_local(int32_t c)
{
	return tj_is_word(c) || (c > 0 && c < 0x80 && strchr(".%+-'/=!#$&*?^~", c) != NULL);
}

/* Returns the "@" behind the name of a mailbox that begins at `at`, or `at`. */
static size_t local_end(const struct tj_scan *s, size_t at)
{
	size_t i = at;
	if (tj_scan_at(s, at) == '"') {
		for (i++; i - at < LONGEST_LOCAL && i < s->n && s->text[i] >= ' '; i++)
			if (s->text[i] == '"' || s->text[i] == '\\')
				break;
		return i > at + 1 && tj_scan_is(s, i, "\"@") ? i + 1 : at;
	}
	if (!tj_is_word(tj_scan_at(s, at)))
		return at;
	for (size_t after = at; i - at < LONGEST_LOCAL && is_local(tj_scan_next(s, &after));)
		i = after;
	return tj_scan_at(s, i) == '@' && s->text[i - 1] != '.' ? i : at;
}

/* Returns the end of the name of a host, which may have no full stop; `at` if there is none. */
static size_t host_end(const struct tj_scan *s, size_t at)
{
	size_t end = at;
	while (end - at < LONGEST_DOMAIN) {
		size_t label = end;
		for (size_t after = label; after - at <= LONGEST_DOMAIN; label = after) {
			int32_t c = tj_scan_next(s, &after);
			if (c != '-' && !tj_is_word(c))
				break;
		}
		while (label > end && s->text[label - 1] == '-')
			label--;
		if (label == end)
			return end > at ? end - 1 : at;
		end = label;
		if (tj_scan_at(s, end) != '.')
			return end;
		end++;
	}
	return at;
}

/* "john@example.org", "bob@localhost", "git@github.com:a/b.git", "\"john doe\"@example.org". */
size_t tj_match_email(const struct tj_scan *s, size_t at)
{
	size_t i = local_end(s, at), end = i > at ? host_end(s, i + 1) : at;
	if (i == at || end == i + 1 || tj_is_word(tj_scan_at(s, end)))
		return 0;
	int32_t c = tj_scan_at(s, end), next = tj_scan_at(s, end + 1);
	if ((c == ':' || c == '/') &&
	    (tj_is_word(next) || next == '/' || next == '~' || next == '.')) {
		size_t rest = rest_of_url(s, at, end + 1);
		end = rest > end ? rest : end;
	}
	return end - at;
}

size_t tj_email_quote(const struct tj_scan *s, size_t at, size_t floor)
{
	size_t first = at;
	if (at < 2 || at >= s->n || s->text[at] != '@' || s->text[at - 1] != '"')
		return at;
	for (first--; first > floor && at - first < LONGEST_LOCAL;)
		if (s->text[--first] == '"')
			return tj_match_email(s, first) > 0 ? first : at;
	return at;
}

/* --- Names ----------------------------------------------------------------------- */

/* The name itself, from behind its "@" or "#". */
static size_t name_end(const struct tj_scan *s, size_t at)
{
	size_t end = tj_scan_word(s, at);
	while (end > at) {
		int32_t c = tj_scan_at(s, end);
		if (c != '.' && c != '-' && c != '/' && c != '@')
			break;
		size_t next = tj_scan_word(s, end + 1);
		if (next == end + 1)
			break;
		end = next;
	}
	return end;
}

size_t tj_match_name(const struct tj_scan *s, size_t at)
{
	int32_t c = tj_scan_at(s, at), before = tj_scan_before(s, at);
	if ((c != '@' && c != '#') || tj_is_word(before) || before == c || before == '&' ||
	    before == '/')
		return 0;
	size_t end = c == '@' ? name_end(s, at + 1) : tj_scan_word(s, at + 1);
	while (end > at + 1 && tj_scan_at(s, end) == c && tj_is_word(tj_scan_at(s, end + 1)))
		end = tj_scan_word(s, end + 1); /* "#one#two" */
	return end > at + 1 ? end - at : 0;
}
