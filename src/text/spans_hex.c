/* SPDX-License-Identifier: MIT */
/* Finds groups of hexadecimal digits: addresses and UUIDs. */
#include "src/text/spans_hex.h"

enum { MOST_GROUPS = 8, LONGEST_ZONE = 16 };

static size_t hex_group(const struct tj_scan *s, size_t at)
{
	size_t end = at;
	while (end - at < 13 && tj_is_hex(tj_scan_at(s, end)))
		end++;
	return end;
}

/* "123e4567-e89b-12d3-a456-426614174000". */
static size_t uuid(const struct tj_scan *s, size_t at)
{
	static const size_t digits[] = { 8, 4, 4, 4, 12 };
	size_t end = at;
	for (int k = 0; k < 5; k++) {
		size_t group = hex_group(s, end);
		if (group - end != digits[k] || (k < 4 && tj_scan_at(s, group) != '-'))
			return at;
		end = group + (k < 4);
	}
	return end;
}

static size_t decimal(const struct tj_scan *s, size_t at)
{
	size_t end = at;
	while (end - at < 3 && tj_is_ascii_digit(tj_scan_at(s, end)))
		end++;
	return end;
}

/* Returns the end of the ".0.2.1" of an address of IPv4 within one of IPv6, or `at`. */
static size_t rest_of_dotted(const struct tj_scan *s, size_t at)
{
	size_t end = at;
	for (int i = 0; i < 3; i++) {
		if (tj_scan_at(s, end) != '.' || decimal(s, end + 1) == end + 1)
			return at;
		end = decimal(s, end + 1);
	}
	return end;
}

/* Returns the end of "%eth0" or "/64" behind an address, or `at`. */
static size_t rest_of_address(const struct tj_scan *s, size_t at)
{
	size_t end = at + 1;
	if (tj_scan_at(s, at) == '/')
		end = decimal(s, at + 1);
	else if (tj_scan_at(s, at) == '%')
		while (end - at <= LONGEST_ZONE && (tj_is_ascii_letter(tj_scan_at(s, end)) ||
		                                    tj_is_ascii_digit(tj_scan_at(s, end))))
			end++;
	return end > at + 1 && !tj_is_word(tj_scan_at(s, end)) ? end : at;
}

/* "fe80::1", "::1", "2001:db8::/32", "::ffff:192.0.2.1", "00:1A:2B:3C:4D:5E". */
static size_t with_colons(const struct tj_scan *s, size_t at)
{
	size_t end = at;
	int colons = 0, digits = 0, is_short = 0;
	for (int n = 0; n < MOST_GROUPS; n++) {
		size_t group = hex_group(s, end);
		if (group - end > 4)
			return at;
		for (size_t i = end; i < group; i++)
			digits += tj_is_ascii_digit(s->text[i]);
		if (group > end && colons > 0 && decimal(s, end) == group)
			group = rest_of_dotted(s, group);
		int is_there = group > end;
		end = group;
		if ((is_there || n == 0) && !is_short && tj_scan_is(s, end, "::")) {
			is_short = 1;
			end += 2;
			colons += 2;
		} else if (is_there && tj_scan_at(s, end) == ':' &&
		           tj_is_hex(tj_scan_at(s, end + 1))) {
			end++;
			colons++;
		} else {
			break;
		}
	}
	if (colons < 2 || digits == 0 || tj_is_word(tj_scan_at(s, end)) ||
	    (s->text[end - 1] == ':' && (!is_short || tj_scan_at(s, end) == ':')))
		return at;
	return is_short || colons == MOST_GROUPS - 1 ? rest_of_address(s, end) : end;
}

size_t tj_match_hex(const struct tj_scan *s, size_t at)
{
	if (tj_scan_at(s, at) == ':' && tj_scan_before(s, at) == ':')
		return 0;
	size_t end = uuid(s, at);
	if (end == at || tj_is_word(tj_scan_at(s, end)))
		end = with_colons(s, at);
	return end - at;
}
