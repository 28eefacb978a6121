/* SPDX-License-Identifier: MIT */
/* Finds telephone numbers. */
#include "src/text/spans_phone.h"

enum { FEWEST_DIGITS = 7, MOST_DIGITS = 15, FEWEST_GROUPS = 3 };

struct phone {
	size_t end;
	int digits, groups, spaces, marked; /* marked: with "+" or brackets */
};

/* Reads a group of digits. Returns how many, or 0 where none ends at a boundary. */
static int group(const struct tj_scan *s, struct phone *p, size_t at)
{
	size_t end = at;
	while (end - at <= MOST_DIGITS && tj_is_ascii_digit(tj_scan_at(s, end)))
		end++;
	int n = (int)(end - at);
	int32_t c = tj_scan_at(s, end);
	int goes_on = (c == ':' || c == '/' || c == ',') &&
	              tj_is_ascii_digit(tj_scan_at(s, end + 1));
	if (n == 0 || tj_is_word(c) || goes_on)
		return 0;
	p->end = end;
	p->digits += n;
	p->groups++;
	return n;
}

/* Reads "(555)". */
static int in_brackets(const struct tj_scan *s, struct phone *p, size_t at)
{
	struct phone inner = *p;
	if (tj_scan_at(s, at) != '(' || group(s, &inner, at + 1) == 0 ||
	    tj_scan_at(s, inner.end) != ')' || inner.end - at > 6)
		return 0;
	inner.end++;
	inner.marked = 1;
	*p = inner;
	return 1;
}

/* Reads " 123", "-123", ".123" or " (0)". Returns 0 where the number is at its end. */
static int next(const struct tj_scan *s, struct phone *p)
{
	size_t at = p->end;
	int32_t c = tj_scan_next(s, &at);
	int is_space = tj_is_number_space(c), is_bracket = tj_scan_before(s, p->end) == ')';
	struct phone trial = *p;
	if (is_bracket && tj_is_ascii_digit(c))
		at = p->end;
	else if (!is_space && c != '-' && c != '.')
		return 0;
	if (is_space && in_brackets(s, &trial, at)) {
		if (trial.digits > MOST_DIGITS) { /* a row of numbers */
			p->digits = trial.digits;
			return 0;
		}
		trial.spaces++;
		*p = trial;
		return 1;
	}
	int n = group(s, &trial, at);
	if (n == 0 || (n == 1 && !p->marked))
		return 0;
	if (trial.digits > MOST_DIGITS) { /* a row of numbers */
		p->digits = trial.digits;
		return 0;
	}
	trial.spaces += is_space;
	*p = trial;
	return 1;
}

size_t tj_match_phone(const struct tj_scan *s, size_t at)
{
	struct phone p = { .end = at };
	if (tj_scan_at(s, at) == '+') {
		p.marked = 1;
		p.end++;
	}
	if (tj_is_word(tj_scan_before(s, at)))
		return 0;
	if (!in_brackets(s, &p, p.end)) {
		int n = group(s, &p, p.end);
		if (n == 0 || (!p.marked && n == 1))
			return 0;
	}
	while (next(s, &p))
		;
	int is_phone = p.digits >= FEWEST_DIGITS && p.digits <= MOST_DIGITS &&
	               (p.marked || (p.groups >= FEWEST_GROUPS && p.spaces > 0));
	return is_phone ? p.end - at : 0;
}
