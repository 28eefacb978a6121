/* SPDX-License-Identifier: MIT */
/* Sets translations in capitals, in lower case, in title case, or with a capital at their
 * beginning. */
#include "src/text/case_restore.h"

#include <string.h>
#include <unicode/ucasemap.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "src/base/memory.h"

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

/* Appends n bytes, mapped as a whole by ICU. */
static trujaman_status map_whole(const char *text, size_t n, int upper, const char *language,
                                 struct tj_string *out, struct tj_error *err)
{
	UErrorCode code = U_ZERO_ERROR;
	UCaseMap *map = n < LONGEST_TEXT ? ucasemap_open(language != NULL ? language : "", 0, &code)
	                                 : NULL;
	if (map == NULL || U_FAILURE(code))
		return tj_fail_memory(err, "a translation", n);
	/* No mapping makes three times as many bytes. */
	size_t room = 3 * n + 16;
	int32_t made = 0;
	if (tj_reserve(&out->data, &out->capacity, out->n + room, 1)) {
		char *to = out->data + out->n;
		made = upper
		           ? ucasemap_utf8ToUpper(map, to, (int32_t)room, text, (int32_t)n, &code)
		           : ucasemap_utf8ToLower(map, to, (int32_t)room, text, (int32_t)n, &code);
		if (code == U_STRING_NOT_TERMINATED_WARNING)
			code = U_ZERO_ERROR;
	} else {
		code = U_MEMORY_ALLOCATION_ERROR;
	}
	ucasemap_close(map);
	if (U_FAILURE(code))
		return tj_fail_memory(err, "a translation", n);
	out->n += (size_t)made;
	return TRUJAMAN_OK;
}

static int is_turkic(const char *language)
{
	return language != NULL &&
	       (strncmp(language, "tr", 2) == 0 || strncmp(language, "az", 2) == 0);
}

static int put_upper(UChar32 c, const char *language, struct tj_string *out)
{
	char bytes[4];
	int32_t n = 0;
	c = c == 'i' && is_turkic(language) ? 0x130 : u_totitle(c);
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

/* Leaves out the marks at the end, and the opening one that belongs to them: sets [*first, *end).
 * Closing quotes behind a mark hide it; it stays then. */
static void strip_marks(const char *text, size_t *first, size_t *end)
{
	size_t n = *end;
	while (n > *first && text[n - 1] == ' ')
		n--;
	size_t marks = 0;
	while (n > *first && is_final(text[n - 1])) {
		n--;
		marks++;
	}
	if (marks == 0)
		return;
	*end = n;
	if (n - *first >= 2 && (uint8_t)text[*first] == 0xC2 &&
	    ((uint8_t)text[*first + 1] == 0xBF || (uint8_t)text[*first + 1] == 0xA1))
		*first += 2;
}

trujaman_status tj_case_restore(const struct tj_case *c, const char *translated, size_t n,
                                const char *language, struct tj_string *out, struct tj_error *err)
{
	size_t first = 0, end = n;
	int ok = 1;
	if (c->adds_mark)
		strip_marks(translated, &first, &end);
	const char *text = translated + first;
	switch (c->kind) {
	case TJ_CASE_UPPER:
	case TJ_CASE_LOWER:
		return map_whole(text, end - first, c->kind == TJ_CASE_UPPER, language, out, err);
	case TJ_CASE_TITLE:
		ok = capitalise(text, end - first, 1, language, out);
		break;
	default:
		ok = c->turns_first ? capitalise(text, end - first, 0, language, out)
		                    : tj_string_append(out, text, end - first);
	}
	return ok ? TRUJAMAN_OK : tj_fail_memory(err, "a translation", n);
}
