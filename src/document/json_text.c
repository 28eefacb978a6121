/* SPDX-License-Identifier: MIT */
/* Escapes of JSON, in both directions. */
#include "src/document/json_text.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "src/base/utf8.h"
#include "src/document/character.h"

static const char short_escapes[] = "\"\\/bfnrt", short_values[] = "\"\\/\b\f\n\r\t";

static uint32_t hex(const char *digits)
{
	uint32_t value = 0;
	for (int i = 0; i < 4; i++) {
		char c = digits[i];
		value = value * 16 + (uint32_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	return value;
}

/* Reads the escape \u at string[*at], and the second one of a pair; moves *at behind it. */
static uint32_t read_unicode(const char *string, size_t n, size_t *at)
{
	uint32_t c = hex(string + *at + 2);
	*at += 6;
	if (c < 0xD800 || c > 0xDFFF)
		return c;
	uint32_t low = 0;
	if (c < 0xDC00 && n - *at >= 6 && string[*at] == '\\' && string[*at + 1] == 'u')
		low = hex(string + *at + 2);
	if (low < 0xDC00 || low > 0xDFFF)
		return TJ_UTF8_UNKNOWN;
	*at += 6;
	return 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
}

int tj_json_unescape(const char *string, size_t n, struct tj_string *out, unsigned *style)
{
	int has_raw = 0, has_unicode = 0, has_slash = 0, has_raw_slash = 0, good = 1;
	for (size_t at = 0, run; good && at < n; at = run) {
		for (run = at; run < n && string[run] != '\\'; run++) {
			has_raw |= (unsigned char)string[run] >= 0x80;
			has_raw_slash |= string[run] == '/';
		}
		good = tj_string_append(out, string + at, run - at);
		if (!good || run >= n)
			break;
		if (string[run + 1] == 'u') {
			uint32_t c = read_unicode(string, n, &run);
			has_unicode |= c >= 0x80;
			good = tj_character_append(out, c);
			continue;
		}
		has_slash |= string[run + 1] == '/';
		const char *which = strchr(short_escapes, string[run + 1]);
		good = which == NULL ||
		       tj_string_append(out, &short_values[which - short_escapes], 1);
		run += 2;
	}
	*style = (has_unicode && !has_raw ? TJ_JSON_ESCAPES_ALL : 0) |
	         (has_slash && !has_raw_slash ? TJ_JSON_ESCAPES_SLASH : 0);
	return good;
}

static int append_unicode(struct tj_string *out, uint32_t unit)
{
	char text[8];
	int n = snprintf(text, sizeof text, "\\u%04x", (unsigned)(unit & 0xFFFF));
	return tj_string_append(out, text, (size_t)n);
}

static int append_escaped(struct tj_string *out, uint32_t c)
{
	if (c < 0x10000)
		return append_unicode(out, c);
	c -= 0x10000;
	return append_unicode(out, 0xD800 + (c >> 10)) && append_unicode(out, 0xDC00 + (c & 0x3FF));
}

int tj_json_escape(const char *text, size_t n, unsigned style, struct tj_string *out)
{
	int good = 1;
	for (size_t at = 0; good && at < n;) {
		size_t from = at;
		uint32_t c = tj_utf8_next(text, n, &at);
		const char *which = c > 0 && c < 0x80 ? strchr(short_values, (int)c) : NULL;
		if (which != NULL && (c != '/' || (style & TJ_JSON_ESCAPES_SLASH) != 0)) {
			char escape[2] = { '\\', short_escapes[which - short_values] };
			good = tj_string_append(out, escape, 2);
		} else if (c < 0x20 || (c >= 0x80 && (style & TJ_JSON_ESCAPES_ALL) != 0)) {
			good = append_escaped(out, c);
		} else {
			good = tj_string_append(out, text + from, at - from);
		}
	}
	return good;
}
