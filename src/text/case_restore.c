/* SPDX-License-Identifier: MIT */
/* Sets translations in capitals, in lower case, in title case, or with a capital at their
 * beginning. */
#include "src/text/case_restore.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "src/base/memory.h"
#include "src/text/case_map.h"

enum { LONGEST_TEXT = 1 << 28, LONGEST_WORD = 64 };

static UChar32 next(const char *text, size_t n, size_t *at)
{
	UChar32 c;
	int32_t i = 0, room = n - *at < 8 ? (int32_t)(n - *at) : 8;
	const uint8_t *bytes = (const uint8_t *)text + *at;
	U8_NEXT(bytes, i, room, c);
	*at += (size_t)i;
	return c;
}

/* Appends n bytes, mapped as a whole by ICU. Returns 0 if memory is short. */
static int map_whole(const char *text, size_t n, int upper, const char *language,
                     struct tj_string *out)
{
	UErrorCode code = U_ZERO_ERROR;
	size_t room = 3 * n + 16; /* no mapping makes more of n bytes */
	UCaseMap *map = n < LONGEST_TEXT ? tj_case_map_open(language, &code) : NULL;
	int32_t made = 0;
	if (map == NULL || U_FAILURE(code))
		return 0;
	if (tj_reserve(&out->data, &out->capacity, out->n + room, 1)) {
		char *to = out->data + out->n;
		made = upper
		           ? ucasemap_utf8ToUpper(map, to, (int32_t)room, text, (int32_t)n, &code)
		           : ucasemap_utf8ToLower(map, to, (int32_t)room, text, (int32_t)n, &code);
	} else {
		code = U_MEMORY_ALLOCATION_ERROR;
	}
	ucasemap_close(map);
	if (U_FAILURE(code))
		return 0;
	out->n += (size_t)made;
	return 1;
}

static int put_upper(UChar32 c, const char *language, struct tj_string *out)
{
	char bytes[4];
	int32_t n = 0;
	c = c == 'i' && tj_case_is_turkic(language) ? 0x130 : u_totitle(c);
	U8_APPEND_UNSAFE(bytes, n, c);
	return tj_string_append(out, bytes, (size_t)n);
}

/* Where the word that begins at `at` ends. */
static size_t word_end(const char *text, size_t n, size_t at)
{
	size_t end = at;
	while (at < n) {
		UChar32 c = next(text, n, &at);
		if (!u_isalnum(c) && (U_GET_GC_MASK(c) & U_GC_M_MASK) == 0 && c != '\'' &&
		    c != 0x2019)
			break;
		end = at;
	}
	return end;
}

/* Appends the text with a capital at the beginning: of the first word only, or in a title of every
 * word that is not small. */
static int capitalise(const char *text, size_t n, int title, const char *language,
                      struct tj_string *out)
{
	int is_first = 1;
	for (size_t at = 0; at < n;) {
		size_t after = at, end;
		UChar32 c = next(text, n, &after);
		if (!u_isalnum(c)) {
			if (!tj_string_append(out, text + at, after - at))
				return 0;
			at = after;
			continue;
		}
		end = word_end(text, n, at);
		int capital = u_islower(c) &&
		              (is_first ||
		               (title && !tj_case_is_small(text + at, end - at, language)));
		if (capital ? !put_upper(c, language, out)
		            : !tj_string_append(out, text + at, after - at))
			return 0;
		if (!tj_string_append(out, text + after, end - after))
			return 0;
		at = end;
		is_first = is_first && !u_isalpha(c);
	}
	return 1;
}

static int is_final(char c)
{
	return c == '.' || c == '?' || c == '!';
}

static int is_closing(char c)
{
	return c == ' ' || c == '"' || c == '\'' || c == ')' || c == ']';
}

/* Appends the text without the marks at its end, which may stand before closing quotes, and
 * without the last opening mark of Spanish. */
static int put_unmarked(const char *text, size_t n, struct tj_string *out)
{
	size_t tail = n, end, open = n;
	while (tail > 0 && is_closing(text[tail - 1]))
		tail--;
	for (end = tail; end > 0 && is_final(text[end - 1]);)
		end--;
	if (end == tail) /* no mark */
		return tj_string_append(out, text, n);
	for (size_t i = 0; i + 1 < end; i++)
		if ((uint8_t)text[i] == 0xC2 &&
		    ((uint8_t)text[i + 1] == 0xBF || (uint8_t)text[i + 1] == 0xA1))
			open = i;
	size_t first = open < end ? open : end, second = open < end ? open + 2 : end;
	return tj_string_append(out, text, first) &&
	       tj_string_append(out, text + second, end - second) &&
	       tj_string_append(out, text + tail, n - tail);
}

trujaman_status tj_case_restore(const struct tj_case *c, const char *translated, size_t n,
                                const char *language, struct tj_string *out, struct tj_error *err)
{
	struct tj_string unmarked = { NULL, 0, 0 };
	int ok = 1;
	if (c->adds_mark) {
		if (!put_unmarked(translated, n, &unmarked)) {
			free(unmarked.data);
			return tj_fail_memory(err, "a translation", n);
		}
		translated = unmarked.data != NULL ? unmarked.data : "";
		n = unmarked.n;
	}
	switch (c->kind) {
	case TJ_CASE_UPPER:
	case TJ_CASE_LOWER:
		ok = map_whole(translated, n, c->kind == TJ_CASE_UPPER, language, out);
		break;
	case TJ_CASE_TITLE:
		ok = capitalise(translated, n, 1, language, out);
		break;
	default:
		ok = c->turns_first ? capitalise(translated, n, 0, language, out)
		                    : tj_string_append(out, translated, n);
	}
	free(unmarked.data);
	return ok ? TRUJAMAN_OK : tj_fail_memory(err, "a translation", n);
}
